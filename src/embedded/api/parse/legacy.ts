/**
 * Translation of what Marathon deprecated in 1.5 (`docker.network`, `docker.portMappings`,
 * `ports`, `uris`, `ipAddress`) to the canonical form, and its rules. Contradictions that
 * Marathon only notices while translating are 500 there, hence here.
 */
import type { AppNetwork, PortDefinition } from '../../orchestrator.js';
import { internalError, type Violations } from '../errors.js';
import { omit, optionally } from './objects.js';
import type {
  Artifact,
  RawApp,
  RawContainer,
  RawDocker,
  RawHealthCheck,
  RawIpAddress,
  RawPortMapping,
  RawReadinessCheck,
  RawUpdate,
} from './raw-app.js';

const DEFAULT_MAPPING: RawPortMapping = {
  containerPort: 0,
  name: 'default',
  servicePort: 0,
  protocol: 'tcp',
  labels: {},
};
const DEFAULT_DEFINITION: PortDefinition = { port: 0, name: 'default', protocol: 'tcp' };
// FetchUri.supportedFileTypes
const ARCHIVES = ['.tgz', '.tar.gz', '.tbz2', '.tar.bz2', '.txz', '.tar.xz', '.zip'];

const any = (list: readonly unknown[] | undefined): boolean => (list ?? []).length > 0;
const repeats = (values: readonly unknown[]): boolean => new Set(values).size !== values.length;

/** Adds what is wrong with the legacy properties and their mixing with the canonical ones. */
export function checkLegacy(app: RawApp, violations: Violations): void {
  const docker = app.container?.docker;
  if (docker !== undefined) checkLegacyDocker(docker, app.container?.type, violations);
  violations.check(
    !(app.container?.type === 'DOCKER' && app.ipAddress?.discovery !== undefined),
    '/ipAddress',
    'ipAddress/discovery is not allowed for Docker containers',
  );
  violations.check(
    !(any(app.uris) && any(app.fetch)),
    '/uris',
    'may not be set in conjunction with fetch',
  );
  (app.uris ?? []).forEach((uri, index) => {
    violations.check(isUri(uri), `/uris(${index})`, 'URI has invalid syntax.');
  });
  violations.check(
    !(docker?.network !== undefined && any(app.networks)),
    '/',
    'must not specify both container.docker.network and networks',
  );
  violations.check(
    !(app.ipAddress !== undefined && any(app.networks)),
    '/',
    'must not specify both networks and ipAddress',
  );
  checkLegacyPorts(app, violations);
}

function checkLegacyDocker(
  docker: RawDocker,
  type: RawContainer['type'] | undefined,
  violations: Violations,
): void {
  const mustBeEmpty = (empty: boolean, name: string): void => {
    violations.check(empty, `/container/docker/${name}`, 'must be empty');
  };
  mustBeEmpty(docker.credential === undefined, 'credential');
  if (type === 'MESOS') {
    mustBeEmpty(docker.network === undefined, 'network');
    mustBeEmpty(docker.parameters.length === 0, 'parameters');
    mustBeEmpty(docker.portMappings === undefined, 'portMappings');
  }
  const names = (docker.portMappings ?? []).flatMap(({ name }) => name ?? []);
  violations.check(!repeats(names), '/container/docker/portMappings', 'Port names must be unique.');
}

function checkLegacyPorts(app: RawApp, violations: Violations): void {
  const fixed = (app.ports ?? []).filter((port) => port !== 0);
  violations.check(!repeats(fixed), '/', 'ports must be unique');
  violations.check(
    app.ipAddress === undefined || !(any(app.ports) || any(app.portDefinitions)),
    '/',
    'cannot specify both an IP address and port',
  );
  const defined = app.portDefinitions?.map(({ port }) => port);
  violations.check(
    app.ports === undefined ||
      defined === undefined ||
      JSON.stringify(defined) === JSON.stringify(app.ports),
    '/',
    'cannot specify both ports and port definitions',
  );
}

