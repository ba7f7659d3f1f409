/** The tasks of an agent: their executors, their containers, what is said about them. */
import { spawn } from 'node:child_process';
import { mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Channel } from '../common/channel.js';
import { exitWith, glog } from '../common/log.js';
import {
  type FrameworkInfo,
  isTerminal,
  type TaskInfo,
  type TaskRecord,
  type TaskStatus,
} from '../common/mesos.js';
import { stateOf } from '../master/cluster.js';
import type { Checkpoint, RunRecord } from './checkpoint.js';
import {
  CHILD_ENV,
  commandLine,
  containerIdOf,
  containerNames,
  type DockerCli,
  runDocker,
} from './docker.js';
import { type AgentTellsExecutor, EXECUTOR_ENV, type ExecutorSays } from './executor-protocol.js';
import type { AgentSettings } from './settings.js';

export type ExecutorChannel = Channel<ExecutorSays, AgentTellsExecutor>;

export class Runs {
  readonly #settings: AgentSettings;
  readonly #checkpoint: Checkpoint;
  readonly #cli: DockerCli;
  readonly #runs = new Map<string, RunRecord>();
  readonly #executors = new Map<string, ExecutorChannel>();
  readonly #toKill = new Set<string>();
  /** Takes each new status to the master. */
  onStatus: (frameworkId: string, status: TaskStatus) => void = () => undefined;

  constructor(settings: AgentSettings, checkpoint: Checkpoint) {
    this.#settings = settings;
    this.#checkpoint = checkpoint;
    this.#cli = { docker: settings.docker, socket: settings.dockerSocket };
  }

  all(): readonly RunRecord[] {
    return [...this.#runs.values()];
  }

  /** Those whose end the framework does not know yet. */
  open(): readonly RunRecord[] {
    return this.all().filter(({ done }) => !done);
  }

  /** Takes up what an agent of this id had begun, and clears away what nobody knows. */
  async recover(agentId: string | undefined): Promise<void> {
    for (const run of agentId === undefined ? [] : this.#checkpoint.runs(agentId)) {
      if (!run.done) {
        this.#runs.set(run.containerId, run);
        glog.info(`Recovering executor '${run.task.info.id}' of framework ${run.framework.id}`);
      }
    }
    await this.#removeOrphans();
    glog.info('Recovering executors');
    // Returns at once when there is none to wait for.
    if (this.#unconnected().length > 0) await delay(this.#settings.reregistrationMs);
    glog.info('Cleaning up un-reregistered executors');
    for (const run of this.#unconnected()) {
      this.#failed(
        run,
        'Abnormal executor termination: unknown container',
        'REASON_EXECUTOR_TERMINATED',
      );
    }
    glog.info('Finished recovery');
  }

  #unconnected(): readonly RunRecord[] {
    return this.open().filter(
      (run) => !this.#executors.has(run.containerId) && !isTerminal(stateOf(run.task)),
    );
  }

