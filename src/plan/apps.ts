import type { ResolvedContainer } from '../config/types.js';
import type { AppPortMapping, AppVolume, MarathonApp } from '../ports/marathon-app.js';
import { optional } from '../util/optional.js';
import { NO_POOL_KEY, POOL_KEY_FOLDER, POOL_KEY_VARIABLE } from './pool-key.js';
import type { AppPlan, AppRole } from './types.js';

/** Where the submitter's image keeps its queue, spool and runs. */
export const STATE_FOLDER = '/var/lib/crossflock';
/** Time for HTCondor to put its queue away and to evict jobs. */
const POOL_KILL_GRACE_SECONDS = 15;

/** One instance of a container, with its address. */
export interface PlacedContainer {
  readonly id: string;
  readonly role: AppRole;
  readonly ip: string;
  readonly container: ResolvedContainer;
}

/** What an app needs to know about the rest of the deployment. */
export interface AppContext {
  readonly name: string;
  readonly cidr: string;
  readonly executorAddresses: readonly string[];
  /** Of each cluster with an engine of ours, the folder on its hosts that holds the pool's key. */
  readonly keyFolders: ReadonlyMap<string, string>;
  /** Clusters with the embedded engine. */
  readonly embedded: ReadonlySet<string>;
  /** The key itself, where it is known, for Marathons on machines that hold no such folder. */
  readonly poolKey: string | undefined;
}

/** The app of one instance, without what the virtual network adds. */
export function planApp(placed: PlacedContainer, context: AppContext): AppPlan {
  const { id, role, ip, container } = placed;
  const args = argsOf(placed, context);
  const app: MarathonApp = {
    id: `/${id}`,
    ...(args.length > 0 ? { args } : {}),
    cpus: container.n_cpus,
    mem: container.mem,
    disk: container.disk ?? 0,
    instances: 1,
    container: {
      type: 'DOCKER',
      docker: {
        image: container.image,
        privileged: container.privileged ?? false,
        parameters: [
          ...namedVolumes(placed, context).map((value) => ({ key: 'volume', value })),
          ...labelParameters(placed, context),
        ],
      },
      volumes: hostVolumes(placed, context),
      portMappings: (container.ports ?? []).map(portMapping),
    },
    networks: [],
    env: envOf(placed, context),
    labels: labelsOf(placed, context),
    ...optional('constraints', container.constraints),
    ...optional('healthChecks', container.health_checks),
    ...killGrace(placed),
  };
  return { containerId: id, clusterId: container.cluster, role, ip, app };
}

/**
 * On a cluster with an engine of ours the flock list is handed to the submitter while it runs, so that executors
 * come and go without it; elsewhere nobody could, and the list is an argument.
 */
function argsOf({ role, container }: PlacedContainer, context: AppContext): readonly string[] {
  const args = container.args ?? [];
  if (role !== 'submitter' || hasFlockList(args)) return args;
  if (context.keyFolders.has(container.cluster)) return args;
  if (context.executorAddresses.length === 0) return args;
  return ['-f', context.executorAddresses.join(','), ...args];
}

/** Whether the arguments of a submitter name the pools to flock to. */
export function hasFlockList(args: readonly string[]): boolean {
  return args.some((arg) => arg.startsWith('-f'));
}

function inPool(role: AppRole): boolean {
  return role !== 'other';
}

function envOf({ role, container }: PlacedContainer, context: AppContext): Record<string, string> {
  const needsKey = inPool(role) && !context.keyFolders.has(container.cluster);
  return {
    SCIDAS_APP_NETWORK: context.cidr,
    SCIDAS_RESC_CPUS: String(container.n_cpus),
    SCIDAS_RESC_MEM: String(container.mem),
    ...(needsKey ? { [POOL_KEY_VARIABLE]: context.poolKey ?? NO_POOL_KEY } : {}),
    ...container.env,
  };
}

function labelsOf({ id, role, container }: PlacedContainer, context: AppContext) {
  return {
    ...container.labels,
    'crossflock.deployment': context.name,
    'crossflock.container': id,
    'crossflock.role': role,
  };
}

/**
 * Mesos gives its containers no labels, so an app's own are handed to Docker by parameter: what looks
 * for containers on a host finds them there. The embedded engine copies an app's labels by itself.
 */
function labelParameters(placed: PlacedContainer, context: AppContext) {
  if (context.embedded.has(placed.container.cluster)) return [];
  const labels = Object.entries(labelsOf(placed, context));
  return labels
    .filter(([name]) => name.startsWith('crossflock.'))
    .map(([name, value]) => ({ key: 'label', value: `${name}=${value}` }));
}

/** Named volumes go through the Docker parameter: Marathon's volumes know folders of the host only. */
function namedVolumes({ id, role, container }: PlacedContainer, context: AppContext) {
  const volumes = container.volumes ?? [];
  const named = volumes.flatMap(({ name, container_path, mode }) =>
    name === undefined ? [] : [`${name}:${container_path}${mode === 'RO' ? ':ro' : ''}`],
  );
  const hasState = role !== 'submitter' || mounts(container, STATE_FOLDER);
  return hasState ? named : [...named, `${context.name}-${id}:${STATE_FOLDER}`];
}

function hostVolumes({ role, container }: PlacedContainer, context: AppContext): AppVolume[] {
  const given = (container.volumes ?? []).flatMap(({ host_path, container_path, mode }) =>
    host_path === undefined
      ? []
      : [{ containerPath: container_path, hostPath: host_path, mode: mode ?? 'RW' }],
  );
  const folder = context.keyFolders.get(container.cluster);
  const isGiven =
    mounts(container, POOL_KEY_FOLDER) || container.env?.[POOL_KEY_VARIABLE] !== undefined;
  if (folder === undefined || !inPool(role) || isGiven) return given;
  const key: AppVolume = {
    containerPath: POOL_KEY_FOLDER,
    hostPath: folder,
    mode: 'RO',
  };
  return [...given, key];
}

function mounts(container: ResolvedContainer, path: string): boolean {
  return (container.volumes ?? []).some(
    ({ container_path }) => container_path.replace(/\/+$/, '') === path,
  );
}

type Port = NonNullable<ResolvedContainer['ports']>[number];

function portMapping(port: Port): AppPortMapping {
  return {
    containerPort: port.container_port,
    hostPort: port.host_port ?? 0,
    protocol: port.protocol ?? 'tcp',
    ...optional('name', port.name),
  };
}

function killGrace({ role, container }: PlacedContainer) {
  const seconds =
    container.kill_grace_seconds ?? (inPool(role) ? POOL_KILL_GRACE_SECONDS : undefined);
  return optional('taskKillGracePeriodSeconds', seconds);
}
