import { createHash } from 'node:crypto';

import { CrossflockError } from '../../errors/crossflock-error.js';
import { overlaps, parseNetwork } from '../../plan/addressing.js';
import type { NetworkPlan } from '../../plan/types.js';

/** Where Weave's proxy for Docker's API listens on a host. */
export const PROXY_SOCKET = '/var/run/weave/weave.sock';
/** Label of the router's container that says from which settings it was launched. */
export const SPEC_LABEL = 'crossflock.weave';
/**
 * MTU of the containers' interfaces. Weave's own default is 65535 over a tunnel of 1438 (1414
 * encrypted), which works by fragmentation alone; 1376 fits into both.
 */
export const CONTAINER_MTU = 1376;
/** TCP for control, UDP for data; the UDP port above it is the fast datapath's. */
export const WEAVE_PORT = 6783;

/**
 * Ranges that Weave may hand out addresses from. It never does here, as every container has its
 * address from the plan, but the proxy needs a range to be there, and all peers the same one.
 * The first is Weave's own default, so that routers launched by hand fit.
 */
const ALLOCATION_RANGES = ['10.32.0.0/12', '10.96.0.0/12', '192.168.224.0/20'];

/** What every router of the deployment is launched with. */
export interface WeaveSettings {
  readonly deployment: string;
  /** The network of the virtual IPs, such as `172.16.0.0/24`. */
  readonly cidr: string;
  /** Virtual IPs of containers: no host may take one. */
  readonly taken: readonly string[];
  readonly version: string;
  readonly imagePrefix: string;
  /** Never shown, never in argv. */
  readonly password: string | undefined;
  readonly allocationRange: string;
}

/** Throws `unexpected` for a plan of another driver. */
export function weaveSettings(plan: NetworkPlan): WeaveSettings {
  if (plan.weave === undefined) {
    throw new CrossflockError(`the plan of ${plan.name} has no settings for weave`, {
      code: 'unexpected',
    });
  }
  const { version, imagePrefix, password } = plan.weave;
  return {
    deployment: plan.name,
    cidr: plan.cidr,
    taken: plan.taken,
    version,
    imagePrefix,
    // An empty password is none to Weave.
    password: password === '' ? undefined : password,
    allocationRange: allocationRange(plan.cidr),
  };
}

/**
 * The range of Weave's own address allocation: not the network of the virtual IPs, since inside the
 * range an address can be claimed only when enough peers are connected, and outside at once.
 */
export function allocationRange(cidr: string): string {
  const wanted = networkOfCidr(cidr);
  const free = ALLOCATION_RANGES.find((range) => !overlaps(networkOfCidr(range), wanted));
  if (free !== undefined) return free;
  throw new CrossflockError(`"network.cidr" ${cidr} leaves no range to weave net`, {
    code: 'invalid-input',
    hint: 'write a smaller network, such as 172.16.0.0/16',
  });
}

function networkOfCidr(cidr: string) {
  const parsed = parseNetwork(cidr);
  if (parsed.ok) return parsed.network;
  throw new CrossflockError(`"${cidr}" is no network`, { code: 'unexpected' });
}

/**
 * The name a host has among the peers: an address of the locally administered range, made of the
 * deployment and the host's id. Weave's own comes from `/etc/machine-id`, which machines cloned
 * from one disk image share, and then their routers refuse each other.
 */
export function peerName(deployment: string, memberId: string): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([deployment, memberId]))
    .digest();
  const bytes = [...digest.subarray(0, 6)];
  bytes[0] = ((bytes[0] ?? 0) & 0xfc) | 0x02;
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}

/**
 * Changes whenever a router has to be launched anew to be as wanted; the password is in it only as
 * part of the hash.
 */
export function specHash(settings: WeaveSettings, memberId: string): string {
  const { deployment, version, imagePrefix, password, allocationRange: range } = settings;
  const spec = [deployment, memberId, version, imagePrefix, range, CONTAINER_MTU, password ?? null];
  return createHash('sha256').update(JSON.stringify(spec)).digest('hex').slice(0, 16);
}

/** The maintained fork goes on after 2.8.1, the last release of the original. */
export function isFork(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  return major * 1e6 + minor * 1e3 + patch > 2_008_001;
}

/** The images that a host needs; the database's tag is fixed in Weave's script. */
export function weaveImages({ imagePrefix, version }: WeaveSettings): readonly string[] {
  return [
    `${imagePrefix}/weave:${version}`,
    `${imagePrefix}/weaveexec:${version}`,
    `${imagePrefix}/weavedb:latest`,
  ];
}

/** Where the script of a version is published. */
export function scriptUrl(version: string): string {
  const owner = isFork(version) ? 'rajch' : 'weaveworks';
  return `https://github.com/${owner}/weave/releases/download/v${version}/weave`;
}
