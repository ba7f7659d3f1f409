import type { ResolvedHost, ResolvedMesos } from '../config/types.js';
import { optional } from '../util/optional.js';
import type { HostPlan, MesosEngine, MesosImages, MesosMember, MesosPorts } from './types.js';

/** Numbers of masters that an ensemble can have: an even one stands no more than one less. */
export const ENSEMBLES: readonly number[] = [1, 3, 5];
const LOOPBACK = '127.0.0.1';
const CORES = 4;

/**
 * The last images that were published of each part, and the last line of ZooKeeper whose servers
 * speak to clients of 3.4, which Mesos has built in.
 */
const IMAGES: MesosImages = {
  zookeeper: 'zookeeper:3.8',
  master: 'mesosphere/mesos-master:1.7.1',
  agent: 'mesosphere/mesos-slave:1.7.1',
  marathon: 'mesosphere/marathon:v1.11.24',
};

/** Each part's own default. */
const PORTS: MesosPorts = {
  zookeeper: 2181,
  zookeeperPeer: 2888,
  zookeeperElection: 3888,
  master: 5050,
  agent: 5051,
  marathon: 8080,
};

/** What each host of a cluster does; see `hosts[].role` in the schema. */
export function mesosRoles(hosts: readonly Pick<ResolvedHost, 'role'>[]): HostPlan['role'][] {
  const isSaid = hosts.some(({ role }) => role !== undefined);
  return hosts.map(({ role }, index) => role ?? (!isSaid && index === 0 ? 'both' : 'agent'));
}

/** Masters that must agree: more than half of them. */
export function quorumOf(masters: number): number {
  return Math.floor(masters / 2) + 1;
}

export function mesosPorts(settings: Partial<ResolvedMesos>): MesosPorts {
  const { zookeeper_peer, zookeeper_election, ...ports } = settings.ports ?? {};
  return {
    ...PORTS,
    ...ports,
    ...optional('zookeeperPeer', zookeeper_peer),
    ...optional('zookeeperElection', zookeeper_election),
  };
}

/** The engine of a cluster, with every default filled in. */
export function planMesos(
  deployment: string,
  settings: Partial<ResolvedMesos>,
  hosts: readonly HostPlan[],
): MesosEngine {
  const members = (role: HostPlan['role']): readonly MesosMember[] =>
    hosts
      .filter((host) => host.role === role || host.role === 'both')
      .map((host) => ({ hostId: host.id, address: bindAddress(host, hosts) }));
  const masters = members('master');
  return {
    type: 'mesos',
    deployment,
    install: settings.install ?? 'images',
    cores: settings.cores ?? CORES,
    images: imagesOf(settings),
    ports: mesosPorts(settings),
    resources: settings.resources ?? {},
    flags: { master: {}, agent: {}, marathon: {}, ...settings.flags },
    masters,
    agents: members('agent'),
    quorum: quorumOf(masters.length),
  };
}

/** Where a host's parts listen: never where others than its own cluster reach it. */
function bindAddress(host: HostPlan, hosts: readonly HostPlan[]): string {
  return hosts.length === 1 ? LOOPBACK : host.privateAddress;
}

function imagesOf({ images: { prefix, ...own } = {} }: Partial<ResolvedMesos>): MesosImages {
  const mirrored = (name: string): string => (prefix === undefined ? name : `${prefix}/${name}`);
  return {
    zookeeper: own.zookeeper ?? mirrored(IMAGES.zookeeper),
    master: own.master ?? mirrored(IMAGES.master),
    agent: own.agent ?? mirrored(IMAGES.agent),
    marathon: own.marathon ?? mirrored(IMAGES.marathon),
  };
}

/** What the builders of `src/provision/mesos` set; a flag can be given once. */
const OWN_FLAGS: Readonly<Record<string, readonly string[]>> = {
  master: [
    ...['zk', 'quorum', 'work_dir', 'registry', 'ip', 'port', 'hostname', 'hostname_lookup'],
    ...['cluster', 'credentials', 'authenticate_agents', 'authenticate_frameworks'],
    ...['authenticate_http_frameworks', 'http_framework_authenticators'],
  ],
  agent: [
    ...['master', 'work_dir', 'runtime_dir', 'ip', 'port', 'hostname', 'hostname_lookup'],
    ...['containerizers', 'docker', 'docker_socket', 'launcher', 'systemd_enable_support'],
    ...['credential', 'resources', 'reconfiguration_policy', 'executor_registration_timeout'],
  ],
  marathon: [
    ...['master', 'zk', 'hostname', 'http_address', 'http_port', 'http_credentials'],
    ...['mesos_authentication', 'mesos_authentication_principal', 'mesos_user'],
    ...['mesos_authentication_secret', 'mesos_authentication_secret_file', 'framework_name'],
    ...['task_launch_timeout'],
  ],
};

/**
 * Flags of a part that the configuration cannot set, because crossflock does, or another one in
 * their place (`mesos_authentication_secret`).
 */
export function ownFlags(part: string): ReadonlySet<string> {
  return new Set(OWN_FLAGS[part]);
}
