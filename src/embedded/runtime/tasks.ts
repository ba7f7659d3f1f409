import type { AppVersion, HealthResult, Task, TaskState } from '../orchestrator.js';
import type { TaskView } from './decide.js';
import type { ContainerStatus } from './engine.js';
import { instanceId, taskId } from './ids.js';
import type { Slot } from './ids.js';
import type { HeldResources } from './offers.js';
import { APP_LABEL, CLUSTER_LABEL } from './store.js';
import type { TaskPort } from './task-env.js';

/** One task from its launch to its end, as this server knows it. */
export interface TaskRecord extends HeldResources {
  readonly id: string;
  readonly instanceId: string;
  readonly slot: Slot;
  readonly version: string;
  readonly stagedAt: string;
  ports: readonly number[];
  state: TaskState;
  containerId: string | undefined;
  containerName: string;
  startedAt: string | undefined;
  ipAddresses: readonly string[];
  health: readonly HealthResult[];
  /** Set once this server wants the task to end; `replace` keeps the instance. */
  kill: { readonly replace: boolean } | undefined;
  /** Its image is being looked for: there is no container and none is being made. */
  pulling: boolean;
  /** Its end is being dealt with, until this resolves. */
  ending: Promise<void> | undefined;
}

const TASK_LABEL = 'crossflock.task';
const VERSION_LABEL = 'crossflock.version';
const SLOT_LABEL = 'crossflock.instance';
const INCARNATION_LABEL = 'crossflock.incarnation';
const STAGED_LABEL = 'crossflock.staged-at';
const PORTS_LABEL = 'crossflock.ports';
const RESOURCES_LABEL = 'crossflock.resources';

export function newTask(
  app: AppVersion,
  slot: Slot,
  ports: readonly TaskPort[],
  stagedAt: string,
): TaskRecord {
  const { id: appId, cpus, mem, disk } = app.definition;
  return {
    appId,
    cpus,
    mem,
    disk,
    id: taskId(appId, slot.uuid, slot.incarnation),
    instanceId: instanceId(appId, slot.uuid),
    slot,
    version: app.version,
    stagedAt,
    ports: hostPorts(ports),
    state: 'TASK_STAGING',
    containerId: undefined,
    containerName: '',
    startedAt: undefined,
    ipAddresses: [],
    health: [],
    kill: undefined,
    pulling: false,
    ending: undefined,
  };
}

export function hostPorts(ports: readonly TaskPort[]): number[] {
  return ports.map(({ host }) => host).filter((port) => port !== undefined);
}

/** All about a task that has to survive this process. */
export function taskLabels(scope: string, task: TaskRecord): Record<string, string> {
  return {
    [CLUSTER_LABEL]: scope,
    [APP_LABEL]: task.appId,
    [TASK_LABEL]: task.id,
    [VERSION_LABEL]: task.version,
    [SLOT_LABEL]: task.slot.uuid,
    [INCARNATION_LABEL]: String(task.slot.incarnation),
    [STAGED_LABEL]: task.stagedAt,
    [PORTS_LABEL]: task.ports.join(','),
    [RESOURCES_LABEL]: JSON.stringify([task.cpus, task.mem, task.disk]),
  };
}

/** The id of the task a container belongs to; undefined when it is none of ours. */
export function taskIdOf(labels: Readonly<Record<string, string>>): string | undefined {
  return labels[TASK_LABEL];
}

/** The task of a container that another life of this server started. */
export function readTask(status: ContainerStatus): TaskRecord | undefined {
  const { labels } = status;
  const id = labels[TASK_LABEL];
  const appId = labels[APP_LABEL];
  const uuid = labels[SLOT_LABEL];
  if (id === undefined || appId === undefined || uuid === undefined) return undefined;
  const [cpus = 0, mem = 0, disk = 0] = readNumbers(labels[RESOURCES_LABEL]);
  return {
    id,
    appId,
    cpus,
    mem,
    disk,
    instanceId: instanceId(appId, uuid),
    slot: { uuid, incarnation: Number(labels[INCARNATION_LABEL] ?? 1) },
    version: labels[VERSION_LABEL] ?? '',
    stagedAt: labels[STAGED_LABEL] ?? '',
    ports: (labels[PORTS_LABEL] ?? '').split(',').filter(Boolean).map(Number),
    state: 'TASK_RUNNING',
    containerId: status.id,
    containerName: status.name,
    startedAt: status.startedAt,
    ipAddresses: status.ipAddresses,
    health: [],
    kill: undefined,
    pulling: false,
    ending: undefined,
  };
}

function readNumbers(text: string | undefined): number[] {
  try {
    const value: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(value) ? value.map(Number) : [];
  } catch {
    return [];
  }
}

/** The task as `decide` sees it; `checks` is how many health checks its version has. */
export function viewOf(task: TaskRecord, checks: number): TaskView {
  const running = task.state === 'TASK_RUNNING';
  const healthy = task.health.length === checks && task.health.every(({ alive }) => alive);
  return {
    id: task.id,
    version: task.version,
    state: task.kill !== undefined ? 'killing' : running ? 'running' : 'staging',
    ready: running && healthy,
    stagedAt: task.stagedAt,
  };
}

/** The task as the API shows it. */
export function showTask(task: TaskRecord, host: string): Task {
  return {
    id: task.id,
    appId: task.appId,
    state: task.state,
    host,
    ports: task.ports,
    ipAddresses: task.ipAddresses.map((ipAddress) => ({ ipAddress, protocol: 'IPv4' })),
    stagedAt: task.stagedAt,
    ...(task.startedAt === undefined ? {} : { startedAt: task.startedAt }),
    version: task.version,
    health: task.health,
  };
}

/** All tasks that have not ended. */
export class TaskTable {
  readonly #tasks = new Map<string, TaskRecord>();

  add(task: TaskRecord): void {
    this.#tasks.set(task.id, task);
  }

  delete(id: string): void {
    this.#tasks.delete(id);
  }

  get(id: string): TaskRecord | undefined {
    return this.#tasks.get(id);
  }

  all(): readonly TaskRecord[] {
    return [...this.#tasks.values()];
  }

  byApp(): Map<string, TaskRecord[]> {
    return Map.groupBy(this.#tasks.values(), ({ appId }) => appId);
  }

  ofApp(appId: string): readonly TaskRecord[] {
    return this.all().filter((task) => task.appId === appId);
  }

  byContainer(containerId: string): TaskRecord | undefined {
    return this.all().find((task) => task.containerId === containerId);
  }
}
