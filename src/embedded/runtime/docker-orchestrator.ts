import { randomUUID } from 'node:crypto';
import type {
  AppVersion,
  Deployment,
  DesiredChange,
  MarathonEvent,
  Orchestrator,
  QueueEntry,
  Task,
  TaskFailure,
} from '../orchestrator.js';
import { LockedError } from '../orchestrator.js';
import { affectedApps, showDeployment } from './deployments.js';
import type { DeploymentRecord } from './deployments.js';
import { limiter } from './limited.js';
import { loadState } from './load.js';
import { planChange } from './plan.js';
import type { DeploymentStep } from './plan.js';
import { createRuntime } from './runtime.js';
import type { Runtime, RuntimeRequest } from './runtime.js';
import { showTask } from './tasks.js';
import type { TaskRecord } from './tasks.js';

const CANCELLED = 'The upgrade has been cancelled';

/** The orchestrator on one host's container engine. All its state is in the engine's labels. */
export class DockerOrchestrator implements Orchestrator {
  readonly hostname: string;
  readonly #runtime: Runtime;
  readonly #groups = new Set<string>();
  /** Writes follow one another. */
  readonly #serial = limiter(1);
  #lastVersion = '';

  constructor(request: RuntimeRequest) {
    this.#runtime = createRuntime(request);
    this.hostname = request.options.hostname;
  }

  /** Reads the state and adopts what runs; resolves when the engine has answered. */
  async start(): Promise<void> {
    const { store, book, endings, progress, sync, context } = this.#runtime;
    await sync.start(async () => {
      const state = await loadState(store);
      for (const version of state.versions) book.load(version);
      for (const failure of state.failures) endings.loadFailure(failure);
      for (const group of state.groups) this.#groups.add(group);
      for (const record of state.deployments) progress.begin(record);
      this.#lastVersion = book.newest();
      context.log.info(
        { apps: book.all().size, deployments: state.deployments.length },
        'state read',
      );
    });
  }

  /** Stops looking after the tasks; they go on running. */
  async close(): Promise<void> {
    const { reconciler, health, sync } = this.#runtime;
    reconciler.close();
    health.close();
    await sync.close();
  }

