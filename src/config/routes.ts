import type { Problem } from '../errors/problem.js';
import {
  formatAddress,
  networkOf,
  overlaps,
  parseAddress,
  parseNetwork,
  type Network,
} from '../plan/addressing.js';
import { isObject } from './paths.js';

/** A route of a machine, other than the default one. */
export interface Route {
  /** Such as `172.17.0.0/16`; a single address has no prefix. */
  readonly destination: string;
  /** Interface, such as `docker0`; absent for routes that lead nowhere. */
  readonly device?: string;
}

/**
 * The routes in what `ip -json route` printed. Empty for no text; text of another kind is no
 * routes either, for the check is a help and not a gate.
 */
export function parseRoutes(text: string): readonly Route[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return [];
  }
  if (!Array.isArray(parsed)) return [];
  return parsed.filter(isObject).flatMap(({ dst, dev }): readonly Route[] => {
    if (typeof dst !== 'string' || dst === 'default') return [];
    return [{ destination: dst, ...(typeof dev === 'string' ? { device: dev } : {}) }];
  });
}

/** Interface of a Docker network: `br-` and the first 12 characters of its id. */
export function bridgeDevice(networkId: string): string {
  return `br-${networkId.slice(0, 12)}`;
}

/**
 * Whether the network would hide, or be hidden by, something that the machine reaches today.
 *
 * @param own interface of the deployment's own Docker network, whose route is as it should be.
 */
export function routeProblems(
  cidr: string,
  routes: readonly Route[],
  own?: string,
): readonly Problem[] {
  const parsed = parseNetwork(cidr);
  if (!parsed.ok) return [];
  const taken = routes.filter(({ device }) => device === undefined || device !== own);
  const fix = `write a range that is free here, such as "${freeRange(taken, parsed.network.prefix)}"`;
  return taken
    .filter((route) => routeOverlaps(route, parsed.network))
    .map(({ destination, device }) => ({
      severity: 'error',
      path: 'network.cidr',
      value: JSON.stringify(cidr),
      message: `overlaps the route to ${destination}${device === undefined ? '' : ` on ${device}`} of this machine`,
      fix,
    }));
}

function routeOverlaps({ destination }: Route, network: Network): boolean {
  const [address = '', prefix = '32'] = destination.split('/');
  const base = parseAddress(address);
  return base !== undefined && overlaps(networkOf(base, Number(prefix)), network);
}

/** Private ranges to look in: rarely used parts first, so that the advice holds on other machines too. */
const PRIVATE: readonly { readonly from: string; readonly to: string }[] = [
  { from: '172.20.0.0', to: '172.31.255.255' },
  { from: '10.128.0.0', to: '10.255.255.255' },
  { from: '192.168.64.0', to: '192.168.255.255' },
];

/** A private network of the same size that no route touches. */
function freeRange(routes: readonly Route[], prefix: number): string {
  const size = 2 ** (32 - prefix);
  for (const { from, to } of PRIVATE) {
    const [start = 0, end = 0] = [parseAddress(from), parseAddress(to)];
    for (let base = start; base + size - 1 <= end; base += Math.max(size, 65536)) {
      const candidate = networkOf(base, prefix);
      if (candidate.base === base && !routes.some((route) => routeOverlaps(route, candidate))) {
        return `${formatAddress(base)}/${String(prefix)}`;
      }
    }
  }
  return '198.18.0.0/24';
}
