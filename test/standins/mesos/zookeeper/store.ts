/** The state of the one server that leads (or is alone): clients' calls, sessions, the disk. */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Channel } from '../common/channel.js';
import type { ZkCall, ZkMessage, ZkRequest } from '../common/zk-protocol.js';
import {
  createNode,
  digestOf,
  emptyState,
  endSession,
  getNode,
  listNodes,
  removeNode,
  setNode,
  type ZooState,
} from './tree.js';

interface Client {
  session: string;
  auth: string | undefined;
}

export type ClientChannel = Channel<ZkCall, ZkMessage>;

export class Store {
  state: ZooState;
  readonly #file: string;
  readonly #clients = new Map<ClientChannel, Client>();
  readonly #expiries = new Map<string, NodeJS.Timeout>();
  /** Called with every change, before it is answered. */
  onChange: (state: ZooState) => void = () => undefined;

  constructor(dataDir: string) {
    const folder = join(dataDir, 'version-2');
    mkdirSync(folder, { recursive: true });
    this.#file = join(folder, 'stand-in.json');
    this.state = existsSync(this.#file)
      ? (JSON.parse(readFileSync(this.#file, 'utf8')) as ZooState)
      : emptyState();
  }

  get connections(): number {
    return this.#clients.size;
  }

  /** Takes the leader's state. */
  take(state: ZooState): void {
    this.state = state;
    this.#write();
  }

  /** Begins to serve: sessions from before may come back until they run out. */
  open(): void {
    for (const session of Object.keys(this.state.sessions)) this.#expireLater(session);
  }

  close(): void {
    for (const timer of this.#expiries.values()) clearTimeout(timer);
    this.#expiries.clear();
    for (const channel of this.#clients.keys()) channel.close();
    this.#clients.clear();
  }

  handle(channel: ClientChannel, call: ZkCall): void {
    try {
      channel.send({ call: call.call, value: this.#answer(channel, call) ?? null });
    } catch (thrown) {
      channel.send({ call: call.call, error: (thrown as Error).message });
    }
  }

  gone(channel: ClientChannel): void {
    const client = this.#clients.get(channel);
    this.#clients.delete(channel);
    if (client !== undefined) this.#expireLater(client.session);
  }

  #answer(channel: ClientChannel, call: ZkRequest): unknown {
    if (call.op === 'hello') return this.#hello(channel, call);
    const client = this.#clients.get(channel);
    if (client === undefined) throw new Error('SessionExpired');
    this.#expireLater(client.session);
    const { auth, session } = client;
    switch (call.op) {
      case 'ping':
        return undefined;
      case 'get':
        return getNode(this.state, call.path, auth);
      case 'list':
        return listNodes(this.state, call.path, auth);
      case 'create':
        return this.#change(() =>
          createNode(this.state, {
            ...call,
            auth,
            owner: call.ephemeral === true ? session : undefined,
          }),
        );
      case 'set':
        this.#change(() => {
          setNode(this.state, call.path, call.data, auth);
        });
        return undefined;
      case 'remove':
        this.#change(() => {
          removeNode(this.state, call.path, auth);
        });
        return undefined;
    }
  }

  /** The session to go on with; an ended one is refused, and a new one begins without one. */
  #hello(channel: ClientChannel, call: Extract<ZkRequest, { op: 'hello' }>): string {
    const session = call.session ?? randomUUID();
    if (call.session !== undefined && this.state.sessions[session] === undefined) {
      throw new Error('SessionExpired');
    }
    const auth = call.auth === undefined ? undefined : digestOf(call.auth);
    this.#clients.set(channel, { session, auth });
    if (call.session === undefined) {
      this.#change(() => {
        this.state.sessions[session] = call.timeoutMs;
      });
    }
    this.#expireLater(session);
    return session;
  }

  #change<T>(change: () => T): T {
    const result = change();
    this.state.zxid += 1;
    this.#write();
    this.onChange(this.state);
    for (const channel of this.#clients.keys()) channel.send({ changed: true });
    return result;
  }

  #expireLater(session: string): void {
    clearTimeout(this.#expiries.get(session));
    const timer = setTimeout(() => {
      this.#expiries.delete(session);
      for (const [channel, client] of this.#clients) {
        if (client.session === session) {
          this.#clients.delete(channel);
          channel.close();
        }
      }
      this.#change(() => {
        endSession(this.state, session);
      });
    }, this.state.sessions[session] ?? 0);
    this.#expiries.set(session, timer);
  }

  #write(): void {
    writeFileSync(`${this.#file}.new`, JSON.stringify(this.state));
    renameSync(`${this.#file}.new`, this.#file);
  }
}
