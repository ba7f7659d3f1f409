/**
 * Who leads among several servers. Each asks the others on their election port; a majority that
 * sees each other takes the one with the newest state, and of those the highest number. The others
 * follow it on its peer port, where they get each new state and where they pass their clients on.
 */
import { type Server, createServer } from 'node:http';
import { acceptChannels, Channel, openChannel } from '../common/channel.js';
import type { Duplex } from 'node:stream';
import type { Store } from './store.js';
import type { ZooState } from './tree.js';
import type { ZooServer } from './zoo-config.js';

const POLL_MS = 200;
/** A leader that has no majority gives up after this. */
const GRACE_MS = 1500;

export type Mode = 'looking' | 'leader' | 'follower';

interface Vote {
  readonly id: number;
  readonly zxid: number;
  readonly mode: Mode;
  readonly leader: number | undefined;
}

export interface EnsembleParts {
  readonly id: number;
  readonly servers: readonly ZooServer[];
  readonly store: Store;
  readonly log: (text: string) => void;
  /** Serves a client that another server passes on. */
  readonly serve: (socket: Duplex) => void;
  readonly onMode: (mode: Mode) => void;
}

export class Ensemble {
  readonly #parts: EnsembleParts;
  readonly #self: ZooServer;
  readonly #followers = new Set<Channel<{ ok: number }, ZooState>>();
  mode: Mode = 'looking';
  #leader: number | undefined;
  #link: Channel<ZooState, { ok: number }> | undefined;
  #agreed = 0;
  #lastMajority = 0;

  constructor(parts: EnsembleParts) {
    this.#parts = parts;
    this.#self = parts.servers.find(({ id }) => id === parts.id) as ZooServer;
  }

  get leader(): ZooServer | undefined {
    return this.#parts.servers.find(({ id }) => id === this.#leader);
  }

  async start(): Promise<void> {
    const election = createServer((_request, response) => {
      response.end(JSON.stringify(this.#vote()));
    });
    const peer = createServer();
    acceptChannels(peer, (path, socket) => this.#accept(path, socket));
    await listen(election, this.#self.host, this.#self.electionPort);
    await listen(peer, this.#self.host, this.#self.peerPort);
    const round = async (): Promise<void> => {
      await this.#round();
      setTimeout(() => void round(), POLL_MS);
    };
    void round();
  }

  /** Hands a new state to those that follow. */
  spread(state: ZooState): void {
    for (const follower of this.#followers) follower.send(state);
  }

  #vote(): Vote {
    const { id, store } = this.#parts;
    return { id, zxid: store.state.zxid, mode: this.mode, leader: this.#leader };
  }

  #accept(path: string, socket: Duplex): boolean {
    if (this.mode !== 'leader') return false;
    if (path === '/client') {
      this.#parts.serve(socket);
      return true;
    }
    const follower = new Channel<{ ok: number }, ZooState>(socket, () => undefined);
    this.#followers.add(follower);
    void follower.closed.then(() => this.#followers.delete(follower));
    follower.send(this.#parts.store.state);
    return true;
  }

  async #round(): Promise<void> {
    const others = this.#parts.servers.filter(({ id }) => id !== this.#parts.id);
    const votes = (await Promise.all(others.map(askVote))).filter((vote) => vote !== undefined);
    const majority = Math.floor(this.#parts.servers.length / 2) + 1;
    if (this.mode === 'leader') {
      const with_me = votes.filter(({ leader }) => leader === this.#parts.id).length + 1;
      if (with_me >= majority) this.#lastMajority = Date.now();
      else if (Date.now() - this.#lastMajority > GRACE_MS) this.#become('looking', undefined);
    } else if (this.mode === 'looking') this.#look(votes, majority);
  }

  #look(votes: readonly Vote[], majority: number): void {
    const leading = votes.find(({ mode }) => mode === 'leader');
    if (leading !== undefined) {
      void this.#follow(leading.id);
      return;
    }
    if (votes.length + 1 < majority) {
      this.#agreed = 0;
      return;
    }
    const best = [...votes, this.#vote()].sort((a, b) => b.zxid - a.zxid || b.id - a.id)[0];
    this.#agreed = best?.id === this.#parts.id ? this.#agreed + 1 : 0;
    // Twice in a row: the others have had the time to look as well.
    if (this.#agreed >= 2) this.#become('leader', this.#parts.id);
  }

  async #follow(id: number): Promise<void> {
    const server = this.#parts.servers.find((other) => other.id === id);
    if (server === undefined) return;
    const at = { host: server.host, port: server.peerPort };
    const socket = await openChannel(at, '/follow').catch(() => undefined);
    if (socket === undefined || this.mode !== 'looking') {
      socket?.destroy();
      return;
    }
    this.#link = new Channel(socket, (state: ZooState) => {
      this.#parts.store.take(state);
      if (this.mode === 'looking') this.#become('follower', id);
    });
    await this.#link.closed;
    this.#link = undefined;
    this.#become('looking', undefined);
  }

  #become(mode: Mode, leader: number | undefined): void {
    if (this.mode === mode) return;
    this.mode = mode;
    this.#leader = leader;
    this.#agreed = 0;
    this.#lastMajority = Date.now();
    this.#parts.log(mode === 'looking' ? 'LOOKING' : mode === 'leader' ? 'LEADING' : 'FOLLOWING');
    if (mode !== 'leader') {
      for (const follower of this.#followers) follower.close();
    }
    this.#parts.onMode(mode);
  }
}

export async function listen(
  server: Server,
  host: string | undefined,
  port: number,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function askVote({ host, electionPort }: ZooServer): Promise<Vote | undefined> {
  try {
    const signal = AbortSignal.timeout(1000);
    const answer = await fetch(`http://${host}:${electionPort}/`, { signal });
    return (await answer.json()) as Vote;
  } catch {
    return undefined;
  }
}
