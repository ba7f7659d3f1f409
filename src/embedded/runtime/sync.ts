import type { RuntimeContext } from './context.js';
import type { ContainerStatus, EngineEvent } from './engine.js';
import { markOf } from './ids.js';
import { CLUSTER_LABEL } from './store.js';
import type { Store } from './store.js';
import { appIdOf, readTask, taskIdOf } from './tasks.js';
import type { TaskRecord, TaskTable } from './tasks.js';

export interface SyncParts {
  readonly context: RuntimeContext;
  readonly store: Store;
  readonly tasks: TaskTable;
  /** A container that another life of this server started; it may have ended since. */
  readonly adopt: (task: TaskRecord, status: ContainerStatus) => void;
  readonly remains: (appId: string, containerId: string) => void;
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
        const signal = AbortSignal.any([this.#stop.signal, this.#connection.signal]);
        const { closed } = await context.engine.events(this.#onEvent, signal);
        if (!loaded) await load();
        loaded = true;
        await this.#resync();
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
      if (task === undefined && taskIdOf(event.labels) !== undefined) void this.#stray(event.id);
    } else if (task !== undefined && event.action !== 'oom') {
      void ended(task);
    }
  };

  /** A container of ours that was started by somebody else, such as a failed one. */
  async #stray(id: string): Promise<void> {
    const { context, tasks } = this.#parts;
    try {
      const status = await context.engine.inspect(id);
      if (status === undefined || tasks.get(taskIdOf(status.labels) ?? '') !== undefined) return;
      context.log.warn({ container: status.name }, 'a container of no task was started; removed');
      await context.engine.remove(id);
    } catch {
      // The engine is away: the next resync deals with it.
    }
  }

  async #resync(): Promise<void> {
    const { context, store, tasks, ended, stopAgain } = this.#parts;
    const label = { key: CLUSTER_LABEL, value: context.options.scope };
    const [ids] = await Promise.all([context.engine.list(label), store.resync()]);
    const found = await Promise.all(ids.map((id) => context.engine.inspect(id)));
    for (const status of found) if (status !== undefined) await this.#classify(status);
    for (const task of tasks.all()) {
      const status = found.find((candidate) => candidate?.id === task.containerId);
      if (task.containerId === undefined) continue;
      if (status?.phase !== 'running' && task.state !== 'TASK_STARTING') await ended(task);
      else if (task.kill !== undefined) stopAgain(task);
    }
  }

  async #classify(status: ContainerStatus): Promise<void> {
    const { context, tasks, adopt, remains } = this.#parts;
    const { labels } = status;
    const id = taskIdOf(labels);
    if (id === undefined || tasks.get(id) !== undefined) return;
    const mark = markOf(status.name);
    const appId = appIdOf(labels);
    if (mark === 'failed' && status.phase !== 'running' && appId !== undefined) {
      remains(appId, status.id);
      return;
    }
    const task = readTask(status);
    // Made but never started, or a failed one that somebody started: not a task.
    if (task === undefined || status.phase === 'created' || mark === 'failed') {
      await context.engine.remove(status.id);
      return;
    }
    if (mark === 'killing') {
      task.kill = { replace: false };
      task.state = 'TASK_KILLING';
    }
    tasks.add(task);
    adopt(task, status);
  }
}
