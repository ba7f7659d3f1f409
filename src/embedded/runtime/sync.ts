import type { RuntimeContext } from './context.js';
import type { ContainerStatus, EngineEvent } from './engine.js';
import { markOf } from './ids.js';
import { CLUSTER_LABEL } from './store.js';
import type { Store } from './store.js';
import { readTask, taskIdOf } from './tasks.js';
import type { TaskRecord, TaskTable } from './tasks.js';

export interface SyncParts {
  readonly context: RuntimeContext;
  readonly store: Store;
  readonly tasks: TaskTable;
  /** A container that another life of this server started; it may have ended since. */
  readonly adopt: (task: TaskRecord, status: ContainerStatus) => void;
  /** The container of a task that has failed. */
  readonly remains: (appId: string, containerId: string) => void;
  /** Whether the end of this task was the last failure of its app. */
  readonly hasFailed: (appId: string, taskId: string) => boolean;
  readonly ended: (task: TaskRecord) => Promise<void>;
  /** Says again that a task whose end is wanted shall end. */
  readonly stopAgain: (task: TaskRecord) => void;
  readonly pause: () => void;
  readonly resume: () => void;
}

const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 5000;

/**
 * Keeps what is known in step with the engine: by its stream of events while it lasts, and by
 * reading everything anew each time the stream has been opened. Nothing is asked while nothing
 * happens.
 */
export class EngineSync {
  readonly #parts: SyncParts;
  readonly #stop = new AbortController();
  #loop: Promise<void> | undefined;
  #connection = new AbortController();
  /** Resolves when all that the engine has is known; never, when it went away before that. */
  #synced: Promise<unknown> = Promise.resolve();

  constructor(parts: SyncParts) {
    this.#parts = parts;
  }

  /**
   * Resolves when everything is known for the first time; waits for an engine that is away. `load`
   * reads the stored state, once, before any container is looked at.
   */
  start(load: () => Promise<void>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#loop = this.#run(load, () => {
      resolve(undefined);
    });
    return promise;
  }

  /** Something got lost: opens the stream anew, with all that follows. */
  reconnect(): void {
    this.#connection.abort();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#loop;
  }

  async #run(load: () => Promise<void>, onReady: () => void): Promise<void> {
    const { context, pause, resume } = this.#parts;
    let loaded = false;
    let retryMs = FIRST_RETRY_MS;
    while (!this.#stop.signal.aborted) {
      try {
        this.#connection = new AbortController();
        const { promise, resolve } = Promise.withResolvers<undefined>();
        this.#synced = promise;
        const signal = AbortSignal.any([this.#stop.signal, this.#connection.signal]);
        const { closed } = await context.engine.events(this.#onEvent, signal);
        if (!loaded) await load();
        loaded = true;
        await this.#resync();
        resolve(undefined);
        retryMs = FIRST_RETRY_MS;
        resume();
        onReady();
        await closed;
        if (!this.#stopped()) context.log.warn({}, 'the stream of engine events has ended');
      } catch (thrown) {
        const reason = thrown instanceof Error ? thrown.message : String(thrown);
        if (!this.#stopped()) context.log.warn({ reason }, 'the engine does not answer');
      }
      pause();
      await context.clock.sleep(retryMs, this.#stop.signal).catch(() => undefined);
      retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
    }
  }

  #stopped(): boolean {
    return this.#stop.signal.aborted;
  }

  readonly #onEvent = (event: EngineEvent): void => {
    const { context, store, tasks, ended } = this.#parts;
    if (event.type === 'volume') {
      if (event.action === 'destroy') store.lost(event.id);
      return;
    }
    if (event.labels[CLUSTER_LABEL] !== context.options.scope) return;
    const task = tasks.byContainer(event.id);
    if (event.action === 'start') {
      if (taskIdOf(event.labels) !== undefined) void this.#started(event.id, task);
    } else if (task !== undefined && event.action !== 'oom') {
      void ended(task);
    }
  };

  /** A container of ours was started, by this server or by somebody else. */
  async #started(id: string, task: TaskRecord | undefined): Promise<void> {
    const { context, tasks } = this.#parts;
    // The former life of this server may have started it: it is adopted first.
    await this.#synced;
    // `docker restart` starts the container while the end of its task is being dealt with.
    await task?.ending;
    if (tasks.byContainer(id) !== undefined) return;
    // An engine that is away is looked at again when it is back.
    const status = await context.engine.inspect(id).catch(() => undefined);
    if (tasks.byContainer(id) !== undefined) return;
    if (status?.phase === 'running') await this.#stopStray(status);
  }

  /**
   * A container that belongs to no task any more must not run: it holds the address and the ports
   * that the next task needs. It is killed at once for the same reason, and kept to be looked at.
   */
  async #stopStray(status: ContainerStatus): Promise<void> {
    const { engine, log } = this.#parts.context;
    const container = status.name;
    try {
      await engine.stop(status.id, 0);
      log.warn({ container }, 'somebody started a container that belongs to no task; stopped');
      if (markOf(container) !== 'failed') await engine.rename(status.id, `${container}.failed`);
    } catch (thrown) {
      log.warn({ container, reason: String(thrown) }, 'a container of no task still runs');
    }
  }

  async #resync(): Promise<void> {
    const { context, store, tasks, ended, stopAgain } = this.#parts;
    const label = { key: CLUSTER_LABEL, value: context.options.scope };
    const [ids] = await Promise.all([context.engine.list(label), store.resync()]);
    const inspected = await Promise.all(ids.map((id) => context.engine.inspect(id)));
    const found = inspected.filter((status) => status !== undefined).sort(byEnd);
    for (const status of found) await this.#classify(status);
    for (const task of tasks.all()) {
      const status = found.find((candidate) => candidate.id === task.containerId);
      if (task.containerId === undefined) continue;
      if (status?.phase !== 'running' && task.state !== 'TASK_STARTING') await ended(task);
      else if (task.kill !== undefined) stopAgain(task);
    }
  }

  async #classify(status: ContainerStatus): Promise<void> {
    const { context, tasks, adopt, remains } = this.#parts;
    const id = taskIdOf(status.labels);
    if (id === undefined || tasks.get(id) !== undefined) return;
    const task = readTask(status);
    // Made, but never started.
    if (task === undefined || status.phase === 'created') {
      await context.engine.remove(status.id);
      return;
    }
    if (this.#isGivenUp(status, task)) {
      if (status.phase === 'running') await this.#stopStray(status);
      remains(task.appId, status.id);
      return;
    }
    if (markOf(status.name) === 'killing') {
      task.kill = { replace: false };
      task.state = 'TASK_KILLING';
    }
    tasks.add(task);
    adopt(task, status);
  }

  /** The failure may be known from the store alone: its container could not be marked, or was renamed. */
  #isGivenUp(status: ContainerStatus, task: TaskRecord): boolean {
    const mark = markOf(status.name);
    if (mark !== undefined) return mark === 'failed';
    return this.#parts.hasFailed(task.appId, task.id);
  }
}

/** The last one to have ended comes last, so that it is the one that is kept. */
function byEnd(a: ContainerStatus, b: ContainerStatus): number {
  const [first = '', second = ''] = [a.finishedAt, b.finishedAt];
  return first < second ? -1 : first > second ? 1 : 0;
}
