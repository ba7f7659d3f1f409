import { createHash } from 'node:crypto';

import { formatAddress, parseAddress, parseNetwork } from '../../plan/addressing.js';

/** Bytes of the largest packet inside WireGuard over IPv4 or IPv6: 1500 less 80 (wg-quick(8)). */
export const WIREGUARD_MTU = 1420;
/** Less Ethernet's 14, IPv4's 20, UDP's 8 and VXLAN's 8 bytes (RFC 7348). */
export const VXLAN_MTU = WIREGUARD_MTU - 50;

/** Shared address space (RFC 6598): private networks have none of it, and hosts hardly ever. */
const SHARED_SPACE = 0x64400000;
const BLOCK_BITS = 10;
/** Hosts that fit into a deployment's block: number 0 and the last one are no host's. */
export const MOST_HOSTS = 2 ** BLOCK_BITS - 2;

/** What a deployment's network is called on each of its hosts; all of it follows from its name. */
export interface NetworkNames {
  readonly container: string;
  readonly wireguard: string;
  readonly vxlan: string;
  readonly bridge: string;
  /** Folder on the host that holds its keys and its peers. */
  readonly folder: string;
  /** The hosts' addresses inside WireGuard, such as `100.64.4.0/22`. */
  readonly block: string;
  readonly vni: number;
  /** UDP port of the VXLAN, inside WireGuard only; below the ports that Linux gives out by itself. */
  readonly vxlanPort: number;
}

export function networkNames(deployment: string): NetworkNames {
  const digest = createHash('sha256').update(deployment).digest();
  const short = digest.toString('hex').slice(0, 6);
  const block = SHARED_SPACE + (digest.readUInt16BE(3) >>> 4) * 2 ** BLOCK_BITS;
  return {
    container: `${deployment}-network`,
    wireguard: `cfwg-${short}`,
    vxlan: `cfvx-${short}`,
    bridge: `cfbr-${short}`,
    folder: `/etc/crossflock/${deployment}/network`,
    block: `${formatAddress(block)}/${String(32 - BLOCK_BITS)}`,
    // 0 is not every switch's to take.
    vni: digest.readUIntBE(5, 3) || 1,
    vxlanPort: 20_000 + (digest.readUInt16BE(8) % 10_000),
  };
}

/**
 * The address inside WireGuard of the host with this gateway; undefined for a gateway that is not
 * among the upper 1,022 addresses of the CIDR.
 */
export function wireguardAddress(
  { block }: Pick<NetworkNames, 'block'>,
  cidr: string,
  gateway: string,
): string | undefined {
  const inside = parseNetwork(cidr);
  const outside = parseNetwork(block);
  const address = parseAddress(gateway);
  if (!inside.ok || !outside.ok || address === undefined) return undefined;
  const number = inside.network.broadcast - address;
  if (number < 1 || number > MOST_HOSTS || address <= inside.network.base) return undefined;
  return formatAddress(outside.network.base + number);
}
