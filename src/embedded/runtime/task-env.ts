import type { AppVersion } from '../orchestrator.js';

/** Marathon leaves labels out of the environment from this many characters on. */
const MAX_LENGTH = 512;
const LABEL_PREFIX = 'MARATHON_APP_LABEL_';

/** One port of an app: what the definition asks for and what the task got. */
export interface TaskPort {
  /** Container port of a mapping, or port of a definition; 0 is any. */
  readonly requested: number;
  /** Host port; undefined for a mapping that has none. */
  readonly host: number | undefined;
  readonly name: string | undefined;
}

export interface TaskIdentity {
  readonly id: string;
  readonly host: string;
  readonly ports: readonly TaskPort[];
}

/**
 * The environment of a task: what Marathon adds, then the app's own variables, which win. Names and
 * rules are those of Marathon's documentation (task-environment-vars) and `EnvironmentHelper`.
 * Secret references are left out: there is no secret store.
 */
export function taskEnvironment(app: AppVersion, task: TaskIdentity): Record<string, string> {
  const { definition } = app;
  const image = definition.container?.docker?.image;
  return {
    MARATHON_APP_ID: definition.id,
    MARATHON_APP_VERSION: app.version,
    ...(image === undefined ? {} : { MARATHON_APP_DOCKER_IMAGE: image }),
    MARATHON_APP_RESOURCE_CPUS: decimal(definition.cpus),
    MARATHON_APP_RESOURCE_MEM: decimal(definition.mem),
    MARATHON_APP_RESOURCE_DISK: decimal(definition.disk),
    MARATHON_APP_RESOURCE_GPUS: String(definition.gpus),
    ...labelEnvironment(definition.labels),
    ...portEnvironment(task.ports),
    HOST: task.host,
    MESOS_TASK_ID: task.id,
    ...ownEnvironment(definition.env ?? {}),
  };
}

/** As Scala writes a Double: `1.0`, `0.5`. */
function decimal(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

function ownEnvironment(env: Readonly<Record<string, unknown>>): Record<string, string> {
  const own: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (typeof value === 'string') own[name] = value;
  }
  return own;
}

function labelEnvironment(labels: Readonly<Record<string, string>>): Record<string, string> {
  const names: string[] = [];
  const values: Record<string, string> = {};
  for (const [label, value] of Object.entries(labels)) {
    if (label.length >= MAX_LENGTH - LABEL_PREFIX.length || value.length >= MAX_LENGTH) continue;
    const name = label.replace(/[^a-zA-Z0-9_]+/g, '_').toUpperCase();
    names.push(name);
    values[`${LABEL_PREFIX}${name}`] = value;
  }
  return { MARATHON_APP_LABELS: names.join(' '), ...values };
}

function portEnvironment(ports: readonly TaskPort[]): Record<string, string> {
  if (ports.length === 0) return {};
  const env: Record<string, string> = {};
  const assigned: number[] = [];
  ports.forEach(({ requested, host, name }, index) => {
    const effective = host ?? requested;
    env[`PORT${index}`] = String(effective);
    env[`PORT_${requested === 0 ? effective : requested}`] = String(effective);
    if (name !== undefined && host !== undefined) env[`PORT_${name.toUpperCase()}`] = String(host);
    if (host !== undefined) assigned.push(host);
  });
  const [first] = assigned;
  if (first !== undefined) env['PORT'] = String(first);
  env['PORTS'] = assigned.join(',');
  return env;
}
