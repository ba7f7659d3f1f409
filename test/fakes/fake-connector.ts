import { CrossflockError } from '../../src/errors/crossflock-error.js';
import type { HostConnector } from '../../src/ports/host-connector.js';
import type { Host } from '../../src/ports/host.js';
import type { SshTarget } from '../../src/ports/ssh-target.js';

/**
 * Hosts by name, as a test gives them. One that it was not told about cannot be opened. `opened`
 * has every target that was asked for, in order; `closed` tells whether `close` was called.
 */
export class FakeConnector implements HostConnector {
  readonly opened: SshTarget[] = [];
  closed = false;
  readonly #hosts = new Map<string, Host>();

  with(host: Host): this {
    this.#hosts.set(host.name, host);
    return this;
  }

  get connections(): number {
    return new Set(this.opened.map(({ name }) => name)).size;
  }

  open(target: SshTarget): Host {
    this.opened.push(target);
    const host = this.#hosts.get(target.name);
    if (host !== undefined) return host;
    throw new CrossflockError(`fake connector was not told about ${target.name}`, {
      code: 'unexpected',
    });
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}
