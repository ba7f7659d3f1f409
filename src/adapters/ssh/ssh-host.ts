import { toCrossflockError } from '../../errors/crossflock-error.js';
import type { Clock } from '../../ports/clock.js';
import type { Forward, Host, RunOptions, RunResult } from '../../ports/host.js';
import type { SshTarget } from '../../ports/ssh-target.js';
import type { SudoWay } from './command/remote-command.js';
import { runCommand } from './command/run-command.js';
import type { Connection } from './connection/connection.js';
import type { ConnectionPool } from './connection/pool.js';
import type { Endpoint } from './endpoint.js';
import { openForward, ReverseForward } from './forwards.js';
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
      const connection = await this.#connect(options.signal);
      const sudo = options.sudo === true ? this.#sudo(endpoint) : 'not-needed';
      const runner = { connection, user: endpoint.user, sudo, clock: this.#parts.clock };
      return await runCommand(runner, argv, options);
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
    const forward = await openForward(() => this.#connect(), host, port);
    return this.#kept(forward);
  }

  async reverseForward(port: number): Promise<Forward> {
    const connection = await this.#connect();
    const reverse = new ReverseForward(port);
    await reverse.open(connection);
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

  async #connect(signal?: AbortSignal): Promise<Connection> {
    const endpoint = await this.#resolved();
    const timeoutMs = this.#target.connectTimeoutMs;
    const connection = await this.#parts.pool.get(endpoint, this, { timeoutMs, signal });
    for (const reverse of this.#reverse) await reverse.open(connection);
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
