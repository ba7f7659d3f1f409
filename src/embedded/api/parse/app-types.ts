/**
 * The type tables of the requests: properties, bounds and defaults of Marathon 1.11
 * (docs/docs/rest-api/public/api/v2/types/*.raml of mesosphere/marathon; fractional bounds are
 * truncated there by the generator, so `cpus` may be as small as one likes).
 */
import { PATH_ID } from './path-id.js';
import type { Field, Type } from './reader.js';
import {
  type ObjectType,
  anyPort,
  bool,
  flag,
  integer,
  labels,
  listOf,
  mapOf,
  number,
  object,
  oneOf,
  optional,
  required,
  setOf,
  shortName,
  string,
  timestamp,
  wholeFrom,
} from './type-words.js';
import { container } from './container-types.js';

const pathId: Type = { kind: 'string', min: 1, is: PATH_ID };
const httpScheme = oneOf('HTTP', 'HTTPS');
const ipProtocol = oneOf('IPv4', 'IPv6');
const networkName: Type = {
  kind: 'string',
  min: 1,
  max: 63,
  is: /^[a-z0-9]([-a-z0-9_]*[a-z0-9])?$/,
};
const path: Type = { kind: 'string', min: 1, max: 1024 };

const secretReference = object({ secret: required(string) });
const envValue: Type = {
  kind: 'choice',
  choose: (value) => (typeof value === 'string' ? string : secretReference),
};

const healthCheck = object({
  command: optional(object({ value: required(string) })),
  gracePeriodSeconds: wholeFrom(0, 300),
  ignoreHttp1xx: optional(bool),
  intervalSeconds: wholeFrom(0, 60),
  maxConsecutiveFailures: wholeFrom(0, 3),
  path: optional(string),
  port: optional(anyPort),
  portIndex: optional(anyPort),
  protocol: optional(
    oneOf('HTTP', 'HTTPS', 'TCP', 'COMMAND', 'MESOS_TCP', 'MESOS_HTTP', 'MESOS_HTTPS'),
    'HTTP',
  ),
  ipProtocol: optional(ipProtocol, 'IPv4'),
  timeoutSeconds: optional(integer(), 20),
  delaySeconds: wholeFrom(0, 15),
});

const nonEmptyText: Type = { kind: 'string', min: 1 };
const shellCommand = object({ shell: required(nonEmptyText) });
const argvCommand = object({ argv: required(listOf(string, 1)) });
const mesosCommand: Type = {
  kind: 'choice',
  choose: (value) =>
    typeof value === 'object' && value !== null && 'argv' in value ? argvCommand : shellCommand,
};

const check = object({
  http: optional(
    object({
      portIndex: optional(anyPort),
      port: optional(anyPort),
      path: optional(path),
      scheme: optional(httpScheme, 'HTTP'),
    }),
  ),
  tcp: optional(object({ portIndex: optional(anyPort), port: optional(anyPort) })),
  exec: optional(object({ command: required(mesosCommand) })),
  intervalSeconds: wholeFrom(0, 60),
  timeoutSeconds: wholeFrom(0, 20),
  delaySeconds: wholeFrom(0, 15),
});

const readinessCheck = object({
  name: optional(nonEmptyText, 'readinessCheck'),
  protocol: optional(httpScheme, 'HTTP'),
  path: optional(path, '/'),
  portName: optional(shortName, 'http-api'),
  intervalSeconds: wholeFrom(0, 30),
  timeoutSeconds: wholeFrom(1, 10),
  httpStatusCodesForReady: optional(setOf(integer(100, 999), 1)),
  preserveLastResponse: flag(false),
});

const network = object({
  name: optional(networkName),
  mode: optional(oneOf('container', 'container/bridge', 'host'), 'container'),
  labels: optional(labels),
});

const portDefinition = object({
  port: optional(anyPort, 0),
  protocol: optional(oneOf('tcp', 'udp', 'udp,tcp'), 'tcp'),
  name: optional(shortName),
  labels: optional(labels),
});

