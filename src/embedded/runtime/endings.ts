import type { TaskFailure, TaskState } from '../orchestrator.js';
import type { Announcer } from './announce.js';
import type { AppBook } from './book.js';
import type { RuntimeContext } from './context.js';
import type { ContainerStatus } from './engine.js';
import { LOG_LINES, exitMessage } from './failure.js';
import type { NameMark, Slot } from './ids.js';
import type { LaunchDelays } from './backoff.js';
import type { Store } from './store.js';
import type { TaskRecord, TaskTable } from './tasks.js';

/** A task has ended and is no longer in the table. */
export interface Ending {
  readonly task: TaskRecord;
  readonly state: TaskState;
  /** The instance goes on with its next incarnation. */
  readonly next: Slot | undefined;
}

/** The last failure of an app as it is stored, with the launch delay that came of it. */
export interface FailureRecord {
  readonly failure: TaskFailure;
  readonly delay?: { readonly version: string; readonly delayMs: number } | undefined;
}

export interface EndingsParts {
  readonly context: RuntimeContext;
  readonly tasks: TaskTable;
  readonly book: AppBook;
  readonly store: Store;
  readonly delays: LaunchDelays;
  readonly announcer: Announcer;
  readonly onEnded: (ending: Ending) => void;
  /** A call to the engine failed. */
  readonly onTrouble: (thrown: unknown) => void;
}

/** How tasks end: killed by this server, or by themselves. */
export class Endings {
  readonly #parts: EndingsParts;
  readonly #failures = new Map<string, TaskFailure>();
  /** The last failed container of each app is kept for people to look at. */
  readonly #remains = new Map<string, string>();

  constructor(parts: EndingsParts) {
    this.#parts = parts;
  }

  lastFailure(appId: string): TaskFailure | undefined {
    return this.#failures.get(appId);
  }

  loadFailure({ failure, delay }: FailureRecord): void {
    const { delays, context, book } = this.#parts;
    this.#failures.set(failure.appId, failure);
    const app = delay === undefined ? undefined : book.find(failure.appId, delay.version);
    if (app === undefined || delay === undefined) return;
    const passedMs = context.clock.now().getTime() - Date.parse(failure.timestamp);
    const leftMs = Math.max(0, delay.delayMs - passedMs);
    delays.restore(app, context.clock.monotonicMs(), delay.delayMs, leftMs);
  }

  /** Keeps the container of a failed task until the next one of its app fails. */
  loadRemains(appId: string, containerId: string): void {
    if (this.#remains.get(appId) === containerId) return;
    this.#discard(this.#remains.get(appId));
    this.#remains.set(appId, containerId);
  }

  /** The app is gone: so are its failures. */
  forget(appId: string): void {
    this.#failures.delete(appId);
    this.#discard(this.#remains.get(appId));
    this.#remains.delete(appId);
  }

  /**
   * Ends a task; `replace` lets its instance go on with a new one. Resolves when the wish is stored
   * (in the container's name), so that a crash from then on never takes the end for a failure.
   */
  async kill(task: TaskRecord, replace: boolean): Promise<void> {
    if (task.kill !== undefined) {
      if (!replace) task.kill = { replace: false };
      return;
    }
    task.kill = { replace };
    task.state = 'TASK_KILLING';
    this.#parts.announcer.task(task, 'TASK_KILLING');
    if (task.containerId === undefined) {
      // A container that is being made is ended by its launch, which sees the wish.
      if (task.pulling) this.#finish(task, 'TASK_KILLED', '');
      return;
    }
    await this.#mark(task, task.containerId, 'killing');
    void this.stop(task);
  }

  /** Kills a task because its health checks say so; that counts as its failure. */
  async killUnhealthy(task: TaskRecord, reason: string): Promise<void> {
    const message = `Task was killed since health check failed. Reason: ${reason}`;
    this.#parts.announcer.unhealthyKill(task, reason);
    // Both at once: nobody shall see the failure while the task looks as if it went on.
    const remembered = this.#remember(task, 'TASK_KILLED', message);
    await Promise.all([remembered, this.kill(task, true)]);
  }

  /** A launch is over without a running task. */
  async launchEnded(task: TaskRecord): Promise<void> {
    if (task.kill !== undefined && task.containerId !== undefined) await this.stop(task);
    else await this.ended(task);
  }

  /** Stops the container of a task that is marked, and deals with its end. */
  async stop(task: TaskRecord): Promise<void> {
    const { containerId } = task;
    if (containerId === undefined) return;
    const app = this.#parts.book.find(task.appId, task.version);
    const { engine, options, log } = this.#parts.context;
    const grace = app?.definition.taskKillGracePeriodSeconds ?? options.killGraceSeconds;
    try {
      await engine.stop(containerId, Math.ceil(grace));
    } catch (thrown) {
      log.warn({ task: task.id, reason: String(thrown) }, 'task could not be stopped');
      this.#parts.onTrouble(thrown);
      return;
    }
    await this.ended(task);
  }

  /** The container of a task may have ended: looks, and deals with it once. Never rejects. */
  ended(task: TaskRecord): Promise<void> {
    if (this.#parts.tasks.get(task.id) !== task) return Promise.resolve();
    task.ending ??= this.#endOnce(task);
    return task.ending;
  }

  async #endOnce(task: TaskRecord): Promise<void> {
    try {
      await this.#end(task);
    } catch (thrown) {
      // The engine is away; the resync on its return comes here again.
      const reason = String(thrown);
      this.#parts.context.log.warn({ task: task.id, reason }, 'end of a task not dealt with yet');
      this.#parts.onTrouble(thrown);
    } finally {
      task.ending = undefined;
    }
  }

  /** A task failed without a container. */
  async failed(task: TaskRecord, message: string): Promise<void> {
    if (task.kill !== undefined) {
      this.#finish(task, 'TASK_KILLED', '');
      return;
    }
    await this.#remember(task, 'TASK_FAILED', message);
    this.#finish(task, 'TASK_FAILED', message);
  }

  async #end(task: TaskRecord): Promise<void> {
    const { engine } = this.#parts.context;
    const id = task.containerId;
    const status = id === undefined ? undefined : await engine.inspect(id);
    if (status?.phase === 'running' && task.kill === undefined) {
      // Somebody restarted it, and it was running again before anybody looked.
      task.startedAt = status.startedAt;
      task.ipAddresses = status.ipAddresses;
      return;
    }
    if (task.kill !== undefined) {
      if (id !== undefined) await engine.remove(id);
      this.#finish(task, 'TASK_KILLED', '');
    } else if (status === undefined) {
      await this.failed(task, 'the container was removed by somebody else');
    } else {
      await this.#exited(task, status);
    }
  }