  apps(): readonly AppVersion[] {
    const apps = [...this.#runtime.book.all().values()];
    return apps.sort((a, b) => (a.definition.id < b.definition.id ? -1 : 1));
  }

  app(id: string): AppVersion | undefined {
    return this.#runtime.book.current(id);
  }

  versions(id: string): readonly AppVersion[] {
    return this.#runtime.book.history(id);
  }

  groups(): readonly string[] {
    return [...this.#groups];
  }

  tasks(appId?: string): readonly Task[] {
    const { tasks } = this.#runtime;
    const found = appId === undefined ? tasks.all() : tasks.ofApp(appId);
    const ordered = [...found].sort(inOrder);
    return ordered.map((task) => showTask(task, this.hostname));
  }

  lastFailure(appId: string): TaskFailure | undefined {
    return this.#runtime.endings.lastFailure(appId);
  }

  deployments(): readonly Deployment[] {
    return this.#runtime.deployments.all().map(showDeployment);
  }

  queue(): readonly QueueEntry[] {
    const { queue, delays, context } = this.#runtime;
    return queue.show((app) => delays.leftMs(app, context.clock.monotonicMs()));
  }

  plan(change: DesiredChange): readonly DeploymentStep[] {
    return planChange(this.#runtime.book.all(), change, this.#nextVersion()).steps;
  }

  deploy(change: DesiredChange, force: boolean): Promise<Deployment> {
    return this.#serial(() => this.#deploy(change, force));
  }

  async killTasks(taskIds: readonly string[], options: { readonly wipe: boolean }): Promise<void> {
    const { tasks, endings } = this.#runtime;
    const doomed = taskIds.map((id) => tasks.get(id)).filter((task) => task !== undefined);
    // A wiped instance is forgotten: a new one follows instead of its next task.
    await Promise.all(doomed.map((task) => endings.kill(task, !options.wipe)));
  }

  killAndScale(taskIds: readonly string[], force: boolean): Promise<Deployment> {
    return this.#serial(async () => {
      const { tasks, book, endings } = this.#runtime;
      const doomed = taskIds.map((id) => tasks.get(id)).filter((task) => task !== undefined);
      const perApp = Map.groupBy(doomed, ({ appId }) => appId);
      const put = [...perApp].flatMap(([appId, killed]) => {
        const definition = book.current(appId)?.definition;
        if (definition === undefined) return [];
        return [{ ...definition, instances: Math.max(0, definition.instances - killed.length) }];
      });
      const deployment = await this.#deploy({ put, remove: [] }, force);
      await Promise.all(doomed.map((task) => endings.kill(task, false)));
      return deployment;
    });
  }

  cancelDeployment(id: string, force: boolean): Promise<Deployment | undefined> {
    return this.#serial(async () => {
      const { deployments, progress, reconciler } = this.#runtime;
      const active = deployments.get(id);
      if (active === undefined) return undefined;
      if (!force) return this.#deploy(this.#reverse(active.record), true);
      await progress.cancel(active, CANCELLED);
      reconciler.kick();
      return undefined;
    });
  }

  resetDelay(appId: string): boolean {
    const { queue, delays, reconciler } = this.#runtime;
    if (!queue.has(appId)) return false;
    delays.reset(appId);
    reconciler.kick();
    return true;
  }

  subscribe(listener: (event: MarathonEvent) => void): () => void {
    return this.#runtime.context.bus.subscribe(listener);
  }

  publish(event: MarathonEvent): void {
    this.#runtime.context.bus.publish(event);
  }

  async #deploy(change: DesiredChange, force: boolean): Promise<Deployment> {
    const { deployments, store, progress, announcer, reconciler, context } = this.#runtime;
    const record = this.#record(change);
    const conflicts = deployments.touching(affectedApps(record));
    if (conflicts.length > 0 && !force) {
      throw new LockedError(conflicts.map((conflict) => conflict.record.id));
    }
    const empty = record.steps.length === 0;
    if (!empty) await store.commit({ kind: 'deployment', key: record.id, data: record });
    for (const conflict of conflicts) await progress.cancel(conflict, CANCELLED);
    await this.#changeGroups(change);
    if (empty) {
      announcer.deploymentDone(record);
      return showDeployment({ record, step: 0, closing: true });
    }
    context.log.info({ deployment: record.id, steps: record.steps }, 'deployment begins');
    const deployment = progress.begin(record);
    const shown = showDeployment(deployment);
    reconciler.kick();
    return shown;
  }

  #record(change: DesiredChange): DeploymentRecord {
    const { book } = this.#runtime;
    const current = book.all();
    const version = this.#nextVersion();
    this.#lastVersion = version;
    const { put, remove, steps } = planChange(current, change, version);
    const ids = [...put.map(({ definition }) => definition.id), ...remove];
    const original = Object.fromEntries(ids.map((id) => [id, current.get(id)?.version ?? null]));
    return { id: randomUUID(), version, steps, put, remove, original };
  }

  /** What takes a deployment back: the former version of each app, and new apps removed. */
  #reverse(record: DeploymentRecord): DesiredChange {
    const { book } = this.#runtime;
    const put = [];
    const remove = [];
    for (const [id, version] of Object.entries(record.original)) {
      const former = version === null ? undefined : book.find(id, version);
      if (former === undefined) remove.push(id);
      else put.push(former.definition);
    }
    return { put, remove };
  }

  async #changeGroups(change: DesiredChange): Promise<void> {
    const { store } = this.#runtime;
    for (const id of change.groupsRemoved ?? []) {
      if (this.#groups.delete(id)) await store.remove('group', id);
    }
    for (const id of change.groupsAdded ?? []) {
      if (this.#groups.has(id)) continue;
      this.#groups.add(id);
      await store.put({ kind: 'group', key: id, data: { id } });
    }
  }

  /** Now, but later than any version before. */
  #nextVersion(): string {
    const now = this.#runtime.context.clock.now().getTime();
    const last = this.#lastVersion === '' ? 0 : Date.parse(this.#lastVersion);
    return new Date(Math.max(now, last + 1)).toISOString();
  }
}

/** The same order before and after a restart of this server. */
function inOrder(a: TaskRecord, b: TaskRecord): number {
  const [first, second] = [a, b].map(({ appId, stagedAt, id }) => `${appId} ${stagedAt} ${id}`);
  return (first ?? '') < (second ?? '') ? -1 : 1;
}
