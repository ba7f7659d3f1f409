/** The masters of a quorum: who is there, the newest registry of them, and writing to them. */
import type { ZkClient } from '../common/zk-client.js';
import type { MasterInfo } from '../common/mesos.js';
import type { Registered, Registry, RegistryState } from './registry.js';

export const REGISTRY_PATH = '/stand-in/registry';

export interface ReplicasOptions {
  readonly registry: Registry;
  readonly quorum: number;
  readonly self: MasterInfo;
  /** Undefined: alone. */
  readonly zk: ZkClient | undefined;
  /** The group's folder in ZooKeeper. */
  readonly path: string;
}

export class Replicas {
  readonly #options: ReplicasOptions;
  /** A quorum has been seen since the start. */
  recovered = false;

  constructor(options: ReplicasOptions) {
    this.#options = options;
  }

  /** Joins the group; again with each new session. */
  async join(): Promise<void> {
    const { zk, path, self } = this.#options;
    await zk?.create({
      path: `${path}/log_replicas/`,
      data: JSON.stringify(self),
      ephemeral: true,
      sequential: true,
      readable: true,
    });
  }

  /** True when a quorum answers; the newest of its registries is then this one's. */
  async fetch(): Promise<boolean> {
    const { registry, quorum } = this.#options;
    const states = (await Promise.all((await this.#others()).map(readOne))).filter(
      (state) => state !== undefined,
    );
    if (states.length + 1 < quorum) return false;
    for (const state of states) registry.take(state);
    this.recovered = true;
    return true;
  }

  /** True when a quorum has the new list. */
  async store(agents: readonly Registered[]): Promise<boolean> {
    const { registry, quorum } = this.#options;
    const state = registry.next(agents);
    registry.take(state);
    const written = await Promise.all(
      (await this.#others()).map((other) => writeOne(other, state)),
    );
    return written.filter(Boolean).length + 1 >= quorum;
  }

  async #others(): Promise<readonly MasterInfo[]> {
    const { zk, path, self } = this.#options;
    if (zk === undefined) return [];
    try {
      const names = await zk.list(`${path}/log_replicas`);
      const texts = await Promise.all(names.map((name) => zk.get(`${path}/log_replicas/${name}`)));
      const all = texts.map((text) => JSON.parse(text) as MasterInfo);
      const others = all.filter(({ id }) => id !== self.id);
      return [
        ...new Map(others.map((other) => [`${other.ip}:${other.port}`, other])).values(),
      ].filter(({ ip, port }) => ip !== self.ip || port !== self.port);
    } catch {
      return [];
    }
  }
}

const urlOf = ({ ip, port }: MasterInfo): string => `http://${ip}:${port}${REGISTRY_PATH}`;

async function readOne(master: MasterInfo): Promise<RegistryState | undefined> {
  try {
    const answer = await fetch(urlOf(master), { signal: AbortSignal.timeout(1000) });
    return (await answer.json()) as RegistryState;
  } catch {
    return undefined;
  }
}

async function writeOne(master: MasterInfo, state: RegistryState): Promise<boolean> {
  try {
    const answer = await fetch(urlOf(master), {
      method: 'PUT',
      body: JSON.stringify(state),
      signal: AbortSignal.timeout(3000),
    });
    return answer.ok;
  } catch {
    return false;
  }
}
