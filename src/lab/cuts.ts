import type { Host } from '../ports/host.js';
import { cloudRange } from './addresses.js';
import { docker } from './docker.js';
import { isRunning, type LabHost } from './model.js';
import { hostContainer } from './names.js';

/** A cloud that a host is cut off from. */
export interface Cut {
  readonly cloud: string;
  /** The addresses of that cloud, as a CIDR. */
  readonly range: string;
}

/** Two clouds between which nothing passes. */
export type CloudPair = readonly [string, string];

/** All pairs that hosts are cut by, each once, with its names in alphabetical order; pure. */
export function cutPairs(
  hosts: readonly { readonly cloud: string; readonly cuts: readonly Cut[] }[],
): readonly CloudPair[] {
  const pairs = hosts.flatMap(({ cloud, cuts }) => cuts.map((cut) => sorted(cloud, cut.cloud)));
  const unique = new Map(pairs.map((pair) => [pair.join(' '), pair]));
  return [...unique.values()].sort((a, b) => a.join(' ').localeCompare(b.join(' ')));
}

export function sorted(a: string, b: string): CloudPair {
  return a < b ? [a, b] : [b, a];
}

export function isSamePair(a: CloudPair, b: CloudPair): boolean {
  return a[0] === b[0] && a[1] === b[1];
}

/** What a cloud's hosts are to be cut off from; pure. Ordered by cloud. */
export function cutsOf(
  cloud: string,
  pairs: readonly CloudPair[],
  hosts: readonly LabHost[],
): readonly Cut[] {
  const others = pairs.flatMap(([a, b]) => (a === cloud ? [b] : b === cloud ? [a] : [])).sort();
  return others.flatMap((other) => {
    const member = hosts.find((host) => host.cloud === other);
    return member === undefined ? [] : [{ cloud: other, range: cloudRange(member.address) }];
  });
}

/** The list as a host keeps it. */
export function cutsText(cuts: readonly Cut[]): string {
  return cuts.map(({ cloud, range }) => `${cloud} ${range}\n`).join('');
}

/**
 * Gives a host its list. One that is switched off gets it as well, and obeys it from its next boot
 * on: the file comes from `file`, where the caller has put the list.
 */
export async function giveCuts(
  host: Host,
  target: { readonly lab: string; readonly host: LabHost; readonly file: string },
  cuts: readonly Cut[],
  signal: AbortSignal,
): Promise<void> {
  const container = hostContainer(target.lab, target.host.id);
  const text = cutsText(cuts);
  if (isRunning(target.host)) {
    const argv = ['exec', '--interactive', container, 'crossflock-lab', 'cuts'];
    await docker(host, argv, { stdin: text, signal });
    return;
  }
  await host.put(text, target.file, 0o600);
  await docker(host, ['cp', target.file, `${container}:/etc/crossflock-lab/cuts`], { signal });
}
