import { createReadStream } from 'node:fs';

import { CrossflockError, toCrossflockError } from '../errors/crossflock-error.js';
import type { Clock } from '../ports/clock.js';
import type { Host } from '../ports/host.js';
import type {
  CalibrationRequest,
  ExecutorAnswer,
  ExecutorOutput,
  ExecutorResources,
  FollowHandlers,
  LocalFile,
  PlannedWorkflow,
  QueuedJob,
  RetriedRun,
  RunFile,
  RunFolder,
  RunOverview,
  SubmittedRun,
  TriedJob,
  WorkflowPool,
} from '../ports/workflow-pool.js';
import { calibrationJobs, readCalibrations } from './calibration-job.js';
import * as commands from './commands.js';
import { askExecutors } from './executor-answers.js';
import { fetchFiles } from './fetch-files.js';
import { readRunEvents } from './event-source.js';
import { RunFollower } from './follow.js';
import { readQueue } from './htcondor/queue.js';
import { readSlots, resourcesOf, totalCpus } from './htcondor/slots.js';
import { pegasusOf } from './pegasus/record.js';
import { retryPlanned } from './pegasus/retry.js';
import { submitPlanned } from './pegasus/submit.js';
import { glances } from './plain/commands.js';
import { plainOverviews } from './plain/overview.js';
import { readRetryAnswer, retryFailed } from './retry-answer.js';
import { readOverviews } from './run-overview.js';
import { readRunRecord, type RunRecord } from './run-record.js';
import { commandFailed, missingCommand, SubmitterContainer } from './submitter-container.js';
import { readSubmitAnswer, submitFailed } from './submit-answer.js';
import { stageFolder } from './stage-folder.js';
import { tryJob } from './try-job.js';

const ASK_MS = 20_000;
/** For DAGMan to end once it was removed; it waits for its jobs to be taken out of the queue. */
const REMOVED_MS = 60_000;
const SUBMIT_MS = 10 * 60_000;
const READY_PAUSE_MS = 500;
/** A submitter that restarts is gone for about 2 s; one that is gone for longer was not made. */
const ABSENT_MS = 5000;
/** Enough for the traceback of a job, little enough for a terminal. */
const TAIL_BYTES = 4096;

/** An HTCondor pool, through commands in its submitter's container. */
export class HtcondorPool implements WorkflowPool {
  readonly #container: SubmitterContainer;
  readonly #clock: Clock;

  /** @param hosts the machines one of whose Docker Engines runs the submitter */
  constructor(hosts: readonly Host[], labels: commands.SubmitterLabels, clock: Clock) {
    this.#container = new SubmitterContainer(hosts, labels);
    this.#clock = clock;
  }

  async ready(deadlineMs: number, signal: AbortSignal): Promise<void> {
    const start = this.#clock.monotonicMs();
    let thereAt = start;
    for (;;) {
      const problem = await this.#askQueue(signal);
      if (problem === undefined) return;
      if (problem.code === 'aborted') throw problem;
      const now = this.#clock.monotonicMs();
      const isAbsent = problem.code === 'not-found';
      if (!isAbsent) thereAt = now;
      if (isAbsent && now - thereAt >= ABSENT_MS) throw problem;
      if (now - start >= deadlineMs) throw isAbsent ? problem : noAnswer(problem, deadlineMs);
      await this.#clock.sleep(READY_PAUSE_MS, signal);
    }
  }

  async slots(address: string, signal: AbortSignal): Promise<number> {
    const argv = commands.slotsOf(address);
    const text = await this.#container.must(argv, { signal, timeoutMs: ASK_MS });
    return totalCpus(readSlots(text));
  }

  async stage(localPath: string, name: string, signal: AbortSignal): Promise<string> {
    const stdin = createReadStream(localPath);
    try {
      const path = await this.#container.must(commands.stageFile(name), { stdin, signal });
      return path.trim();
    } finally {
      stdin.destroy();
    }
  }

