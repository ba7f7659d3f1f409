/** A master: leads when it is elected, and then takes agents and frameworks. */
import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { Channel } from '../common/channel.js';
import { isProved } from '../common/credentials.js';
import { standInMs } from '../common/duration.js';
import { exitWith, glog, glogLine } from '../common/log.js';
import type {
  AgentSays,
  FrameworkSays,
  MasterInfo,
  MasterTellsAgent,
  MasterTellsFramework,
  TaskInfo,
} from '../common/mesos.js';
import { type AgentEntry, Cluster, type FrameworkEntry, seconds } from './cluster.js';
import type { Registered } from './registry.js';
import type { Replicas } from './replicas.js';
import type { MasterSettings } from './settings.js';

type AgentChannel = Channel<AgentSays, MasterTellsAgent>;
type FrameworkChannel = Channel<FrameworkSays, MasterTellsFramework>;

export interface MasterParts {
  readonly settings: MasterSettings;
  readonly self: MasterInfo;
  readonly replicas: Replicas;
  readonly agents: () => readonly Registered[];
}

const FETCH_RETRY_MS = 300;
const PING_MS = 5000;

export class Master {
  readonly cluster = new Cluster();
  readonly #parts: MasterParts;
  electedTime: number | undefined;
  /** The leader has its registry: only now it takes anybody. */
  #ready: Promise<void> | undefined;
  #agentCount = 0;
  readonly #gone = new Set<string>();
  #frameworkCount = 0;

  constructor(parts: MasterParts) {
    this.#parts = parts;
  }

  get isLeading(): boolean {
    return this.electedTime !== undefined;
  }

  lead(): void {
    if (this.isLeading) return;
    this.electedTime = seconds();
    glog.info('Elected as the leading master!');
    glog.info('Recovering from registrar');
    this.#ready = this.#recover();
  }

  async #recover(): Promise<void> {
    const { replicas, settings } = this.#parts;
    const limitMs = standInMs('REGISTRY_FETCH', settings.fetchTimeoutMs);
    const until = Date.now() + limitMs;
    while (!(await replicas.fetch())) {
      if (Date.now() > until) {
        abort(
          `Recovery failed: Failed to recover registrar: Failed to perform fetch within ${settings.flags.get('registry_fetch_timeout') ?? ''}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, FETCH_RETRY_MS));
    }
    const agents = this.#parts.agents();
    for (const agent of agents) this.cluster.recovered.set(agent.id, agent);
    glog.info(`Recovered ${agents.length} agents from the registry`);
  }

  /** Lets an agent or a framework in; false when this master does not lead. */
  accept(path: string, socket: Duplex): boolean {
    if (!this.isLeading) return false;
    const nonce = randomBytes(16).toString('hex');
    const { ip, port } = this.#parts.self;
    const challenge = { type: 'challenge', nonce, master: `master@${ip}:${port}` } as const;
    if (path === '/stand-in/agent') {
      const channel: AgentChannel = new Channel<AgentSays, MasterTellsAgent>(socket, (said) => {
        if (said.type === 'register') void this.#register(channel, nonce, said);
        else this.#agentSays(channel, said);
      });
      channel.send(challenge);
      return true;
    }
    if (path !== '/stand-in/framework') return false;
    const channel: FrameworkChannel = new Channel<FrameworkSays, MasterTellsFramework>(
      socket,
      (said) => {
        if (said.type === 'subscribe') void this.#subscribe(channel, nonce, said);
        else this.#frameworkSays(channel, said);
      },
    );
    channel.send(challenge);
    return true;
  }

  async #register(
    channel: AgentChannel,
    nonce: string,
    said: Extract<AgentSays, { type: 'register' }>,
  ): Promise<void> {
    await this.#ready;
    // An agent that hears nothing asks again.
    if (this.#entryOf(channel) !== undefined) return;
    const { settings, self } = this.#parts;
    const pid = `slave(1)@${said.info.ip}:${said.info.port}`;
    if (said.proof !== undefined && !isProved(said.proof, nonce, settings.credentials)) {
      glog.warn(`Failed to authenticate ${pid}: Refused authentication`);
      channel.send({ type: 'refused' });
      return;
    }
    if (said.proof === undefined && settings.authenticateAgents) {
      glog.warn(`Refusing registration of agent at ${pid} because it is not authenticated`);
      return;
    }
    const { agentId } = said;
    if (agentId !== undefined && this.#gone.has(agentId)) {
      glog.warn(`Refusing re-registration of agent ${agentId}: it was marked gone`);
      channel.send({ type: 'shutdown' });
      return;
    }
    const entry = this.#admit(said, agentId);
    entry.channel?.close();
    entry.channel = channel;
    entry.lastSeen = Date.now();
    clearTimeout(entry.lost);
    const pings = setInterval(() => {
      if (Date.now() - entry.lastSeen > settings.agentTimeoutMs) channel.close();
      else channel.send({ type: 'ping' });
    }, PING_MS);
    void channel.closed.then(() => {
      clearInterval(pings);
      this.#agentGone(entry, channel);
    });
    this.cluster.recovered.delete(entry.id);
    const isNew = agentId === undefined;
    glog.info(
      `${isNew ? 'Registered' : 'Re-registered'} agent ${entry.id} at ${pid} (${said.info.hostname})`,
    );
    channel.send({ type: 'registered', agentId: entry.id, isNew, hostname: self.hostname });
    this.#takeTasks(entry, said);
    await this.#storeAgents();
  }

  #admit(said: Extract<AgentSays, { type: 'register' }>, agentId: string | undefined): AgentEntry {
    const known = agentId === undefined ? undefined : this.cluster.agents.get(agentId);
    if (known !== undefined) {
      known.info = said.info;
      return known;
    }
    // As in Mesos, an agent at the same address with another id is a new one in place of the old.
    for (const other of this.cluster.agents.values()) {
      if (other.info.ip === said.info.ip && other.info.port === said.info.port) {
        this.cluster.removeAgent(
          other.id,
          'TASK_KILLED',
          'a new agent registered at the same address',
        );
      }
    }
    const before = agentId === undefined ? undefined : this.cluster.recovered.get(agentId);
    const entry: AgentEntry = {
      id: agentId ?? `${this.#parts.self.id}-S${this.#agentCount++}`,
      info: said.info,
      registeredTime: before?.registeredTime ?? seconds(),
      channel: undefined,
      lost: undefined,
      lastSeen: Date.now(),
    };
    this.cluster.agents.set(entry.id, entry);
    return entry;
  }

  #takeTasks(entry: AgentEntry, said: Extract<AgentSays, { type: 'register' }>): void {
    for (const framework of said.frameworks) this.#knowFramework(framework);
    this.cluster.agentTasks(entry.id, said.tasks);
    for (const { frameworkId, statuses } of said.tasks) {
      const last = statuses.at(-1);
      if (last !== undefined) this.cluster.status(frameworkId, entry.id, last);
    }
    for (const [frameworkId, { channel }] of this.cluster.frameworks) {
      this.#tellTasks(frameworkId, entry.id, channel);
    }
    this.cluster.offer();
  }

  #tellTasks(frameworkId: string, agentId: string, channel: FrameworkChannel | undefined): void {
    const taskIds = this.cluster.tasks({ frameworkId, agentId }).map(({ info }) => info.id);
    channel?.send({ type: 'tasks', agentId, taskIds });
  }

