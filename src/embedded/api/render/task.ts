/** Tasks as the API shows them (Marathon's TaskConversion). */
import type { AppDefinition, AppVersion, Task, TaskFailure } from '../../orchestrator.js';
import { optionally } from '../parse/objects.js';
import { agentId, type ServerOptions } from '../server-options.js';

const TERMINAL: readonly Task['state'][] = [
  'TASK_KILLED',
  'TASK_FINISHED',
  'TASK_FAILED',
  'TASK_ERROR',
];

export const isActive = (task: Task): boolean => !TERMINAL.includes(task.state);

/** `a_b.instance-<uuid>._app.1` → `a_b.instance-<uuid>` */
export const instanceIdOf = (taskId: string): string => taskId.replace(/\._app\.\d+$/, '');

/** Service ports, in the order of the mappings or definitions. */
export function servicePorts(app: AppDefinition): readonly number[] {
  const mapped = app.container?.portMappings?.map(({ servicePort }) => servicePort);
  return (mapped ?? app.portDefinitions?.map(({ port }) => port) ?? []).filter((port) => port > 0);
}

/**
 * @param ports service ports, which only `GET /v2/tasks` fills in
 */
export function renderTask(
  task: Task,
  app: AppVersion | undefined,
  options: ServerOptions,
  ports: readonly number[] = [],
): Readonly<Record<string, unknown>> {
  const active = isActive(task);
  return {
    appId: task.appId,
    healthCheckResults: task.health.map((health) => ({
      ...health,
      // This is what Marathon writes: the instance in words, not its id.
      instanceId: `instance [${instanceIdOf(task.id)}]`,
    })),
    host: task.host,
    id: task.id,
    ipAddresses: task.ipAddresses,
    ports: active ? task.ports : [],
    servicePorts: ports,
    ...optionally('slaveId', agentId(options)),
    state: task.state,
    ...(active && {
      stagedAt: task.stagedAt,
      ...optionally('startedAt', task.startedAt),
      version: task.version,
    }),
    localVolumes: [],
    role: app?.definition.role ?? options.defaultRole ?? '*',
  };
}

export function renderFailure(
  failure: TaskFailure,
  options: ServerOptions,
): Readonly<Record<string, unknown>> {
  return { ...failure, ...optionally('slaveId', agentId(options)) };
}

/** Counts of an app's tasks: staged, running, healthy, unhealthy. */
export function countTasks(tasks: readonly Task[]): Readonly<Record<string, number>> {
  const active = tasks.filter(isActive);
  const checked = active.filter(({ health }) => health.length > 0);
  return {
    tasksStaged: active.filter(({ state }) => state === 'TASK_STAGING').length,
    tasksRunning: active.filter(({ state }) => state === 'TASK_RUNNING').length,
    tasksHealthy: checked.filter(({ health }) => health.every(({ alive }) => alive)).length,
    tasksUnhealthy: checked.filter(({ health }) => health.some(({ alive }) => !alive)).length,
  };
}
