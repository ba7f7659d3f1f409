import { toCrossflockError } from '../../../errors/crossflock-error.js';
import type { Clock } from '../../../ports/clock.js';
import type { Identities, LoginPlan } from '../auth/identities.js';
import { endpointKey, type Endpoint } from '../endpoint.js';
import { connectError, isEarlyClose, isRefused } from '../errors.js';
import type { HostKeyVerifier } from '../host-keys/verifier.js';
import { connect, NewHostKey, type ConnectRequest } from './connect.js';
import { Connection } from './connection.js';
import { SharedAttempt } from './shared-attempt.js';

export interface PoolOptions {
  readonly clock: Clock;
  readonly identities: Identities;
  readonly verifier: HostKeyVerifier;
  /** For how long a refused connection is tried again: a host that boots has no sshd yet. */
  readonly retryRefusedMs: number;
}

interface Entry {
  connection: Connection | undefined;
  attempt: SharedAttempt<Connection> | undefined;
  /** Who may use it: hosts, and connections that go through it. */
  readonly holders: Set<object>;
}

/** Milliseconds before a refused connection is tried again: doubled each time, up to the second. */
const RETRY_FIRST_MS = 250;
const RETRY_MOST_MS = 2000;
/** A busy sshd (MaxStartups) closes new connections at once; it is asked again this many times. */
const EARLY_CLOSES = 4;

/** Connections by endpoint: each is made when it is first used, shared, and made again when lost. */
export class ConnectionPool {
  readonly #options: PoolOptions;
  readonly #entries = new Map<string, Entry>();
  #made = 0;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** Connections made so far, reconnections and jump hosts included. */
  get made(): number {
    return this.#made;
  }

  /**
   * The live connection to an endpoint.
   * @param timeoutMs for the network and the login, not for questions to people
   */
  get(
    endpoint: Endpoint,
    holder: object,
    { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal | undefined },
  ): Promise<Connection> {
    const entry = this.#entry(endpoint);
    entry.holders.add(holder);
    if (entry.connection?.alive === true) return Promise.resolve(entry.connection);
    if (entry.attempt === undefined || entry.attempt.cancelled) {
      const attempt = new SharedAttempt((attemptSignal) =>
        this.#connect(endpoint, timeoutMs, attemptSignal),
      );
      entry.attempt = attempt;
      void attempt.work.then(
        (connection) => {
          entry.connection = connection;
          if (entry.attempt === attempt) entry.attempt = undefined;
        },
        () => {
          if (entry.attempt === attempt) entry.attempt = undefined;
        },
      );
    }
    return entry.attempt.join(signal);
  }

  /** Ends a connection that nobody else holds. */
  async release(endpoint: Endpoint, holder: object): Promise<void> {
    const entry = this.#entries.get(endpointKey(endpoint));
    if (entry?.holders.delete(holder) !== true || entry.holders.size > 0) return;
    this.#entries.delete(endpointKey(endpoint));
    await this.#end(entry);
    for (const jump of endpoint.jump.slice(-1)) await this.release(jump, entry);
  }

  /** Ends all of them, those through others first. */
  async close(): Promise<void> {
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    await Promise.all(entries.map((entry) => this.#end(entry)));
  }

  async #end(entry: Entry): Promise<void> {
    entry.attempt?.cancel();
    await entry.connection?.end();
  }

  #entry(endpoint: Endpoint): Entry {
    const key = endpointKey(endpoint);
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      entry = { connection: undefined, attempt: undefined, holders: new Set() };
      this.#entries.set(key, entry);
    }
    return entry;
  }

  async #connect(endpoint: Endpoint, timeoutMs: number, signal: AbortSignal): Promise<Connection> {
    const { identities, verifier } = this.#options;
    const plan = await identities.planLogin(endpoint);
    for (;;) {
      try {
        return await this.#connectPatiently({ endpoint, plan, timeoutMs, signal });
      } catch (error) {
        if (!(error instanceof NewHostKey)) throw error;
        // Off the line while somebody is asked: the host would not wait that long.
        await verifier.decideNew(endpoint, error.key, signal);
      }
    }
  }

  async #connectPatiently(wish: Wish): Promise<Connection> {
    const { clock, retryRefusedMs } = this.#options;
    const start = clock.monotonicMs();
    let pause = RETRY_FIRST_MS;
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#connectOnce(wish);
      } catch (error) {
        const elapsed = clock.monotonicMs() - start + pause;
        const { cause } = toCrossflockError(error);
        const again =
          (isRefused(cause) && elapsed < retryRefusedMs) ||
          (isEarlyClose(cause) &&
            ((tries <= EARLY_CLOSES && elapsed < wish.timeoutMs) || elapsed < retryRefusedMs));
        if (!again) throw error;
        // Not all at the same moment: they were refused because they were.
        await clock.sleep(pause * (0.5 + Math.random()), wish.signal);
        pause = Math.min(pause * 2, RETRY_MOST_MS);
      }
    }
  }

  async #connectOnce({ endpoint, plan, timeoutMs, signal }: Wish): Promise<Connection> {
    const { verifier } = this.#options;
    const request: ConnectRequest = {
      endpoint,
      plan,
      timeoutMs,
      signal,
      hostKeyAlgorithms: await verifier.algorithms(endpoint),
      isTrusted: (key) => verifier.isTrusted(endpoint, key, signal),
      through: await this.#through(endpoint, timeoutMs, signal),
    };
    const loggedIn = await connect(request);
    this.#made += 1;
    return new Connection(endpoint.label, loggedIn);
  }

  /** The stream through the last jump host. */
  async #through(
    endpoint: Endpoint,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<ConnectRequest['through']> {
    const jump = endpoint.jump.at(-1);
    if (jump === undefined) return undefined;
    const connection = await this.get(jump, this.#entry(endpoint), { timeoutMs, signal });
    try {
      return await connection.forwardOut(endpoint.host, endpoint.port);
    } catch (error) {
      throw connectError(endpoint, error);
    }
  }
}

interface Wish {
  readonly endpoint: Endpoint;
  readonly plan: LoginPlan;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}
