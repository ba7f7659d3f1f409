import { toCrossflockError } from '../../errors/crossflock-error.js';
import type { Clock } from '../../ports/clock.js';
import type { Forward, Host, RunOptions, RunResult } from '../../ports/host.js';
import type { SshTarget } from '../../ports/ssh-target.js';
import type { SudoWay } from './command/remote-command.js';
import { runCommand } from './command/run-command.js';
import { ConnectionGone, type Connection } from './connection/connection.js';
import type { ConnectionPool } from './connection/pool.js';
import type { Endpoint } from './endpoint.js';
import { openForward, ReverseForward, type Using } from './forwards.js';
import type { EndpointResolver } from './openssh/resolver.js';
import { putFile } from './put-file.js';

export interface SshHostParts {
  readonly pool: ConnectionPool;
  readonly resolver: EndpointResolver;
  readonly clock: Clock;
}

/** A machine that answers to SSH. Nothing is connected before the first use. */
export class SshHost implements Host {
  readonly name: string;
  readonly #target: SshTarget;
  readonly #parts: SshHostParts;
  readonly #forwards = new Set<Forward>();
  readonly #reverse = new Set<ReverseForward>();
  #endpoint: Promise<Endpoint> | undefined;

  constructor(target: SshTarget, parts: SshHostParts) {
    this.name = target.name;
    this.#target = target;
    this.#parts = parts;
  }

  async run(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    try {
      const endpoint = await this.#resolved();
      const sudo = options.sudo === true ? this.#sudo(endpoint) : 'not-needed';
      const common = { user: endpoint.user, sudo, clock: this.#parts.clock };
      return await this.#using(options.signal, (connection) =>
        runCommand({ ...common, connection }, argv, options),
      );
    } catch (error) {
      throw toCrossflockError(error);
    }
  }

  async put(
    content: string | Uint8Array,
    path: string,
    mode: number,
    options: Pick<RunOptions, 'sudo' | 'signal'> = {},
  ): Promise<void> {
    await putFile((...args) => this.run(...args), this.name, { content, path, mode }, options);
  }

  async forward(host: string, port: number): Promise<Forward> {
    const using: Using = (work) => this.#using(undefined, work);
    const forward = await openForward(using, host, port);
    return this.#kept(forward);
  }

  async reverseForward(port: number): Promise<Forward> {
    const reverse = new ReverseForward(port);
    await this.#using(undefined, (connection) => reverse.open(connection));
    this.#reverse.add(reverse);
    return this.#kept({
      host: '127.0.0.1',
      port: reverse.port,
      close: async () => {
        this.#reverse.delete(reverse);
        await reverse.close();
      },
    });
  }

  /** Ends its forwards, and its connection unless other hosts are reached through it. */
  async close(): Promise<void> {
    await Promise.all([...this.#forwards].map((forward) => forward.close()));
    const endpoint = await this.#endpoint?.catch(() => undefined);
    if (endpoint !== undefined) await this.#parts.pool.release(endpoint, this);
  }

  /** Does something with the connection; once more where it turned out to be lost before. */
  async #using<T>(
    signal: AbortSignal | undefined,
    work: (connection: Connection) => Promise<T>,
  ): Promise<T> {
    try {
      return await work(await this.#connect(signal));
    } catch (error) {
      if (!(error instanceof ConnectionGone)) throw error;
      return await work(await this.#connect(signal));
    }
  }

  async #connect(signal?: AbortSignal): Promise<Connection> {
    const endpoint = await this.#resolved();
    const timeoutMs = this.#target.connectTimeoutMs;
    const connection = await this.#parts.pool.get(endpoint, this, { timeoutMs, signal });
    const { clock } = this.#parts;
    await Promise.all([...this.#reverse].map((reverse) => reverse.reopen(connection, clock)));
    return connection;
  }

  #resolved(): Promise<Endpoint> {
    this.#endpoint ??= this.#parts.resolver.resolve(this.#target);
    return this.#endpoint;
  }

  #sudo({ user }: Endpoint): SudoWay {
    const { sudo } = this.#target;
    return user === 'root' || sudo === 'none' ? 'not-needed' : sudo;
  }

  #kept(forward: Forward): Forward {
    const kept: Forward = {
      host: forward.host,
      port: forward.port,
      close: async () => {
        if (this.#forwards.delete(kept)) await forward.close();
      },
    };
    this.#forwards.add(kept);
    return kept;
  }
}