  async #exited(task: TaskRecord, status: ContainerStatus): Promise<void> {
    const { engine } = this.#parts.context;
    const log = await engine.logTail(status.id, LOG_LINES).catch(() => '');
    const message = exitMessage(status, task.mem, log);
    const clean = status.exitCode === 0 && !status.oomKilled && status.error === '';
    const state = clean ? 'TASK_FINISHED' : 'TASK_FAILED';
    await this.#remember(task, state, message);
    await this.#mark(task, status.id, 'failed');
    this.loadRemains(task.appId, status.id);
    this.#finish(task, state, message);
  }

  #finish(task: TaskRecord, state: TaskState, message: string): void {
    const { tasks, announcer, context, onEnded } = this.#parts;
    if (tasks.get(task.id) !== task) return;
    tasks.delete(task.id);
    task.state = state;
    const fields = { app: task.appId, task: task.id, state };
    if (message === '') context.log.info(fields, 'task ended');
    else context.log.warn({ ...fields, reason: message.split('\n')[0] }, 'task ended');
    announcer.task(task, state, message);
    const replace = task.kill?.replace ?? true;
    const { uuid, incarnation } = task.slot;
    onEnded({
      task,
      state,
      next: replace ? { uuid, incarnation: incarnation + 1 } : undefined,
    });
  }

  /** Keeps why a task failed; one that ended by itself makes its app wait. */
  async #remember(task: TaskRecord, state: TaskState, message: string): Promise<void> {
    const { store, context, book } = this.#parts;
    const app = book.current(task.appId);
    if (app === undefined) return;
    const failure: TaskFailure = {
      appId: task.appId,
      taskId: task.id,
      host: context.options.hostname,
      message,
      state,
      timestamp: context.clock.now().toISOString(),
      version: task.version,
    };
    this.#failures.set(task.appId, failure);
    const delay = state === 'TASK_KILLED' ? undefined : this.#delay(task);
    const data: FailureRecord = { failure, ...(delay === undefined ? {} : { delay }) };
    await store.remove('failure', task.appId);
    await store.put({ kind: 'failure', key: task.appId, data });
  }

  #delay(task: TaskRecord): FailureRecord['delay'] {
    const { delays, context, book } = this.#parts;
    const app = book.find(task.appId, task.version);
    if (app === undefined) return undefined;
    const { clock } = context;
    const started = task.startedAt === undefined ? undefined : Date.parse(task.startedAt);
    const ranMs = started === undefined ? 0 : clock.now().getTime() - started;
    return { version: app.version, delayMs: delays.failed(app, clock.monotonicMs(), ranMs) };
  }

  /** Best effort: a container that cannot be renamed is ended all the same. */
  async #mark(task: TaskRecord, containerId: string, mark: NameMark): Promise<void> {
    const name = `${task.containerName}.${mark}`;
    try {
      await this.#parts.context.engine.rename(containerId, name);
      task.containerName = name;
    } catch (thrown) {
      const reason = String(thrown);
      this.#parts.context.log.warn({ task: task.id, reason }, 'container could not be marked');
    }
  }

  #discard(containerId: string | undefined): void {
    if (containerId === undefined) return;
    this.#parts.context.engine.remove(containerId).catch(() => undefined);
  }
}
