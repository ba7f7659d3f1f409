import ipaddr from 'ipaddr.js';

/** An IPv4 network; addresses are unsigned 32-bit numbers. */
export interface Network {
  /** As it is written everywhere, such as `172.16.0.0/24`. */
  readonly cidr: string;
  readonly prefix: number;
  /** The network's own address. */
  readonly base: number;
  /** The broadcast address. */
  readonly broadcast: number;
  /** The last usable address: people give the first ones to their containers. */
  readonly gateway: number;
}

export type NetworkFault =
  | { readonly kind: 'syntax' | 'ipv6' | 'no-prefix' | 'too-small' }
  | { readonly kind: 'host-bits'; readonly meant: string };

export type ParsedNetwork =
  | { readonly ok: true; readonly network: Network }
  | { readonly ok: false; readonly fault: NetworkFault };

const IPV4 = /^(?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3}$/;

/** The address as a number, or undefined for anything but four plain decimal parts. */
export function parseAddress(text: string): number | undefined {
  // ipaddr.js also reads octal and hexadecimal parts, which other programs read differently.
  if (!IPV4.test(text) || !ipaddr.IPv4.isValid(text)) return undefined;
  return ipaddr.IPv4.parse(text).octets.reduce((sum, octet) => sum * 256 + octet, 0);
}

/** `2886729729` as `172.16.0.1`. */
export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => String((address >>> shift) & 255)).join('.');
}

/** A CIDR as a network. The smallest one, /30, holds one container beside the gateway. */
export function parseNetwork(text: string): ParsedNetwork {
  const [address = '', prefixText, ...more] = text.split('/');
  if (ipaddr.IPv6.isValid(address)) return { ok: false, fault: { kind: 'ipv6' } };
  const number = parseAddress(address);
  if (number === undefined || more.length > 0) return { ok: false, fault: { kind: 'syntax' } };
  if (prefixText === undefined) return { ok: false, fault: { kind: 'no-prefix' } };
  const prefix = Number(prefixText);
  if (!/^\d{1,2}$/.test(prefixText) || prefix < 1 || prefix > 32) {
    return { ok: false, fault: { kind: 'syntax' } };
  }
  const network = networkOf(number, prefix);
  if (network.base !== number) {
    return { ok: false, fault: { kind: 'host-bits', meant: network.cidr } };
  }
  if (prefix > 30) return { ok: false, fault: { kind: 'too-small' } };
  return { ok: true, network };
}

/** The network of `prefix` bits that `address` lies in. */
export function networkOf(address: number, prefix: number): Network {
  const size = 2 ** (32 - prefix);
  const base = address - (address % size);
  return {
    cidr: `${formatAddress(base)}/${String(prefix)}`,
    prefix,
    base,
    broadcast: base + size - 1,
    gateway: base + size - 2,
  };
}

/**
 * How many addresses a network keeps for hosts: the top one for the only host of a `bridge`, and
 * one for each host where the network spans hosts.
 *
 * @param hosts in all clusters together
 */
export function hostAddresses(driver: string, hosts: number): number {
  return driver === 'bridge' ? 1 : Math.max(hosts, 1);
}

/**
 * Addresses that containers can have: all but the network's, the broadcast and those of the hosts.
 *
 * @param kept for hosts: see `hostAddresses`
 */
export function capacity(network: Network, kept = 1): number {
  return Math.max(network.broadcast - network.base - 1 - kept, 0);
}

/** The last address that a container can have; below the first one where hosts take them all. */
export function lastForContainers(network: Network, kept = 1): number {
  return network.gateway - kept;
}

export function isInside(network: Network, address: number): boolean {
  return address >= network.base && address <= network.broadcast;
}

export function overlaps(a: Network, b: Network): boolean {
  return a.base <= b.broadcast && b.base <= a.broadcast;
}

/** What an address inside the network is kept for, if a container cannot have it. */
export function reservedFor(network: Network, address: number, kept = 1): string | undefined {
  if (address === network.base) return "the network's own address";
  if (address === network.broadcast) return "the network's broadcast address";
  if (address <= lastForContainers(network, kept)) return undefined;
  if (kept === 1) return "the host's own address in the network";
  return `kept for the hosts' own addresses: one for each of the ${String(kept)} hosts`;
}

/** What the range around an address is for, such as `private`, `loopback` or `unicast` (public). */
export function rangeKind(address: number): string {
  return ipaddr.IPv4.parse(formatAddress(address)).range();
}
