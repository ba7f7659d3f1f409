import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { FakeMarathonState } from './fake-marathon-state.js';
import type { Json } from './fake-marathon-state.js';

export interface RecordedRequest {
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  /** Raw names and values, as they came. */
  readonly rawHeaders: readonly string[];
  readonly body: unknown;
}

export type Fault =
  /** This answer instead. */
  | { readonly status: number; readonly body?: string; readonly type?: string }
  /** The connection breaks before anything is done. */
  | { readonly drop: 'before' }
  /** What was asked is done, then the connection breaks instead of the answer. */
  | { readonly drop: 'after' }
  /** Nothing happens until the promise resolves; then it goes on as always. */
  | { readonly holdUntil: Promise<unknown> };

interface Rule {
  readonly request: string;
  readonly fault: Fault;
  left: number;
}

export interface FakeMarathonOptions {
  readonly auth?: { readonly username: string; readonly password: string };
  /** `false`: `/v2/events` answers 404, as where a proxy or an old version has none. */
  readonly events?: boolean;
}

/** See fake-marathon.md: what it does, what it refuses, how a test drives it. */
export class FakeMarathon {
  readonly state: FakeMarathonState;
  readonly requests: RecordedRequest[] = [];
  /** Requests that it was not told about; a test asserts that there were none. */
  readonly strays: string[] = [];
  readonly #options: FakeMarathonOptions;
  readonly #rules: Rule[] = [];
  readonly #streams = new Set<ServerResponse>();
  readonly #watchers = new Set<() => void>();
  #server: Server | undefined;
  #port = 0;

  private constructor(options: FakeMarathonOptions) {
    this.#options = options;
    this.state = new FakeMarathonState((event) => {
      this.#send(event);
    });
  }

  static async start(options: FakeMarathonOptions = {}): Promise<FakeMarathon> {
    const fake = new FakeMarathon(options);
    await fake.listen();
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** How many event streams are open. */
  get subscribers(): number {
    return this.#streams.size;
  }

  /** Starts to answer, on the port it had before if it had one. */
  async listen(): Promise<void> {
    const server = createServer((request, response) => {
      void this.#handle(request, response);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, '127.0.0.1', resolve);
    });
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
  }

  /** As `kill -9` would: every connection breaks, later ones are refused. The state stays. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = new Promise<void>((resolve) => {
      server.close(() => {
        resolve();
      });
    });
    server.closeAllConnections();
    this.#streams.clear();
    await closed;
    this.#changed();
  }

  /** The next `times` requests that fit `POST /v2/apps` (exact method and path) get this fault. */
  fail(request: string, fault: Fault, times = 1): this {
    this.#rules.push({ request, fault, left: times });
    return this;
  }

  /** Breaks every open event stream. */
  dropStreams(): void {
    for (const stream of this.#streams) stream.destroy();
    this.#streams.clear();
    this.#changed();
  }

  /** How often `GET /v2/apps` and the like was asked. */
  count(request: string): number {
    return this.requests.filter(({ method, path }) => `${method} ${path}` === request).length;
  }

  /** Makes those who wait in `until` look again, as when something else of theirs has changed. */
  notify(): void {
    this.#changed();
  }

  /** Resolves once `condition` holds; looked at after each request, change of streams and `notify`. */
  async until(condition: () => boolean): Promise<void> {
    if (condition()) return;
    await new Promise<void>((resolve) => {
      const watcher = (): void => {
        if (!condition()) return;
        this.#watchers.delete(watcher);
        resolve();
      };
      this.#watchers.add(watcher);
    });
  }

  /** Throws when something was asked that it was not told about, or a fault was never met. */
  verify(): void {
    const unmet = this.#rules.filter(({ left }) => left > 0);
    const problems = [
      ...this.strays.map((stray) => `not told about: ${stray}`),
      ...unmet.map(({ request }) => `never failed: ${request}`),
    ];
    if (problems.length > 0) throw new Error(`fake marathon: ${problems.join('; ')}`);
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const recorded = await record(request);
    this.requests.push(recorded);
    const rule = this.#rules.find(
      (one) => one.left > 0 && one.request === `${recorded.method} ${recorded.path}`,
    );
    if (rule !== undefined) rule.left -= 1;
    await this.#respond(recorded, response, rule?.fault);
    this.#changed();
  }

  async #respond(
    request: RecordedRequest,
    response: ServerResponse,
    fault: Fault | undefined,
  ): Promise<void> {
    if (fault !== undefined && (await failed(response, fault))) return;
    if (!this.#isAllowed(request)) {
      response.setHeader('WWW-Authenticate', 'basic realm="Mesosphere"');
      answer(
        response,
        401,
        '<html><head><title>Error 401 Unauthorized</title></head></html>',
        'text/html',
      );
      return;
    }
    if (request.path === '/v2/events') {
      this.#subscribe(request, response);
      return;
    }
    const result = this.#route(request);
    if (fault !== undefined && 'drop' in fault) response.destroy();
    else answer(response, result.status, JSON.stringify(result.body), 'application/json');
  }

