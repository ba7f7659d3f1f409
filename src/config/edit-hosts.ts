import { CrossflockError } from '../errors/crossflock-error.js';
import type { ChangeView } from '../ports/reporter.js';
import { enginePorts } from '../plan/clusters.js';
import { hostId } from '../plan/hosts.js';
import { roleOf } from '../plan/roles.js';
import { optional } from '../util/optional.js';
import { appendItem, removeAt } from './edit.js';
import type { ClusterConfig, Config, ContainerConfig, HostConfig } from './types.js';

/** A configuration's text with the changes that were made in it. */
export interface EditedText {
  readonly text: string;
  readonly changes: readonly ChangeView[];
}

/** What is wanted of the executor on a new host; what is absent is taken from an existing one. */
export interface ExecutorWish {
  readonly cpus?: number | undefined;
  /** MB. */
  readonly mem?: number | undefined;
  readonly image?: string | undefined;
}

export interface HostAddition {
  readonly host: HostConfig;
  readonly clusterId: string;
  readonly executor: ExecutorWish;
  /** Virtual IP of the executor. */
  readonly ip: string;
}

const EXECUTOR_IMAGE = 'crossflock/executor';

/**
 * Adds a host as a cluster of its own with the embedded engine, an executor on it, and the
 * executor's address.
 *
 * @param text of a configuration that passed its checks
 * @throws CrossflockError `invalid-input` where nothing says how large the executor is
 */
export function addHost(text: string, addition: HostAddition): EditedText {
  const config = parsed(text);
  const { host, clusterId, ip } = addition;
  const model = modelOf(config, addition.executor);
  const container = newExecutor(config, addition, model);
  const cluster = { id: clusterId, engine: newEngine(config, model), hosts: [host] };
  const { id, image, n_cpus, mem } = container;
  let edited = appendItem(text, ['clusters'], cluster);
  edited = appendItem(edited, ['containers'], container);
  edited = appendItem(edited, ['network', 'containers'], { id, ip_addr: ip });
  const size = `${String(n_cpus)} CPUs, ${String(mem)} MB`;
  return {
    text: edited,
    changes: [
      { action: 'create', kind: 'cluster', target: clusterId, detail: `host ${hostId(host)}` },
      { action: 'create', kind: 'container', target: id, detail: `${image}, ${size}, ${ip}` },
    ],
  };
}

export interface AgentAddition extends Omit<HostAddition, 'executor' | 'ip'> {
  /** Where it listens: what Mesos calls its hostname. */
  readonly privateAddress: string;
  /** The executor that comes and goes with it, and its virtual IP; undefined: none. */
  readonly executor: (ExecutorWish & { readonly ip: string }) | undefined;
}

/**
 * Adds a host to a cluster that has several, as a further agent, and an executor that runs there and
 * nowhere else. Its role is what a host without one is where others have theirs.
 *
 * @param text of a configuration that passed its checks and names the cluster
 * @throws CrossflockError `invalid-input` where nothing says how large the executor is
 */
export function addAgent(text: string, addition: AgentAddition): EditedText {
  const config = parsed(text);
  const { host, clusterId, executor, privateAddress } = addition;
  const at = config.clusters.findIndex(({ id }) => id === clusterId);
  let edited = appendItem(text, ['clusters', at, 'hosts'], host);
  const target = `${hostId(host)} of cluster ${clusterId}`;
  const changes: ChangeView[] = [{ action: 'create', kind: 'host', target, detail: 'agent' }];
  if (executor === undefined) return { text: edited, changes };
  const model = modelOf(config, executor);
  const container: ContainerConfig = {
    ...newExecutor(config, { clusterId, executor }, model),
    constraints: [['hostname', 'CLUSTER', privateAddress]],
  };
  const { id, image, n_cpus, mem } = container;
  edited = appendItem(edited, ['containers'], container);
  edited = appendItem(edited, ['network', 'containers'], { id, ip_addr: executor.ip });
  const detail = `${image}, ${String(n_cpus)} CPUs, ${String(mem)} MB, ${executor.ip}, on this host alone`;
  return {
    text: edited,
    changes: [...changes, { action: 'create', kind: 'container', target: id, detail }],
  };
}

/** Where every embedded cluster leaves its port out, the new one does so too. */
function newEngine({ clusters }: Config, model: Model): ClusterConfig['engine'] {
  const ports = enginePorts([...clusters.map(({ engine }) => engine), 'embedded']);
  const own = ports.at(-1) ?? 0;
  const taken = new Set(ports.slice(0, -1));
  let port = own;
  while (taken.has(port)) port += 1;
  const settings = {
    ...optional('port', port === own ? undefined : port),
    ...optional('resources', resourcesLike(clusters, model)),
  };
  return Object.keys(settings).length === 0 ? 'embedded' : { type: 'embedded', ...settings };
}

/**
 * What the engine may give away: as much as the model's, where that is written and the executor fits
 * into it; else what the machine has.
 */
