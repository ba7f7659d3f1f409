import { CrossflockError } from '../errors/crossflock-error.js';
import { blockOf, hostAddress, MOST_CLOUDS, MOST_HOSTS } from './addresses.js';
import { cloudsOf, type Lab, type NewHost } from './model.js';
import { DEFAULT_CLOUDS, isName, NAME_RULE } from './names.js';

/** What somebody asked for; what is absent stays as it is, or is as in a first lab. */
export interface LabRequest {
  readonly clouds?: readonly string[];
  readonly hostsPerCloud?: number;
  /** Hosts and whole clouds to be made without a Docker Engine, or all. */
  readonly bare: 'all' | readonly string[];
}

/**
 * The hosts that are missing from a lab; pure. Hosts that are there are never taken away, and
 * a cloud that is there keeps its range of addresses.
 * @throws CrossflockError `invalid-input` with everything that is wrong with the request
 */
export function missingHosts(lab: Lab, subnet: string, request: LabRequest): readonly NewHost[] {
  const clouds = wantedClouds(lab, request);
  refuse(requestProblems(lab, clouds, request));
  const blocks = cloudBlocks(lab, clouds);
  const wanted = clouds.flatMap((cloud) =>
    Array.from({ length: hostsIn(lab, cloud, request) }, (_, index): NewHost => {
      const [number, id] = [index + 1, `${cloud}-${index + 1}`];
      const address = hostAddress(subnet, blocks.get(cloud) ?? 0, number);
      return { id, cloud, number, address, isBare: isBare(request, { id, cloud }) };
    }),
  );
  refuse(bareProblems(lab, wanted, request));
  const present = new Set(lab.hosts.map(({ id }) => id));
  return wanted.filter(({ id }) => !present.has(id));
}

function wantedClouds(lab: Lab, { clouds }: LabRequest): readonly string[] {
  if (clouds !== undefined) return clouds;
  return lab.hosts.length > 0 ? cloudsOf(lab.hosts) : DEFAULT_CLOUDS;
}

function hostsIn(lab: Lab, cloud: string, { hostsPerCloud }: LabRequest): number {
  if (hostsPerCloud !== undefined) return hostsPerCloud;
  const numbers = lab.hosts.filter((host) => host.cloud === cloud).map(({ number }) => number);
  return Math.max(1, ...numbers);
}

/** A block of addresses for each cloud: its own where it has hosts, else the first free one. */
function cloudBlocks(lab: Lab, clouds: readonly string[]): ReadonlyMap<string, number> {
  const blocks = new Map(lab.hosts.map(({ cloud, address }) => [cloud, blockOf(address)]));
  for (const cloud of clouds) {
    if (blocks.has(cloud)) continue;
    const used = new Set(blocks.values());
    let block = 1;
    while (used.has(block)) block++;
    blocks.set(cloud, block);
  }
  return blocks;
}

function isBare({ bare }: LabRequest, host: { id: string; cloud: string }): boolean {
  return bare === 'all' || bare.includes(host.id) || bare.includes(host.cloud);
}

function requestProblems(
  lab: Lab,
  clouds: readonly string[],
  { hostsPerCloud }: LabRequest,
): readonly string[] {
  const all = new Set([...clouds, ...cloudsOf(lab.hosts)]);
  const twice = clouds.filter((cloud, index) => clouds.indexOf(cloud) !== index);
  const isCount =
    hostsPerCloud === undefined ||
    (Number.isInteger(hostsPerCloud) && hostsPerCloud >= 1 && hostsPerCloud <= MOST_HOSTS);
  return [
    ...clouds
      .filter((cloud) => !isName(cloud))
      .map((cloud) => `${JSON.stringify(cloud)} is no name of a cloud; ${NAME_RULE}`),
    ...[...new Set(twice)].map((cloud) => `cloud ${cloud} is there twice; write it once`),
    ...(all.size > MOST_CLOUDS ? [`a lab has room for ${MOST_CLOUDS} clouds`] : []),
    ...(isCount
      ? []
      : [
          `--hosts-per-cloud ${String(hostsPerCloud)} is not possible; write a number from 1 to ${MOST_HOSTS}`,
        ]),
  ];
}

function bareProblems(
  lab: Lab,
  wanted: readonly NewHost[],
  { bare }: LabRequest,
): readonly string[] {
  if (bare === 'all') return [];
  const known = new Set([...wanted, ...lab.hosts].flatMap(({ id, cloud }) => [id, cloud]));
  const made = lab.hosts.filter((host) => !host.isBare && isBare({ bare }, host));
  return [
    ...bare
      .filter((word) => !known.has(word))
      .map((word) => {
        const hosts = [...known].join(', ');
        return `--bare ${word} is neither a host nor a cloud of the lab; there are ${hosts}`;
      }),
    ...made.map(({ id }) => `${id} is there already, with a docker engine: lab down comes first`),
  ];
}

function refuse(problems: readonly string[]): void {
  if (problems.length === 0) return;
  throw new CrossflockError(problems.join('; '), { code: 'invalid-input' });
}
