import { gatewayAddress, registryAddress } from './addresses.js';
import type { NewHost } from './model.js';
import {
  hostContainer,
  LAB_IMAGES,
  LABEL,
  networkName,
  REGISTRY_PORT,
  registryContainer,
} from './names.js';

/**
 * What a machine with an engine of its own needs beyond Docker's defaults: mounts, networks and
 * control groups, and to read other users' files and processes. `--privileged` would ask for more
 * than an engine without CAP_SYS_RESOURCE can give.
 */
const CAPABILITIES = ['SYS_ADMIN', 'NET_ADMIN', 'SYS_PTRACE', 'DAC_READ_SEARCH'];

/** Where a machine belongs. */
export interface Place {
  readonly lab: string;
  readonly subnet: string;
  /** `host:port` of the lab's registry, where it has one. */
  readonly registry?: string;
  /** Whether its machines may use every device of this one, as privileged containers ask to. */
  readonly devices?: boolean;
}

/** Arguments of `docker` that make the lab's network. */
export function createNetworkArgs({ lab, subnet, registry }: Place): readonly string[] {
  return [
    ...['network', 'create', '--driver', 'bridge'],
    ...['--subnet', subnet, '--gateway', gatewayAddress(subnet)],
    ...labels({
      [LABEL.lab]: lab,
      [LABEL.subnet]: subnet,
      [LABEL.registry]: String(registry !== undefined),
    }),
    networkName(lab),
  ];
}

/** Arguments of `docker` that make a host and switch it on. */
export function runHostArgs({ lab, registry, devices }: Place, host: NewHost): readonly string[] {
  const { id, cloud, number, address, isBare } = host;
  return [
    ...['run', '--detach', '--pull', 'never'],
    ...['--name', hostContainer(lab, id), '--hostname', id],
    ...['--network', networkName(lab), '--ip', address],
    ...labels({
      [LABEL.lab]: lab,
      [LABEL.part]: 'host',
      [LABEL.cloud]: cloud,
      [LABEL.number]: String(number),
      [LABEL.address]: address,
      [LABEL.bare]: String(isBare),
    }),
    ...CAPABILITIES.flatMap((capability) => ['--cap-add', capability]),
    ...['--security-opt', 'seccomp=unconfined', '--security-opt', 'apparmor=unconfined'],
    // The engine inside puts its containers below the host's own control group.
    ...['--cgroupns', 'host', '--volume', '/sys/fs/cgroup:/sys/fs/cgroup:rw'],
    ...['--device', '/dev/net/tun', '--tmpfs', '/run'],
    ...(devices === true ? ['--device-cgroup-rule', 'a *:* rwm'] : []),
    ...(registry === undefined ? [] : ['--env', `CROSSFLOCK_LAB_REGISTRY=${registry}`]),
    isBare ? LAB_IMAGES.bare : LAB_IMAGES.host,
  ];
}

/** Arguments of `docker` that make the registry and start it. */
export function runRegistryArgs({ lab, subnet }: Place): readonly string[] {
  const address = registryAddress(subnet);
  return [
    ...['run', '--detach', '--pull', 'never'],
    ...['--name', registryContainer(lab), '--hostname', 'registry'],
    ...['--network', networkName(lab), '--ip', address],
    ...labels({ [LABEL.lab]: lab, [LABEL.part]: 'registry', [LABEL.address]: address }),
    LAB_IMAGES.registry,
  ];
}

export function placeIn(lab: string, subnet: string, withRegistry: boolean): Place {
  const registry = registryEndpoint(registryAddress(subnet));
  return { lab, subnet, ...(withRegistry ? { registry } : {}) };
}

/** Where the lab's hosts reach its registry. */
export function registryEndpoint(address: string): string {
  return `${address}:${String(REGISTRY_PORT)}`;
}

function labels(values: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(values).flatMap(([name, value]) => ['--label', `${name}=${value}`]);
}
