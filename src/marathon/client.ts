import type { Readable } from 'node:stream';

import axios from 'axios';
import type { AxiosInstance, AxiosRequestConfig, AxiosResponse } from 'axios';

import type { CrossflockError } from '../errors/crossflock-error.js';
import type { MarathonApp } from '../ports/marathon-app.js';
import type {
  AppInfo,
  DeploymentInfo,
  MarathonEvent,
  MarathonInfo,
  QueueInfo,
  TaskInfo,
} from './answers.js';
import {
  arrayOf,
  expectObject,
  readAppInfo,
  readDeploymentId,
  readDeployments,
  readInfo,
  readQueue,
  readTask,
  strange,
} from './answers.js';
import { differences } from './diff.js';
import type {
  CallOptions,
  EventOptions,
  ListOptions,
  MarathonClientOptions,
  WriteOptions,
} from './client-options.js';
import { forUpdate } from './request-body.js';
import { redirectTarget } from './redirect.js';
import { refusalError } from './refusal.js';
import type { RetryPolicy } from './retry.js';
import { DEFAULT_RETRY, withRetries } from './retry.js';
import { readEvents } from './sse.js';
import { translated } from './transport.js';
import type { BasicAuth } from './url.js';
import { absoluteId, appPath, marathonAddress } from './url.js';

interface Call extends CallOptions {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly query?: URLSearchParams;
  readonly body?: unknown;
  /** What an error says it was about. */
  readonly what?: string;
}

const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
const MAX_REDIRECTS = 3;

/**
 * Marathon's HTTP API, versions 1.4 to 1.11 and the embedded one. Every method throws
 * `CrossflockError` with one readable line: `unauthorized`, `not-found`, `refused` (the same again
 * changes nothing), `unavailable`, `unreachable` and `timeout` (retried with a limit before they
 * are thrown), `aborted`. No error contains the password or a header.
 */
export class MarathonClient {
  /** Base of the API without credentials, for messages. */
  readonly url: string;
  readonly #auth: BasicAuth | undefined;
  readonly #http: AxiosInstance;
  readonly #retry: RetryPolicy;
  readonly #onRetry: MarathonClientOptions['onRetry'];

