import {
  connect as connectSocket,
  createServer,
  type AddressInfo,
  type Server,
  type Socket,
} from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../ports/clock.js';
import type { Forward } from '../../ports/host.js';
import type { Connection } from './connection/connection.js';

const LOOPBACK = '127.0.0.1';
/** With a pause that grows by this each time: 5.5 s in all. */
const REOPEN_TRIES = 10;
const REOPEN_PAUSE_MS = 100;

/** What a forward needs of its host: the connection, made again when it was lost. */
export type Using = <T>(work: (connection: Connection) => Promise<T>) => Promise<T>;

/** A channel with the connection that it is part of. */
interface Stream {
  readonly channel: Duplex;
  readonly connection: Connection;
}

/**
 * Listens here and passes what connects on to a port that the host can reach. Each stream is a
 * channel of the connection of its moment, so a forward outlives connections.
 * @throws CrossflockError `refused` where the host's server does not permit it
 */
export async function openForward(using: Using, host: string, port: number): Promise<Forward> {
  await using((connection) => tryOut(connection, host, port));
  const open = (): Promise<Stream> =>
    using(async (connection) => ({
      connection,
      channel: await connection.forwardOut(host, port),
    }));
  const streams = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    streams.add(socket);
    socket.once('close', () => streams.delete(socket));
    socket.on('error', () => undefined);
    open().then(
      (stream) => {
        join(socket, stream);
      },
      () => {
        socket.resetAndDestroy();
      },
    );
  });
  await listening(server);
  return {
    host: LOOPBACK,
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const stream of streams) stream.destroy();
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
    },
  };
}

/** A forward that is not permitted is found out now; that nothing answers there yet is no reason. */
async function tryOut(connection: Connection, host: string, port: number): Promise<void> {
  try {
    const channel = await connection.forwardOut(host, port);
    channel.on('error', () => undefined);
    channel.resume();
    channel.destroy();
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'unreachable' || !connection.alive) throw error;
  }
}

function listening(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, LOOPBACK, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/**
 * Both directions, each ending when its side ends. What breaks on one side breaks on the other as
 * well: an end that is none must not look like one.
 */
function join(socket: Socket, { channel, connection }: Stream): void {
  socket.on('error', () => channel.destroy());
  channel.on('error', () => socket.resetAndDestroy());
  // One that was closed in order has handed over everything, which may be on its way yet.
  socket.once('close', (broken) => {
    if (broken || !socket.readableEnded) channel.destroy();
  });
  channel.once('end', () => {
    if (connection.alive) socket.end();
    else socket.resetAndDestroy();
  });
  channel.once('close', () => {
    socket.destroySoon();
  });
  socket.pipe(channel);
  channel.pipe(socket, { end: false });
}

/** A port of the host's loopback that leads to one of this machine's. */
export class ReverseForward {
  readonly #target: number;
  readonly #streams = new Set<Socket>();
  #connection: Connection | undefined;
  #port = 0;

  /** @param target a port of this machine's loopback */
  constructor(target: number) {
    this.#target = target;
  }

  /** The port on the host; 0 before it was opened. */
  get port(): number {
    return this.#port;
  }

  /** @throws CrossflockError `refused` */
  async open(connection: Connection): Promise<void> {
    this.#connection = connection;
    this.#port = await connection.listen(this.#port, (_, accept) => {
      this.#pass({ connection, channel: accept() });
    });
  }

  /**
   * Opens it again, at the same port, where the connection is another one. The host may hold the
   * port for a moment yet, on behalf of the connection that was lost: it is tried again, and then
   * given up, so that nothing else waits for it.
   */
  async reopen(connection: Connection, clock: Clock): Promise<void> {
    for (let tries = 1; this.#connection !== connection; tries += 1) {
      try {
        await this.open(connection);
      } catch {
        if (tries === REOPEN_TRIES || !connection.alive) return;
        this.#connection = undefined;
        await clock.sleep(REOPEN_PAUSE_MS * tries);
      }
    }
  }

  async close(): Promise<void> {
    for (const stream of this.#streams) stream.destroy();
    await this.#connection?.unlisten(this.#port);
  }

  #pass(stream: Stream): void {
    const socket = connectSocket({
      host: LOOPBACK,
      port: this.#target,
      noDelay: true,
      allowHalfOpen: true,
    });
    this.#streams.add(socket);
    socket.once('close', () => this.#streams.delete(socket));
    join(socket, stream);
  }
}
