import { formatAddress, networkOf, overlaps, parseAddress } from '../plan/addressing.js';
import { CrossflockError } from '../errors/crossflock-error.js';

/**
 * A lab has a /24: the first 16 addresses for the gateway and the registry, then 16 for each cloud,
 * so that one range names a cloud, hosts that are added later included.
 */
const BLOCK = 16;
const BLOCK_PREFIX = 28;

export const MOST_CLOUDS = 15;
/** The first and the last address of a block stay unused. */
export const MOST_HOSTS = 14;

/** Labs get their /24 from here: a part of 10.0.0.0/8 that is seldom used. */
const FIRST_LAB = '10.199.0.0';
const MOST_LABS = 256;

/** All ranges that a lab may get, as CIDRs, without those that overlap a taken one. */
export function freeSubnets(taken: readonly string[]): readonly string[] {
  const used = taken.flatMap((cidr) => {
    const [text = '', prefix = '32'] = cidr.split('/');
    const address = parseAddress(text);
    return address === undefined ? [] : [networkOf(address, Number(prefix))];
  });
  const first = parseAddress(FIRST_LAB) ?? 0;
  return Array.from({ length: MOST_LABS }, (_, index) => networkOf(first + index * 256, 24))
    .filter((candidate) => !used.some((network) => overlaps(network, candidate)))
    .map(({ cidr }) => cidr);
}

/** The host's side of the lab's bridge, by which this machine reaches the lab. */
export function gatewayAddress(subnet: string): string {
  return formatAddress(baseOf(subnet) + 1);
}

export function registryAddress(subnet: string): string {
  return formatAddress(baseOf(subnet) + 2);
}

/** @param block from 1 on @param number of the host, from 1 on */
export function hostAddress(subnet: string, block: number, number: number): string {
  return formatAddress(baseOf(subnet) + block * BLOCK + number);
}

/** The block that a host's address lies in. */
export function blockOf(address: string): number {
  return Math.floor(((parseAddress(address) ?? 0) % 256) / BLOCK);
}

/** The range of the cloud that a host with this address belongs to. */
export function cloudRange(address: string): string {
  return networkOf(parseAddress(address) ?? 0, BLOCK_PREFIX).cidr;
}

function baseOf(subnet: string): number {
  const base = parseAddress(subnet.split('/')[0] ?? '');
  if (base !== undefined) return base;
  throw new CrossflockError(`${subnet} is no network of a lab`, { code: 'unexpected' });
}
