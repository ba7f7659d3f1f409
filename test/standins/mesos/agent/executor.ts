/**
 * mesos-docker-executor: one task, one attached `docker run`. It is a process of its own session,
 * so that it and the task outlive the agent, and looks for the agent until that is back.
 */
import { spawn } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Channel, openChannel } from '../common/channel.js';
import { glog } from '../common/log.js';
import { isTerminal, type TaskCheck, type TaskState, type TaskStatus } from '../common/mesos.js';
import type { RunRecord } from './checkpoint.js';
import {
  addressOf,
  CHILD_ENV,
  commandLine,
  type DockerCli,
  runArguments,
  runDocker,
} from './docker.js';
import { type AgentTellsExecutor, EXECUTOR_ENV, type ExecutorSays } from './executor-protocol.js';

const INSPECT_MS = 500;
const RECONNECT_MS = 300;

const envOf = (name: keyof typeof EXECUTOR_ENV): string => process.env[EXECUTOR_ENV[name]] ?? '';

class Executor {
  readonly #run: RunRecord;
  readonly #cli: DockerCli;
  readonly #name: string;
  #agent: Channel<AgentTellsExecutor, ExecutorSays> | undefined;
  /** Not yet acknowledged, oldest first. */
  #pending: TaskStatus[] = [];
  #ip: string | undefined;
  #killing = false;
  #unhealthy = false;
  #ended = false;

  constructor(run: RunRecord) {
    this.#run = run;
    this.#cli = { docker: envOf('docker'), socket: envOf('socket') };
    this.#name = `mesos-${run.containerId}`;
  }

  async main(): Promise<void> {
    void this.#stayConnected();
    this.#report('TASK_STARTING', {});
    const ended = this.#launch();
    void this.#waitUntilRunning();
    const status = await ended;
    this.#ended = true;
    glog.info(`Container exited with status ${status}`);
    this.#reportEnd(status);
    await this.#allAcknowledged();
    process.exit(0);
  }

