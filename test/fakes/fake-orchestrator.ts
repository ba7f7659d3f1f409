/**
 * An orchestrator in memory that runs nothing: the API's other half for tests.
 *
 * What it promises, as the real one does:
 *  - `deploy` stores at once and starts a deployment that lasts until `finish` is called; a change
 *    without a difference is an empty deployment that has ended already;
 *  - a write touching an app of a running deployment throws `LockedError`, or with force ends that one;
 *  - every change of an app is a version; `lastScalingAt` moves when only `instances` changed;
 *  - service ports left 0 are assigned from 10000 on when stored;
 *  - tasks are what the test says (`setTasks`); killing marks them TASK_KILLING;
 *  - time goes on by one second per write, from 2026-01-02T03:04:05.678Z.
 *
 * It is strict: a definition that is not canonical, or a write to an app that is not there, throws a
 * plain Error, which the API answers with 500 and so no test overlooks.
 */
import { isDeepStrictEqual } from 'node:util';
import {
  type AppDefinition,
  type AppVersion,
  type Deployment,
  type DeploymentAction,
  type DesiredChange,
  LockedError,
  type MarathonEvent,
  type Orchestrator,
  type QueueEntry,
  type Task,
  type TaskFailure,
} from '../../src/embedded/orchestrator.js';

const START = Date.parse('2026-01-02T03:04:05.678Z');
const LEGACY = ['ports', 'uris', 'ipAddress', 'version', 'versionInfo'];

export class FakeOrchestrator implements Orchestrator {
  readonly hostname = '127.0.0.1';
  readonly published: MarathonEvent[] = [];
  readonly #versions = new Map<string, AppVersion[]>();
  readonly #groups = new Set<string>();
  readonly #tasks = new Map<string, Task[]>();
  readonly #failures = new Map<string, TaskFailure>();
  readonly #listeners = new Set<(event: MarathonEvent) => void>();
  #deployments: { deployment: Deployment; before: AppVersion[] }[] = [];
  #queue: QueueEntry[] = [];
  #writes = 0;
  #nextPort = 10_000;

  get listeners(): number {
    return this.#listeners.size;
  }

