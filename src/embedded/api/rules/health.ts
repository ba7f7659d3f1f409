/** Rules about health checks, checks and readiness checks. */
import { internalError, type Violations } from '../errors.js';
import type { RawApp, RawHealthCheck } from '../parse/raw-app.js';

const BY_MARATHON = ['HTTP', 'HTTPS', 'TCP'];
const BY_MESOS_ON_PORT = ['MESOS_HTTP', 'MESOS_HTTPS', 'MESOS_TCP'];

/** How many ports a health check may point at. */
function portCount(app: RawApp): number {
  return (app.container?.portMappings ?? app.portDefinitions ?? []).length;
}

function reachesPort(check: { port?: number; portIndex?: number }, ports: number): boolean {
  if (check.portIndex !== undefined) return check.portIndex < ports;
  return check.port !== undefined || ports === 1;
}

export function checkHealthChecks(app: RawApp, violations: Violations): void {
  const ports = portCount(app);
  const checks = app.healthChecks ?? [];
  checks.forEach((check, index) => {
    const onPort = check.command === undefined && BY_MARATHON.includes(check.protocol);
    violations.check(
      !onPort || reachesPort(check, ports),
      `/healthChecks(${index})`,
      'Health check port indices must address an element of the ports array or container port mappings.',
    );
    violations.check(
      check.ipProtocol === 'IPv4' ||
        (BY_MESOS_ON_PORT.includes(check.protocol) && app.container?.type === 'DOCKER'),
      `/healthChecks(${index})`,
      'IPv6 can only be used for container type DOCKER and Mesos http/https/tcp health checks',
    );
  });
  // Checks by command are not counted.
  const byMesos = checks.filter(
    (check) =>
      check.command === undefined &&
      (BY_MESOS_ON_PORT.includes(check.protocol) || check.protocol === 'COMMAND'),
  );
  violations.check(
    byMesos.length <= 1,
    '/',
    'AppDefinition can contain at most one Mesos health check',
  );
}

/**
 * Combinations that Marathon only notices while converting.
 * @throws ApiError 500
 */
export function convertHealthChecks(checks: readonly RawHealthCheck[]): void {
  for (const check of checks) {
    if (check.command === undefined) {
      if (check.protocol === 'COMMAND') {
        throw internalError('illegal protocol COMMAND for non-command health check');
      }
    } else if (check.path !== undefined || check.port !== undefined) {
      throw internalError(
        `Invalid combination of HealthCheck parameters in ${JSON.stringify(check)}`,
      );
    } else if (check.protocol !== 'COMMAND') {
      throw internalError(`illegal protocol ${check.protocol} specified with command`);
    }
  }
}

/** `check`: found when the app is otherwise sound (Marathon's AppDefinition rules). */
export function checkCheck(app: RawApp, violations: Violations): void {
  if (app.check === undefined) return;
  violations.check(
    app.container?.type !== 'DOCKER',
    '/',
    "AppDefinition must not use 'checks' if using docker",
  );
  const onPort = app.check.http ?? app.check.tcp;
  violations.check(
    onPort === undefined || reachesPort(onPort, portCount(app)),
    '/check',
    'check port index must address an element of the ports array or container port mappings.',
  );
}

export function checkReadiness(app: RawApp, violations: Violations): void {
  const checks = app.readinessChecks ?? [];
  violations.check(
    checks.length <= 1,
    '/readinessChecks',
    `got ${checks.length}, expected 1 or less`,
  );
  const ports = app.container?.portMappings ?? app.portDefinitions ?? [];
  const names = new Set(ports.flatMap(({ name }) => name ?? []));
  checks.forEach((check, index) => {
    violations.check(
      names.has(check.portName),
      `/readinessChecks(${index})/portName`,
      `No port definition reference for portName ${check.portName}`,
    );
    violations.check(
      check.timeoutSeconds < check.intervalSeconds,
      `/readinessChecks(${index})/timeoutSeconds`,
      `got ${check.timeoutSeconds}, expected less than ${check.intervalSeconds}`,
    );
  });
}