  #reportEnd(status: number): void {
    const message = `Container exited with status ${status}`;
    if (this.#unhealthy)
      this.#report('TASK_FAILED', { message: 'Task failed its health check', healthy: false });
    else if (this.#killing) this.#report('TASK_KILLED', { message });
    else this.#report(status === 0 ? 'TASK_FINISHED' : 'TASK_FAILED', { message });
  }

  /** Resolves with the exit code. */
  #launch(): Promise<number> {
    const sandbox = envOf('sandbox');
    const { task, containerId } = this.#run;
    const args = runArguments({ task: task.info, containerId, sandbox, role: '*' });
    glog.info(`Running ${commandLine(this.#cli, args.slice(0, 1))} … ${this.#name}`);
    const out = openSync(join(sandbox, 'stdout'), 'a');
    const err = openSync(join(sandbox, 'stderr'), 'a');
    const child = spawn(this.#cli.docker, ['-H', `unix://${this.#cli.socket}`, ...args], {
      env: CHILD_ENV,
      stdio: ['ignore', out, err],
    });
    return new Promise((resolve) => {
      child.once('error', () => {
        resolve(2);
      });
      child.once('exit', (code, signal) => {
        resolve(code ?? (signal === 'SIGKILL' ? 137 : 143));
      });
    });
  }

  async #waitUntilRunning(): Promise<void> {
    while (!this.#isOver()) {
      const { status, stdout } = await runDocker(this.#cli, [
        'inspect',
        '--type=container',
        this.#name,
      ]);
      if (status === 0) {
        const { running, ip } = addressOf(stdout);
        if (running && !this.#isOver()) {
          this.#ip = ip;
          if (!this.#killing) this.#report('TASK_RUNNING', {});
          void this.#watchHealth(this.#run.task.info.check);
          return;
        }
      }
      await delay(INSPECT_MS);
    }
  }

  /** Asked anew after each wait. */
  #isOver(): boolean {
    return this.#ended;
  }

  #report(state: TaskState, more: Partial<TaskStatus>): void {
    const { task, containerId } = this.#run;
    const status: TaskStatus = {
      uuid: crypto.randomUUID(),
      taskId: task.info.id,
      state,
      timestamp: Date.now() / 1000,
      source: 'SOURCE_EXECUTOR',
      containerId,
      ...(this.#ip === undefined ? {} : { ip: this.#ip }),
      ...more,
    };
    this.#pending.push(status);
    this.#agent?.send({ type: 'status', status });
  }

  async #kill(): Promise<void> {
    if (this.#killing || this.#ended) return;
    this.#killing = true;
    this.#report('TASK_KILLING', {});
    const grace = String(Math.ceil(this.#run.task.info.killGraceSeconds));
    // `docker run` may not have made the container yet.
    while (!this.#isOver()) {
      const { status } = await runDocker(this.#cli, ['stop', '-t', grace, this.#name]);
      if (status === 0) return;
      await delay(INSPECT_MS);
    }
  }

  async #watchHealth(check: TaskCheck | undefined): Promise<void> {
    if (check === undefined) return;
    const graceEnd = Date.now() + check.graceSeconds * 1000;
    let failures = 0;
    let last: boolean | undefined;
    await delay(check.delaySeconds * 1000);
    while (!this.#isLeaving()) {
      const healthy = await this.#probe(check);
      if (this.#isLeaving()) return;
      const isForgiven = !healthy && isYoung(last, graceEnd);
      failures = healthy || isForgiven ? 0 : failures + 1;
      if (healthy !== last && !isForgiven) this.#report('TASK_RUNNING', { healthy });
      if (!isForgiven) last = healthy;
      if (check.failures > 0 && failures >= check.failures) void this.#killUnhealthy();
      else await delay(check.intervalSeconds * 1000);
    }
  }

  async #killUnhealthy(): Promise<void> {
    this.#unhealthy = true;
    await this.#kill();
  }

  /** Asked anew after each wait. */
  #isLeaving(): boolean {
    return this.#killing || this.#ended;
  }

  async #probe(check: TaskCheck): Promise<boolean> {
    const timeoutMs = check.timeoutSeconds * 1000;
    if (check.type === 'COMMAND') {
      const args = ['exec', this.#name, 'sh', '-c', ` ${check.command ?? ''} `];
      return (await runDocker(this.#cli, args, timeoutMs)).status === 0;
    }
    const host = this.#ip ?? '127.0.0.1';
    const port = check.port ?? 0;
    if (check.type === 'TCP') return answersTcp(host, port, timeoutMs);
    try {
      const answer = await fetch(`http://${host}:${port}${check.path ?? '/'}`, {
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      });
      return answer.status >= 200 && answer.status < 400;
    } catch {
      return false;
    }
  }

  async #stayConnected(): Promise<void> {
    const [, host = '', port = ''] = /^slave\(1\)@(.*):(\d+)$/.exec(envOf('agent')) ?? [];
    let lostAt = Date.now();
    for (;;) {
      const socket = await openChannel({ host, port: Number(port) }, '/stand-in/executor').catch(
        () => undefined,
      );
      if (socket !== undefined) {
        const channel = new Channel<AgentTellsExecutor, ExecutorSays>(socket, (told) => {
          this.#onAgent(told);
        });
        this.#agent = channel;
        channel.send({ type: 'hello', containerId: this.#run.containerId });
        await channel.closed;
        this.#agent = undefined;
        lostAt = Date.now();
      } else if (Date.now() - lostAt > Number(envOf('recoveryMs'))) {
        glog.info('Recovery timeout exceeded; shutting down');
        await this.#kill();
        process.exit(0);
      }
      await delay(RECONNECT_MS);
    }
  }

  #onAgent(told: AgentTellsExecutor): void {
    if (told.type === 'registered') {
      for (const status of this.#pending) this.#agent?.send({ type: 'status', status });
    } else if (told.type === 'ack') {
      this.#pending = this.#pending.filter(({ uuid }) => uuid !== told.uuid);
    } else if (told.type === 'kill') void this.#kill();
    else void this.#shutdown();
  }

  async #shutdown(): Promise<void> {
    this.#killing = true;
    await runDocker(this.#cli, ['stop', '-t', '0', this.#name]);
    process.exit(0);
  }

  /** An executor waits some time for the last status to be taken. */
  async #allAcknowledged(): Promise<void> {
    while (this.#pending.some(({ state }) => isTerminal(state))) await delay(50);
  }
}

/** Until a task was healthy once, failures of its first time do not count. */
const isYoung = (last: boolean | undefined, graceEnd: number): boolean =>
  last !== true && Date.now() < graceEnd;

async function answersTcp(host: string, port: number, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(timeoutMs, () => {
      end(false);
    });
    socket.once('connect', () => {
      end(true);
    });
    socket.once('error', () => {
      end(false);
    });
  });
}

/** Runs the executor that this process was started as. */
export async function executorMain(): Promise<void> {
  const run = JSON.parse(readFileSync(envOf('run'), 'utf8')) as RunRecord;
  await new Executor(run).main();
}
