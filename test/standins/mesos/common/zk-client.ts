/** A client of the ZooKeeper stand-in that connects again, to any server, until it is closed. */
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Channel, type Endpoint } from './channel.js';
import type { ZkCall, ZkMessage, ZkRequest } from './zk-protocol.js';
import type { ZkUrl } from './zk-url.js';

const RETRY_MS = 300;

export interface ZkEvents {
  /** Connected, for the first time or again. */
  connected(isNewSession: boolean): void;
  /** The session has ended, by the server's word or because none answered for as long. */
  expired(): void;
  changed(): void;
}

export class ZkClient {
  readonly #url: ZkUrl;
  readonly #timeoutMs: number;
  readonly #events: ZkEvents;
  #channel: Channel<ZkMessage, ZkCall> | undefined;
  #session: string | undefined;
  #lostAt = Date.now();
  #isGreeted = false;
  #isClosed = false;
  #call = 0;
  readonly #waiting = new Map<number, (answer: ZkMessage | undefined) => void>();

  constructor(url: ZkUrl, timeoutMs: number, events: ZkEvents) {
    this.#url = url;
    this.#timeoutMs = timeoutMs;
    this.#events = events;
    void this.#run();
  }

  close(): void {
    this.#isClosed = true;
    this.#channel?.close();
  }

  /** Rejects with the server's error code, or `ConnectionLoss`. */
  async create(node: Omit<Extract<ZkRequest, { op: 'create' }>, 'op'>): Promise<string> {
    return (await this.#ask({ ...node, op: 'create' })) as string;
  }

  async set(path: string, data: string): Promise<void> {
    await this.#ask({ op: 'set', path, data });
  }

  async get(path: string): Promise<string> {
    return (await this.#ask({ op: 'get', path })) as string;
  }

  async list(path: string): Promise<readonly string[]> {
    return (await this.#ask({ op: 'list', path })) as readonly string[];
  }

  async remove(path: string): Promise<void> {
    await this.#ask({ op: 'remove', path });
  }

  async #ask(request: ZkRequest): Promise<unknown> {
    const channel = this.#channel;
    if (channel === undefined) throw new Error('ConnectionLoss');
    this.#call += 1;
    const call = this.#call;
    const answer = await new Promise<ZkMessage | undefined>((resolve) => {
      this.#waiting.set(call, resolve);
      channel.send({ ...request, call });
    });
    if (answer === undefined) throw new Error('ConnectionLoss');
    if ('error' in answer) throw new Error(answer.error);
    return 'value' in answer ? answer.value : undefined;
  }

  async #run(): Promise<void> {
    for (let turn = 0; !this.#isClosed; turn++) {
      const server = this.#url.servers[turn % this.#url.servers.length];
      if (server !== undefined) await this.#connect(server);
      this.#checkExpiry();
      await delay(RETRY_MS);
    }
  }

  #checkExpiry(): void {
    if (this.#isClosed || this.#session === undefined) return;
    if (Date.now() - this.#lostAt < this.#timeoutMs) return;
    this.#session = undefined;
    this.#events.expired();
  }

  /** Resolves when the connection is over. */
  async #connect({ host, port }: Endpoint): Promise<void> {
    const socket = connect({ host, port });
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.setTimeout(2000, () => {
        resolve(false);
      });
      socket.once('connect', () => {
        resolve(true);
      });
      socket.once('error', () => {
        resolve(false);
      });
    });
    socket.setTimeout(0);
    if (!isOpen || this.#isClosed) {
      socket.destroy();
      return;
    }
    const channel = new Channel<ZkMessage, ZkCall>(socket, (message) => {
      this.#onMessage(message);
    });
    this.#channel = channel;
    const ended = channel.closed.then(() => {
      this.#drop();
    });
    const pings = setInterval(
      () => void this.#ask({ op: 'ping' }).catch(() => undefined),
      this.#timeoutMs / 3,
    );
    await this.#greet(channel);
    await ended;
    clearInterval(pings);
  }

  async #greet(channel: Channel<ZkMessage, ZkCall>): Promise<void> {
    const { auth } = this.#url;
    const former = this.#session;
    try {
      const session = await this.#ask({
        op: 'hello',
        timeoutMs: this.#timeoutMs,
        ...(former === undefined ? {} : { session: former }),
        ...(auth === undefined ? {} : { auth }),
      });
      this.#session = session as string;
      this.#isGreeted = true;
      this.#events.connected(former === undefined);
    } catch (thrown) {
      if ((thrown as Error).message === 'SessionExpired') {
        this.#session = undefined;
        this.#events.expired();
      }
      channel.close();
    }
  }

  #onMessage(message: ZkMessage): void {
    if ('changed' in message) {
      this.#events.changed();
      return;
    }
    this.#waiting.get(message.call)?.(message);
    this.#waiting.delete(message.call);
  }

  #drop(): void {
    this.#channel = undefined;
    // A server without a majority takes connections and drops them: that is no contact.
    if (this.#isGreeted) this.#lostAt = Date.now();
    this.#isGreeted = false;
    for (const resolve of this.#waiting.values()) resolve(undefined);
    this.#waiting.clear();
  }
}
