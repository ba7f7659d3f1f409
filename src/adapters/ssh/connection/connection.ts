import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client, ClientChannel, TcpConnectionDetails } from 'ssh2';
import { CrossflockError } from '../../../errors/crossflock-error.js';
import type { LoggedIn } from './connect.js';
import { SessionSlots } from './session-slots.js';

/** sshd's default of MaxSessions is 10; two are left for ending commands. */
const SESSIONS = 8;
/** How long a host may take to close a connection on its side, too. */
const GOODBYE_MS = 1000;
const OPEN_TRIES = 20;
const OPEN_PAUSE_MS = 10;
/** RFC 4254, 5.1: the server does not permit it. */
const PROHIBITED = 1;

export type IncomingHandler = (details: TcpConnectionDetails, accept: () => Duplex) => void;

/** The connection was lost before what was asked for had begun: it may be asked for again. */
export class ConnectionGone extends CrossflockError {
  constructor(label: string, cause: unknown) {
    super(`the connection to ${label} was lost`, { code: 'unreachable', retryable: true, cause });
  }
}

/** A connection that is logged in. All calls throw when it is lost. */
export class Connection {
  readonly label: string;
  readonly #client: Client;
  readonly #socket: Duplex;
  readonly #slots = new SessionSlots(SESSIONS);
  readonly #incoming = new Map<number, IncomingHandler>();
  readonly #closed: Promise<void>;
  #alive = true;
  /** Whether there ever was a session: then the host permits some. */
  #opened = false;
  #cause: Error | undefined;

  constructor(label: string, { client, socket }: LoggedIn) {
    this.label = label;
    this.#client = client;
    this.#socket = socket;
    this.#closed = new Promise((resolve) => {
      client.once('close', () => {
        this.#alive = false;
        resolve();
      });
    });
    client.on('error', (error) => {
      // There is none that a connection survives.
      this.#alive = false;
      this.#cause = error;
    });
    client.once('end', () => {
      this.#alive = false;
    });
    client.on('tcp connection', (details, accept, reject) => {
      const handler = this.#incoming.get(details.destPort);
      if (handler === undefined) reject();
      else handler(details, accept);
    });
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** Why it was lost, where ssh2 told. */
  get cause(): Error | undefined {
    return this.#cause;
  }

  /** Resolves when it is over, for whatever reason. */
  get closed(): Promise<void> {
    return this.#closed;
  }

  /** What to throw for something that could not be begun. */
  goneError(error: unknown): unknown {
    // Known to ssh2 a moment before it tells.
    if (error instanceof Error && error.message === 'Not connected') this.#alive = false;
    return this.#alive || error instanceof CrossflockError
      ? error
      : new ConnectionGone(this.label, error);
  }

  /**
   * Starts a command in a session of its own, when there is a free one.
   * @throws CrossflockError `refused` when the host permits none
   */
  async exec(command: string, signal?: AbortSignal): Promise<ClientChannel> {
    for (let tries = 1; ; tries += 1) {
      await this.#slots.take(signal);
      try {
        const channel = await this.#exec(command);
        this.#opened = true;
        channel.once('close', () => {
          this.#slots.give();
        });
        return channel;
      } catch (error) {
        // The host's limit may be lower than the usual one: then a free session is waited for.
        const permitsSome = this.#opened || this.#slots.used > 1;
        this.#slots.lower();
        this.#slots.give();
        const again = this.#alive && permitsSome && isOpenFailure(error) && tries < OPEN_TRIES;
        if (!again) throw this.#sessionError(error);
        // sshd lets go of a session some time after it has said that its channel is closed.
        await delay(OPEN_PAUSE_MS * tries, undefined, signal === undefined ? {} : { signal });
      }
    }
  }

  /** The same without waiting for a free session: for ending commands. */
  execAtOnce(command: string): Promise<ClientChannel> {
    return this.#exec(command);
  }

  /**
   * A stream to a port that the host can reach.
   * @throws CrossflockError `refused` where its server does not permit it, `unreachable` where
   *   nothing answers there
   */
  async forwardOut(host: string, port: number): Promise<ClientChannel> {
    try {
      return await this.#forwardOut(host, port);
    } catch (error) {
      throw this.goneError(this.#alive ? forwardError(this.label, { host, port }, error) : error);
    }
  }

  /** Lets the host listen on its loopback. @returns the port; @throws CrossflockError `refused` */
  async listen(port: number, handler: IncomingHandler): Promise<number> {
    const bound = await new Promise<number>((resolve, reject) => {
      this.#client.forwardIn(LOOPBACK, port, (error, real) => {
        if (error === undefined) resolve(real);
        else reject(error);
      });
    }).catch((error: unknown) => {
      throw this.goneError(this.#alive ? listenError(this.label, port, error) : error);
    });
    this.#incoming.set(bound, handler);
    return bound;
  }

  async unlisten(port: number): Promise<void> {
    this.#incoming.delete(port);
    if (!this.#alive) return;
    await new Promise<void>((resolve) => {
      try {
        this.#client.unforwardIn(LOOPBACK, port, () => {
          resolve();
        });
      } catch {
        resolve();
      }
    });
  }

  /** Ends it; what runs on it ends with `unreachable`. */
  async end(): Promise<void> {
    this.#client.end();
    // A host that is gone never answers.
    const late = setTimeout(() => this.#socket.destroy(), GOODBYE_MS);
    await this.#closed;
    clearTimeout(late);
  }

  #exec(command: string): Promise<ClientChannel> {
    return new Promise((resolve, reject) => {
      this.#client.exec(command, (error, channel) => {
        if (error === undefined) resolve(channel);
        else reject(error);
      });
    });
  }

  #forwardOut(host: string, port: number): Promise<ClientChannel> {
    return new Promise((resolve, reject) => {
      this.#client.forwardOut(LOOPBACK, 0, host, port, (error, channel) => {
        if (error === undefined) resolve(channel);
        else reject(error);
      });
    });
  }

  #sessionError(error: unknown): unknown {
    if (!this.#alive || error instanceof CrossflockError || !isOpenFailure(error)) return error;
    return new CrossflockError(`${this.label} permits no commands: ${(error as Error).message}`, {
      code: 'refused',
      hint: 'look at MaxSessions in its sshd_config',
      cause: error,
    });
  }
}

const LOOPBACK = '127.0.0.1';

function isOpenFailure(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('(SSH) Channel open failure');
}

function forwardError(
  label: string,
  to: { readonly host: string; readonly port: number },
  error: unknown,
): unknown {
  if (error instanceof CrossflockError || !isOpenFailure(error)) return error;
  const where = `${to.host}:${to.port}`;
  if ((error as { reason?: unknown }).reason === PROHIBITED) {
    return new CrossflockError(`${label} does not permit a forward to ${where}`, {
      code: 'refused',
      hint: 'let its sshd_config say AllowTcpForwarding yes (or local), and look at PermitOpen there',
      cause: error,
    });
  }
  const why = (error as Error).message.replace('(SSH) Channel open failure: ', '');
  return new CrossflockError(`${label} cannot reach ${where}: ${why}`, {
    code: 'unreachable',
    retryable: true,
    cause: error,
  });
}

function listenError(label: string, port: number, error: unknown): unknown {
  if (!(error instanceof Error) || !error.message.startsWith('Unable to bind')) return error;
  const which = port === 0 ? 'a port' : `port ${port}`;
  return new CrossflockError(`${label} does not permit a forward from ${which} of its loopback`, {
    code: 'refused',
    hint: 'let its sshd_config say AllowTcpForwarding yes (or remote), and look at PermitListen there',
    cause: error,
  });
}
