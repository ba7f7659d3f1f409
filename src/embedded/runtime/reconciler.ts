import type { AppVersion } from '../orchestrator.js';
import type { AppBook } from './book.js';
import type { LaunchDelays } from './backoff.js';
import type { RuntimeContext } from './context.js';
import { decide, settled } from './decide.js';
import type { Goal } from './decide.js';
import { goalOf, phaseOf } from './deployments.js';
import type { DeploymentTable } from './deployments.js';
import type { Slot } from './ids.js';
import { matchOffer, unusedOffer } from './offers.js';
import type { LaunchQueue } from './queue.js';
import type { TaskPort } from './task-env.js';
import { newTask, viewOf } from './tasks.js';
import type { TaskRecord, TaskTable } from './tasks.js';

export interface ReconcilerParts {
  readonly context: RuntimeContext;
  readonly book: AppBook;
  readonly tasks: TaskTable;
  readonly deployments: DeploymentTable;
  readonly delays: LaunchDelays;
  readonly queue: LaunchQueue;
  readonly newUuid: () => string;
  readonly launch: (task: TaskRecord, app: AppVersion, ports: readonly TaskPort[]) => void;
  readonly kill: (task: TaskRecord) => void;
  /** Moves deployments on as far as they can; true when any moved. */
  readonly progress: () => boolean;
}

/** What an app is to be now: the version to launch from and the goal; undefined when it is to go. */
interface Wanted {
  readonly app: AppVersion;
  readonly goal: Goal;
}

/**
 * Compares what each app should be with the tasks there are, whenever something has changed, and
 * starts what is missing and kills what is too many. Looks at state only, never at what happened.
 */
export class Reconciler {
  readonly #parts: ReconcilerParts;
  /** Instances that go on with a next task. */
  readonly #slots = new Map<string, Slot[]>();
  readonly #timers = new Map<string, AbortController>();
  #scheduled = false;
  #paused = true;

  constructor(parts: ReconcilerParts) {
    this.#parts = parts;
  }

  /** Nothing is started or killed while the engine's state is unknown. */
  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.kick();
  }

  close(): void {
    this.#paused = true;
    for (const timer of this.#timers.values()) timer.abort();
    this.#timers.clear();
  }

  /** Something has changed: have a look soon, once for all that changes now. */
  kick(): void {
    if (this.#scheduled || this.#paused) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      if (!this.#paused) this.#run();
    });
  }

  /** The instance of a task that has ended goes on in the app's next launch. */
  keepSlot(appId: string, slot: Slot): void {
    const slots = this.#slots.get(appId) ?? [];
    slots.push(slot);
    this.#slots.set(appId, slots);
  }

  /** Whether the app is as its current version wants it: running, healthy, nothing else. */
  isSettled(appId: string): boolean {
    const tasks = this.#parts.tasks.ofApp(appId);
    return settled(this.#wanted(appId)?.goal, this.#views(tasks));
  }

  #run(): void {
    do {
      this.#reconcileAll();
    } while (this.#parts.progress());
  }

  #reconcileAll(): void {
    const { book, tasks, queue } = this.#parts;
    const byApp = tasks.byApp();
    const ids = new Set([...book.all().keys(), ...byApp.keys(), ...queue.apps()]);
    const ordered = [...ids].sort((a, b) => compareText(queue.since(a), queue.since(b)));
    for (const id of ordered) this.#reconcile(id, byApp.get(id) ?? []);
  }

  #reconcile(appId: string, tasks: readonly TaskRecord[]): void {
    const wanted = this.#wanted(appId);
    const decision = decide(wanted?.goal, this.#views(tasks));
    const doomed = new Set(decision.kill);
    for (const task of tasks) if (doomed.has(task.id)) this.#parts.kill(task);
    if (wanted === undefined || decision.launch === 0) {
      this.#parts.queue.delete(appId);
      this.#cancelTimer(appId);
      if (wanted === undefined) this.#slots.delete(appId);
      return;
    }
    this.#launch(wanted.app, decision.launch);
  }

  /** The version that an app should run: the old one while its turn in a deployment is not yet. */
  #wanted(appId: string): Wanted | undefined {
    const { book, deployments } = this.#parts;
    const [deployment] = deployments.touching([appId]);
    if (deployment !== undefined && phaseOf(deployment, appId) === 'before') {
      const version = deployment.record.original[appId];
      const old = typeof version === 'string' ? book.find(appId, version) : undefined;
      if (old !== undefined) return { app: old, goal: goalOf(old) };
      const next = book.current(appId);
      if (next === undefined) return undefined;
      return { app: next, goal: { ...goalOf(next), instances: 0 } };
    }
    const app = book.current(appId);
    return app === undefined ? undefined : { app, goal: goalOf(app) };
  }

  #views(tasks: readonly TaskRecord[]): ReturnType<typeof viewOf>[] {
    return tasks.map((task) => {
      const app = this.#parts.book.find(task.appId, task.version);
      return viewOf(task, app?.definition.healthChecks?.length ?? 0);
    });
  }

  #launch(app: AppVersion, count: number): void {
    const { context, delays, queue } = this.#parts;
    const appId = app.definition.id;
    const now = context.clock.now().toISOString();
    const leftMs = delays.leftMs(app, context.clock.monotonicMs());
    let left = count;
    queue.wait(app, left, now);
    if (leftMs > 0) {
      this.#wakeIn(appId, leftMs);
      return;
    }
    while (left > 0 && this.#launchOne(app, now)) left--;
    if (left === 0) queue.delete(appId);
    else queue.wait(app, left, now);
  }

  #launchOne(app: AppVersion, now: string): boolean {
    const { context, tasks, queue, newUuid, launch } = this.#parts;
    const { id } = app.definition;
    const offer = {
      hostname: context.options.hostname,
      total: context.options.resources,
      held: tasks.all(),
      random: context.random,
    };
    const match = matchOffer(app.definition, offer);
    if ('rejected' in match) {
      const { rejected: reason, detail } = match;
      if (queue.rejected(id, unusedOffer(offer, reason, now))) {
        context.log.warn({ app: id, reason, detail }, 'app has to wait for resources');
      }
      return false;
    }
    const slot = this.#slots.get(id)?.shift() ?? { uuid: newUuid(), incarnation: 1 };
    const task = newTask(app, slot, match.ports, now);
    tasks.add(task);
    launch(task, app, match.ports);
    return true;
  }

  #wakeIn(appId: string, ms: number): void {
    if (this.#timers.has(appId)) return;
    const timer = new AbortController();
    this.#timers.set(appId, timer);
    this.#parts.context.clock.sleep(ms, timer.signal).then(
      () => {
        this.#timers.delete(appId);
        this.kick();
      },
      () => undefined,
    );
  }

  #cancelTimer(appId: string): void {
    this.#timers.get(appId)?.abort();
    this.#timers.delete(appId);
  }
}

/** Those that wait come first, the longest waiting ahead; the rest keep their order. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  if (a === '') return 1;
  if (b === '') return -1;
  return a < b ? -1 : 1;
}
