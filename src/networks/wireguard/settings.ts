import { createHash } from 'node:crypto';

import { CrossflockError } from '../../errors/crossflock-error.js';
import type { NetworkPlan } from '../../plan/types.js';
import { DEPLOYMENT_LABEL } from '../docker-network.js';
import type { WantedNetwork } from '../docker-network.js';

import { networkNames, VXLAN_MTU, WIREGUARD_MTU, wireguardAddress } from './names.js';
import type { NetworkNames } from './names.js';

export const NETWORK_IMAGE = 'crossflock/network';
/** Label with a hash of everything that a container was started with. */
export const SPEC_LABEL = 'crossflock.spec';

/** The plan with the names that follow from it. */
export interface WireguardSettings {
  readonly plan: NetworkPlan;
  readonly names: NetworkNames;
}

export function wireguardSettings(plan: NetworkPlan): WireguardSettings {
  return { plan, names: networkNames(plan.name) };
}

/** The Docker network of a host with this gateway. */
export function wantedNetwork({ plan, names }: WireguardSettings, gateway: string): WantedNetwork {
  const { name, cidr } = plan;
  return { name, cidr, gateway, mtu: VXLAN_MTU, bridge: names.bridge };
}

/** A host's place in the network. */
export interface Place {
  readonly id: string;
  readonly gateway: string;
}

/** What the image reads from the variable `CROSSFLOCK_NETWORK`. Nothing in it is secret. */
export function agentSettings(settings: WireguardSettings, place: Place): string {
  const { plan, names } = settings;
  return JSON.stringify({
    deployment: plan.name,
    id: place.id,
    gateway: place.gateway,
    address: addressOf(settings, place.gateway),
    block: names.block,
    port: plan.port,
    wireguard: names.wireguard,
    vxlan: names.vxlan,
    bridge: names.bridge,
    vni: names.vni,
    vxlan_port: names.vxlanPort,
    wireguard_mtu: WIREGUARD_MTU,
    vxlan_mtu: VXLAN_MTU,
  });
}

/** @throws CrossflockError `refused` for a gateway that is not among the network's upper addresses */
export function addressOf({ plan, names }: WireguardSettings, gateway: string): string {
  const address = wireguardAddress(names, plan.cidr, gateway);
  if (address !== undefined) return address;
  throw new CrossflockError(`${gateway} cannot be a host's address in ${plan.cidr}`, {
    code: 'refused',
    hint: 'run "crossflock down" with the former configuration first, or write its "network.cidr" again',
  });
}

/** The command that starts the container, but for its spec label. */
function baseArgv(settings: WireguardSettings, place: Place): readonly string[] {
  const { plan, names } = settings;
  return [
    ...['docker', 'run', '--detach', '--pull', 'never', '--name', names.container],
    ...['--restart', 'unless-stopped', '--network', 'host'],
    // ping needs raw sockets; everything else is about interfaces.
    ...['--cap-drop', 'ALL', '--cap-add', 'NET_ADMIN', '--cap-add', 'NET_RAW'],
    ...['--security-opt', 'no-new-privileges', '--read-only', '--tmpfs', '/run'],
    ...['--log-driver', 'json-file', '--log-opt', 'max-size=1m', '--log-opt', 'max-file=2'],
    ...['--volume', `${names.folder}:/etc/crossflock/network`],
    ...['--env', `CROSSFLOCK_NETWORK=${agentSettings(settings, place)}`],
    ...['--label', `${DEPLOYMENT_LABEL}=${plan.name}`],
  ];
}

/** Changes when a container has to be started anew, whatever its image is. */
export function specOf(settings: WireguardSettings, place: Place): string {
  const text = baseArgv(settings, place).join('\0');
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** Starts the host's part of the network; `hasTun`: the host has a `/dev/net/tun` to hand in. */
export function runArgv(
  settings: WireguardSettings,
  place: Place,
  hasTun: boolean,
): readonly string[] {
  return [
    ...baseArgv(settings, place),
    ...['--label', `${SPEC_LABEL}=${specOf(settings, place)}`],
    ...(hasTun ? ['--device', '/dev/net/tun'] : []),
    NETWORK_IMAGE,
  ];
}

/** A command of the image in the running container; `-i` where it reads standard input. */
export function agentArgv(
  { names }: WireguardSettings,
  command: readonly string[],
  readsInput = false,
): readonly string[] {
  const interactive = readsInput ? ['--interactive'] : [];
  return ['docker', 'exec', ...interactive, names.container, 'crossflock-network', ...command];
}
