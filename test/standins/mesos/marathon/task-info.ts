/** What Marathon asks of Mesos for a task. */
import type {
  AppDefinition,
  AppVersion,
  HealthCheck,
} from '../../../../src/embedded/orchestrator.js';
import { taskEnvironment, type TaskPort } from '../../../../src/embedded/runtime/task-env.js';
import type { DockerInfo, TaskCheck, TaskInfo } from '../common/mesos.js';

export interface TaskRequest {
  readonly id: string;
  readonly app: AppVersion;
  readonly host: string;
  readonly ports: readonly TaskPort[];
}

const GRACE_SECONDS = 3;

export function taskInfo({ id, app, host, ports }: TaskRequest): TaskInfo {
  const { definition } = app;
  const { cpus, mem, disk, cmd, args, labels } = definition;
  const held = ports.flatMap((port) => port.host ?? []);
  const check = checkOf(definition.healthChecks?.[0], app, ports);
  return {
    id,
    name: definition.id.slice(1).split('/').reverse().join('.'),
    resources: { cpus, mem, disk, ports: held },
    docker: dockerInfo(app, ports),
    volumes: volumesOf(app),
    env: taskEnvironment(app, { id, host, ports }),
    ...(cmd === undefined ? {} : { shell: cmd }),
    ...(args === undefined ? {} : { args }),
    labels: Object.entries(labels).map(([key, value]) => ({ key, value })),
    ...(check === undefined ? {} : { check }),
    killGraceSeconds: definition.taskKillGracePeriodSeconds ?? GRACE_SECONDS,
  };
}

/** An app without an image fails on its agent. */
const NO_DOCKER = { image: '', privileged: false, forcePullImage: false, parameters: [] };
const NETWORKS = { host: 'HOST', container: 'USER', 'container/bridge': 'BRIDGE' } as const;

function dockerInfo({ definition }: AppVersion, ports: readonly TaskPort[]): DockerInfo {
  const { image, privileged, forcePullImage, parameters } = {
    ...NO_DOCKER,
    ...definition.container?.docker,
  };
  const [network = { mode: 'host' as const }] = definition.networks;
  return {
    image,
    network: NETWORKS[network.mode],
    ...(network.name === undefined ? {} : { networkName: network.name }),
    privileged,
    forcePullImage,
    portMappings: portMappings(definition, ports),
    parameters,
  };
}

function portMappings(
  { container }: AppDefinition,
  ports: readonly TaskPort[],
): DockerInfo['portMappings'] {
  return (container?.portMappings ?? []).flatMap(({ containerPort, protocol }, index) => {
    const hostPort = ports[index]?.host;
    if (hostPort === undefined) return [];
    const inside = containerPort === 0 ? hostPort : containerPort;
    return protocol.split(',').map((one) => ({ hostPort, containerPort: inside, protocol: one }));
  });
}

function volumesOf({ definition }: AppVersion): TaskInfo['volumes'] {
  return (definition.container?.volumes ?? []).flatMap(({ hostPath, containerPath, mode }) =>
    typeof hostPath === 'string' && typeof containerPath === 'string'
      ? [{ hostPath, containerPath, mode: typeof mode === 'string' ? mode : 'RW' }]
      : [],
  );
}

/** Only the first check of an app is made, whichever kind it is, and always by the executor. */
function checkOf(
  check: HealthCheck | undefined,
  { definition }: AppVersion,
  ports: readonly TaskPort[],
): TaskCheck | undefined {
  if (check === undefined) return undefined;
  const times = {
    delaySeconds: check.delaySeconds,
    graceSeconds: check.gracePeriodSeconds,
    intervalSeconds: check.intervalSeconds,
    timeoutSeconds: check.timeoutSeconds,
    failures: check.maxConsecutiveFailures,
  };
  if (check.protocol === 'COMMAND') {
    return { ...times, type: 'COMMAND', command: check.command?.value ?? 'false' };
  }
  const type = check.protocol.includes('TCP') ? 'TCP' : 'HTTP';
  const port = checkedPort(check, definition, ports);
  return { ...times, type, port, ...(check.path === undefined ? {} : { path: check.path }) };
}

/** Inside the container where it has an address of its own. */
function checkedPort(
  { port, portIndex = 0 }: HealthCheck,
  { container }: AppDefinition,
  ports: readonly TaskPort[],
): number {
  const inside = container?.portMappings?.[portIndex]?.containerPort;
  return port ?? inside ?? ports[portIndex]?.host ?? 0;
}
