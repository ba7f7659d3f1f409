import {
  connect as connectSocket,
  createServer,
  type AddressInfo,
  type Server,
  type Socket,
} from 'node:net';
import type { Duplex } from 'node:stream';
import type { Forward } from '../../ports/host.js';
import type { Connection } from './connection/connection.js';

const LOOPBACK = '127.0.0.1';

/** What a forward needs of its host: the connection, made again when it was lost. */
export type Connect = () => Promise<Connection>;

/**
 * Listens here and passes what connects on to a port that the host can reach. Each stream is a
 * channel of the connection of its moment, so a forward outlives connections.
 * @throws CrossflockError `refused` where the host's server does not permit it
 */
export async function openForward(connect: Connect, host: string, port: number): Promise<Forward> {
  await tryOut(connect, host, port);
  const streams = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    streams.add(socket);
    socket.once('close', () => streams.delete(socket));
    socket.on('error', () => undefined);
    connect()
      .then((connection) => connection.forwardOut(host, port))
      .then(
        (channel) => {
          join(socket, channel);
        },
        () => {
          socket.destroy();
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
async function tryOut(connect: Connect, host: string, port: number): Promise<void> {
  const connection = await connect();
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

/** Both directions, each ending when its side ends; a side that breaks takes the other with it. */
export function join(left: Duplex, right: Duplex): void {
  left.on('error', () => right.destroy());
  right.on('error', () => left.destroy());
  left.once('close', () => right.destroy());
  right.once('close', () => left.destroy());
  left.pipe(right);
  right.pipe(left);
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

  /**
   * Opens it on a connection; after a reconnection at the same port.
   * @throws CrossflockError `refused`
   */
  async open(connection: Connection): Promise<void> {
    if (this.#connection === connection) return;
    this.#connection = connection;
    this.#port = await connection.listen(this.#port, (_, accept) => {
      this.#pass(accept);
    });
  }

  async close(): Promise<void> {
    for (const stream of this.#streams) stream.destroy();
    await this.#connection?.unlisten(this.#port);
  }

  #pass(accept: () => Duplex): void {
    const channel = accept();
    const socket = connectSocket({
      host: LOOPBACK,
      port: this.#target,
      noDelay: true,
      allowHalfOpen: true,
    });
    this.#streams.add(socket);
    socket.once('close', () => this.#streams.delete(socket));
    join(channel, socket);
  }
}
