import { enginePorts, type EngineConfig } from '../plan/clusters.js';
import { defaultDriver } from '../plan/make-plan.js';
import { roleOf } from '../plan/roles.js';
import type { AppRole, NetworkPlan } from '../plan/types.js';
import { isObject } from './paths.js';
import { isMesosEngine, mesosView, type MesosView } from './view-engine.js';
import {
  hostView,
  jumpViews,
  loginView,
  type HostView,
  type LoginView,
  type TextView,
} from './view-hosts.js';
import { list, number, object, text, type Properties } from './view-values.js';

/**
 * The document as far as its shape permits: every value that has the wrong type is absent. The
 * checks across places work on it, so that they can speak beside the schema's.
 */
export interface View {
  readonly name: string | undefined;
  readonly clusters: readonly ClusterView[];
  /** Whether the id of every cluster is known; only then can one be called unknown. */
  readonly allClusters: boolean;
  readonly containers: readonly ContainerView[];
  readonly allContainers: boolean;
  readonly cidr: string | undefined;
  /** The network's driver, its own or the default one. */
  readonly driver: NetworkDriver;
  /** Settings of the network that belong to one driver, as far as they are written. */
  readonly networkPort: number | undefined;
  readonly weave: WeaveView | undefined;
  /** Every host of every cluster. */
  readonly hosts: readonly HostView[];
  /** Port of the hosts that have none of their own. */
  readonly sshPort: number | undefined;
  /** Who logs in to the hosts that do not say it themselves. */
  readonly login: LoginView;
  /** Every jump host that is written as a text, defaults included. */
  readonly jumps: readonly TextView[];
  readonly addresses: readonly AddressView[];
  readonly allAddresses: boolean;
}

export type NetworkDriver = NetworkPlan['driver'];

export interface WeaveView {
  readonly hasPassword: boolean;
}

export interface ClusterView {
  readonly path: string;
  readonly id: string | undefined;
  readonly marathonUri: string | undefined;
  readonly hasUri: boolean;
  readonly embedded: boolean;
  readonly mesos: MesosView | undefined;
  readonly hosts: readonly HostView[];
  /** Loopback port of an embedded engine, its own or the default one. */
  readonly port: number | undefined;
  readonly resources: Readonly<Partial<Record<Resource, number>>>;
}

export type Resource = 'cpus' | 'mem' | 'disk';

export interface ContainerView {
  readonly path: string;
  readonly id: string | undefined;
  readonly cluster: string | undefined;
  readonly role: AppRole;
  readonly instances: number;
  readonly cpus: number | undefined;
  readonly mem: number | undefined;
  readonly disk: number | undefined;
  readonly ports: readonly PortView[];
  /** A secret, or anything else that is no string, is undefined. */
  readonly args: readonly (string | undefined)[];
  readonly volumes: readonly VolumeView[];
  readonly labels: readonly string[];
  readonly constraints: readonly (readonly unknown[])[];
}

export interface PortView {
  readonly path: string;
  readonly hostPort: number;
  /** `tcp`, `udp` or both. */
  readonly protocols: readonly string[];
}

export interface VolumeView {
  readonly path: string;
  readonly containerPath: string | undefined;
  readonly hasHostPath: boolean;
  readonly hasName: boolean;
}

export interface AddressView {
  readonly path: string;
  readonly id: string | undefined;
  readonly ip: string | undefined;
}

/** Whatever was parsed, as a view. Never fails. */
export function viewOf(document: unknown): View {
  const top = object(document);
  const network = object(top['network']);
  const clusters = clusterViews(list(top['clusters']));
  const containers = list(top['containers']).map(containerView);
  const addresses = list(network['containers']).map(addressView);
  const ssh = object(top['ssh']);
  const hosts = clusters.flatMap((cluster) => cluster.hosts);
  return {
    name: text(top['name']),
    clusters,
    allClusters: Array.isArray(top['clusters']) && clusters.every(hasId),
    containers,
    allContainers: Array.isArray(top['containers']) && containers.every(hasId),
    cidr: text(network['cidr']),
    driver: driver(network['driver']) ?? defaultDriver(hosts.length > 0),
    networkPort: number(network['port']),
    weave: isObject(network['weave'])
      ? { hasPassword: network['weave']['password'] !== undefined }
      : undefined,
    hosts,
    sshPort: number(ssh['port']),
    login: loginView(ssh, 'ssh'),
    jumps: [...jumpViews(ssh, 'ssh'), ...hosts.flatMap((host) => host.jumps)],
    addresses,
    allAddresses: isListOrAbsent(network['containers']) && addresses.every(hasId),
  };
}

