import { formatAddress, isInside, parseAddress, parseNetwork } from '../../plan/addressing.js';
import type { Network } from '../../plan/addressing.js';
import type { SeenMember } from '../../ports/virtual-network.js';
import type { WeaveSettings } from './settings.js';
import type { WeaveState } from './state.js';

/** A host's own address in the network: the one it should have, and those it should not. */
export interface HostAddress {
  /** Such as `172.16.0.254/24`; undefined while none can be given. */
  readonly wanted: string | undefined;
  readonly surplus: readonly string[];
}

/**
 * The address of each host in the network, by member id. A host keeps what it has, as long as no
 * container and no other host has it; the others get the highest free ones. While a member cannot
 * be asked, nobody gets a new one: it may be that member's, and Weave accepts the same address on
 * two hosts without a word. Pure.
 */
export function hostAddresses(
  settings: WeaveSettings,
  members: readonly SeenMember<WeaveState>[],
): ReadonlyMap<string, HostAddress> {
  const parsed = parseNetwork(settings.cidr);
  if (!parsed.ok) return new Map();
  const { network } = parsed;
  const given = new Set(settings.taken);
  const kept = new Map<string, string>();
  for (const { member, state } of members) {
    const own = insideOf(network, state).find((address) => !given.has(address));
    if (own === undefined) continue;
    given.add(own);
    kept.set(member.id, own);
  }
  const isCertain = members.every(({ state }) => state !== undefined);
  const result = new Map<string, HostAddress>();
  for (const { member, state } of members) {
    const own = kept.get(member.id) ?? (isCertain ? highestFree(network, given) : undefined);
    if (own !== undefined) given.add(own);
    const others = insideOf(network, state).filter((address) => address !== own);
    result.set(member.id, {
      wanted: own === undefined ? undefined : `${own}/${network.prefix}`,
      surplus: others.map((address) => `${address}/${network.prefix}`),
    });
  }
  return result;
}

/** The exposed address of a host inside the network, without its prefix. */
export function exposedAddress(cidr: string, state: WeaveState | undefined): string | undefined {
  const parsed = parseNetwork(cidr);
  return parsed.ok ? insideOf(parsed.network, state)[0] : undefined;
}

function insideOf(network: Network, state: WeaveState | undefined): readonly string[] {
  const addresses = (state?.exposed ?? []).map((text) => text.replace(/\/.*$/, ''));
  return addresses.filter((address) => {
    const number = parseAddress(address);
    return number !== undefined && isInside(network, number);
  });
}

function highestFree(network: Network, given: ReadonlySet<string>): string | undefined {
  for (let number = network.gateway; number > network.base; number -= 1) {
    const address = formatAddress(number);
    if (!given.has(address)) return address;
  }
  return undefined;
}