/** Whether Java's `URI` would take it, near enough: no blanks, brackets, quotes or stray `%`. */
export function isUri(text: string): boolean {
  return /^(?:[^\s"<>\\^`{|}%]|%[0-9a-fA-F]{2})*$/.test(text);
}

/** The app without legacy properties, with the default ports of its network mode. */
export function toCanonical(app: RawApp): RawApp {
  const networks = translateNetworks(app) ?? [];
  const declared = app.portDefinitions ?? legacyPorts(app);
  const host = isHost(networks);
  const given = translateContainer(app);
  const container = given && canonicalPorts(given, host, declared);
  const hasPorts = any(app.portDefinitions) || container?.portMappings !== undefined;
  const checks = app.healthChecks;
  const portDefinitions = host ? (declared ?? [DEFAULT_DEFINITION]) : undefined;
  return {
    ...omit(app, ...LEGACY, 'container', 'portDefinitions', 'fetch', 'networks'),
    ...optionally('container', container),
    ...optionally('portDefinitions', portDefinitions),
    ...optionally('fetch', translateFetch(app)),
    ...optionally('readinessChecks', app.readinessChecks?.map(readinessWithCodes)),
    ...optionally('healthChecks', hasPorts ? checks?.map(withPortIndex) : checks),
    networks,
  };
}

/** The update without legacy properties; ports are left to the merged app. */
export function updateToCanonical(update: RawUpdate): RawUpdate {
  return {
    ...omit(update, ...LEGACY, 'container', 'fetch', 'networks', 'portDefinitions'),
    ...optionally('container', translateContainer(update)),
    ...optionally('fetch', translateFetch(update)),
    ...optionally('networks', translateNetworks(update)),
    ...optionally('portDefinitions', update.portDefinitions ?? legacyPorts(update)),
    ...optionally('healthChecks', update.healthChecks?.map(withPortIndex)),
    ...optionally('readinessChecks', update.readinessChecks?.map(readinessWithCodes)),
  };
}

const LEGACY = ['uris', 'ports', 'ipAddress'] as const;

/** No networks mean host networking. */
export function isHost(networks: readonly AppNetwork[]): boolean {
  return networks.every(({ mode }) => mode === 'host');
}

function translateNetworks(app: RawUpdate): readonly AppNetwork[] | undefined {
  const legacy = app.container?.docker?.network;
  const networks = any(app.networks) ? app.networks : undefined;
  if (legacy === undefined && app.ipAddress === undefined) return networks ?? app.networks;
  if (networks !== undefined)
    throw internalError('cannot mix deprecated and canonical network APIs');
  return [legacyNetwork(legacy, app.ipAddress)];
}

function legacyNetwork(type: string | undefined, ipAddress: RawIpAddress | undefined): AppNetwork {
  const labels = optionally('labels', ipAddress?.labels);
  const name = ipAddress?.networkName;
  switch (type ?? (name === 'mesos-bridge' ? 'BRIDGE' : 'USER')) {
    case 'HOST':
      return { mode: 'host' };
    case 'BRIDGE':
      return { mode: 'container/bridge', ...labels };
    case 'USER':
      return { mode: 'container', ...optionally('name', name), ...labels };
    default:
      throw internalError(`unsupported docker network type ${type ?? ''}`);
  }
}

function translateContainer(app: RawUpdate): RawContainer | undefined {
  const empty: RawContainer = { type: 'MESOS', volumes: [] };
  const container = app.container ?? (app.ipAddress === undefined ? undefined : empty);
  if (container === undefined) return undefined;
  return migrateDiscovery(migrateDocker(container), app.ipAddress);
}

function migrateDocker(container: RawContainer): RawContainer {
  if (container.docker === undefined) return container;
  const { portMappings } = container.docker;
  const docker = omit(container.docker, 'network', 'portMappings');
  if (any(portMappings) && container.portMappings !== undefined) {
    throw internalError('cannot specify both portMappings and docker.portMappings');
  }
  return {
    ...container,
    docker,
    ...optionally('portMappings', container.portMappings ?? portMappings),
  };
}

function migrateDiscovery(
  container: RawContainer,
  ipAddress: RawIpAddress | undefined,
): RawContainer {
  const ports = ipAddress?.discovery?.ports ?? [];
  if (ports.length === 0) return container;
  if (container.type !== 'MESOS') {
    throw internalError(
      `ipAddress.discovery.ports do not apply for container type ${container.type}`,
    );
  }
  if (container.portMappings !== undefined) {
    throw internalError(
      'container.portMappings and ipAddress.discovery.ports must not both be set',
    );
  }
  const portMappings = ports.map(({ number, name, protocol, labels }) => {
    return { containerPort: number, servicePort: 0, name, protocol, labels };
  });
  return { ...container, portMappings };
}

/** Host: no mappings. Otherwise the default one if none are given, and as many as port definitions. */
function canonicalPorts(
  container: RawContainer,
  host: boolean,
  declared: readonly PortDefinition[] | undefined,
): RawContainer {
  const { portMappings, ...rest } = container;
  if (host) return rest;
  const mappings = portMappings ?? [DEFAULT_MAPPING];
  const missing = Math.max(0, (declared ?? []).length - mappings.length);
  const unnamed = omit(DEFAULT_MAPPING, 'name');
  return { ...rest, portMappings: [...mappings, ...Array<RawPortMapping>(missing).fill(unnamed)] };
}

function legacyPorts(app: RawUpdate): readonly PortDefinition[] | undefined {
  return app.ports?.map((port) => ({ port, protocol: 'tcp' }));
}

function translateFetch(app: RawUpdate): readonly Artifact[] | undefined {
  if (!any(app.uris)) return app.fetch;
  if (any(app.fetch)) throw internalError('cannot specify both uris and fetch fields');
  return app.uris?.map((uri) => ({
    uri,
    extract: ARCHIVES.some((ending) => uri.endsWith(ending)),
    executable: false,
    cache: false,
  }));
}

function withPortIndex(check: RawHealthCheck): RawHealthCheck {
  const needs =
    check.protocol !== 'COMMAND' && check.port === undefined && check.portIndex === undefined;
  return needs ? { ...check, portIndex: 0 } : check;
}

function readinessWithCodes(check: RawReadinessCheck): RawReadinessCheck {
  return any(check.httpStatusCodesForReady) ? check : { ...check, httpStatusCodesForReady: [200] };
}

/** The container of an app on a container network that names none (canonical form). */
export const EMPTY_MESOS_CONTAINER: RawContainer = {
  type: 'MESOS',
  volumes: [],
  portMappings: [DEFAULT_MAPPING],
};