  constructor(options: MarathonClientOptions) {
    const address = marathonAddress(options.url);
    this.url = address.base;
    this.#auth = options.auth ?? address.auth;
    this.#retry = options.retry ?? DEFAULT_RETRY;
    this.#onRetry = options.onRetry;
    const { hostname } = new URL(address.base);
    const isLoopback = /^(localhost|127\..*|\[::1\])$/.test(hostname);
    this.#http = axios.create({
      timeout: options.timeoutMs ?? 10_000,
      // Every status is an answer to translate, and a redirected write must not become a GET.
      validateStatus: () => true,
      maxRedirects: 0,
      maxContentLength: MAX_ANSWER_BYTES,
      responseType: 'text',
      transformResponse: (data: unknown) => data,
      // A proxy from the environment cannot know what listens on this machine's loopback.
      ...(isLoopback ? { proxy: false as const } : {}),
    });
  }

  /** The app with its tasks, deployments and last failure; undefined where there is none. */
  async getApp(id: string, options: CallOptions = {}): Promise<AppInfo | undefined> {
    try {
      const answer = await this.#json({ method: 'GET', path: appPath(id), what: id, ...options });
      return readAppInfo(expectObject(answer, 'an app')['app']);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** All apps, or those that the label selector picks, with tasks, deployments, last failure. */
  async listApps(options: ListOptions = {}): Promise<readonly AppInfo[]> {
    const query = new URLSearchParams();
    // `embed` repeats its name: the forms with brackets are not read by Marathon.
    for (const part of ['tasks', 'deployments', 'lastTaskFailure']) {
      query.append('embed', `apps.${part}`);
    }
    if (options.label !== undefined) query.append('label', options.label);
    const answer = await this.#json({ method: 'GET', path: '/v2/apps', query, ...options });
    const { apps } = expectObject(answer, '{"apps":[…]}') as { apps?: unknown };
    if (!Array.isArray(apps)) throw strange('{"apps":[…]}', answer);
    return apps.map(readAppInfo);
  }

  /**
   * Creates an app and answers the id of the deployment that starts it. A request whose answer was
   * lost is not blindly repeated: the app is looked up first, and one that is as asked for counts as
   * created.
   */
  async createApp(app: MarathonApp, options: WriteOptions = {}): Promise<string | undefined> {
    const id = absoluteId(app.id);
    const query = forceQuery(options.force ?? false);
    return this.#repeat(options, async (attempt) => {
      if (attempt > 1) {
        const found = await this.getApp(id, { ...options, once: true });
        if (found !== undefined && differences(app, found.definition).length === 0) {
          return found.deployments[0];
        }
      }
      const call: Call = { method: 'POST', path: '/v2/apps', query, body: app, what: id };
      return readDeploymentId(await this.#json({ ...call, ...options, once: true }));
    });
  }

  /** Replaces an app's definition as a whole; answers the id of the deployment. */
  async updateApp(app: MarathonApp, options: WriteOptions = {}): Promise<string | undefined> {
    const query = forceQuery(options.force ?? false);
    // Otherwise what is no longer in the definition would keep its value.
    query.append('partialUpdate', 'false');
    const path = appPath(app.id);
    const call: Call = {
      method: 'PUT',
      path,
      query,
      body: forUpdate(app),
      what: absoluteId(app.id),
    };
    return readDeploymentId(await this.#json({ ...call, ...options }));
  }

  /**
   * Deletes an app; answers the id of the deployment that stops it, and undefined where there is no
   * such app. Unlike the other writes this one overrides what holds the app unless told otherwise,
   * as Marathon itself does since 1.4.
   */
  async deleteApp(id: string, options: WriteOptions = {}): Promise<string | undefined> {
    const query = forceQuery(options.force ?? true);
    try {
      const call: Call = { method: 'DELETE', path: appPath(id), query, what: absoluteId(id) };
      return readDeploymentId(await this.#json({ ...call, ...options }));
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  async deployments(options: CallOptions = {}): Promise<readonly DeploymentInfo[]> {
    return readDeployments(
      await this.#json({ method: 'GET', path: '/v2/deployments', ...options }),
    );
  }

  /** What waits to be launched, and why. */
  async queue(options: CallOptions = {}): Promise<readonly QueueInfo[]> {
    const query = new URLSearchParams({ embed: 'lastUnusedOffers' });
    return readQueue(await this.#json({ method: 'GET', path: '/v2/queue', query, ...options }));
  }

  async info(options: CallOptions = {}): Promise<MarathonInfo> {
    return readInfo(await this.description(options));
  }

  /** All that it says of itself, as it says it: `/v2/info`. */
  description(options: CallOptions = {}): Promise<unknown> {
    return this.#json({ method: 'GET', path: '/v2/info', ...options });
  }

  /** Resolves when the server answers at all. */
  async ping(options: CallOptions = {}): Promise<void> {
    await this.#repeat(options, () => this.#ask({ method: 'GET', path: '/ping', ...options }));
  }

  async tasks(id: string, options: CallOptions = {}): Promise<readonly TaskInfo[]> {
    const path = `${appPath(id)}/tasks`;
    const answer = await this.#json({ method: 'GET', path, what: id, ...options });
    return arrayOf(expectObject(answer, '{"tasks":[…]}')['tasks']).map(readTask);
  }

  /**
   * Subscribes to the event stream; ends when the server closes it, throws when there is none or it
   * breaks. Nothing is replayed: read the state after `onOpen`.
   */
  async *events(options: EventOptions): AsyncGenerator<MarathonEvent> {
    const query = new URLSearchParams();
    for (const type of options.types) query.append('event_type', type);
    const call: Call = { method: 'GET', path: '/v2/events', query, signal: options.signal };
    const config: AxiosRequestConfig = {
      responseType: 'stream',
      // A stream has no length; and behind axios' count, destroying it would not close it.
      maxContentLength: -1,
      // A list of types here is answered with 405 by real Marathons.
      headers: { Accept: 'text/event-stream' },
    };
    const response = await this.#send(call, config);
    const stream = response.data as Readable;
    try {
      await this.#expectStream(response, call);
      options.onOpen?.();
      yield* readEvents(stream);
    } catch (error) {
      throw translated(error, this.url, options.signal);
    } finally {
      stream.destroy();
    }
  }

  async #expectStream(response: AxiosResponse, call: Call): Promise<void> {
    const type = String(response.headers['content-type']);
    if (response.status === 200 && type.startsWith('text/event-stream')) return;
    if (response.status === 200) throw strange('an event stream', type);
    const body = Buffer.concat(await (response.data as Readable).take(64).toArray()).toString();
    throw this.#refusal(response.status, body, call);
  }

  async #json(call: Call): Promise<unknown> {
    const body = await this.#repeat(call, () => this.#ask(call));
    try {
      return JSON.parse(body) as unknown;
    } catch {
      throw strange('JSON', body.replace(/\s+/g, ' '));
    }
  }

  #repeat<T>(options: CallOptions, work: (attempt: number) => Promise<T>): Promise<T> {
    if (options.once === true) return work(1);
    const hooks = { policy: this.#retry, signal: options.signal, onRetry: this.#onRetry };
    return withRetries(work, hooks);
  }

  async #ask(call: Call): Promise<string> {
    const response = await this.#send(call, {});
    const body = typeof response.data === 'string' ? response.data : '';
    if (response.status >= 200 && response.status < 300) return body;
    throw this.#refusal(response.status, body, call);
  }

  /** One request; redirects are followed for reads and for the statuses that keep the method. */
  async #send(call: Call, config: AxiosRequestConfig): Promise<AxiosResponse> {
    let url = `${this.url}${call.path}`;
    const queryText = call.query?.toString() ?? '';
    if (queryText !== '') url += `?${queryText}`;
    for (let hops = 0; ; hops++) {
      const response = await this.#sendTo(url, call, config);
      const { status } = response;
      const location: unknown = response.headers['location'];
      const next = redirectTarget({ status, location, from: url, method: call.method });
      if (next === undefined || hops === MAX_REDIRECTS) return response;
      if (config.responseType === 'stream') (response.data as Readable).destroy();
      url = next;
    }
  }

  async #sendTo(url: string, call: Call, config: AxiosRequestConfig): Promise<AxiosResponse> {
    try {
      return await this.#http.request({
        ...config,
        url,
        method: call.method,
        ...(call.body === undefined ? {} : { data: call.body }),
        ...(this.#auth === undefined ? {} : { auth: this.#auth }),
        ...(call.signal === undefined ? {} : { signal: call.signal }),
      });
    } catch (error) {
      throw translated(error, this.url, call.signal);
    }
  }

  #refusal(status: number, body: string, call: Call): CrossflockError {
    const withPassword = this.#auth !== undefined;
    return refusalError(
      { status, body },
      { base: this.url, what: call.what ?? call.path, withPassword },
    );
  }
}

function forceQuery(force: boolean): URLSearchParams {
  return new URLSearchParams({ force: String(force) });
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'not-found';
}
