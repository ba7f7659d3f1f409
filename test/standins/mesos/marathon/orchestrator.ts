/** Marathon's own part: apps become tasks on the agents of a Mesos master. */
import { randomUUID } from 'node:crypto';
import {
  type AppVersion,
  type Deployment,
  type DesiredChange,
  LockedError,
  type MarathonEvent,
  type Orchestrator,
  type QueueEntry,
  type RejectReason,
  type Task,
  type TaskFailure,
} from '../../../../src/embedded/orchestrator.js';
import { LaunchDelays } from '../../../../src/embedded/runtime/backoff.js';
import { decide, settled, type TaskView } from '../../../../src/embedded/runtime/decide.js';
import {
  type ActiveDeployment,
  affectedApps,
  type DeploymentRecord,
  goalOf,
  phaseOf,
  planView,
  showDeployment,
} from '../../../../src/embedded/runtime/deployments.js';
import { instanceId, taskId, uuidSource } from '../../../../src/embedded/runtime/ids.js';
import { planChange } from '../../../../src/embedded/runtime/plan.js';
import { type AgentView, isTerminal, type TaskInfo, type TaskStatus } from '../common/mesos.js';
import { place } from './placement.js';
import { emptyStored, showTask, type StoredState, type TaskEntry, viewOf } from './records.js';
import { taskInfo } from './task-info.js';

/** The master, as this part needs it. */
export interface Driver {
  launch(agentId: string, task: TaskInfo): void;
  kill(taskId: string): void;
  acknowledge(taskId: string, uuid: string): void;
}

export interface MesosOrchestratorParts {
  readonly hostname: string;
  readonly driver: Driver;
  /** Keeps the state; rejects when it cannot. */
  readonly save: (state: StoredState) => Promise<void>;
  readonly log: (text: string) => void;
}

const KILL_AGAIN_MS = 5000;
/** A task that its agent does not know so long after its launch is lost. */
const UNKNOWN_MS = 10_000;
const MAX_VERSIONS = 25;

const nowIso = (): string => new Date().toISOString();

export class MesosOrchestrator implements Orchestrator {
  readonly hostname: string;
  readonly #parts: MesosOrchestratorParts;
  readonly #listeners = new Set<(event: MarathonEvent) => void>();
  readonly #delays = new LaunchDelays();
  readonly #newUuid = uuidSource(() => Date.now());
  #state = emptyStored();
  #agents: readonly AgentView[] = [];
  #isConnected = false;
  #queue: QueueEntry[] = [];
  readonly #killedAt = new Map<string, number>();
  #lastVersion = '';
  #isKicked = false;
  #wake: NodeJS.Timeout | undefined;

  constructor(parts: MesosOrchestratorParts) {
    this.#parts = parts;
    this.hostname = parts.hostname;
  }

  // ---- what the API reads