function isListOrAbsent(value: unknown): boolean {
  return value === undefined || Array.isArray(value);
}

function hasId({ id }: { readonly id: string | undefined }): boolean {
  return id !== undefined;
}

function clusterViews(clusters: readonly unknown[]): readonly ClusterView[] {
  const engines = clusters.map((cluster) => engineOf(object(cluster)['engine']));
  const ports = enginePorts(engines);
  return clusters.map((value, index) => {
    const cluster = object(value);
    const resources = object(object(cluster['engine'])['resources']);
    return {
      path: `clusters[${String(index)}]`,
      id: text(cluster['id']),
      marathonUri: text(cluster['marathon_uri']),
      hasUri: cluster['marathon_uri'] !== undefined,
      embedded: engines[index] !== undefined && engines[index] !== 'mesos',
      mesos: engines[index] === 'mesos' ? mesosView(cluster['engine']) : undefined,
      hosts: list(cluster['hosts']).map((host, at) =>
        hostView(host, `clusters[${String(index)}].hosts[${String(at)}]`),
      ),
      port: ports[index],
      resources: numbers(resources),
    };
  });
}

/** Anything written as `engine` counts: a misspelt one is meant to be an engine all the same. */
function engineOf(value: unknown): EngineConfig {
  if (value === undefined) return undefined;
  if (isMesosEngine(value)) return 'mesos';
  const port = number(object(value)['port']);
  return port === undefined ? 'embedded' : { type: 'embedded', port };
}

function numbers(values: Properties): Readonly<Partial<Record<Resource, number>>> {
  const kinds: readonly Resource[] = ['cpus', 'mem', 'disk'];
  const entries = kinds.flatMap((kind) => {
    const value = number(values[kind]);
    return value === undefined ? [] : [[kind, value] as const];
  });
  return Object.fromEntries(entries);
}

function containerView(value: unknown, index: number): ContainerView {
  const container = object(value);
  const path = `containers[${String(index)}]`;
  const id = text(container['id']);
  const instances = number(container['instances']) ?? 1;
  return {
    path,
    id,
    cluster: text(container['cluster']),
    role: roleOf({ id, image: text(container['image']), role: role(container['role']) }),
    instances: Number.isInteger(instances) ? Math.min(Math.max(instances, 1), 1000) : 1,
    cpus: number(container['n_cpus']),
    mem: number(container['mem']),
    disk: number(container['disk']),
    ports: list(container['ports']).map((port, at) =>
      portView(port, `${path}.ports[${String(at)}]`),
    ),
    args: list(container['args']).map(text),
    volumes: list(container['volumes']).map((volume, at) =>
      volumeView(volume, `${path}.volumes[${String(at)}]`),
    ),
    labels: Object.keys(object(container['labels'])),
    constraints: list(container['constraints']).map(list),
  };
}

function portView(value: unknown, path: string): PortView {
  const port = object(value);
  const protocol = text(port['protocol']) ?? 'tcp';
  return { path, hostPort: number(port['host_port']) ?? 0, protocols: protocol.split(',') };
}

function volumeView(value: unknown, path: string): VolumeView {
  const volume = object(value);
  return {
    path,
    containerPath: text(volume['container_path'])?.replace(/(?<=.)\/+$/, ''),
    hasHostPath: volume['host_path'] !== undefined,
    hasName: volume['name'] !== undefined,
  };
}

function addressView(value: unknown, index: number): AddressView {
  const address = object(value);
  const path = `network.containers[${String(index)}]`;
  return { path, id: text(address['id']), ip: text(address['ip_addr']) };
}

function driver(value: unknown): NetworkDriver | undefined {
  return value === 'bridge' || value === 'wireguard' || value === 'weave' ? value : undefined;
}

function role(value: unknown): AppRole | undefined {
  return value === 'submitter' || value === 'executor' || value === 'other' ? value : undefined;
}