  async #removeOrphans(): Promise<void> {
    glog.info('Recovering Docker containers');
    const args = ['ps', '-a'];
    const { status, stdout, stderr } = await runDocker(this.#cli, args);
    if (status !== 0) {
      exitWith(
        1,
        `Failed to perform recovery: Failed to run '${commandLine(this.#cli, args)}': exited with status ${status}; stderr='${stderr}'\n${HINTS(this.#settings.workDir)}`,
      );
    }
    glog.info('Got the list of Docker containers');
    for (const name of containerNames(stdout)) {
      const id = containerIdOf(name);
      if (id === undefined || this.#runs.has(id) || !this.#settings.killOrphans) continue;
      glog.info(`Mesos container with ID '${id}' has been orphaned`);
      await runDocker(this.#cli, ['stop', '-t', '0', name]);
      await runDocker(this.#cli, ['rm', '-v', name]);
    }
    glog.info('Finished processing orphaned Docker containers');
  }

  async launch(agentId: string, framework: FrameworkInfo, info: TaskInfo): Promise<void> {
    const task: TaskRecord = { info, frameworkId: framework.id, agentId, statuses: [] };
    const containerId = crypto.randomUUID();
    const run: RunRecord = { task, framework, containerId, done: false, removed: false };
    this.#runs.set(containerId, run);
    this.#checkpoint.writeRun(run);
    mkdirSync(this.#checkpoint.sandbox(run), { recursive: true });
    glog.info(
      `Launching container ${containerId} for task '${info.id}' of framework ${framework.id}`,
    );
    const problem = await this.#image(info);
    if (this.#toKill.has(info.id)) {
      this.#report(run, { state: 'TASK_KILLED', message: 'Task killed before it was launched' });
    } else if (problem !== undefined) {
      this.#failed(run, `Failed to launch container: ${problem}`, 'REASON_CONTAINER_LAUNCH_FAILED');
    } else this.#spawn(run);
  }

  /** Why the image is not there; undefined when it is. */
  async #image({ docker }: TaskInfo): Promise<string | undefined> {
    const { image, forcePullImage } = docker;
    if (!forcePullImage) {
      const { status } = await runDocker(this.#cli, ['inspect', '--type=image', image]);
      if (status === 0) return undefined;
    }
    const args = ['pull', image];
    const { status, stderr } = await runDocker(this.#cli, args);
    if (status === 0) return undefined;
    return `Failed to run '${commandLine(this.#cli, args)}': exited with status ${status}; stderr='${stderr}'`;
  }

  #spawn(run: RunRecord): void {
    const sandbox = this.#checkpoint.sandbox(run);
    const { info, recoveryMs } = this.#settings;
    const out = openSync(join(sandbox, 'stdout'), 'a');
    const err = openSync(join(sandbox, 'stderr'), 'a');
    const child = spawn(process.execPath, [process.argv[1] ?? '', 'executor'], {
      argv0: 'mesos-docker-executor',
      detached: true,
      stdio: ['ignore', out, err],
      env: {
        ...CHILD_ENV,
        [EXECUTOR_ENV.run]: this.#checkpoint.runFile(run),
        [EXECUTOR_ENV.sandbox]: sandbox,
        [EXECUTOR_ENV.agent]: `slave(1)@${info.ip}:${info.port}`,
        [EXECUTOR_ENV.docker]: this.#cli.docker,
        [EXECUTOR_ENV.socket]: this.#cli.socket,
        [EXECUTOR_ENV.recoveryMs]: String(recoveryMs),
      },
    });
    child.unref();
    child.once('exit', () => {
      this.#executorEnded(run);
    });
    child.once('error', (error) => {
      this.#failed(
        run,
        `Failed to launch executor: ${error.message}`,
        'REASON_EXECUTOR_TERMINATED',
      );
    });
  }

  /** An executor that ends before its task does leaves a container to be stopped. */
  #executorEnded(run: RunRecord): void {
    if (isTerminal(stateOf(run.task))) return;
    void runDocker(this.#cli, ['stop', '-t', '0', `mesos-${run.containerId}`]);
    this.#failed(run, 'Executor terminated', 'REASON_EXECUTOR_TERMINATED');
  }

  /** An executor has come, for the first time or again. */
  connected(channel: ExecutorChannel, containerId: string): void {
    const run = this.#runs.get(containerId);
    if (run === undefined) {
      channel.send({ type: 'shutdown' });
      return;
    }
    glog.info(
      `Received registration of executor '${run.task.info.id}' of framework ${run.framework.id}`,
    );
    this.#executors.set(containerId, channel);
    void channel.closed.then(() => {
      if (this.#executors.get(containerId) === channel) this.#executors.delete(containerId);
    });
    channel.send({ type: 'registered' });
    if (this.#toKill.has(run.task.info.id)) channel.send({ type: 'kill' });
  }

  /** An executor's word: kept first, then taken from it, then passed on. */
  said(channel: ExecutorChannel, status: TaskStatus): void {
    channel.send({ type: 'ack', uuid: status.uuid });
    const run = this.#byTask(status.taskId);
    if (run !== undefined) this.#note(run, status);
  }

  kill(taskId: string): boolean {
    const run = this.#byTask(taskId);
    if (run === undefined) return false;
    this.#toKill.add(taskId);
    this.#executors.get(run.containerId)?.send({ type: 'kill' });
    return true;
  }

  acknowledged(taskId: string, uuid: string): void {
    const run = this.#byTask(taskId);
    const last = run?.task.statuses.at(-1);
    if (run === undefined || last?.uuid !== uuid || !isTerminal(last.state)) return;
    run.done = true;
    this.#checkpoint.writeRun(run);
    const remove = setTimeout(() => void this.#remove(run), this.#settings.removeDelayMs);
    remove.unref();
  }

  async #remove(run: RunRecord): Promise<void> {
    await runDocker(this.#cli, ['rm', '-v', `mesos-${run.containerId}`]);
    run.removed = true;
    this.#checkpoint.writeRun(run);
    this.#runs.delete(run.containerId);
  }

  /** Ends everything: the agent does not come back. */
  async shutdown(): Promise<void> {
    for (const channel of this.#executors.values()) channel.send({ type: 'shutdown' });
    const active = this.open().filter(({ task }) => !isTerminal(stateOf(task)));
    await Promise.all(
      active.map((run) => runDocker(this.#cli, ['stop', '-t', '0', `mesos-${run.containerId}`])),
    );
  }

  #byTask(taskId: string): RunRecord | undefined {
    return this.all().findLast(({ task }) => task.info.id === taskId);
  }

  #failed(run: RunRecord, message: string, reason: string): void {
    this.#report(run, { state: 'TASK_FAILED', message, reason });
  }

  #report(run: RunRecord, what: Pick<TaskStatus, 'state' | 'message' | 'reason'>): void {
    if (isTerminal(stateOf(run.task))) return;
    this.#note(run, {
      ...what,
      uuid: crypto.randomUUID(),
      taskId: run.task.info.id,
      timestamp: Date.now() / 1000,
      source: 'SOURCE_AGENT',
      containerId: run.containerId,
    });
  }

  #note(run: RunRecord, status: TaskStatus): void {
    const { statuses } = run.task;
    if (isTerminal(stateOf(run.task)) || statuses.some(({ uuid }) => uuid === status.uuid)) return;
    const isSame = statuses.at(-1)?.state === status.state;
    run.task.statuses = [...(isSame ? statuses.slice(0, -1) : statuses), status];
    this.#checkpoint.writeRun(run);
    glog.info(
      `Handling status update ${status.state} for task ${status.taskId} of framework ${run.framework.id}`,
    );
    this.onStatus(run.framework.id, status);
  }
}

const HINTS = (workDir: string): string => `
If recovery failed due to a change in configuration and you want to
keep the current agent id, you might want to change the
\`--reconfiguration_policy\` flag to a more permissive value.

To restart this agent with a new agent id instead, do as follows:
rm -f ${workDir}/meta/slaves/latest
This ensures that the agent does not recover old live executors.
`;
export const recoveryHints = HINTS;
