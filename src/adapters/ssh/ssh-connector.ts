import { join } from 'node:path';
import type { Clock } from '../../ports/clock.js';
import type { HostConnector } from '../../ports/host-connector.js';
import type { Host } from '../../ports/host.js';
import type { Questions } from '../../ports/questions.js';
import type { SshTarget } from '../../ports/ssh-target.js';
import { Identities } from './auth/identities.js';
import { ConnectionPool } from './connection/pool.js';
import { KnownHostsStore } from './host-keys/store.js';
import { HostKeyVerifier } from './host-keys/verifier.js';
import { EndpointResolver } from './openssh/resolver.js';
import { SshHost, type SshHostParts } from './ssh-host.js';

export interface SshConnectorOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's home, where `.ssh` is. */
  readonly homedir: string;
  readonly clock: Clock;
  /** Who is asked about the key of a host that is met for the first time. */
  readonly questions: Questions;
  /** Accept such keys without a question. */
  readonly acceptNewHostKeys: boolean;
  /** What a person may want to know, such as which new key was accepted. */
  readonly onNotice: (level: 'info' | 'warning', message: string) => void;
  /** Milliseconds for which a refused connection is tried again; 0 by default. */
  readonly retryRefusedMs?: number;
  /** Where OpenSSH keeps what is the same for all users; `/etc/ssh` by default. */
  readonly systemFolder?: string;
}

/** Opens hosts over SSH, each with one connection; see `HostConnector`. */
export class SshConnector implements HostConnector {
  readonly #hosts = new Map<string, Host>();
  readonly #parts: SshHostParts;

  constructor(options: SshConnectorOptions) {
    const { env, homedir, clock, questions, onNotice } = options;
    const verifier = new HostKeyVerifier({
      store: new KnownHostsStore(ownKnownHosts(env, homedir)),
      questions,
      acceptNew: options.acceptNewHostKeys,
      onNotice,
    });
    const retryRefusedMs = options.retryRefusedMs ?? 0;
    this.#parts = {
      clock,
      pool: new ConnectionPool({ clock, identities: new Identities(), verifier, retryRefusedMs }),
      resolver: new EndpointResolver({
        env,
        home: homedir,
        systemFolder: options.systemFolder ?? '/etc/ssh',
        warn: (message) => {
          onNotice('warning', message);
        },
      }),
    };
  }

  get connections(): number {
    return this.#parts.pool.made;
  }

  open(target: SshTarget): Host {
    let host = this.#hosts.get(target.name);
    if (host === undefined) {
      host = new SshHost(target, this.#parts);
      this.#hosts.set(target.name, host);
    }
    return host;
  }

  async close(): Promise<void> {
    const hosts = [...this.#hosts.values()];
    this.#hosts.clear();
    await Promise.all(hosts.map((host) => host.close()));
    await this.#parts.pool.close();
  }
}

/** `$XDG_STATE_HOME/crossflock/known_hosts`; see the XDG Base Directory Specification. */
function ownKnownHosts(env: SshConnectorOptions['env'], homedir: string): string {
  const state = env['XDG_STATE_HOME'] ?? '';
  return join(state === '' ? join(homedir, '.local/state') : state, 'crossflock/known_hosts');
}
