/** What Docker refuses, for the engine in memory: names, networks, addresses and ports. */
import { EngineError } from '../../src/embedded/runtime/engine.js';
import type { ContainerSpec, ContainerStatus } from '../../src/embedded/runtime/engine.js';

export interface FakeContainer {
  readonly id: string;
  readonly spec: ContainerSpec;
  name: string;
  phase: ContainerStatus['phase'];
  exitCode: number;
  oomKilled: boolean;
  startedAt: string | undefined;
  finishedAt: string | undefined;
  log: string;
}

/** A name is well-formed, and used once. */
export function checkName(name: string, containers: Iterable<FakeContainer>): void {
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name)) {
    throw new EngineError(`Invalid container name (${name})`, 'refused');
  }
  for (const other of containers) {
    if (other.name === name) {
      const text = `Conflict. The container name "/${name}" is already in use`;
      throw new EngineError(text, 'conflict');
    }
  }
}

/** The network is there, and nobody who runs has the container's address or one of its ports. */
export function checkNetwork(
  { spec }: FakeContainer,
  containers: Iterable<FakeContainer>,
  networks: ReadonlySet<string>,
): void {
  if (!networks.has(spec.network)) {
    throw new EngineError(`network ${spec.network} not found`, 'missing');
  }
  for (const { spec: other, phase } of containers) {
    if (phase !== 'running') continue;
    const { ip } = spec.extra;
    if (ip !== undefined && ip === other.extra.ip && spec.network === other.network) {
      throw new EngineError('Address already in use', 'conflict');
    }
    const taken = new Set(other.publish.map(({ hostPort }) => hostPort));
    const port = spec.publish.find(({ hostPort }) => taken.has(hostPort))?.hostPort;
    if (port !== undefined) {
      const text = `Bind for 127.0.0.1:${port} failed: port is already allocated`;
      throw new EngineError(text, 'conflict');
    }
  }
}
