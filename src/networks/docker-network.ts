import { CrossflockError } from '../errors/crossflock-error.js';
import { optional } from '../util/optional.js';

/** Label of everything on a Docker Engine that belongs to a deployment. */
export const DEPLOYMENT_LABEL = 'crossflock.deployment';

/** What a Docker network should be. Addresses as text, `cidr` such as `172.16.0.0/24`. */
export interface WantedNetwork {
  readonly name: string;
  readonly cidr: string;
  readonly gateway: string;
  /** Bytes of the largest packet; Docker's default where absent. */
  readonly mtu?: number;
  /** Name of the Linux bridge behind it; Docker's choice where absent. */
  readonly bridge?: string;
}

/** What `docker network inspect` says about a network, as far as it matters here. */
export interface DockerNetwork {
  readonly name: string;
  readonly driver: string;
  readonly subnets: readonly { readonly subnet: string; readonly gateway?: string }[];
  readonly labels: Readonly<Record<string, string>>;
  /** Settings of the driver, such as `com.docker.network.driver.mtu`. */
  readonly options: Readonly<Record<string, string>>;
  /** Names of the containers on it that run. */
  readonly containers: readonly string[];
}

export function createArgv(wanted: WantedNetwork): readonly string[] {
  const { name, cidr, gateway } = wanted;
  const label = `${DEPLOYMENT_LABEL}=${name}`;
  const options = Object.entries(optionsOf(wanted)).flatMap(([key, value]) => [
    '--opt',
    `${key}=${value}`,
  ]);
  return [
    ...['docker', 'network', 'create', '--driver', 'bridge'],
    ...['--subnet', cidr, '--gateway', gateway, ...options, '--label', label, '--', name],
  ];
}

/** The wanted network's settings of Docker's driver `bridge`. */
export function optionsOf({ mtu, bridge }: WantedNetwork): Readonly<Record<string, string>> {
  return {
    ...optional('com.docker.network.driver.mtu', mtu?.toString()),
    ...optional('com.docker.network.bridge.name', bridge),
  };
}

export function inspectArgv(name: string): readonly string[] {
  return ['docker', 'network', 'inspect', '--', name];
}

export function removeArgv(name: string): readonly string[] {
  return ['docker', 'network', 'rm', '--', name];
}

/**
 * Reads the output of `docker network inspect <name>`, or the API's answer; undefined where it lists no network of that
 * name (`inspect` also finds networks by the beginning of their id). Throws `unexpected`.
 */
export function parseInspect(stdout: string, name: string): DockerNetwork | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(stdout);
  } catch (cause) {
    throw unreadable(stdout, cause);
  }
  // The API answers with one network where the command prints a list.
  if (record(parsed)['Name'] === name) return readNetwork(record(parsed), name);
  if (!Array.isArray(parsed)) throw unreadable(stdout, undefined);
  const networks = parsed.map(record);
  const found = networks.find((network) => network['Name'] === name);
  return found === undefined ? undefined : readNetwork(found, name);
}

function readNetwork(network: Fields, name: string): DockerNetwork {
  const config = record(network['IPAM'])['Config'];
  const subnets = (Array.isArray(config) ? config : []).map(record);
  const containers = Object.values(record(network['Containers'])).map(record);
  return {
    name,
    driver: text(network['Driver']),
    subnets: subnets.map((item) => ({
      subnet: text(item['Subnet']),
      ...(item['Gateway'] === undefined ? {} : { gateway: text(item['Gateway']) }),
    })),
    labels: texts(network['Labels']),
    options: texts(network['Options']),
    containers: containers.map((container) => text(container['Name'])).sort(),
  };
}

function texts(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(record(value)).map(([key, item]) => [key, text(item)]));
}

type Fields = Readonly<Record<string, unknown>>;

function record(value: unknown): Fields {
  return value !== null && typeof value === 'object' ? (value as Fields) : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function unreadable(stdout: string, cause: unknown): CrossflockError {
  const start = stdout.replace(/\s+/g, ' ').slice(0, 80);
  return new CrossflockError(`cannot read what "docker network inspect" printed: ${start}`, {
    code: 'unexpected',
    cause,
  });
}
