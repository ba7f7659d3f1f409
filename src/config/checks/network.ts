import type { Problem } from '../../errors/problem.js';
import {
  capacity,
  formatAddress,
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
export function networkProblems({ cidr, addresses, containers }: View): readonly Problem[] {
  if (cidr === undefined) return [];
  const parsed = parseNetwork(cidr);
  if (!parsed.ok) return [{ ...base(cidr), ...faultText(cidr, parsed.fault) }];
  return [...kindProblems(parsed.network), ...roomProblems(parsed.network, wanted())];

  function wanted(): number {
    const instances = containers.reduce((sum, container) => sum + container.instances, 0);
    return Math.max(instances, addresses.length);
  }
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

function roomProblems(network: Network, wanted: number): readonly Problem[] {
  const room = capacity(network);
  if (wanted <= room) return [];
  const prefix = 32 - Math.ceil(Math.log2(wanted + 3));
  return [
    {
      ...base(network.cidr),
      message: `has room for ${String(room)} of ${String(wanted)} containers`,
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
