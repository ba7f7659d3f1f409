/** What a leading master knows: agents, frameworks and their tasks. */
import type { Channel } from '../common/channel.js';
import {
  type AgentInfo,
  type AgentSays,
  type AgentView,
  type FrameworkInfo,
  type FrameworkSays,
  isTerminal,
  type MasterTellsAgent,
  type MasterTellsFramework,
  type TaskInfo,
  type TaskRecord,
  type TaskState,
  type TaskStatus,
} from '../common/mesos.js';
import { sum } from '../common/resources.js';
import type { Registered } from './registry.js';

export interface AgentEntry {
  readonly id: string;
  info: AgentInfo;
  readonly registeredTime: number;
  channel: Channel<AgentSays, MasterTellsAgent> | undefined;
  lost: NodeJS.Timeout | undefined;
  /** When it last answered, ms. */
  lastSeen: number;
}

export interface FrameworkEntry {
  info: FrameworkInfo;
  channel: Channel<FrameworkSays, MasterTellsFramework> | undefined;
  readonly registeredTime: number;
  readonly completed: TaskRecord[];
}

export const stateOf = ({ statuses }: TaskRecord): TaskState =>
  statuses.at(-1)?.state ?? 'TASK_STAGING';

export const seconds = (): number => Date.now() / 1000;

export class Cluster {
  readonly agents = new Map<string, AgentEntry>();
  /** Known from the registry, not back yet. */
  readonly recovered = new Map<string, Registered>();
  readonly frameworks = new Map<string, FrameworkEntry>();
  readonly #tasks = new Map<string, TaskRecord>();
  unreachable = 0;

  tasks(of: { readonly agentId?: string; readonly frameworkId?: string } = {}): TaskRecord[] {
    return [...this.#tasks.values()].filter(
      ({ agentId, frameworkId }) =>
        (of.agentId ?? agentId) === agentId && (of.frameworkId ?? frameworkId) === frameworkId,
    );
  }

  task(frameworkId: string, taskId: string): TaskRecord | undefined {
    return this.#tasks.get(`${frameworkId}/${taskId}`);
  }

  addTask(task: TaskRecord): void {
    this.#tasks.set(`${task.frameworkId}/${task.info.id}`, task);
  }

  /** What an agent says of its tasks is how it is. */
  agentTasks(agentId: string, tasks: readonly TaskRecord[]): void {
    for (const task of this.tasks({ agentId })) this.#remove(task);
    for (const task of tasks) this.addTask({ ...task, agentId });
  }

  /** Notes a status and hands it to the framework. */
  status(frameworkId: string, agentId: string, status: TaskStatus): void {
    const task = this.task(frameworkId, status.taskId);
    if (task !== undefined && !task.statuses.some(({ uuid }) => uuid === status.uuid)) {
      const last = task.statuses.at(-1);
      const isSame = last?.state === status.state;
      task.statuses = [...(isSame ? task.statuses.slice(0, -1) : task.statuses), status];
    }
    this.frameworks.get(frameworkId)?.channel?.send({ type: 'status', agentId, status });
    this.offer();
  }

  /** The framework has got a status: an ended task is over. */
  acknowledged(frameworkId: string, taskId: string, uuid: string): void {
    const task = this.task(frameworkId, taskId);
    if (task === undefined) return;
    const { channel } = this.agents.get(task.agentId) ?? {};
    channel?.send({ type: 'ack', frameworkId, taskId, uuid });
    if (!isTerminal(stateOf(task))) return;
    this.#remove(task);
    const completed = this.frameworks.get(frameworkId)?.completed;
    completed?.push(task);
    if (completed !== undefined && completed.length > 1000) completed.shift();
  }

  /** Why a task cannot start on an agent; undefined when it can. */
  misfit(agentId: string, task: TaskInfo): string | undefined {
    const view = this.views().find(({ id }) => id === agentId);
    if (view === undefined) return `agent ${agentId} is not there`;
    const { cpus, mem, disk, ports } = task.resources;
    const { total, used } = view;
    const over = [
      cpus > total.cpus - used.cpus + 1e-9,
      mem > total.mem - used.mem + 1e-9,
      disk > total.disk - used.disk + 1e-9,
      ports.some((port) => used.ports.includes(port)),
      ports.some((port) => !total.ports.some(({ begin, end }) => port >= begin && port <= end)),
    ];
    const names = ['cpus', 'mem', 'disk', 'ports (used)', 'ports (not offered)'];
    return names.find((_name, index) => over[index]);
  }

  /** Active agents with what is used on them. */
  views(): AgentView[] {
    return [...this.agents.values()]
      .filter(({ channel }) => channel !== undefined)
      .map(({ id, info }) => {
        const held = this.held(id);
        return {
          id,
          hostname: info.hostname,
          attributes: info.attributes,
          total: info.resources,
          used: { ...sum(held), ports: held.flatMap(({ ports }) => ports) },
        };
      });
  }

  held(agentId: string): TaskInfo['resources'][] {
    return this.tasks({ agentId })
      .filter((task) => !isTerminal(stateOf(task)))
      .map(({ info }) => info.resources);
  }

  /** Tells every framework what there is. */
  offer(): void {
    const agents = this.views();
    for (const { channel } of this.frameworks.values()) channel?.send({ type: 'agents', agents });
  }

  /** Takes an agent off; its tasks are out of reach, or gone with it. */
  removeAgent(
    agentId: string,
    state: 'TASK_UNREACHABLE' | 'TASK_KILLED' | 'TASK_GONE_BY_OPERATOR',
    message: string,
  ): void {
    const agent = this.agents.get(agentId);
    clearTimeout(agent?.lost);
    this.agents.delete(agentId);
    for (const task of this.tasks({ agentId })) {
      this.#remove(task);
      if (isTerminal(stateOf(task))) continue;
      const status: TaskStatus = {
        uuid: crypto.randomUUID(),
        taskId: task.info.id,
        state,
        timestamp: seconds(),
        source: 'SOURCE_MASTER',
        reason: 'REASON_SLAVE_REMOVED',
        message,
      };
      this.frameworks.get(task.frameworkId)?.channel?.send({ type: 'status', agentId, status });
    }
    this.offer();
  }

  #remove(task: TaskRecord): void {
    this.#tasks.delete(`${task.frameworkId}/${task.info.id}`);
  }
}
