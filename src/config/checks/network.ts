import type { Problem } from '../../errors/problem.js';
import {
  capacity,
  formatAddress,
  hostAddresses,
  networkOf,
  overlaps,
  parseAddress,
  parseNetwork,
  rangeKind,
  type Network,
  type NetworkFault,
} from '../../plan/addressing.js';
import type { View } from '../view.js';

const EXAMPLE = '"172.16.0.0/24"';
const PATH = 'network.cidr';

/** The network of a CIDR in whose range addresses can be checked; undefined for any other. */
export function usableNetwork(cidr: string | undefined): Network | undefined {
  const parsed = cidr === undefined ? undefined : parseNetwork(cidr);
  if (parsed?.ok !== true) return undefined;
  return rangeKind(parsed.network.base) in UNUSABLE ? undefined : parsed.network;
}

/** The address range itself. */
export function networkProblems(view: View): readonly Problem[] {
  const { cidr } = view;
  if (cidr === undefined) return [];
  const parsed = parseNetwork(cidr);
  if (!parsed.ok) return [{ ...base(cidr), ...faultText(cidr, parsed.fault) }];
  const { network } = parsed;
  return [
    ...kindProblems(network),
    ...tunnelProblems(network, view),
    ...roomProblems(network, view),
  ];
}

/** How many addresses the containers need. */
export function wantedAddresses({ containers, addresses }: View): number {
  const instances = containers.reduce((sum, container) => sum + container.instances, 0);
  return Math.max(instances, addresses.length);
}

/** Hosts talk to each other in WireGuard with addresses of this range (RFC 6598). */
const TUNNEL = networkOf(parseAddress('100.64.0.0') ?? 0, 10);

function tunnelProblems(network: Network, { driver }: View): readonly Problem[] {
  if (driver !== 'wireguard' || !overlaps(network, TUNNEL)) return [];
  const message = `overlaps ${TUNNEL.cidr}, which the hosts use among themselves`;
  return [{ ...base(network.cidr), message, fix: `write ${EXAMPLE}` }];
}

function base(cidr: string) {
  return { severity: 'error', path: PATH, value: JSON.stringify(cidr) } as const;
}

function faultText(cidr: string, fault: NetworkFault): { message: string; fix: string } {
  switch (fault.kind) {
    case 'ipv6':
      return { message: 'is an IPv6 range, which is not supported yet', fix: `write ${EXAMPLE}` };
    case 'no-prefix':
      return { message: 'has no prefix length', fix: `write "${cidr}/24"` };
    case 'host-bits':
      return {
        message: `is an address inside the network ${fault.meant}, not the network`,
        fix: `write "${fault.meant}"`,
      };
    case 'too-small':
      return {
        message: 'has no room for a container and the host',
        fix: `write a prefix of 30 or less, such as ${EXAMPLE}`,
      };
    case 'syntax':
      return {
        message: 'is not an address range',
        fix: `write four numbers and a prefix, such as ${EXAMPLE}`,
      };
  }
}

function roomProblems(network: Network, view: View): readonly Problem[] {
  const wanted = wantedAddresses(view);
  const kept = hostAddresses(view.driver, view.hosts.length);
  const room = capacity(network, kept);
  if (wanted <= room) return [];
  const prefix = 32 - Math.ceil(Math.log2(wanted + 2 + kept));
  const beside = kept === 1 ? '' : `, beside the addresses of ${String(kept)} hosts`;
  return [
    {
      ...base(network.cidr),
      message: `has room for ${String(room)} of ${String(wanted)} containers${beside}`,
      fix: `write a prefix of ${String(prefix)} or less`,
    },
  ];
}

const UNUSABLE: Readonly<Record<string, string>> = {
  loopback: 'that every machine keeps for itself',
  multicast: 'for multicast',
  linkLocal: 'for addresses without a network',
  unspecified: 'that no machine may have',
  broadcast: 'for broadcast',
  reserved: 'that is reserved',
};

function kindProblems(network: Network): readonly Problem[] {
  const kind = rangeKind(network.base);
  const why = UNUSABLE[kind];
  if (why !== undefined) {
    return [{ ...base(network.cidr), message: `is in the range ${why}`, fix: `write ${EXAMPLE}` }];
  }
  if (kind !== 'unicast') return [];
  return [
    {
      ...base(network.cidr),
      severity: 'warning',
      message: `hides the public addresses ${formatAddress(network.base)} to ${formatAddress(network.broadcast)} from the containers`,
      fix: `write a private range, such as ${EXAMPLE}`,
    },
  ];
}
