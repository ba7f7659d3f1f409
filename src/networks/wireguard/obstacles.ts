import { CrossflockError } from '../../errors/crossflock-error.js';
import { overlaps, parseNetwork } from '../../plan/addressing.js';
import type { SeenMember } from '../../ports/virtual-network.js';

import type { WireguardSettings } from './settings.js';
import type { HostFacts, WireguardState } from './state.js';

/**
 * Without root the records of a host cannot be read, and one that is in the network would look like a
 * new one.
 * @throws CrossflockError `refused` naming all hosts that were not looked at as root
 */
export function refuseUnreadable(members: readonly SeenMember<WireguardState>[]): void {
  const ids = members.filter(({ state }) => state?.isRoot === false).map(({ member }) => member.id);
  if (ids.length === 0) return;
  throw new CrossflockError(
    `the user is not root on ${ids.join(', ')}, and "sudo" says "none": the network wireguard can neither be read nor made there`,
    {
      code: 'refused',
      hint: 'write "sudo": "passwordless" or a password for the host, or log in as root',
    },
  );
}

/**
 * What keeps the network from coming up on a host, in words with what to do; empty where all is
 * well, or where the network is up. Pure.
 */
export function obstaclesOf(settings: WireguardSettings, state: WireguardState): readonly string[] {
  const { facts, links } = state;
  if (facts === undefined) return [];
  return [
    ...(links.wireguard ? [] : [...noTunnel(state, facts), ...portInUse(settings, facts)]),
    ...(links.vxlan || facts.vxlan !== 'missing' ? [] : [NO_VXLAN]),
    ...(facts.nftables === 'missing' ? [NO_NFTABLES] : []),
    ...routesInTheWay(settings, facts),
  ];
}

const NO_VXLAN =
  'the kernel has no VXLAN (module vxlan): install the package with the kernel\'s further modules, "linux-modules-extra-$(uname -r)" on Ubuntu, or another kernel';
const NO_NFTABLES =
  'the kernel has no nftables (module nf_tables), without which the network would be open to others: use another kernel';

function noTunnel({ hasTun }: WireguardState, { wireguard }: HostFacts): readonly string[] {
  if (hasTun || wireguard === 'loaded' || wireguard === 'loadable') return [];
  return [
    'there is no /dev/net/tun, and the kernel has no WireGuard: run "modprobe tun" or "modprobe wireguard" on the host, or use a kernel that has one of them',
  ];
}

function portInUse({ plan }: WireguardSettings, { udpPorts }: HostFacts): readonly string[] {
  if (!udpPorts.includes(plan.port)) return [];
  const port = String(plan.port);
  return [
    `UDP port ${port} is in use: stop what uses it ("ss -lunp 'sport = :${port}'"), or choose another "network.port"`,
  ];
}

function routesInTheWay(
  { plan, names }: WireguardSettings,
  { routes }: HostFacts,
): readonly string[] {
  const own = [names.bridge, names.wireguard];
  return routes
    .filter(({ device }) => !own.includes(device))
    .flatMap(({ device, cidr }) => {
      if (clash(cidr, plan.cidr)) {
        return [
          `${device} leads to ${cidr}, which overlaps ${plan.cidr}: choose another "network.cidr"`,
        ];
      }
      if (!clash(cidr, names.block)) return [];
      return [
        `${device} leads to ${cidr}, which overlaps ${names.block} of the hosts' tunnel: choose another "name" for the deployment`,
      ];
    });
}

function clash(a: string, b: string): boolean {
  const [first, second] = [parseNetwork(a), parseNetwork(b)];
  // Routes to single addresses are too small for a network, and fine.
  return first.ok && second.ok && overlaps(first.network, second.network);
}