  apps(): readonly AppVersion[] {
    return [...this.#versions.values()].flatMap((versions) => versions.slice(0, 1));
  }

  app(id: string): AppVersion | undefined {
    return this.#versions.get(id)?.[0];
  }

  versions(id: string): readonly AppVersion[] {
    return this.#versions.get(id) ?? [];
  }

  groups(): readonly string[] {
    return [...this.#groups];
  }

  tasks(appId?: string): readonly Task[] {
    if (appId !== undefined) return this.#tasks.get(appId) ?? [];
    return [...this.#tasks.values()].flat();
  }

  lastFailure(appId: string): TaskFailure | undefined {
    return this.#failures.get(appId);
  }

  deployments(): readonly Deployment[] {
    return this.#deployments.map(({ deployment }) => deployment);
  }

  queue(): readonly QueueEntry[] {
    return this.#queue;
  }

  async deploy(change: DesiredChange, force: boolean): Promise<Deployment> {
    await Promise.resolve();
    this.#checkChange(change);
    const steps = this.plan(change);
    const touched = [...new Set(steps.flatMap(({ actions }) => actions.map(({ app }) => app)))];
    this.#takeOver(touched, force);
    const before = touched.flatMap((id) => this.app(id) ?? []);
    const version = this.#tick();
    for (const definition of change.put) this.#store(definition, version);
    for (const id of change.remove) this.#forget(id);
    for (const id of change.groupsAdded ?? []) this.#groups.add(id);
    for (const id of change.groupsRemoved ?? []) this.#groups.delete(id);
    return this.#begin(steps, touched, version, before);
  }

  plan(change: DesiredChange): readonly { readonly actions: readonly DeploymentAction[] }[] {
    const put = change.put.flatMap((definition) => this.#stepsFor(definition));
    const restart = (change.restart ?? []).map((app) => step('RestartApplication', app));
    return [...put, ...restart, ...change.remove.map((app) => step('StopApplication', app))];
  }

  async killTasks(taskIds: readonly string[]): Promise<void> {
    await Promise.resolve();
    for (const [appId, tasks] of this.#tasks) {
      const marked = tasks.map((task) =>
        taskIds.includes(task.id) ? { ...task, state: 'TASK_KILLING' as const } : task,
      );
      this.#tasks.set(appId, marked);
    }
  }

  async killAndScale(taskIds: readonly string[], force: boolean): Promise<Deployment> {
    const killed = (id: string): number =>
      this.tasks(id).filter((task) => taskIds.includes(task.id)).length;
    const put = this.apps()
      .filter(({ definition }) => killed(definition.id) > 0)
      .map(({ definition }) => ({
        ...definition,
        instances: Math.max(0, definition.instances - killed(definition.id)),
      }));
    const deployment = await this.deploy({ put, remove: [] }, force);
    await this.killTasks(taskIds);
    return deployment;
  }

  async cancelDeployment(id: string, force: boolean): Promise<Deployment | undefined> {
    const running = this.#deployments.find(({ deployment }) => deployment.id === id);
    if (running === undefined) throw new Error(`no deployment ${id}`);
    this.finish(id);
    if (force) return undefined;
    const former = new Set(running.before.map(({ definition }) => definition.id));
    const put = running.before.map(({ definition }) => definition);
    const remove = running.deployment.affectedApps.filter((app) => !former.has(app));
    return this.deploy({ put, remove }, true);
  }

  resetDelay(appId: string): boolean {
    return this.#queue.some(({ app }) => app.definition.id === appId);
  }

  subscribe(listener: (event: MarathonEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  publish(event: MarathonEvent): void {
    this.published.push(event);
    for (const listener of this.#listeners) listener(event);
  }

  /** Ends one running deployment, or all. */
  finish(id?: string): void {
    this.#deployments = this.#deployments.filter(
      ({ deployment }) => id !== undefined && deployment.id !== id,
    );
  }

  setTasks(appId: string, tasks: readonly Task[]): void {
    if (this.app(appId) === undefined) throw new Error(`no app ${appId}`);
    this.#tasks.set(appId, [...tasks]);
  }

  setFailure(failure: TaskFailure): void {
    this.#failures.set(failure.appId, failure);
  }

  setQueue(queue: readonly QueueEntry[]): void {
    this.#queue = [...queue];
  }

  #tick(): string {
    this.#writes += 1;
    return new Date(START + (this.#writes - 1) * 1000).toISOString();
  }

  #checkChange(change: DesiredChange): void {
    for (const definition of change.put) checkCanonical(definition);
    for (const id of [...change.remove, ...(change.restart ?? [])]) {
      if (this.app(id) === undefined) throw new Error(`no app ${id}`);
    }
  }

  #takeOver(touched: readonly string[], force: boolean): void {
    const holding = this.deployments()
      .filter(({ affectedApps }) => affectedApps.some((app) => touched.includes(app)))
      .map(({ id }) => id);
    if (holding.length > 0 && !force) throw new LockedError(holding);
    for (const id of holding) this.finish(id);
  }

  #stepsFor(definition: AppDefinition): { actions: DeploymentAction[] }[] {
    const current = this.app(definition.id)?.definition;
    if (current === undefined) {
      return [step('StartApplication', definition.id), step('ScaleApplication', definition.id)];
    }
    const wanted = withPorts(definition, current, () => 0);
    if (isDeepStrictEqual(wanted, current)) return [];
    const scaled = isDeepStrictEqual({ ...wanted, instances: 0 }, { ...current, instances: 0 });
    const only = scaled || definition.instances === 0;
    return [step(only ? 'ScaleApplication' : 'RestartApplication', definition.id)];
  }

  #store(definition: AppDefinition, version: string): void {
    const versions = this.#versions.get(definition.id) ?? [];
    const [current] = versions;
    const next = (): number => this.#nextPort++;
    const stored = withPorts(definition, current?.definition, next);
    if (current !== undefined && isDeepStrictEqual(stored, current.definition)) return;
    const scaled =
      current !== undefined &&
      isDeepStrictEqual({ ...stored, instances: 0 }, { ...current.definition, instances: 0 });
    const lastConfigChangeAt = scaled ? current.lastConfigChangeAt : version;
    const entry = { definition: stored, version, lastScalingAt: version, lastConfigChangeAt };
    this.#versions.set(definition.id, [entry, ...versions]);
  }

  #forget(id: string): void {
    this.#versions.delete(id);
    this.#tasks.delete(id);
    this.#failures.delete(id);
  }

  #begin(
    steps: Deployment['steps'],
    affectedApps: readonly string[],
    version: string,
    before: AppVersion[],
  ): Deployment {
    const serial = String(this.#writes).padStart(12, '0');
    const deployment: Deployment = {
      id: `97c136bf-5a28-4821-9d94-${serial}`,
      version,
      affectedApps,
      steps,
      currentActions: steps[0]?.actions ?? [],
      currentStep: 1,
    };
    if (steps.length > 0) this.#deployments.push({ deployment, before });
    return deployment;
  }
}

function step(action: DeploymentAction['action'], app: string): { actions: DeploymentAction[] } {
  return { actions: [{ action, app }] };
}

function checkCanonical(definition: AppDefinition): void {
  const wrong = LEGACY.filter((name) => name in definition);
  const docker = definition.container?.docker;
  if (docker !== undefined && ('network' in docker || 'portMappings' in docker)) {
    wrong.push('container.docker');
  }
  if (!definition.id.startsWith('/')) wrong.push('id');
  if (definition.networks.length === 0) wrong.push('networks');
  const empty = Object.entries(definition).filter(([, value]) => value === undefined);
  wrong.push(...empty.map(([name]) => name));
  if (wrong.length > 0) throw new Error(`not canonical: ${wrong.join(', ')}`);
}

/** Ports left open get the app's former ones, else the next free. */
function withPorts(
  definition: AppDefinition,
  former: AppDefinition | undefined,
  next: () => number,
): AppDefinition {
  const { container, portDefinitions } = definition;
  const formerMappings = former?.container?.portMappings;
  return {
    ...definition,
    ...(container?.portMappings && {
      container: {
        ...container,
        portMappings: container.portMappings.map((mapping, index) => ({
          ...mapping,
          servicePort: mapping.servicePort || (formerMappings?.[index]?.servicePort ?? next()),
        })),
      },
    }),
    ...(portDefinitions && {
      portDefinitions: portDefinitions.map((defined, index) => ({
        ...defined,
        port: defined.port || (former?.portDefinitions?.[index]?.port ?? next()),
      })),
    }),
  };
}
