import { connect as connectSocket, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import ssh2, {
  type AnyAuthMethod,
  type Client,
  type ConnectConfig,
  type NextAuthHandler,
} from 'ssh2';
import { ChosenKeysAgent } from '../auth/agent.js';
import type { LoginPlan, LoginTry } from '../auth/identities.js';
import type { Endpoint } from '../endpoint.js';
import { connectError, connectTimeout, loginError } from '../errors.js';
import type { HostKeyAlgorithm } from '../host-keys/judge.js';

/** Thrown for a host whose key is new: whoever is asked may take longer than the host waits. */
export class NewHostKey extends Error {
  readonly key: Buffer;

  constructor(key: Buffer) {
    super('new host key');
    this.key = key;
  }
}

export interface ConnectRequest {
  readonly endpoint: Endpoint;
  readonly plan: LoginPlan;
  readonly hostKeyAlgorithms: readonly HostKeyAlgorithm[];
  /** Whether the key is trusted; what it throws ends the connection and is thrown by `connect`. */
  readonly isTrusted: (key: Buffer) => Promise<boolean>;
  /** The way through a jump host; undefined to connect directly. */
  readonly through: Duplex | undefined;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

const KEEPALIVE_MS = 10_000;
const KEEPALIVES = 3;
/** All done by Node's own cryptography; group exchange and the rest are for old servers. */
const ALGORITHMS = {
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group-exchange-sha256',
    'diffie-hellman-group14-sha256',
  ],
  cipher: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'aes128-ctr', 'aes256-ctr'],
  compress: ['none'],
} as const;

/** A client that is ready, and what it runs on. */
export interface LoggedIn {
  readonly client: Client;
  readonly socket: Duplex;
}

/**
 * Connects and logs in.
 * @throws CrossflockError `unreachable`, `unauthorized`, `refused`; `NewHostKey`
 */
export async function connect(request: ConnectRequest): Promise<LoggedIn> {
  const { endpoint, plan, signal, timeoutMs } = request;
  if (plan.tries.length === 0) {
    throw loginError(endpoint, plan, { methods: undefined, partial: false, tooMany: false });
  }
  signal.throwIfAborted();
  const client = new ssh2.Client();
  const socket = request.through ?? openSocket(endpoint);
  const attempt = new Attempt(client, request);
  const stop = (reason: unknown): void => {
    attempt.fail(reason);
  };
  const onAbort = (): void => {
    stop(signal.reason);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(() => {
    stop(connectTimeout(endpoint, timeoutMs));
  }, timeoutMs);
  try {
    client.connect(config(request, attempt, socket));
    await attempt.outcome;
    return { client, socket };
  } catch (error) {
    client.destroy();
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

/** TCP without Nagle's algorithm: a handshake is many small packets, each waiting for the other. */
function openSocket({ host, port }: Endpoint): Socket {
  return connectSocket({ host, port, noDelay: true });
}

function config(request: ConnectRequest, attempt: Attempt, socket: Duplex): ConnectConfig {
  return {
    sock: socket,
    username: request.endpoint.user,
    readyTimeout: 0,
    keepaliveInterval: KEEPALIVE_MS,
    keepaliveCountMax: KEEPALIVES,
    hostVerifier: (key: Buffer, verify: (valid: boolean) => void) => {
      attempt.verify(key, verify);
    },
    authHandler: attempt.nextAuth,
    algorithms: {
      kex: [...ALGORITHMS.kex],
      cipher: [...ALGORITHMS.cipher],
      compress: [...ALGORITHMS.compress],
      serverHostKey: [...request.hostKeyAlgorithms],
    },
  };
}

/** One attempt to log in: collects what happens into one outcome. */
class Attempt {
  readonly outcome: Promise<void>;
  readonly #request: ConnectRequest;
  readonly #settle: { resolve: () => void; reject: (reason: unknown) => void };
  #next = 0;
  #answer: { methods: readonly string[] | undefined; partial: boolean } = {
    methods: undefined,
    partial: false,
  };

  constructor(client: Client, request: ConnectRequest) {
    this.#request = request;
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    this.outcome = promise;
    // Whoever connects waits for it; when that failed before, nobody does.
    promise.catch(() => undefined);
    this.#settle = {
      resolve: () => {
        resolve(undefined);
      },
      reject,
    };
    client.once('ready', this.#settle.resolve);
    client.on('error', (error) => {
      this.#onError(error);
    });
    client.once('close', () => {
      this.#onError(new Error('the connection was closed'));
    });
  }

  fail(reason: unknown): void {
    this.#settle.reject(reason);
  }

  verify(key: Buffer, verify: (valid: boolean) => void): void {
    this.#request.isTrusted(key).then(
      (trusted) => {
        if (!trusted) this.fail(new NewHostKey(key));
        verify(trusted);
      },
      (error: unknown) => {
        this.fail(error);
        verify(false);
      },
    );
  }

  /** ssh2 asks for the next method, telling what the server said to the last one. */
  readonly nextAuth = (
    methods: readonly string[] | null,
    partial: boolean | null,
    next: NextAuthHandler,
  ): void => {
    if (methods !== null) this.#answer = { methods, partial: partial === true };
    const refused = methods !== null && (partial === true || !methods.includes('publickey'));
    const login = this.#request.plan.tries[this.#next];
    if (refused || login === undefined) {
      this.#refuse(false);
      next(false as never);
      return;
    }
    this.#next += 1;
    next(authMethod(this.#request.endpoint.user, login));
  };

  #refuse(tooMany: boolean): void {
    const { endpoint, plan } = this.#request;
    this.fail(loginError(endpoint, plan, { ...this.#answer, tooMany }));
  }

  #onError(error: Error & { level?: string }): void {
    // An agent that could not sign: ssh2 goes on with the next key.
    if (error.level === 'agent') return;
    // After the handshake the server ends the connection only because of the login.
    if (/too many authentication failures/i.test(error.message)) this.#refuse(true);
    else this.fail(connectError(this.#request.endpoint, error));
  }
}

function authMethod(username: string, login: LoginTry): AnyAuthMethod {
  if (login.kind === 'file') return { type: 'publickey', username, key: login.key };
  return {
    type: 'agent',
    username,
    agent: new ChosenKeysAgent(login.socket, [login.key]),
  };
}
