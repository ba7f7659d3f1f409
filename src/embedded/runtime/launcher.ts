import type { AppVersion } from '../orchestrator.js';
import type { Announcer } from './announce.js';
import { UnrunnableError, containerSpec } from './container-spec.js';
import type { RuntimeContext } from './context.js';
import { EngineError } from './engine.js';
import type { ContainerStatus } from './engine.js';
import { isPortConflict, pullMessage, startMessage } from './failure.js';
import { containerName } from './ids.js';
import { assignHostPorts } from './ports.js';
import type { TaskPort } from './task-env.js';
import { hostPorts, taskLabels } from './tasks.js';
import type { TaskRecord, TaskTable } from './tasks.js';

/** What the launcher tells about a launch once it is over. */
export interface LaunchOutcome {
  /** The container runs. */
  running(task: TaskRecord, app: AppVersion): void;
  /** There will be no container. */
  failed(task: TaskRecord, message: string): Promise<void>;
  /** The container has ended, or the task was to be killed meanwhile. */
  ended(task: TaskRecord): Promise<void>;
  /** The engine went away in the middle; what came of it shows when it is back. */
  lost(task: TaskRecord): void;
}

/** How often other host ports are tried when those that were picked are taken by somebody else. */
const PORT_ATTEMPTS = 5;

/** Brings tasks from staging to running. */
export class Launcher {
  readonly #context: RuntimeContext;
  readonly #tasks: TaskTable;
  readonly #announcer: Announcer;
  readonly #outcome: LaunchOutcome;
  /** Pulls under way, by image: tasks of one image wait for one pull. */
  readonly #pulls = new Map<string, Promise<void>>();

  constructor(
    context: RuntimeContext,
    tasks: TaskTable,
    announcer: Announcer,
    outcome: LaunchOutcome,
  ) {
    this.#context = context;
    this.#tasks = tasks;
    this.#announcer = announcer;
    this.#outcome = outcome;
  }

  /** Starts the task's container; never rejects. */
  async launch(task: TaskRecord, app: AppVersion, ports: readonly TaskPort[]): Promise<void> {
    this.#announcer.task(task, 'TASK_STAGING');
    try {
      const status = await this.#start(task, app, ports);
      if (status === undefined) await this.#outcome.ended(task);
      else this.#started(task, app, status);
    } catch (thrown) {
      await this.#gaveUp(task, thrown);
    }
  }

  #started(task: TaskRecord, app: AppVersion, status: ContainerStatus): void {
    if (task.ending !== undefined || this.#tasks.get(task.id) !== task) return;
    task.startedAt = status.startedAt;
    task.ipAddresses = status.ipAddresses;
    if (status.phase !== 'running' || task.kill !== undefined) {
      void this.#outcome.ended(task);
      return;
    }
    task.state = 'TASK_RUNNING';
    this.#outcome.running(task, app);
  }

  async #gaveUp(task: TaskRecord, thrown: unknown): Promise<void> {
    if (thrown instanceof EngineError && thrown.kind === 'unreachable') {
      this.#outcome.lost(task);
      return;
    }
    const known = thrown instanceof LaunchError || thrown instanceof UnrunnableError;
    const message = known ? thrown.message : startMessage(thrown);
    await this.#outcome.failed(task, message);
  }

  /** Undefined when the task is to be killed before it ran. */
  async #start(
    task: TaskRecord,
    app: AppVersion,
    ports: readonly TaskPort[],
  ): Promise<ContainerStatus | undefined> {
    task.pulling = true;
    await this.#image(app).finally(() => {
      task.pulling = false;
    });
    let chosen = ports;
    for (let attempt = 1; ; attempt++) {
      if (task.kill !== undefined) return undefined;
      const id = await this.#create(task, app, chosen);
      if (this.#toBeKilled(task)) return undefined;
      try {
        await this.#context.engine.start(id);
        return await this.#context.engine.inspect(id);
      } catch (thrown) {
        if (isUnreachable(thrown)) throw thrown;
        task.containerId = undefined;
        await this.#context.engine.remove(id);
        const other = attempt < PORT_ATTEMPTS ? this.#otherPorts(task, app, thrown) : undefined;
        if (other === undefined) throw thrown;
        chosen = other;
      }
    }
  }

  /** Asked anew after each wait, which the compiler cannot know. */
  #toBeKilled(task: TaskRecord): boolean {
    return task.kill !== undefined;
  }

  async #create(task: TaskRecord, app: AppVersion, ports: readonly TaskPort[]): Promise<string> {
    const { engine, options } = this.#context;
    task.ports = hostPorts(ports);
    task.containerName = containerName(options.scope, task.appId, task.slot);
    const spec = containerSpec({
      app,
      ports,
      taskId: task.id,
      containerName: task.containerName,
      hostname: options.hostname,
      publishAddress: options.publishAddress,
      labels: taskLabels(options.scope, task),
    });
    const id = await engine.create(spec);
    task.containerId = id;
    if (!this.#toBeKilled(task)) {
      task.state = 'TASK_STARTING';
      this.#announcer.task(task, 'TASK_STARTING');
    }
    return id;
  }

  /** Other host ports, where they are free to choose and somebody else has the chosen ones. */
  #otherPorts(task: TaskRecord, app: AppVersion, thrown: unknown): readonly TaskPort[] | undefined {
    if (!isPortConflict(thrown)) return undefined;
    const fixed = (app.definition.container?.portMappings ?? []).some(
      ({ hostPort }) => hostPort !== undefined && hostPort !== 0,
    );
    if (fixed) return undefined;
    const { options, random } = this.#context;
    const used = new Set(this.#tasks.all().flatMap(({ ports }) => ports));
    for (const port of task.ports) used.add(port);
    return assignHostPorts(app.definition, used, options.resources.ports, random);
  }

  async #image(app: AppVersion): Promise<void> {
    const docker = app.definition.container?.docker;
    if (docker === undefined) return;
    const { image, forcePullImage } = docker;
    if (!forcePullImage && (await this.#context.engine.hasImage(image))) return;
    try {
      await this.#pull(image);
    } catch (thrown) {
      if (isUnreachable(thrown)) throw thrown;
      throw new LaunchError(pullMessage(image, thrown), { cause: thrown });
    }
  }

  #pull(image: string): Promise<void> {
    const running = this.#pulls.get(image);
    if (running !== undefined) return running;
    this.#context.log.info({ image }, 'pulling image');
    const pull = this.#context.engine.pull(image).finally(() => {
      this.#pulls.delete(image);
    });
    this.#pulls.set(image, pull);
    return pull;
  }
}

class LaunchError extends Error {}

function isUnreachable(thrown: unknown): boolean {
  return thrown instanceof EngineError && thrown.kind === 'unreachable';
}