  #isAllowed({ headers }: RecordedRequest): boolean {
    const { auth } = this.#options;
    if (auth === undefined) return true;
    const expected = Buffer.from(`${auth.username}:${auth.password}`).toString('base64');
    return headers.authorization === `Basic ${expected}`;
  }

  #route(request: RecordedRequest): { status: number; body: Json | readonly Json[] } {
    const unknown = unknownParameters(request);
    const known = unknown.length === 0 ? this.state.answer(request) : undefined;
    if (known !== undefined) return known;
    const stray = `${request.method} ${request.path} ${unknown.join(' ')}`.trim();
    this.strays.push(stray);
    return { status: 500, body: { message: `fake marathon was not told about ${stray}` } };
  }

  #subscribe(request: RecordedRequest, response: ServerResponse): void {
    if (this.#options.events === false) {
      answer(response, 404, '<html><head><title>404 Not Found</title></head></html>', 'text/html');
      return;
    }
    if (request.headers.accept !== 'text/event-stream') {
      answer(
        response,
        405,
        '<html><title>Error 405 Method Not Allowed</title></html>',
        'text/html',
      );
      return;
    }
    response.writeHead(200, {
      'Content-Type': 'text/event-stream;charset=utf-8',
      Connection: 'close',
    });
    response.flushHeaders();
    this.#streams.add(response);
    response.on('close', () => {
      this.#streams.delete(response);
      this.#changed();
    });
    const types = request.query.getAll('event_type');
    wanted.set(response, types);
    this.#send({ eventType: 'event_stream_attached', remoteAddress: '127.0.0.1' }, [response]);
  }

  #send(event: Json, streams: Iterable<ServerResponse> = this.#streams): void {
    const type = String(event['eventType']);
    for (const stream of streams) {
      const types = wanted.get(stream) ?? [];
      if (types.length > 0 && !types.includes(type)) continue;
      stream.write(`event: ${type}\r\ndata: ${JSON.stringify(event)}\r\n\r\n`);
    }
  }

  #changed(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }
}

const wanted = new WeakMap<ServerResponse, readonly string[]>();

/** Query parameters by the first two parts of the path; Marathon reads no others there. */
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  'GET /v2/apps': ['embed', 'label'],
  'POST /v2/apps': ['force'],
  'PUT /v2/apps': ['force', 'partialUpdate'],
  'DELETE /v2/apps': ['force'],
  'GET /v2/queue': ['embed'],
  'GET /v2/events': ['event_type'],
};

function unknownParameters({ method, path, query }: RecordedRequest): string[] {
  const area = `${method} /${path.split('/').slice(1, 3).join('/')}`;
  return [...query.keys()].filter((key) => !(PARAMETERS[area] ?? []).includes(key));
}

async function record(request: IncomingMessage): Promise<RecordedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  const url = new URL(request.url ?? '/', 'http://fake');
  return {
    method: request.method ?? '',
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    rawHeaders: request.rawHeaders,
    body: text === '' ? undefined : (JSON.parse(text) as unknown),
  };
}

/** Does what comes instead of an answer; false where the request goes on as always. */
async function failed(response: ServerResponse, fault: Fault): Promise<boolean> {
  if ('status' in fault) {
    answer(response, fault.status, fault.body ?? '', fault.type ?? 'application/json');
    return true;
  }
  if ('holdUntil' in fault) {
    await fault.holdUntil;
    return false;
  }
  if (fault.drop === 'before') response.destroy();
  return fault.drop === 'before';
}

function answer(response: ServerResponse, status: number, body: string, type: string): void {
  response.writeHead(status, { 'Content-Type': type });
  response.end(body);
}
