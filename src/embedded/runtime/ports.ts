import type { AppDefinition, PortDefinition, PortMapping } from '../orchestrator.js';
import type { TaskPort } from './task-env.js';

export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** Host ports that Mesos agents offer by default. */
export const HOST_PORTS: PortRange = { first: 31_000, last: 32_000 };
/** Marathon's `--local_port_min` and `--local_port_max`; the last one is not included there. */
const SERVICE_PORTS: PortRange = { first: 10_000, last: 19_999 };

/** What an app asks for, in the order of its mappings or definitions. */
interface PortRequest {
  readonly requested: number;
  /** 0: any; undefined: none. */
  readonly host: number | undefined;
  readonly name: string | undefined;
}

/** The mappings of a container network, else the definitions of the host network. */
function portRequests(app: AppDefinition): PortRequest[] {
  if (usesHostNetwork(app)) {
    return (app.portDefinitions ?? []).map(({ port, name }) => ({
      requested: port,
      host: app.requirePorts ? port : 0,
      name,
    }));
  }
  return (app.container?.portMappings ?? []).map((mapping) => ({
    requested: mapping.containerPort,
    host: mapping.hostPort,
    name: mapping.name,
  }));
}

export function usesHostNetwork(app: AppDefinition): boolean {
  return app.networks.every(({ mode }) => mode === 'host');
}

/**
 * Host ports for one more task: fixed ones as asked for, others from the range, beginning at a
 * random place so that two servers on one machine seldom meet. Undefined when they do not suffice.
 */
export function assignHostPorts(
  app: AppDefinition,
  used: ReadonlySet<number>,
  range: PortRange,
  random: () => number,
): readonly TaskPort[] | undefined {
  const requests = portRequests(app);
  const taken = new Set(used);
  for (const { host } of requests) {
    if (host === undefined || host === 0) continue;
    if (taken.has(host)) return undefined;
    taken.add(host);
  }
  const ports: TaskPort[] = [];
  for (const { requested, host, name } of requests) {
    const port = host === 0 ? freePort(taken, range, random) : host;
    if (host === 0 && port === undefined) return undefined;
    if (port !== undefined) taken.add(port);
    ports.push({ requested, host: port, name });
  }
  return ports;
}

function freePort(
  taken: ReadonlySet<number>,
  range: PortRange,
  random: () => number,
): number | undefined {
  const size = range.last - range.first + 1;
  const start = Math.floor(random() * size);
  for (let step = 0; step < size; step++) {
    const port = range.first + ((start + step) % size);
    if (!taken.has(port)) return port;
  }
  return undefined;
}

/** The ports of a range that are not used, as ranges. */
export function freeRanges(
  used: ReadonlySet<number>,
  range: PortRange,
): { readonly begin: number; readonly end: number }[] {
  const inside = [...used].filter((port) => port >= range.first && port <= range.last);
  const bounds = [range.first - 1, ...inside.sort((a, b) => a - b), range.last + 1];
  return bounds
    .slice(1)
    .map((next, index) => ({ begin: (bounds[index] ?? 0) + 1, end: next - 1 }))
    .filter(({ begin, end }) => begin <= end);
}

/** All service ports that an app holds. */
export function servicePorts(app: AppDefinition): number[] {
  const mapped = (app.container?.portMappings ?? []).map(({ servicePort }) => servicePort);
  const defined = (app.portDefinitions ?? []).map(({ port }) => port);
  return [...mapped, ...defined].filter((port) => port !== 0);
}

/**
 * The app with a service port for each port that has none: first those that its former version
 * held, then free ones from 10000 on. Throws when the range is used up (Marathon's text).
 */
export function assignServicePorts(
  app: AppDefinition,
  former: AppDefinition | undefined,
  used: ReadonlySet<number>,
): AppDefinition {
  const taken = new Set([...used, ...servicePorts(app)]);
  const held = former === undefined ? [] : servicePorts(former).filter((port) => !taken.has(port));
  const next = (): number => {
    const port = held.shift() ?? freePort(taken, SERVICE_PORTS, () => 0);
    if (port === undefined) {
      throw new Error('All ports in the range [10000-20000) are already in use');
    }
    taken.add(port);
    return port;
  };
  const mapping = (old: PortMapping): PortMapping =>
    old.servicePort === 0 ? { ...old, servicePort: next() } : old;
  const definition = (old: PortDefinition): PortDefinition =>
    old.port === 0 && !app.requirePorts ? { ...old, port: next() } : old;
  const { container, portDefinitions } = app;
  return {
    ...app,
    ...(container?.portMappings === undefined
      ? {}
      : { container: { ...container, portMappings: container.portMappings.map(mapping) } }),
    ...(portDefinitions === undefined ? {} : { portDefinitions: portDefinitions.map(definition) }),
  };
}
