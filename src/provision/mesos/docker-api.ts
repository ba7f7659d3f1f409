import type { EngineState } from '../docker/docker-state.js';

/**
 * Through Weave's proxy, an attached `docker run` of a client that speaks API 1.42 or later prints
 * nothing and says 0, so Mesos would take each task for done.
 */
const NEWEST_THROUGH_WEAVE = '1.41';
/**
 * From API 1.52 on (Docker 29) an inspected container has no `NetworkSettings.IPAddress`, without
 * which Mesos fails ("Unable to find NetworkSettings.IPAddress in container").
 */
const NEWEST_FOR_MESOS = '1.51';
/** The newest API of Docker's command line, by its major version; the minor ones only added to it. */
const CLIENT_APIS: Readonly<Record<number, string>> = {
  18: '1.37',
  19: '1.40',
  20: '1.41',
  23: '1.42',
  24: '1.43',
  25: '1.44',
  26: '1.45',
  27: '1.46',
  28: '1.48',
  29: '1.52',
};

/** What `DOCKER_API_VERSION` of the agent's docker command has to be; undefined: what it agrees on. */
export function clientApi(
  engine: Pick<EngineState, 'api'> | undefined,
  createSocket: string | undefined,
): string | undefined {
  if (createSocket !== undefined) return lower(engine?.api, NEWEST_THROUGH_WEAVE);
  if (engine === undefined || !isNewer(engine.api, NEWEST_FOR_MESOS)) return undefined;
  return NEWEST_FOR_MESOS;
}

/** The newest API that a docker command speaks; undefined for one that nobody here knows. */
export function apiOfClient(version: string): string | undefined {
  return CLIENT_APIS[majorOf(version)];
}

/** The oldest API that a docker command speaks: Docker 29's clients left older engines behind. */
export function oldestOfClient(version: string): string {
  return majorOf(version) >= 29 ? '1.44' : '1.12';
}

export function majorOf(version: string): number {
  return Number(/^(?:\d+:)?v?(\d+)/.exec(version)?.[1] ?? 0);
}

/** Whether `a` is above `b`; both as `<major>.<minor>`. */
export function isNewer(a: string, b: string): boolean {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number);
  const [majorB = 0, minorB = 0] = b.split('.').map(Number);
  return majorA === majorB ? minorA > minorB : majorA > majorB;
}

function lower(a: string | undefined, b: string): string {
  return a !== undefined && isNewer(b, a) ? a : b;
}
