import type { Clock } from '../../ports/clock.js';
import { Announcer } from './announce.js';
import { LaunchDelays } from './backoff.js';
import { AppBook } from './book.js';
import { EventBus } from './context.js';
import type { Logger, RuntimeContext, RuntimeOptions } from './context.js';
import { DeploymentTable } from './deployments.js';
import { Endings } from './endings.js';
import type { Ending } from './endings.js';
import { EngineError } from './engine.js';
import type { ContainerEngine } from './engine.js';
import { HealthMonitor } from './health-monitor.js';
import { uuidSource } from './ids.js';
import { Launcher } from './launcher.js';
import { limitedEngine } from './limited.js';
import { createProbe } from './probe.js';
import type { Probe } from './probe.js';
import { DeploymentProgress } from './progress.js';
import { LaunchQueue } from './queue.js';
import { Reconciler } from './reconciler.js';
import { Store } from './store.js';
import { EngineSync } from './sync.js';
import { TaskTable } from './tasks.js';
import type { TaskRecord } from './tasks.js';

export interface RuntimeRequest {
  readonly engine: ContainerEngine;
  readonly clock: Clock;
  readonly options: RuntimeOptions;
  readonly log: Logger;
  /** How health checks are made; by default over the network and the engine. */
  readonly probe?: Probe;
  /** 0 to 1; `Math.random` by default. */
  readonly random?: () => number;
}

/** The parts of a running orchestrator. */
export interface Runtime {
  readonly context: RuntimeContext;
  readonly store: Store;
  readonly book: AppBook;
  readonly tasks: TaskTable;
  readonly deployments: DeploymentTable;
  readonly delays: LaunchDelays;
  readonly queue: LaunchQueue;
  readonly announcer: Announcer;
  readonly endings: Endings;
  readonly health: HealthMonitor;
  readonly reconciler: Reconciler;
  readonly progress: DeploymentProgress;
  readonly sync: EngineSync;
}

/** Puts the parts together; nothing happens until `sync.start`. */
export function createRuntime(request: RuntimeRequest): Runtime {
  const context: RuntimeContext = {
    engine: limitedEngine(request.engine),
    clock: request.clock,
    options: request.options,
    log: request.log,
    bus: new EventBus(request.clock),
    random: request.random ?? Math.random,
  };
  return new RuntimeParts(context, request.probe ?? createProbe(context.engine));
}

/** Wires the parts: what one reports, another one is told. */
class RuntimeParts implements Runtime {
  readonly context: RuntimeContext;
  readonly store: Store;
  readonly book: AppBook;
  readonly tasks = new TaskTable();
  readonly deployments = new DeploymentTable();
  readonly delays = new LaunchDelays();
  readonly queue = new LaunchQueue();
  readonly announcer: Announcer;
  readonly endings: Endings;
  readonly health: HealthMonitor;
  readonly reconciler: Reconciler;
  readonly progress: DeploymentProgress;
  readonly sync: EngineSync;

  constructor(context: RuntimeContext, probe: Probe) {
    const { options, engine, log } = context;
    this.context = context;
    this.store = new Store(engine, options.scope, log);
    this.book = new AppBook(this.store, options.maxVersions);
    this.announcer = new Announcer(context.bus, options);
    this.endings = new Endings({
      ...this.#shared(),
      onEnded: this.#onEnded,
      onTrouble: this.#onTrouble,
    });
    this.health = new HealthMonitor({
      ...this.#shared(),
      probe,
      onChange: this.#kick,
      killUnhealthy: (task, reason) => this.endings.killUnhealthy(task, reason),
    });
    this.reconciler = this.#createReconciler();
    this.progress = new DeploymentProgress({
      ...this.#shared(),
      isSettled: (appId) => this.reconciler.isSettled(appId),
      onGone: (appId) => {
        this.endings.forget(appId);
        this.delays.reset(appId);
      },
      kick: this.#kick,
    });
    this.sync = this.#createSync();
  }

  #shared(): Pick<
    Runtime,
    'context' | 'store' | 'book' | 'tasks' | 'deployments' | 'announcer' | 'delays' | 'queue'
  > {
    const { context, store, book, tasks, deployments, announcer, delays, queue } = this;
    return { context, store, book, tasks, deployments, announcer, delays, queue };
  }

  #createReconciler(): Reconciler {
    const { clock } = this.context;
    const launcher = new Launcher(this.context, this.tasks, this.announcer, {
      running: (task) => {
        this.announcer.task(task, 'TASK_RUNNING');
        this.#watch(task);
        this.#kick();
      },
      failed: (task, message) => this.endings.failed(task, message),
      ended: (task) => this.endings.launchEnded(task),
      lost: (task) => {
        this.tasks.delete(task.id);
        this.sync.reconnect();
      },
    });
    return new Reconciler({
      ...this.#shared(),
      newUuid: uuidSource(() => clock.now().getTime()),
      launch: (task, app, ports) => void launcher.launch(task, app, ports),
      kill: (task) => void this.endings.kill(task, false),
      progress: () => this.progress.advance(),
    });
  }

  #createSync(): EngineSync {
    return new EngineSync({
      ...this.#shared(),
      adopt: (task, status) => {
        const { id } = task;
        this.context.log.info({ task: id, container: status.name }, 'task adopted');
        if (status.phase === 'running') this.#watch(task);
      },
      remains: (appId, containerId) => {
        this.endings.loadRemains(appId, containerId);
      },
      hasFailed: (appId, taskId) => this.endings.lastFailure(appId)?.taskId === taskId,
      ended: (task) => this.endings.ended(task),
      stopAgain: (task) => void this.endings.stop(task),
      pause: () => {
        this.reconciler.pause();
      },
      resume: () => {
        this.reconciler.resume();
      },
    });
  }

  #watch(task: TaskRecord): void {
    const app = this.book.find(task.appId, task.version);
    if (app !== undefined && task.kill === undefined) this.health.watch(task, app);
  }

  readonly #kick = (): void => {
    this.reconciler.kick();
  };

  /** What a call without an answer has done shows in a new look at everything. */
  readonly #onTrouble = (thrown: unknown): void => {
    if (thrown instanceof EngineError && thrown.kind === 'unreachable') this.sync.reconnect();
  };

  readonly #onEnded = ({ task, next }: Ending): void => {
    this.health.unwatch(task.id);
    if (next !== undefined) this.reconciler.keepSlot(task.appId, next);
    this.#kick();
  };
}
