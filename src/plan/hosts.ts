import type { JumpHost, ResolvedCluster, ResolvedConfig } from '../config/types.js';
import type { SshEndpoint, SshTarget } from '../ports/ssh-target.js';
import { optional } from '../util/optional.js';
import { mesosRoles } from './mesos.js';
import type { HostPlan } from './types.js';

const CONNECT_TIMEOUT_SECONDS = 15;

type SshDefaults = NonNullable<ResolvedConfig['ssh']>;
type HostSettings = NonNullable<ResolvedCluster['hosts']>[number];

/** How a host is called: its id, or its address where it has none. */
export function hostId(host: Pick<HostSettings, 'id' | 'address'>): string {
  return host.id ?? host.address;
}

/** The hosts of a cluster; what one leaves out comes from `ssh`, and then from OpenSSH. */
export function planHosts(cluster: ResolvedCluster, defaults: SshDefaults): readonly HostPlan[] {
  const hosts = cluster.hosts ?? [];
  const roles = mesosRoles(hosts);
  return hosts.map((host, index) => ({
    id: hostId(host),
    clusterId: cluster.id,
    role: roles[index] ?? 'both',
    ssh: sshTarget(host, defaults),
    address: host.address,
    privateAddress: host.private_address ?? host.address,
  }));
}

function sshTarget(host: HostSettings, defaults: SshDefaults): SshTarget {
  const jump = host.jump ?? defaults.jump;
  const seconds = defaults.connect_timeout_seconds ?? CONNECT_TIMEOUT_SECONDS;
  return {
    name: hostId(host),
    address: host.address,
    ...optional('user', host.user ?? defaults.user),
    ...optional('port', host.port ?? defaults.port),
    ...optional('identityFile', host.identity_file ?? defaults.identity_file),
    ...optional('jump', jump?.map(jumpEndpoint)),
    sudo: host.sudo ?? defaults.sudo ?? 'passwordless',
    ...optional('configFile', defaults.config_file),
    ...optional('knownHostsFile', defaults.known_hosts_file),
    connectTimeoutMs: seconds * 1000,
  };
}

function jumpEndpoint(jump: string | JumpHost): SshEndpoint {
  if (typeof jump === 'string') return parseEndpoint(jump);
  return {
    address: jump.address,
    ...optional('user', jump.user),
    ...optional('port', jump.port),
    ...optional('identityFile', jump.identity_file),
  };
}

/** `user@address:port` in OpenSSH's form, user and port optional, IPv6 addresses in brackets. */
export function parseEndpoint(text: string): SshEndpoint {
  const at = text.lastIndexOf('@');
  const place = text.slice(at + 1);
  const found = /^\[(?<six>[^\]]+)\](?::(?<sixPort>\d+))?$|^(?<name>[^:]+)(?::(?<port>\d+))?$/.exec(
    place,
  )?.groups;
  const port = found?.['sixPort'] ?? found?.['port'];
  return {
    address: found?.['six'] ?? found?.['name'] ?? place,
    ...optional('user', at > 0 ? text.slice(0, at) : undefined),
    ...optional('port', port === undefined ? undefined : Number(port)),
  };
}