  #knowFramework(info: FrameworkEntry['info']): FrameworkEntry {
    const known = this.cluster.frameworks.get(info.id);
    if (known !== undefined) {
      known.info = info;
      return known;
    }
    const entry: FrameworkEntry = {
      info,
      channel: undefined,
      registeredTime: seconds(),
      completed: [],
    };
    this.cluster.frameworks.set(info.id, entry);
    return entry;
  }

  #agentSays(channel: AgentChannel, said: Exclude<AgentSays, { type: 'register' }>): void {
    const entry = this.#entryOf(channel);
    if (entry === undefined) return;
    entry.lastSeen = Date.now();
    if (said.type === 'status') this.cluster.status(said.frameworkId, entry.id, said.status);
    if (said.type === 'unregister') {
      glog.info(`Agent ${entry.id} unregistered`);
      this.cluster.removeAgent(entry.id, 'TASK_KILLED', 'Agent unregistered');
      void this.#storeAgents();
    }
  }

  /** Gives an agent up for good; false for one that is not known. */
  async markGone(agentId: string): Promise<boolean> {
    const entry = this.cluster.agents.get(agentId);
    if (entry === undefined && !this.cluster.recovered.has(agentId)) return false;
    glog.info(`Marking agent ${agentId} as gone`);
    this.#gone.add(agentId);
    this.cluster.recovered.delete(agentId);
    entry?.channel?.send({ type: 'shutdown' });
    this.cluster.removeAgent(agentId, 'TASK_GONE_BY_OPERATOR', 'Agent has been marked gone');
    await this.#storeAgents();
    return true;
  }

  #entryOf(channel: AgentChannel): AgentEntry | undefined {
    return [...this.cluster.agents.values()].find((agent) => agent.channel === channel);
  }

  #agentGone(entry: AgentEntry, channel: AgentChannel): void {
    if (entry.channel !== channel || this.cluster.agents.get(entry.id) !== entry) return;
    entry.channel = undefined;
    glog.info(`Agent ${entry.id} disconnected`);
    this.cluster.offer();
    const limitMs = standInMs('AGENT_TIMEOUT', this.#parts.settings.agentTimeoutMs);
    entry.lost = setTimeout(() => {
      glog.warn(
        `Marking agent ${entry.id} unreachable because it failed to respond to health checks`,
      );
      this.cluster.unreachable += 1;
      this.cluster.removeAgent(entry.id, 'TASK_UNREACHABLE', 'Agent is unreachable');
      void this.#storeAgents();
    }, limitMs);
  }

  async #storeAgents(): Promise<void> {
    const { replicas } = this.#parts;
    const known = [...this.cluster.agents.values()].map(({ id, info, registeredTime }) => ({
      id,
      info,
      registeredTime,
    }));
    const agents = [...known, ...this.cluster.recovered.values()];
    for (let attempt = 0; attempt < 5; attempt++) {
      if (await replicas.store(agents)) return;
      await new Promise((resolve) => setTimeout(resolve, standInMs('REGISTRY_STORE', 20_000) / 5));
    }
    abort('Failed to update registry: Failed to perform store within 20secs');
  }

  async #subscribe(
    channel: FrameworkChannel,
    nonce: string,
    said: Extract<FrameworkSays, { type: 'subscribe' }>,
  ): Promise<void> {
    await this.#ready;
    const { settings, self } = this.#parts;
    if (said.proof !== undefined && !isProved(said.proof, nonce, settings.credentials)) {
      glog.warn(`Failed to authenticate framework '${said.info.name}': Refused authentication`);
      const message = `Master master@${self.ip}:${self.port} refused authentication`;
      channel.send({ type: 'refused', message });
      return;
    }
    if (said.proof === undefined && settings.authenticateFrameworks) {
      const message = `Framework at ${said.info.hostname} is not authenticated`;
      glog.warn(`Refusing subscription of framework '${said.info.name}': ${message}`);
      channel.send({ type: 'refused', message });
      return;
    }
    const number = String(this.#frameworkCount).padStart(4, '0');
    if (said.info.id === undefined) this.#frameworkCount += 1;
    const entry = this.#knowFramework({ ...said.info, id: said.info.id ?? `${self.id}-${number}` });
    entry.channel?.close();
    entry.channel = channel;
    void channel.closed.then(() => {
      if (entry.channel !== channel) return;
      entry.channel = undefined;
      glog.info(`Framework ${entry.info.id} (${entry.info.name}) disconnected`);
    });
    const { id } = entry.info;
    glog.info(`Subscribing framework ${id} (${entry.info.name})`);
    channel.send({ type: 'subscribed', frameworkId: id, master: `${self.hostname}:${self.port}` });
    this.#reconcile(entry, channel);
  }

  /** All that a framework may have missed. */
  #reconcile({ info }: FrameworkEntry, channel: FrameworkChannel): void {
    const agents = this.cluster.views();
    channel.send({ type: 'agents', agents });
    for (const { agentId, statuses } of this.cluster.tasks({ frameworkId: info.id })) {
      const last = statuses.at(-1);
      if (last !== undefined) channel.send({ type: 'status', agentId, status: last });
    }
    for (const agent of agents) this.#tellTasks(info.id, agent.id, channel);
  }

  #frameworkSays(
    channel: FrameworkChannel,
    said: Exclude<FrameworkSays, { type: 'subscribe' }>,
  ): void {
    const entry = [...this.cluster.frameworks.values()].find((one) => one.channel === channel);
    if (entry === undefined) return;
    const { id } = entry.info;
    if (said.type === 'ack') this.cluster.acknowledged(id, said.taskId, said.uuid);
    else if (said.type === 'launch') this.#launch(entry, said.agentId, said.task);
    else this.#kill(id, said.taskId);
  }

  #launch(entry: FrameworkEntry, agentId: string, task: TaskInfo): void {
    const { cluster } = this;
    const misfit = cluster.misfit(agentId, task);
    const agent = cluster.agents.get(agentId);
    if (misfit !== undefined || agent?.channel === undefined) {
      glog.warn(`Refusing task ${task.id}: ${misfit ?? 'agent is not connected'}`);
      this.#lost(entry, agentId, task.id, `Offer no longer valid: ${misfit ?? 'agent'}`);
      return;
    }
    cluster.addTask({ info: task, frameworkId: entry.info.id, agentId, statuses: [] });
    glog.info(`Launching task ${task.id} of framework ${entry.info.id} on agent ${agentId}`);
    agent.channel.send({ type: 'launch', framework: entry.info, task });
    cluster.offer();
  }

  #kill(frameworkId: string, taskId: string): void {
    const task = this.cluster.task(frameworkId, taskId);
    const entry = this.cluster.frameworks.get(frameworkId);
    if (task === undefined) {
      if (entry !== undefined) this.#lost(entry, '', taskId, 'Attempted to kill an unknown task');
      return;
    }
    this.cluster.agents.get(task.agentId)?.channel?.send({ type: 'kill', frameworkId, taskId });
  }

  #lost({ channel }: FrameworkEntry, agentId: string, taskId: string, message: string): void {
    const status = {
      uuid: crypto.randomUUID(),
      taskId,
      state: 'TASK_LOST',
      timestamp: seconds(),
      source: 'SOURCE_MASTER',
      message,
    } as const;
    channel?.send({ type: 'status', agentId, status });
  }
}

/** As a failed check of glog's does. */
function abort(reason: string): never {
  process.stderr.write(glogLine('F', reason));
  process.exit(134);
}

/** What a leader does that is none any more. */
export function suicide(): never {
  return exitWith(1, 'Lost leadership after indecisive election... committing suicide!');
}
