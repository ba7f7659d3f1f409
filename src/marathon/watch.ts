import { toCrossflockError } from '../errors/crossflock-error.js';
import type { Clock } from '../ports/clock.js';
import type { Deferred } from '../util/deferred.js';
import { deferred } from '../util/deferred.js';

import type { MarathonEvent } from './answers.js';
import { arrayOf, objectOf, textOf } from './answers.js';
import type { MarathonClient } from './client.js';
import { abortReason } from './transport.js';

/** Milliseconds. The first two are a safety net under the events, not how changes are noticed. */
export const WATCH_TIMES = {
  /** Between two readings while the event stream is open and silent. */
  reread: 15_000,
  /** The same while there is no stream: an older Marathon, or a proxy that does not pass it. */
  rereadBlind: 3000,
  /** Between two attempts on a server that does not answer. */
  retry: 1000,
  /** First and longest pause before a lost stream is asked for again. */
  resubscribe: 250,
  resubscribeMax: 5000,
  /** The same where the server says that it has no stream. */
  resubscribeRefused: 60_000,
} as const;

const EVENT_TYPES = [
  'event_stream_attached',
  'status_update_event',
  'instance_changed_event',
  'instance_health_changed_event',
  'health_status_changed_event',
  'unknown_instance_terminated_event',
  'app_terminated_event',
  'api_post_event',
  'deployment_info',
  'deployment_step_success',
  'deployment_step_failure',
  'deployment_success',
  'deployment_failed',
];

export interface WatchOptions {
  readonly client: MarathonClient;
  readonly clock: Clock;
  /** Ends the watch and everything that waits on it. */
  readonly signal: AbortSignal;
  /** Apps whose events matter; all where absent. */
  readonly appIds?: readonly string[];
  /** Told once when the server stops answering, and once when it answers again. */
  readonly onTrouble?: (message: string) => void;
}

/**
 * Says when the state on a Marathon is worth reading again: when an event comes, when the stream is
 * (re)opened, as events in between are lost, and once in a while in case one was missed.
 */
export class Watch {
  readonly #options: WatchOptions;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #appIds: ReadonlySet<string> | undefined;
  #bell: Deferred<undefined> = deferred<undefined>();
  #isOpen = false;
  #isInTrouble = false;
  readonly #pumping: Promise<void>;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#signal = AbortSignal.any([options.signal, this.#stop.signal]);
    this.#appIds = options.appIds === undefined ? undefined : new Set(options.appIds);
    this.#pumping = this.#pump();
  }

  /** The server has answered: says so where that is news. For use within `look`. */
  answered(): void {
    this.#trouble(undefined);
  }

  /** Ends the subscription. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#pumping;
  }

  /**
   * Calls `look` now and whenever something may have changed, until it answers something. A server
   * that does not answer is waited for. Throws what `look` throws if that is not retryable, and the
   * reason of the signal when it fires.
   * @param look gets `isQuiet`: nothing has happened since the last time
   * @param signal ends this waiting alone; the watch's own ends it as well
   */
  async until<T>(
    look: (isQuiet: boolean) => Promise<T | undefined>,
    signal: AbortSignal = this.#signal,
  ): Promise<T> {
    const either = AbortSignal.any([this.#signal, signal]);
    let isQuiet = false;
    for (;;) {
      // Taken before looking, so that what happens meanwhile is not missed.
      const rung = this.#bell.promise;
      if (either.aborted) throw abortReason(either);
      const seen = await this.#lookOnce(() => look(isQuiet), either);
      if (seen !== 'unreachable' && seen.found !== undefined) return seen.found;
      const ms = seen === 'unreachable' ? WATCH_TIMES.retry : this.#interval();
      isQuiet = await this.#wait({ rung, ms }, either);
    }
  }

  async #lookOnce<T>(
    look: () => Promise<T | undefined>,
    signal: AbortSignal,
  ): Promise<{ found: T | undefined } | 'unreachable'> {
    try {
      const found = await look();
      this.answered();
      return { found };
    } catch (thrown) {
      if (signal.aborted) throw abortReason(signal);
      const error = toCrossflockError(thrown);
      if (!error.retryable) throw error;
      this.#trouble(error.message);
      return 'unreachable';
    }
  }

  #trouble(message: string | undefined): void {
    const isNow = message !== undefined;
    if (isNow === this.#isInTrouble) return;
    this.#isInTrouble = isNow;
    const { url } = this.#options.client;
    this.#options.onTrouble?.(
      isNow
        ? `waiting for marathon at ${url} to come back (${message.replace(`marathon at ${url} `, 'it ')})`
        : `marathon at ${url} is back`,
    );
  }

  #interval(): number {
    return this.#isOpen ? WATCH_TIMES.reread : WATCH_TIMES.rereadBlind;
  }

  /** Waits for the bell, at most `ms`; true when it was the time that ran out. */
  async #wait(
    { rung, ms }: { readonly rung: Promise<undefined>; readonly ms: number },
    signal: AbortSignal,
  ): Promise<boolean> {
    const over = new AbortController();
    const sleeping = this.#options.clock
      .sleep(ms, AbortSignal.any([signal, over.signal]))
      .then(() => true);
    try {
      return await Promise.race([rung.then(() => false), sleeping]);
    } catch (error) {
      throw signal.aborted ? abortReason(signal) : error;
    } finally {
      over.abort();
    }
  }

  /** Whether the watch was closed or its signal has fired. */
  get isOver(): boolean {
    return this.#signal.aborted;
  }

  #ring(): void {
    const bell = this.#bell;
    this.#bell = deferred<undefined>();
    bell.resolve(undefined);
  }

  async #pump(): Promise<void> {
    const { clock } = this.#options;
    let pause: number = WATCH_TIMES.resubscribe;
    for (;;) {
      const began = clock.monotonicMs();
      const isRefused = await this.#followOnce();
      if (this.isOver) return;
      // A stream that held for a while and then broke is worth asking for again at once.
      const held = clock.monotonicMs() - began > WATCH_TIMES.resubscribeMax;
      if (held) pause = WATCH_TIMES.resubscribe;
      this.#ring();
      await clock
        .sleep(isRefused ? WATCH_TIMES.resubscribeRefused : pause, this.#signal)
        .catch(() => undefined);
      pause = Math.min(pause * 2, WATCH_TIMES.resubscribeMax);
    }
  }

  /** Follows one stream to its end; true when the server says that there is none. */
  async #followOnce(): Promise<boolean> {
    const onOpen = (): void => {
      this.#isOpen = true;
      this.#ring();
    };
    try {
      const events = this.#options.client.events({
        signal: this.#signal,
        types: EVENT_TYPES,
        onOpen,
      });
      for await (const event of events) {
        if (concerns(event, this.#appIds)) this.#ring();
      }
      return false;
    } catch (error) {
      return !toCrossflockError(error).retryable;
    } finally {
      this.#isOpen = false;
    }
  }
}

/** Whether an event may be about one of these apps; what names no app concerns everybody. */
export function concerns(event: MarathonEvent, appIds: ReadonlySet<string> | undefined): boolean {
  if (appIds === undefined) return true;
  const { data } = event;
  const one =
    textOf(data['appId']) ??
    textOf(data['runSpecId']) ??
    textOf(objectOf(data['appDefinition'])['id']);
  if (one !== undefined) return appIds.has(one);
  const steps = arrayOf(objectOf(data['plan'])['steps']).map(objectOf);
  const apps = steps
    .flatMap((step) => arrayOf(step['actions']))
    .map((action) => textOf(objectOf(action)['app']));
  return apps.length === 0 || apps.some((app) => app !== undefined && appIds.has(app));
}
