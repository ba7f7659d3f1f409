import type { AppDefinition, AppVersion } from '../orchestrator.js';
import { parseParameters } from './docker-parameters.js';
import type { ContainerSpec, PublishedPort } from './engine.js';
import { usesHostNetwork } from './ports.js';
import { taskEnvironment } from './task-env.js';
import type { TaskPort } from './task-env.js';

/** The definition cannot be run here; the task fails with this message. */
export class UnrunnableError extends Error {}

export interface SpecRequest {
  readonly app: AppVersion;
  readonly taskId: string;
  readonly containerName: string;
  readonly hostname: string;
  readonly ports: readonly TaskPort[];
  /** Where published ports listen when the app does not say. */
  readonly publishAddress: string;
  /** Labels that this server reads again; nothing of the app's overrides them. */
  readonly labels: Readonly<Record<string, string>>;
}

/** App label that says on which address of the host its ports listen; the default is loopback. */
const PUBLISH_LABEL = 'crossflock.publish-address';
const MB = 1024 * 1024;
const CFS_PERIOD = 100_000;

/** The container for one task of an app. Pure; throws `UnrunnableError`. */
export function containerSpec(request: SpecRequest): ContainerSpec {
  const { definition } = request.app;
  const docker = definition.container?.docker;
  if (docker === undefined) {
    throw new UnrunnableError(
      'the app names no Docker image, and this cluster runs containers only',
    );
  }
  const parameters = parseParameters(docker.parameters);
  if (parameters.problems.length > 0) throw new UnrunnableError(parameters.problems.join('; '));
  const memory = Math.floor(definition.mem * MB);
  const identity = { id: request.taskId, host: request.hostname, ports: request.ports };
  const user = parameters.user ?? definition.user;
  return {
    name: request.containerName,
    image: docker.image,
    ...commandOf(definition, parameters.entrypoint),
    env: { ...taskEnvironment(request.app, identity), ...parameters.env },
    labels: { ...definition.labels, ...parameters.labels, ...request.labels },
    ...(user === undefined ? {} : { user }),
    tty: definition['tty'] === true,
    privileged: docker.privileged || parameters.privileged,
    network: parameters.network ?? networkOf(definition),
    ...publishedPorts(request),
    binds: [...volumeBinds(definition), ...parameters.binds],
    memory,
    memorySwap: parameters.memorySwap ?? memory,
    ...cpuLimits(definition.cpus),
    extra: parameters.extra,
  };
}

/** Mesos runs a `cmd` by the shell whatever the image's entry point is; `args` go to that one. */
function commandOf(
  { cmd, args }: AppDefinition,
  entrypoint: string | undefined,
): Pick<ContainerSpec, 'entrypoint' | 'command'> {
  if (cmd !== undefined) return { entrypoint: ['/bin/sh', '-c'], command: [cmd] };
  return {
    ...(entrypoint === undefined ? {} : { entrypoint: [entrypoint] }),
    ...(args === undefined ? {} : { command: args }),
  };
}

function networkOf({ networks }: AppDefinition): string {
  const [network] = networks;
  if (network === undefined || network.mode === 'host') return 'host';
  return network.mode === 'container' ? (network.name ?? 'bridge') : 'bridge';
}

/** Shares for who gets how much under load, quota so that nobody gets more than asked for. */
function cpuLimits(cpus: number): Pick<ContainerSpec, 'cpuShares' | 'cpuQuota' | 'cpuPeriod'> {
  if (cpus <= 0) return { cpuShares: 2, cpuQuota: 0, cpuPeriod: 0 };
  // 1 ms in 100 is the least that the kernel takes.
  const cpuQuota = Math.max(1000, Math.round(cpus * CFS_PERIOD));
  return { cpuShares: Math.max(2, Math.round(cpus * 1024)), cpuQuota, cpuPeriod: CFS_PERIOD };
}

function publishedPorts({
  app,
  ports,
  publishAddress,
}: SpecRequest): Pick<ContainerSpec, 'publish' | 'exposed'> {
  const { definition } = app;
  if (usesHostNetwork(definition)) return { publish: [], exposed: [] };
  const hostAddress = definition.labels[PUBLISH_LABEL] ?? publishAddress;
  const publish: PublishedPort[] = [];
  const exposed: string[] = [];
  (definition.container?.portMappings ?? []).forEach((mapping, index) => {
    const host = ports[index]?.host;
    const inside = mapping.containerPort === 0 ? host : mapping.containerPort;
    if (inside === undefined) return;
    for (const protocol of mapping.protocol.split(',')) {
      const container = `${inside}/${protocol.trim()}`;
      exposed.push(container);
      if (host !== undefined) publish.push({ container, hostAddress, hostPort: host });
    }
  });
  return { publish, exposed };
}

/** Volumes as `docker run --volume` takes them. */
function volumeBinds({ id, container }: AppDefinition): string[] {
  return (container?.volumes ?? []).map((volume) => {
    const path = volume['containerPath'];
    const source = volumeSource(volume);
    if (typeof path !== 'string' || source === undefined) {
      throw new UnrunnableError(
        `${id}: the volume at ${String(path)} is of a kind that this cluster has none of; write hostPath`,
      );
    }
    return `${source}:${path}:${volume['mode'] === 'RO' ? 'ro' : 'rw'}`;
  });
}

function volumeSource(volume: Readonly<Record<string, unknown>>): string | undefined {
  const hostPath = volume['hostPath'];
  if (typeof hostPath === 'string') return hostPath;
  const external = volume['external'];
  if (typeof external !== 'object' || external === null) return undefined;
  const name = (external as Record<string, unknown>)['name'];
  return typeof name === 'string' ? name : undefined;
}