const ipAddress = object({
  discovery: optional(
    object({
      ports: optional(
        listOf(
          object({
            number: optional(anyPort, 0),
            name: required(shortName),
            protocol: optional(oneOf('tcp', 'udp', 'udp,tcp'), 'tcp'),
            labels: optional(labels, {}),
          }),
        ),
      ),
    }),
  ),
  groups: optional(setOf(string)),
  labels: optional(labels),
  networkName: optional(nonEmptyText),
});

const artifact = object({
  uri: required(path),
  extract: flag(true),
  executable: flag(false),
  cache: flag(false),
  destPath: optional(path),
});

const capacity = required(number(0, 1));
const unreachableEnabled = object({
  inactiveAfterSeconds: wholeFrom(0, 0),
  expungeAfterSeconds: wholeFrom(0, 0),
});
// Marathon reads any string here as "disabled".
const unreachableStrategy: Type = {
  kind: 'choice',
  choose: (value) => (typeof value === 'string' ? string : unreachableEnabled),
};
const resourceLimit: Type = {
  kind: 'choice',
  choose: (value) => (typeof value === 'string' ? string : number()),
};

/** The fields shared by a new app and an update; defaults are those of a new app. */
const appFields: Readonly<Record<string, Field>> = {
  acceptedResourceRoles: optional(setOf(string)),
  args: optional(listOf(string)),
  backoffFactor: optional(number(1), 1.15),
  backoffSeconds: wholeFrom(0, 1),
  check: optional(check),
  cmd: optional(nonEmptyText),
  constraints: optional(setOf(listOf(string))),
  container: optional(container),
  cpus: optional(number(0), 1),
  dependencies: optional(setOf(pathId)),
  disk: optional(number(0), 0),
  env: optional(mapOf(envValue)),
  executor: optional(string, ''),
  executorResources: optional(
    object({
      cpus: optional(number(0), 0.1),
      mem: optional(number(32), 32),
      disk: optional(number(10), 10),
    }),
  ),
  fetch: optional(listOf(artifact)),
  gpus: wholeFrom(0, 0),
  healthChecks: optional(setOf(healthCheck)),
  instances: wholeFrom(0, 1),
  ipAddress: optional(ipAddress),
  killSelection: optional(oneOf('YOUNGEST_FIRST', 'OLDEST_FIRST'), 'YOUNGEST_FIRST'),
  labels: optional(labels, {}),
  maxLaunchDelaySeconds: wholeFrom(0, 300),
  mem: optional(number(0), 128),
  networks: optional(listOf(network)),
  portDefinitions: optional(listOf(portDefinition)),
  ports: optional(listOf(anyPort)),
  readinessChecks: optional(listOf(readinessCheck)),
  requirePorts: flag(false),
  residency: optional(
    object({
      relaunchEscalationTimeoutSeconds: wholeFrom(0, 3600),
      taskLostBehavior: optional(oneOf('WAIT_FOREVER', 'RELAUNCH_AFTER_TIMEOUT'), 'WAIT_FOREVER'),
    }),
  ),
  resourceLimits: optional(object({ cpus: optional(resourceLimit), mem: optional(resourceLimit) })),
  role: optional(nonEmptyText),
  secrets: optional(mapOf(object({ source: required(nonEmptyText) }))),
  taskKillGracePeriodSeconds: optional(integer(0)),
  tty: optional(bool),
  unreachableStrategy: optional(unreachableStrategy),
  upgradeStrategy: optional(
    object({ maximumOverCapacity: capacity, minimumHealthCapacity: capacity }),
  ),
  uris: optional(listOf(path)),
  user: optional(string),
  version: optional(timestamp),
};

/** `POST /v2/apps`, and each app of a group. */
export const appType: ObjectType = object({ id: required(pathId), ...appFields });

/** `POST` and `PUT /v2/groups`. */
export const groupType: ObjectType = object({
  id: optional(pathId),
  apps: optional(setOf(appType)),
  groups: optional(setOf({ kind: 'choice', choose: () => groupType })),
  dependencies: optional(setOf(pathId)),
  scaleBy: optional(number(0)),
  version: optional(timestamp),
  enforceRole: optional(bool),
});

/** `PATCH /v2/groups/{top}`. */
export const groupPatchType = object({ enforceRole: optional(bool) });

/** `POST /v2/tasks/delete`. */
export const deleteTasksType = object({ ids: required(setOf(string)) });
