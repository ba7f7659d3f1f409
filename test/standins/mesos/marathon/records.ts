/** What a Marathon keeps in ZooKeeper. */
import type {
  AppVersion,
  HealthResult,
  Task,
  TaskFailure,
  TaskState,
} from '../../../../src/embedded/orchestrator.js';
import type { TaskView } from '../../../../src/embedded/runtime/decide.js';
import type { DeploymentRecord } from '../../../../src/embedded/runtime/deployments.js';
import type { Slot } from '../../../../src/embedded/runtime/ids.js';
import type { PlacedTask } from './placement.js';

export interface TaskEntry extends PlacedTask {
  readonly id: string;
  readonly instanceId: string;
  readonly slot: Slot;
  readonly version: string;
  readonly stagedAt: string;
  state: TaskState;
  startedAt?: string;
  ip?: string;
  healthy?: boolean;
  healthSince?: string;
  /** It is to end, by this Marathon's will. */
  killing: boolean;
}

export interface StoredState {
  frameworkId?: string;
  readonly versions: Record<string, AppVersion[]>;
  groups: string[];
  readonly tasks: Record<string, TaskEntry>;
  readonly failures: Record<string, TaskFailure>;
  readonly deployments: Record<string, { readonly record: DeploymentRecord; step: number }>;
}

export const emptyStored = (): StoredState => ({
  versions: {},
  groups: [],
  tasks: {},
  failures: {},
  deployments: {},
});

export function viewOf(task: TaskEntry, app: AppVersion | undefined): TaskView {
  const needsHealth = (app?.definition.healthChecks ?? []).length > 0;
  const running = task.state === 'TASK_RUNNING';
  return {
    id: task.id,
    version: task.version,
    state: task.killing ? 'killing' : running ? 'running' : 'staging',
    ready: running && (!needsHealth || task.healthy === true),
    stagedAt: task.stagedAt,
  };
}

export function showTask(task: TaskEntry): Task {
  const { id, appId, host, stagedAt, startedAt, version, ip } = task;
  return {
    id,
    appId,
    state: task.killing ? 'TASK_KILLING' : task.state,
    host,
    ports: task.resources.ports,
    ipAddresses: ip === undefined ? [] : [{ ipAddress: ip, protocol: 'IPv4' }],
    stagedAt,
    ...(startedAt === undefined ? {} : { startedAt }),
    version,
    health:
      task.healthy === undefined ? [] : [healthOf(task.healthy, task.healthSince ?? stagedAt)],
  };
}

function healthOf(alive: boolean, since: string): HealthResult {
  return alive
    ? { alive, consecutiveFailures: 0, firstSuccess: since, lastSuccess: since }
    : { alive, consecutiveFailures: 1, lastFailure: since, lastFailureCause: 'check failed' };
}
