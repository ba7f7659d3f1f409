import type { ResolvedConfig, ResolvedContainer } from '../config/types.js';
import { CrossflockError } from '../errors/crossflock-error.js';
import {
  formatAddress,
  hostAddresses,
  parseAddress,
  parseNetwork,
  type Network,
} from './addressing.js';
import { hasFlockList, planApp, type AppContext, type PlacedContainer } from './apps.js';
import { assignAddresses } from './assignment.js';
import { planClusters } from './clusters.js';
import { optional } from '../util/optional.js';
import { hostSecretsFolder } from './host-folders.js';
import { instanceIds } from './instances.js';
import { planKinc3 } from './kinc3.js';
import { planOsgKinc } from './osg-kinc.js';
import { planPhotodemo } from './photodemo.js';
import { roleOf } from './roles.js';
import type { PoolKey } from './pool-key.js';
import type { CommandPlan, NetworkPlan, Plan, WorkflowPlan, WorkflowType } from './types.js';

export const DEFAULT_NAME = 'crossflock';
/** The port that WireGuard's own examples use. */
export const WIREGUARD_PORT = 51820;
const WEAVE_VERSION = '2.9.0';

/**
 * The whole deployment, worked out from a configuration that has passed every check.
 *
 * @throws CrossflockError `invalid-input` when an address or a cluster is missing, which the checks
 * of the configuration would have told.
 */
export function makePlan(config: ResolvedConfig, poolKey: PoolKey): Plan {
  const name = config.name ?? DEFAULT_NAME;
  const network = networkFrom(config);
  const placed = place(config, network);
  const clusters = planClusters(config, name);
  const context: AppContext = {
    name,
    cidr: network.cidr,
    executorAddresses: placed.filter(({ role }) => role === 'executor').map(({ ip }) => ip),
    keyFolders: new Map(
      clusters
        .filter(({ engine }) => engine.type !== 'given')
        .map(({ id, hosts }) => [
          id,
          hosts.length === 0 ? poolKey.directory : hostSecretsFolder(name),
        ]),
    ),
    embedded: new Set(
      clusters.filter(({ engine }) => engine.type === 'embedded').map(({ id }) => id),
    ),
    poolKey: poolKey.value,
  };
  return {
    name,
    clusters,
    apps: placed.map((container) => planApp(container, context)),
    ...optional('flockList', liveFlockList(placed, context)),
    network: planNetwork(config, {
      name,
      cidr: network.cidr,
      gateway: formatAddress(network.gateway),
      taken: placed.map(({ ip }) => ip),
    }),
    workflow: planWorkflow(config.workflow ?? {}),
    docker: {
      source: config.docker?.source ?? 'distribution',
      groupUsers: config.docker?.group_users ?? [],
    },
    ...optional('registry', config.images?.registry),
  };
}

function liveFlockList(
  placed: readonly PlacedContainer[],
  { keyFolders, executorAddresses }: AppContext,
): readonly string[] | undefined {
  const submitter = placed.find(({ role }) => role === 'submitter')?.container;
  const isLive =
    submitter !== undefined &&
    keyFolders.has(submitter.cluster) &&
    !hasFlockList(submitter.args ?? []);
  return isLive ? executorAddresses : undefined;
}

/** What the driver needs; hosts somewhere else need a network that reaches them. */
export function defaultDriver(hasHosts: boolean): NetworkPlan['driver'] {
  return hasHosts ? 'wireguard' : 'bridge';
}

function planNetwork(
  { network, clusters }: ResolvedConfig,
  base: Pick<NetworkPlan, 'name' | 'cidr' | 'gateway' | 'taken'>,
): NetworkPlan {
  const hasHosts = clusters.some(({ hosts }) => hosts !== undefined);
  const driver = network.driver ?? defaultDriver(hasHosts);
  const port = network.port ?? WIREGUARD_PORT;
  if (driver !== 'weave') return { ...base, driver, port };
  const { password, version = WEAVE_VERSION, image_prefix } = network.weave ?? {};
  const imagePrefix = image_prefix ?? weaveImagePrefix(version);
  const weave = { version, imagePrefix, ...optional('password', password) };
  return { ...base, driver, port, weave };
}

/** Weave Net went on as a fork after 2.8.1, with images of its own. */
function weaveImagePrefix(version: string): string {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  const isFork = major > 2 || minor > 8 || (minor === 8 && patch > 1);
  return isFork ? 'rajchaudhuri' : 'weaveworks';
}