  apps(): readonly AppVersion[] {
    const all = Object.values(this.#state.versions).flatMap((versions) => versions.slice(0, 1));
    return all.sort((a, b) => (a.definition.id < b.definition.id ? -1 : 1));
  }

  app(id: string): AppVersion | undefined {
    return this.#state.versions[id]?.[0];
  }

  versions(id: string): readonly AppVersion[] {
    return this.#state.versions[id] ?? [];
  }

  groups(): readonly string[] {
    return this.#state.groups;
  }

  tasks(appId?: string): readonly Task[] {
    return this.#entries(appId).map(showTask);
  }

  lastFailure(appId: string): TaskFailure | undefined {
    return this.#state.failures[appId];
  }

  deployments(): readonly Deployment[] {
    return this.#active().map(showDeployment);
  }

  queue(): readonly QueueEntry[] {
    return this.#queue;
  }

  get frameworkId(): string | undefined {
    return this.#state.frameworkId;
  }

  // ---- what the API writes

  async deploy(change: DesiredChange, force: boolean): Promise<Deployment> {
    const version = this.#nextVersion();
    const current = new Map(this.apps().map((app) => [app.definition.id, app]));
    const { put, remove, steps } = planChange(current, change, version);
    const touched = [...put.map(({ definition }) => definition.id), ...remove];
    this.#takeOver(touched, force);
    const original = Object.fromEntries(
      touched.map((id) => [id, current.get(id)?.version ?? null]),
    );
    const record: DeploymentRecord = { id: randomUUID(), version, steps, put, remove, original };
    for (const app of put) this.#putVersion(app);
    for (const id of remove) Reflect.deleteProperty(this.#state.versions, id);
    const groups = new Set([...this.#state.groups, ...(change.groupsAdded ?? [])]);
    for (const id of change.groupsRemoved ?? []) groups.delete(id);
    this.#state.groups = [...groups];
    const active: ActiveDeployment = { record, step: 0, closing: false };
    if (steps.length > 0) {
      this.#state.deployments[record.id] = { record, step: 0 };
      this.#emit('deployment_info', { plan: planView(record), currentStep: steps[0] });
    }
    await this.#save();
    this.kick();
    return showDeployment(active);
  }

  plan(change: DesiredChange): Deployment['steps'] {
    const current = new Map(this.apps().map((app) => [app.definition.id, app]));
    return planChange(current, change, nowIso()).steps;
  }

  async killTasks(taskIds: readonly string[]): Promise<void> {
    for (const id of taskIds) this.#kill(this.#state.tasks[id]);
    await this.#save();
  }

  async killAndScale(taskIds: readonly string[], force: boolean): Promise<Deployment> {
    const count = (id: string): number =>
      taskIds.filter((task) => this.#state.tasks[task]?.appId === id).length;
    const put = this.apps()
      .map(({ definition }) => definition)
      .filter(({ id }) => count(id) > 0)
      .map((app) => ({ ...app, instances: Math.max(0, app.instances - count(app.id)) }));
    const deployment = await this.deploy({ put, remove: [] }, force);
    await this.killTasks(taskIds);
    return deployment;
  }

  async cancelDeployment(id: string, force: boolean): Promise<Deployment | undefined> {
    const record = this.#state.deployments[id]?.record;
    if (record === undefined) throw new Error(`no deployment ${id}`);
    this.#fail(record, 'The upgrade has been cancelled');
    await this.#save();
    if (force) return undefined;
    const put = Object.entries(record.original).flatMap(([app, version]) => {
      const former = this.versions(app).find((one) => one.version === version);
      return former === undefined ? [] : [former.definition];
    });
    const remove = Object.entries(record.original).flatMap(([app, version]) =>
      version === null ? [app] : [],
    );
    return this.deploy({ put, remove }, true);
  }

  resetDelay(appId: string): boolean {
    if (!this.#queue.some(({ app }) => app.definition.id === appId)) return false;
    this.#delays.reset(appId);
    this.kick();
    return true;
  }

  subscribe(listener: (event: MarathonEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  publish(event: MarathonEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  // ---- what comes from ZooKeeper and the master

  load(state: StoredState): void {
    this.#state = state;
    this.#lastVersion = this.apps().reduce(
      (last, { version }) => (version > last ? version : last),
      '',
    );
  }

  async subscribed(frameworkId: string): Promise<void> {
    this.#isConnected = true;
    this.#state.frameworkId = frameworkId;
    await this.#save();
    this.kick();
  }

  disconnected(): void {
    this.#isConnected = false;
    this.#agents = [];
  }

  offers(agents: readonly AgentView[]): void {
    this.#agents = agents;
    this.kick();
  }

  /** Tasks that their agent has: those of ours that it should have and does not are lost. */
  async tasksOn(agentId: string, taskIds: readonly string[]): Promise<void> {
    const known = new Set(taskIds);
    const old = Date.now() - UNKNOWN_MS;
    for (const task of this.#entries()) {
      if (task.agentId !== agentId || known.has(task.id) || Date.parse(task.stagedAt) > old)
        continue;
      this.#ended(task, { state: 'TASK_LOST', message: 'the agent does not know the task' });
    }
    await this.#save();
    this.kick();
  }

  async status(agentId: string, status: TaskStatus): Promise<void> {
    const task = this.#state.tasks[status.taskId];
    if (task === undefined) {
      this.#unknownTask(status);
      return;
    }
    if (isTerminal(status.state)) this.#ended(task, status);
    else this.#changed(task, status);
    this.#announce(task, agentId, status);
    await this.#save();
    this.#parts.driver.acknowledge(status.taskId, status.uuid);
    this.kick();
  }

  #unknownTask({ taskId: id, state, uuid }: TaskStatus): void {
    if (isTerminal(state)) this.#parts.driver.acknowledge(id, uuid);
    else {
      this.#parts.log(`Received status update for unknown task ${id}; killing it`);
      this.#parts.driver.kill(id);
    }
  }

  #changed(task: TaskEntry, { state, ip, healthy }: TaskStatus): void {
    if (ip !== undefined) task.ip = ip;
    if (healthy !== undefined && healthy !== task.healthy) {
      task.healthy = healthy;
      task.healthSince = nowIso();
      this.#emit('health_status_changed_event', {
        appId: task.appId,
        instanceId: task.instanceId,
        version: task.version,
        alive: healthy,
      });
    }
    if (state === 'TASK_RUNNING') task.startedAt ??= nowIso();
    task.state = state as TaskEntry['state'];
  }

  #ended(
    task: TaskEntry,
    { state, message = '' }: { readonly state: string; readonly message?: string },
  ): void {
    Reflect.deleteProperty(this.#state.tasks, task.id);
    this.#killedAt.delete(task.id);
    if (task.killing) return;
    const app = this.#versionOf(task);
    const ranMs = task.startedAt === undefined ? 0 : Date.now() - Date.parse(task.startedAt);
    if (app !== undefined) this.#delays.failed(app, Date.now(), ranMs);
    this.#state.failures[task.appId] = {
      appId: task.appId,
      taskId: task.id,
      host: task.host,
      message,
      state: state as TaskFailure['state'],
      timestamp: nowIso(),
      version: task.version,
    };
  }

  #announce(task: TaskEntry, agentId: string, status: TaskStatus): void {
    const { id, appId, host, ip, version } = task;
    this.#emit('status_update_event', {
      slaveId: agentId,
      taskId: id,
      taskStatus: status.state,
      message: status.message ?? '',
      appId,
      host,
      ipAddresses: ip === undefined ? [] : [{ ipAddress: ip, protocol: 'IPv4' }],
      ports: task.resources.ports,
      version,
    });
    const word = status.state.slice('TASK_'.length).toLowerCase();
    this.#emit('instance_changed_event', {
      instanceId: task.instanceId,
      condition: word.charAt(0).toUpperCase() + word.slice(1),
      runSpecId: appId,
      agentId,
      host,
      runSpecVersion: version,
    });
  }

  // ---- bringing things about

  /** Looks at everything anew, soon. */
  kick(): void {
    if (this.#isKicked) return;
    this.#isKicked = true;
    setImmediate(() => {
      this.#isKicked = false;
      void this.#reconcile();
    });
  }

  async #reconcile(): Promise<void> {
    if (!this.#isConnected) return;
    const before = JSON.stringify(this.#state);
    this.#queue = [];
    let waitMs = Infinity;
    const ids = new Set([
      ...Object.keys(this.#state.versions),
      ...this.#entries().map(({ appId }) => appId),
    ]);
    for (const id of ids) waitMs = Math.min(waitMs, this.#reconcileApp(id));
    while (this.#active().some((deployment) => this.#advance(deployment)));
    this.#killAgain();
    if (JSON.stringify(this.#state) !== before) await this.#save();
    const again = Math.min(
      waitMs,
      this.#entries().some(({ killing }) => killing) ? KILL_AGAIN_MS : Infinity,
    );
    clearTimeout(this.#wake);
    if (again < Infinity) {
      this.#wake = setTimeout(() => {
        this.kick();
      }, again + 5);
    }
  }

  /** Answers after how long the app is to be looked at again. */
  #reconcileApp(id: string): number {
    if (this.#isBefore(id)) return Infinity;
    const app = this.app(id);
    const { launch, kill } = decide(app === undefined ? undefined : goalOf(app), this.#views(id));
    for (const task of kill) this.#kill(this.#state.tasks[task]);
    if (app === undefined || launch === 0) return Infinity;
    const leftMs = this.#delays.leftMs(app, Date.now());
    if (leftMs > 0) {
      this.#wait(app, launch, leftMs, []);
      return leftMs;
    }
    for (let missing = launch; missing > 0; missing--) {
      const rejections = this.#launch(app);
      if (rejections === undefined) continue;
      this.#wait(app, missing, 0, rejections);
      break;
    }
    return Infinity;
  }

  /** A deployment that the app is part of has not come to it. */
  #isBefore(id: string): boolean {
    return this.#active().some(
      (deployment) =>
        affectedApps(deployment.record).includes(id) && phaseOf(deployment, id) === 'before',
    );
  }

  /** Why there is no agent for one more task; undefined when it is launched. */
  #launch(app: AppVersion): readonly RejectReason[] | undefined {
    const found = place(app.definition, this.#agents, this.#entries());
    if ('rejections' in found) return found.rejections;
    const { id: appId, cpus, mem, disk } = app.definition;
    const slot = { uuid: this.#newUuid(), incarnation: 1 };
    const id = taskId(appId, slot.uuid, slot.incarnation);
    const host = found.agent.hostname;
    const info = taskInfo({ id, app, host, ports: found.ports });
    this.#state.tasks[id] = {
      id,
      appId,
      instanceId: instanceId(appId, slot.uuid),
      slot,
      version: app.version,
      stagedAt: nowIso(),
      agentId: found.agent.id,
      host,
      resources: { cpus, mem, disk, ports: info.resources.ports },
      state: 'TASK_STAGING',
      killing: false,
    };
    this.#parts.log(`Launching ${id} on ${found.agent.id} (${host})`);
    // What is launched must be known after a crash.
    void this.#save().then(() => {
      this.#parts.driver.launch(found.agent.id, info);
    });
    return undefined;
  }

  #wait(app: AppVersion, count: number, leftMs: number, rejections: readonly RejectReason[]): void {
    const counted = new Map<RejectReason, number>();
    for (const reason of rejections) counted.set(reason, (counted.get(reason) ?? 0) + 1);
    this.#queue.push({
      app,
      count,
      since: app.lastScalingAt,
      delay: { timeLeftSeconds: Math.ceil(leftMs / 1000), overdue: leftMs === 0 },
      processedOffers: rejections.length,
      unusedOffers: rejections.length,
      rejections: [...counted].map(([reason, declined]) => ({ reason, declined })),
    });
  }

  #kill(task: TaskEntry | undefined): void {
    if (task === undefined) return;
    task.killing = true;
    if (this.#killedAt.has(task.id)) return;
    this.#killedAt.set(task.id, Date.now());
    this.#parts.driver.kill(task.id);
  }

  /** The word may have been lost with a master or an agent. */
  #killAgain(): void {
    for (const task of this.#entries().filter(({ killing }) => killing)) {
      const last = this.#killedAt.get(task.id) ?? 0;
      if (Date.now() - last < KILL_AGAIN_MS) continue;
      this.#killedAt.set(task.id, Date.now());
      this.#parts.driver.kill(task.id);
    }
  }

  /** Moves a deployment on by a step; true when it did. */
  #advance(deployment: ActiveDeployment): boolean {
    const { record } = deployment;
    const step = record.steps[deployment.step];
    if (
      step === undefined ||
      !step.actions.every(
        ({ action, app }) => action === 'StartApplication' || this.#isSettled(app),
      )
    ) {
      return false;
    }
    for (const { action, app } of step.actions) {
      if (action === 'StopApplication') {
        Reflect.deleteProperty(this.#state.failures, app);
        this.#emit('app_terminated_event', { appId: app });
      }
    }
    const plan = planView(record);
    this.#emit('deployment_step_success', { plan, currentStep: step });
    const next = record.steps[deployment.step + 1];
    if (next === undefined) {
      Reflect.deleteProperty(this.#state.deployments, record.id);
      this.#emit('deployment_success', { id: record.id, plan });
    } else {
      this.#state.deployments[record.id] = { record, step: deployment.step + 1 };
      this.#emit('deployment_info', { plan, currentStep: next });
      this.kick();
    }
    return true;
  }

  #isSettled(appId: string): boolean {
    const app = this.app(appId);
    return settled(app === undefined ? undefined : goalOf(app), this.#views(appId));
  }

  // ---- small things

  #active(): readonly ActiveDeployment[] {
    return Object.values(this.#state.deployments).map(({ record, step }) => ({
      record,
      step,
      closing: false,
    }));
  }

  #entries(appId?: string): readonly TaskEntry[] {
    return Object.values(this.#state.tasks).filter(
      (task) => appId === undefined || task.appId === appId,
    );
  }

  #views(appId: string): readonly TaskView[] {
    return this.#entries(appId).map((task) => viewOf(task, this.#versionOf(task)));
  }

  #versionOf(task: TaskEntry): AppVersion | undefined {
    return this.versions(task.appId).find(({ version }) => version === task.version);
  }

  #putVersion(app: AppVersion): void {
    const { id } = app.definition;
    this.#state.versions[id] = [app, ...this.versions(id)].slice(0, MAX_VERSIONS);
  }

  #nextVersion(): string {
    const now = Math.max(
      Date.now(),
      this.#lastVersion === '' ? 0 : Date.parse(this.#lastVersion) + 1,
    );
    this.#lastVersion = new Date(now).toISOString();
    return this.#lastVersion;
  }

  #takeOver(touched: readonly string[], force: boolean): void {
    const holding = this.#active().filter(({ record }) =>
      affectedApps(record).some((id) => touched.includes(id)),
    );
    if (holding.length > 0 && !force) throw new LockedError(holding.map(({ record }) => record.id));
    for (const { record } of holding) this.#fail(record, 'The upgrade has been cancelled');
  }

  #fail(record: DeploymentRecord, reason: string): void {
    Reflect.deleteProperty(this.#state.deployments, record.id);
    this.#emit('deployment_failed', { id: record.id, plan: planView(record), reason });
  }

  #emit(eventType: string, fields: Readonly<Record<string, unknown>>): void {
    this.publish({ eventType, timestamp: nowIso(), ...fields });
  }

  async #save(): Promise<void> {
    await this.#parts.save(this.#state);
  }
}