function resourcesLike(clusters: readonly ClusterConfig[], { like, n_cpus, mem }: Model) {
  const engine = clusters.find(({ id }) => id === like?.cluster)?.engine;
  const resources = typeof engine === 'object' ? engine.resources : undefined;
  if (resources === undefined) return undefined;
  const fits = n_cpus <= (resources.cpus ?? Infinity) && mem <= (resources.mem ?? Infinity);
  return fits ? resources : undefined;
}

/** What the new executor is made after. */
interface Model {
  readonly like: ContainerConfig | undefined;
  readonly n_cpus: number;
  /** MB. */
  readonly mem: number;
}

function modelOf({ containers }: Config, { cpus, mem }: ExecutorWish): Model {
  const like = containers.findLast((container) => roleOf(container) === 'executor');
  const size = { n_cpus: cpus ?? like?.n_cpus, mem: mem ?? like?.mem };
  if (size.n_cpus !== undefined && size.mem !== undefined) {
    return { like, n_cpus: size.n_cpus, mem: size.mem };
  }
  throw new CrossflockError('there is no executor yet to take the size of the new one from', {
    code: 'invalid-input',
    hint: 'give --cpus and --mem',
  });
}

function newExecutor(
  config: Config,
  { clusterId, executor }: Pick<HostAddition, 'clusterId' | 'executor'>,
  { like, n_cpus, mem }: Model,
): ContainerConfig {
  const id = freeId(like?.id ?? 'runner0', config);
  const image = executor.image ?? like?.image ?? EXECUTOR_IMAGE;
  const place = { id, cluster: clusterId };
  const container: ContainerConfig = { ...place, ...reusable(like), ...place, image, n_cpus, mem };
  return roleOf(container) === 'executor' ? container : { ...container, role: 'executor' };
}

/** All of a container but what belongs to its own cluster: how many there are, and where. */
function reusable(like: ContainerConfig | undefined): Partial<ContainerConfig> {
  const entries = Object.entries(like ?? {});
  return Object.fromEntries(
    entries.filter(([name]) => name !== 'instances' && name !== 'constraints'),
  );
}

/** `runner2` is followed by `runner3`, or by the next one that nothing is called. */
function freeId(like: string, { containers }: Config): string {
  const taken = new Set(containers.map(({ id }) => id));
  const base = like.replace(/\d+$/, '');
  let number = Number(like.slice(base.length) || '1') + 1;
  while (taken.has(`${base}${String(number)}`)) number += 1;
  return `${base}${String(number)}`;
}

/**
 * Takes a host out. Where it is the only one of an embedded cluster, the cluster goes with it, and
 * its containers with their addresses.
 *
 * @param text of a configuration that passed its checks and names the host
 * @param leaving ids of containers that go with the host though its cluster stays
 */
export function removeHost(
  text: string,
  id: string,
  leaving: ReadonlySet<string> = new Set(),
): EditedText {
  const config = parsed(text);
  const { clusters, containers } = config;
  const at = clusters.findIndex(({ hosts }) => hosts?.some((host) => hostId(host) === id));
  const cluster = clusters[at];
  if (cluster === undefined) return { text, changes: [] };
  const hosts = cluster.hosts ?? [];
  const stays = cluster.engine === undefined || hosts.length > 1;
  const gone = containers.filter((container) =>
    stays ? leaving.has(container.id) : container.cluster === cluster.id,
  );
  const edited = withoutContainers(text, config, new Set(gone.map((container) => container.id)));
  const removed = gone.map(
    (container) => ({ action: 'delete', kind: 'container', target: container.id }) as const,
  );
  if (!stays) {
    const view = { action: 'delete', kind: 'cluster', target: cluster.id } as const;
    return {
      text: removeAt(edited, ['clusters', at]),
      changes: [{ ...view, detail: `host ${id}` }, ...removed],
    };
  }
  const place = ['clusters', at, 'hosts'];
  const index = hosts.findIndex((host) => hostId(host) === id);
  const target = `${id} of cluster ${cluster.id}`;
  return {
    text: removeAt(edited, hosts.length > 1 ? [...place, index] : place),
    changes: [{ action: 'delete', kind: 'host', target }, ...removed],
  };
}

/** Containers are taken out with their addresses. */
function withoutContainers(
  text: string,
  { containers, network }: Config,
  ids: ReadonlySet<string>,
): string {
  const isGone = ({ id }: { readonly id: string }): boolean => ids.has(id);
  const places = [
    ...indexes(network.containers ?? [], isGone).map((index) => ['network', 'containers', index]),
    ...indexes(containers, isGone).map((index) => ['containers', index]),
  ];
  return places.reduce(removeAt, text);
}

/** Where the items are, the last one first, so that taking one away moves no other. */
function indexes<T>(items: readonly T[], test: (item: T) => boolean): readonly number[] {
  return items.flatMap((item, index) => (test(item) ? [index] : [])).reverse();
}

function parsed(text: string): Config {
  return JSON.parse(text) as Config;
}