function networkFrom(config: ResolvedConfig): Network {
  const parsed = parseNetwork(config.network.cidr);
  if (!parsed.ok) throw unchecked(`network.cidr "${config.network.cidr}" is no network`);
  return parsed.network;
}

/** Every instance of every container with its role and its address. */
function place(config: ResolvedConfig, network: Network): readonly PlacedContainer[] {
  const { containers, clusters } = config;
  const given = new Map((config.network.containers ?? []).map(({ id, ip_addr }) => [id, ip_addr]));
  const requests = containers.map(({ id, instances: count = 1 }) => ({
    count,
    first: parseAddress(given.get(id) ?? ''),
  }));
  const hosts = clusters.flatMap((cluster) => cluster.hosts ?? []).length;
  const kept = hostAddresses(config.network.driver ?? defaultDriver(hosts > 0), hosts);
  const firsts = assignAddresses(requests, network, kept);
  return containers.flatMap((container, index) => {
    const first = firsts[index];
    if (first === undefined) throw unchecked(`container "${container.id}" finds no free address`);
    return instances(container, first);
  });
}

function instances(container: ResolvedContainer, first: number): readonly PlacedContainer[] {
  const role = roleOf(container);
  return instanceIds(container.id, container.instances ?? 1).map((id, index) => ({
    id,
    role,
    ip: formatAddress(first + index),
    container,
  }));
}

function planWorkflow(workflow: NonNullable<ResolvedConfig['workflow']>): WorkflowPlan {
  const requestMemoryMb = workflow.request_memory_mb ?? 1024;
  const retries = workflow.retries ?? 2;
  return {
    type: typeOf(workflow),
    ...(workflow.jobs === undefined || workflow.jobs === 'auto' ? {} : { jobs: workflow.jobs }),
    ...(workflow.gem === undefined ? {} : { gem: workflow.gem }),
    method: workflow.method ?? 'sc',
    minObs: workflow.min_obs ?? 30,
    naValue: workflow.na_val ?? 'NA',
    threshold: workflow.threshold ?? 'rmt',
    requestMemoryMb,
    retries,
    ...planRecipes(workflow, { requestMemoryMb, retries }),
  };
}

/** What only one recipe has. */
function planRecipes(
  { command, photodemo, kinc3, osg_kinc: osgKinc }: NonNullable<ResolvedConfig['workflow']>,
  ofJobs: Pick<CommandPlan, 'requestMemoryMb' | 'retries'>,
): Pick<WorkflowPlan, 'command' | 'photodemo' | 'kinc3' | 'osgKinc'> {
  return {
    ...(command === undefined ? {} : { command: { ...planCommand(command), ...ofJobs } }),
    ...(photodemo === undefined ? {} : { photodemo: planPhotodemo(photodemo, ofJobs) }),
    ...(kinc3 === undefined ? {} : { kinc3: planKinc3(kinc3) }),
    ...(osgKinc === undefined ? {} : { osgKinc: planOsgKinc(osgKinc) }),
  };
}

function typeOf(workflow: NonNullable<ResolvedConfig['workflow']>): WorkflowType {
  if (workflow.type !== undefined) return workflow.type;
  if (workflow.command !== undefined) return 'command';
  if (workflow.photodemo !== undefined) return 'photodemo';
  return workflow.kinc3 === undefined ? 'kinc' : 'kinc3';
}

type CommandConfig = NonNullable<NonNullable<ResolvedConfig['workflow']>['command']>;

function planCommand({
  program,
  manifest,
  gather,
  disk_mb: diskMb,
  ...rest
}: CommandConfig): Omit<CommandPlan, 'requestMemoryMb' | 'retries'> {
  return {
    program,
    manifest,
    chunk: rest.chunk ?? 1,
    inputs: rest.inputs ?? [],
    outputs: rest.outputs ?? [],
    cpus: rest.cpus ?? 1,
    ...(gather === undefined
      ? {}
      : { gather: { program: gather.program, outputs: gather.outputs ?? [] } }),
    ...(diskMb === undefined ? {} : { diskMb }),
  };
}

function unchecked(message: string): CrossflockError {
  return new CrossflockError(message, {
    code: 'invalid-input',
    hint: 'run crossflock validate on the configuration',
  });
}
