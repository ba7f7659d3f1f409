import type { JsonObject } from './answers.js';
import { arrayOf, isObject, numberOf, objectOf, textMap, textOf } from './answers.js';

/**
 * An app in the one form that definitions are compared in, whoever wrote it: the configuration, a
 * Marathon of today, or one before 1.5 with its `docker.network` and `docker.portMappings`.
 */
export interface CanonicalApp {
  readonly cmd: string | undefined;
  readonly args: readonly string[];
  readonly numbers: Readonly<Record<NumberName, number>>;
  readonly image: string;
  readonly privileged: boolean;
  readonly forcePull: boolean | undefined;
  readonly parameters: readonly { readonly key: string; readonly value: string }[];
  /** One text per volume: `/host/path:/container/path:RW`. */
  readonly volumes: readonly string[];
  readonly ports: readonly CanonicalPort[];
  /** One text per network: `host`, `container/bridge`, `container crossflock`. */
  readonly networks: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** One text per constraint: `hostname LIKE node1`. */
  readonly constraints: readonly string[];
  readonly healthChecks: readonly JsonObject[];
  readonly upgradeStrategy: JsonObject | undefined;
  readonly killGraceSeconds: number | undefined;
}

export type NumberName = 'cpus' | 'mem' | 'disk' | 'instances';

export interface CanonicalPort {
  readonly container: number;
  /** Port on the host; 0: any; undefined: not published. */
  readonly host: number | undefined;
  readonly protocol: string;
  readonly name: string | undefined;
}

export function canonical(app: JsonObject): CanonicalApp {
  const container = objectOf(app['container']);
  const docker = objectOf(container['docker']);
  const networks = networkTexts(app, docker);
  const grace = app['taskKillGracePeriodSeconds'];
  const strategy = app['upgradeStrategy'];
  return {
    cmd: textOf(app['cmd']),
    args: arrayOf(app['args']).map(String),
    numbers: {
      cpus: numberOf(app['cpus'], 1),
      mem: numberOf(app['mem'], 128),
      disk: numberOf(app['disk'], 0),
      instances: numberOf(app['instances'], 1),
    },
    image: textOf(docker['image']) ?? '',
    privileged: docker['privileged'] === true,
    forcePull: typeof docker['forcePullImage'] === 'boolean' ? docker['forcePullImage'] : undefined,
    parameters: arrayOf(docker['parameters']).map(objectOf).map(parameter),
    volumes: arrayOf(container['volumes']).map(objectOf).map(volumeText),
    ports: arrayOf(container['portMappings'] ?? docker['portMappings'])
      .map(objectOf)
      .map((mapping) => port(mapping, networks)),
    networks,
    env: textMap(app['env']),
    labels: textMap(app['labels']),
    constraints: arrayOf(app['constraints']).map((item) => arrayOf(item).map(String).join(' ')),
    healthChecks: arrayOf(app['healthChecks']).filter(isObject),
    upgradeStrategy: isObject(strategy) ? strategy : undefined,
    killGraceSeconds: grace === undefined || grace === null ? undefined : numberOf(grace, 0),
  };
}

function parameter(item: JsonObject): { key: string; value: string } {
  return { key: String(item['key']), value: String(item['value']) };
}

function volumeText(volume: JsonObject): string {
  const inside = textOf(volume['containerPath']) ?? '';
  const outside = textOf(volume['hostPath']);
  const mode = (textOf(volume['mode']) ?? 'RW').toUpperCase();
  // Persistent, external and secret volumes have no path on the host; crossflock writes none.
  return outside === undefined ? `(managed):${inside}` : `${outside}:${inside}:${mode}`;
}

function port(mapping: JsonObject, networks: readonly string[]): CanonicalPort {
  const given = mapping['hostPort'];
  const fallback = networks.includes('container/bridge') ? 0 : undefined;
  return {
    container: numberOf(mapping['containerPort'], 0),
    host: given === undefined || given === null ? fallback : numberOf(given, 0),
    protocol: (textOf(mapping['protocol']) ?? 'tcp').toLowerCase().split(',').sort().join(','),
    name: textOf(mapping['name']),
  };
}

/** What 1.4 called the networks (`docker.network` in mesosphere/marathon's NetworkTranslation). */
const LEGACY_NETWORKS: Readonly<Record<string, string>> = {
  BRIDGE: 'container/bridge',
  HOST: 'host',
  USER: 'container',
};

function networkTexts(app: JsonObject, docker: JsonObject): readonly string[] {
  const networks = arrayOf(app['networks']).map(objectOf);
  if (networks.length > 0) {
    return networks.map((network) =>
      named((textOf(network['mode']) ?? 'container').toLowerCase(), textOf(network['name'])),
    );
  }
  const legacy = textOf(docker['network'])?.toUpperCase();
  const mode = legacy === undefined ? 'host' : (LEGACY_NETWORKS[legacy] ?? legacy);
  const name = textOf(objectOf(app['ipAddress'])['networkName']);
  return [named(mode, mode === 'container' ? name : undefined)];
}

function named(mode: string, name: string | undefined): string {
  return name === undefined ? mode : `${mode} ${name}`;
}