  async stageFolder(
    files: readonly LocalFile[],
    name: string,
    signal: AbortSignal,
  ): Promise<string> {
    return stageFolder(this.#container, { files, name }, signal);
  }

  async unstage(stagedPath: string): Promise<void> {
    await this.#container.must(commands.unstageFile(stagedPath), { timeoutMs: ASK_MS });
  }

  async calibrate(
    request: CalibrationRequest,
    signal: AbortSignal,
  ): Promise<readonly ExecutorOutput[]> {
    const { stagedGem, deadlineSeconds } = request;
    const text = await this.#container.must(commands.calibrate(stagedGem, deadlineSeconds), {
      stdin: calibrationJobs(request),
      signal,
      timeoutMs: 1000 * deadlineSeconds + ASK_MS,
    });
    return readCalibrations(text);
  }

  submit(args: readonly string[], signal: AbortSignal): Promise<SubmittedRun> {
    return this.#submit([commands.SUBMIT_COMMAND, ...args, '--json'], signal);
  }

  tryJob(stagedSpec: string, signal: AbortSignal): Promise<TriedJob> {
    return tryJob(this.#container, stagedSpec, signal);
  }

  submitSpec(stagedSpec: string, signal: AbortSignal): Promise<SubmittedRun> {
    return this.#submit([commands.SUBMIT_SPEC_COMMAND, stagedSpec, '--json'], signal);
  }

  submitPlanned(wanted: PlannedWorkflow, signal: AbortSignal): Promise<SubmittedRun> {
    return submitPlanned(this.#container, wanted, signal);
  }

  async #submit(argv: readonly string[], signal: AbortSignal): Promise<SubmittedRun> {
    const result = await this.#container.run(argv, { signal, timeoutMs: SUBMIT_MS });
    if (result.exitCode !== 0) throw submitFailed(argv, result);
    return readSubmitAnswer(result.stdout);
  }

  async runs(signal: AbortSignal): Promise<readonly string[]> {
    const text = await this.#container.must(commands.listRuns(), { signal, timeoutMs: ASK_MS });
    return text
      .split('\n')
      .map((line) => /^([\d.]+)\t(.+)\/run\.json$/.exec(line))
      .filter((found) => found !== null)
      .sort((a, b) => Number(b[1]) - Number(a[1]))
      .map((found) => found[2] ?? '');
  }

  async overview(signal: AbortSignal): Promise<readonly RunOverview[]> {
    const argv = commands.overview();
    const result = await this.#container.run(argv, { signal, timeoutMs: ASK_MS });
    if (result.exitCode === 0) return readOverviews(result.stdout);
    if (missingCommand(commands.RUNS_COMMAND, result) === undefined) {
      throw commandFailed(argv, result);
    }
    const text = await this.#container.must(glances(), { signal, timeoutMs: ASK_MS });
    return plainOverviews(text, this.#clock.now());
  }

  async readRunFile(runId: string, name: string, signal: AbortSignal): Promise<string | undefined> {
    const argv = commands.readFile(runId, name);
    const result = await this.#container.run(argv, { signal, timeoutMs: ASK_MS });
    return result.exitCode === 0 ? result.stdout : undefined;
  }

  async writeRunFile(
    runId: string,
    name: string,
    text: string,
    signal: AbortSignal,
  ): Promise<void> {
    const argv = commands.writeFile(runId, name);
    await this.#container.must(argv, { stdin: text, signal, timeoutMs: ASK_MS });
  }

  async tailRunFile(runId: string, name: string, signal: AbortSignal): Promise<string | undefined> {
    const argv = commands.readEnd(runId, name, TAIL_BYTES);
    const result = await this.#container.run(argv, { signal, timeoutMs: ASK_MS });
    if (result.exitCode !== 0) return undefined;
    const { stdout } = result;
    return stdout.length < TAIL_BYTES ? stdout : stdout.slice(stdout.indexOf('\n') + 1);
  }

  async listRunFiles(
    runId: string,
    folder: string,
    signal: AbortSignal,
  ): Promise<readonly RunFile[]> {
    const argv = commands.listFiles(runId, folder);
    const text = await this.#container.must(argv, { signal, timeoutMs: ASK_MS });
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [bytes = '0', ...name] = line.split('\t');
        return { name: name.join('\t'), bytes: Number(bytes) };
      });
  }

  async fetchRunFiles(
    { runId, folder }: RunFolder,
    names: readonly string[],
    to: string,
    signal: AbortSignal,
  ): Promise<void> {
    await fetchFiles(this.#container, { runId, folder, names, to }, signal);
  }

  async follow(runId: string, handlers: FollowHandlers, signal: AbortSignal): Promise<void> {
    const run = { id: runId, handlers };
    await new RunFollower(this.#container, this.#clock, run).follow(signal);
  }

  async readEvents(runId: string, handlers: FollowHandlers, signal: AbortSignal): Promise<void> {
    const run = { id: runId, handlers };
    await readRunEvents(this.#container, this.#clock, run, signal);
  }

  async watchExecutors(
    addresses: readonly string[],
    onAnswer: (answer: ExecutorAnswer) => void,
    signal: AbortSignal,
  ): Promise<void> {
    await askExecutors(this.#container, this.#clock, { addresses, onAnswer }, signal);
  }

  async software(signal: AbortSignal): Promise<readonly { name: string; version: string }[]> {
    const text = await this.#container.must(commands.htcondorVersion(), {
      signal,
      timeoutMs: ASK_MS,
    });
    const version = /\$CondorVersion: (\S+)/.exec(text)?.[1];
    return version === undefined ? [] : [{ name: 'HTCondor', version }];
  }

  async queue(runId: string, signal: AbortSignal): Promise<readonly QueuedJob[]> {
    const { dagmanCluster } = await this.#record(runId, signal);
    const argv = commands.queueOf(dagmanCluster);
    return readQueue(await this.#container.must(argv, { signal, timeoutMs: ASK_MS }));
  }

  async resources(address: string, signal: AbortSignal): Promise<ExecutorResources> {
    const argv = commands.resourcesAt(address);
    return resourcesOf(await this.#container.must(argv, { signal, timeoutMs: ASK_MS }));
  }

  explain(job: string, address: string, signal: AbortSignal): Promise<string> {
    const argv = commands.explainJob(job, address);
    return this.#container.must(argv, { signal, timeoutMs: ASK_MS });
  }

  async retry(runId: string, signal: AbortSignal): Promise<RetriedRun> {
    const record = await this.#record(runId, signal);
    if (pegasusOf(record) !== undefined) {
      const glance = (await this.overview(signal)).find(({ id }) => id === runId);
      return retryPlanned(this.#container, { record, state: glance?.state }, signal);
    }
    const argv = commands.retryRun(runId);
    const result = await this.#container.run(argv, { signal, timeoutMs: SUBMIT_MS });
    if (result.exitCode !== 0) throw retryFailed(argv, result);
    return readRetryAnswer(result.stdout);
  }

  async hold(runId: string, signal: AbortSignal): Promise<void> {
    await this.#steer('hold', runId, signal);
  }

  async release(runId: string, signal: AbortSignal): Promise<void> {
    await this.#steer('release', runId, signal);
  }

  async remove(runId: string, signal: AbortSignal): Promise<void> {
    const { dagmanCluster, dagmanLog } = await this.#steer('rm', runId, signal);
    const log = { runId, log: dagmanLog };
    const argv = commands.waitForDagman(log, dagmanCluster, REMOVED_MS / 1000);
    const result = await this.#container.run(argv, { signal, timeoutMs: REMOVED_MS + ASK_MS });
    if (result.exitCode === 0) return;
    throw new CrossflockError(
      `run ${runId} has not ended ${REMOVED_MS / 1000} s after its removal`,
      {
        code: 'timeout',
        hint: 'crossflock workflow list says when it has',
        cause: result.stderr || result.stdout,
      },
    );
  }

  async #record(runId: string, signal: AbortSignal): Promise<RunRecord> {
    return readRunRecord(runId, await this.readRunFile(runId, 'run.json', signal));
  }

  async #steer(
    verb: 'hold' | 'release' | 'rm',
    runId: string,
    signal: AbortSignal,
  ): Promise<RunRecord> {
    const record = await this.#record(runId, signal);
    const argv = commands.steer(verb, record.dagmanCluster);
    await this.#container.must(argv, { signal, timeoutMs: ASK_MS });
    return record;
  }

  async #askQueue(signal: AbortSignal): Promise<CrossflockError | undefined> {
    try {
      await this.#container.must(commands.queueTotals(), { signal, timeoutMs: ASK_MS });
      return undefined;
    } catch (error) {
      return toCrossflockError(error);
    }
  }
}

function noAnswer(problem: CrossflockError, deadlineMs: number): CrossflockError {
  return new CrossflockError(
    `the submitter's queue did not answer within ${deadlineMs / 1000} s: ${problem.message}`,
    {
      code: problem.code,
      cause: problem,
      hint: problem.hint ?? 'run create-containers first',
    },
  );
}
