import type { AppInfo, TaskInfo } from './answers.js';
import { compact } from './answers.js';

/** Where an app stands, for tables and for the decision whether to wait on. */
export interface AppState {
  readonly appId: string;
  /**
   * `running`: every task runs the current definition and is healthy. `pending`: not yet. `failed`:
   * waiting any longer is of no use. `absent`: the server has no such app.
   */
  readonly state: 'running' | 'pending' | 'failed' | 'absent';
  /** The first task's id, where there is one. */
  readonly taskId?: string;
  /** ISO time at which the task began to run. */
  readonly since?: string;
  /** The task's own address. */
  readonly ip?: string;
  /** The machine it runs on. */
  readonly host?: string;
  /** Ports of that machine, in the order of the app's port mappings. */
  readonly ports: readonly number[];
  /** Why it is not running, on one line, without a full stop. */
  readonly reason?: string;
  /** What the reader can do about it. */
  readonly hint?: string;
  /** The end of the failed task's log, where the server has it. */
  readonly log?: readonly string[];
}

/**
 * The state of an app as the server shows it, without the reason why it waits (`pendingReason`).
 * @param deploymentId the deployment that made it so; while it holds the app, the app is pending
 */
export function appState(app: AppInfo, deploymentId?: string): AppState {
  const isHeld = deploymentId !== undefined && app.deployments.includes(deploymentId);
  const ready = app.tasks.filter((task) => isReady(task, app));
  const isRunning = !isHeld && ready.length >= app.instances;
  const task = ready[0] ?? newest(app.tasks);
  return compact<AppState>({
    appId: app.id,
    state: isRunning ? 'running' : 'pending',
    taskId: task?.id,
    // That of a task on its way out would be taken for the new one's.
    since: task !== undefined && isCurrent(task, app) ? task.startedAt : undefined,
    ip: task?.ip,
    host: task?.host,
    ports: task?.ports ?? [],
    reason: undefined,
    hint: undefined,
    log: undefined,
  });
}

/** Runs the app's current definition, and passes all of its health checks. */
function isReady(task: TaskInfo, app: AppInfo): boolean {
  return (
    isRunning(task) &&
    isCurrent(task, app) &&
    task.health.length >= app.healthChecks &&
    task.health.every(({ alive }) => alive)
  );
}

export function isRunning(task: TaskInfo): boolean {
  return task.state === undefined ? task.startedAt !== undefined : task.state === 'TASK_RUNNING';
}

/** A task that was started before the last change of more than `instances` is on its way out. */
function isCurrent(task: TaskInfo, app: AppInfo): boolean {
  const since = app.lastConfigChangeAt;
  return since === undefined || task.version === undefined || task.version >= since;
}

/** The task that was started last. */
export function newest(tasks: readonly TaskInfo[]): TaskInfo | undefined {
  return [...tasks].sort((a, b) => (b.stagedAt ?? '').localeCompare(a.stagedAt ?? ''))[0];
}
