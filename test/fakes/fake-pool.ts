import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { CrossflockError } from '../../src/errors/crossflock-error.js';
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
} from '../../src/ports/workflow-pool.js';

/** A run as the fake pool holds it: its files, and the events that following it tells. */
export interface FakeRun {
  readonly files: Record<string, string>;
  /** Told at once; then the run has ended, or `follow` waits for the signal. */
  readonly events: readonly Readonly<Record<string, unknown>>[];
  readonly goesOn?: boolean;
}

/**
 * A pool in memory. Submitting makes the run that the test prepared with `onSubmit`; every call is
 * kept in `calls`, and what is not there is answered as the real pool answers it: `undefined` for a
 * file, `not-found` for following a run, an empty list for a folder.
 */
export class FakePool implements WorkflowPool {
  readonly calls: string[] = [];
  readonly staged = new Set<string>();
  /** Text of each JSON file that was ever staged, by its path in the submitter. */
  readonly texts = new Map<string, string>();
  /** By run id, the oldest first. */
  readonly held = new Map<string, FakeRun>();
  /** What an executor offers, by address: 4 slots where nothing is said, or why it does not answer. */
  readonly offers = new Map<string, number | Error>();
  /** What a calibration prints, by address, or why it cannot be run. */
  calibrations: ReadonlyMap<string, string> | Error = new Map();
  /** What `overview` says of a run, beyond that it succeeded. */
  readonly glances = new Map<string, Partial<RunOverview>>();
  /** The run's jobs in the queue, by run id; none where nothing is said. */
  readonly queued = new Map<string, readonly QueuedJob[]>();
  /** What HTCondor's analysis says of a job. */
  readonly analyses = new Map<string, string>();
  /** What a retry finds; the run that follows is the one that `held` has then. */
  onRetry: (runId: string) => RetriedRun = (runId) => {
    throw new CrossflockError(`run '${runId}' is not over`, { code: 'refused' });
  };
  /** Who is told of executors, once somebody watches them: for answers that come later. */
  onAnswer: ((answer: ExecutorAnswer) => void) | undefined;
  /** What trying a job says. */
  tried: TriedJob = { exitCode: 0, stdout: '', stderr: '' };
  onSubmit: (args: readonly string[]) => { readonly id: string; readonly run: FakeRun } = () => {
    throw new CrossflockError('the test prepared no run', { code: 'unexpected' });
  };

  ready(deadlineMs: number): Promise<void> {
    return this.#called(`ready ${deadlineMs}`, undefined);
  }

  async slots(address: string): Promise<number> {
    const offer = await this.#called(`slots ${address}`, this.offers.get(address) ?? 4);
    if (typeof offer === 'number') return offer;
    throw offer;
  }

  async stage(localPath: string, name: string): Promise<string> {
    const path = `/tmp/staged/${name}`;
    this.staged.add(path);
    if (name.endsWith('.json')) this.texts.set(path, await readFile(localPath, 'utf8'));
    return this.#called(`stage ${localPath}`, path);
  }

  /** The folder's files are in `calls` too. */
  stageFolder(files: readonly LocalFile[], name: string): Promise<string> {
    const path = `/tmp/staged/${name}`;
    this.staged.add(path);
    const names = files.map((file) => file.name).join(' ');
    return this.#called(`stage-folder ${names}`, path);
  }

  unstage(stagedPath: string): Promise<void> {
    this.staged.delete(stagedPath);
    return this.#called(`unstage ${stagedPath}`, undefined);
  }

  async calibrate({ addresses, jobsEach }: CalibrationRequest): Promise<readonly ExecutorOutput[]> {
    const printed = await this.#called(
      `calibrate ${addresses.join(',')} × ${jobsEach}`,
      this.calibrations,
    );
    if (printed instanceof Error) throw printed;
    return addresses.flatMap((address) => {
      const output = printed.get(address);
      return output === undefined
        ? []
        : Array.from({ length: jobsEach }, () => ({ address, output }));
    });
  }

  async submit(args: readonly string[]): Promise<SubmittedRun> {
    await this.#called(`submit ${args.join(' ')}`, undefined);
    const { id, run } = this.onSubmit(args);
    this.held.set(id, run);
    return { runId: id, runDir: `/runs/${id}`, dagmanCluster: 1 };
  }

  tryJob(stagedSpec: string): Promise<TriedJob> {
    return this.#called(`try ${stagedSpec}`, this.tried);
  }

  /** Makes the run of `onSubmit`, which is given the path of the specification. */
  async submitSpec(stagedSpec: string): Promise<SubmittedRun> {
    await this.#called(`submit-spec ${stagedSpec}`, undefined);
    const { id, run } = this.onSubmit([stagedSpec]);
    this.held.set(id, run);
    return { runId: id, runDir: `/runs/${id}`, dagmanCluster: 1 };
  }

  /** Makes the run of `onSubmit`, which is given the program's words. */
  async submitPlanned({ program, jobs, arguments: more }: PlannedWorkflow): Promise<SubmittedRun> {
    const words = [program, String(jobs), ...more];
    await this.#called(`submit-planned ${words.join(' ')}`, undefined);
    const { id, run } = this.onSubmit(words);
    this.held.set(id, run);
    return { runId: id, runDir: `/runs/${id}`, dagmanCluster: 1 };
  }

  runs(): Promise<readonly string[]> {
    return this.#called('runs', [...this.held.keys()].reverse());
  }

  /** Each run that `held` has, with what the test says of it in `glances`. */
  overview(): Promise<readonly RunOverview[]> {
    const runs = [...this.held.keys()]
      .reverse()
      .map((id) => ({ ...GLANCE, id, ...this.glances.get(id) }));
    return this.#called('overview', runs);
  }

  readRunFile(runId: string, name: string): Promise<string | undefined> {
    return this.#called(`read ${runId} ${name}`, this.held.get(runId)?.files[name]);
  }

  async writeRunFile(runId: string, name: string, text: string): Promise<void> {
    const run = await this.#called(`write ${runId} ${name}`, this.held.get(runId));
    if (run === undefined) throw notFound(runId);
    run.files[name] = text;
  }

  tailRunFile(runId: string, name: string): Promise<string | undefined> {
    return this.#called(`tail ${runId} ${name}`, this.held.get(runId)?.files[name]);
  }

  listRunFiles(runId: string, folder: string): Promise<readonly RunFile[]> {
    const files = Object.entries(this.held.get(runId)?.files ?? {})
      .filter(([name]) => name.startsWith(`${folder}/`))
      .map(([name, text]) => ({
        name: name.slice(folder.length + 1),
        bytes: Buffer.byteLength(text),
      }));
    return this.#called(`list ${runId} ${folder}`, files);
  }

  async fetchRunFiles(
    { runId, folder }: RunFolder,
    names: readonly string[],
    to: string,
  ): Promise<void> {
    const files = await this.#called(
      `fetch ${runId} ${folder}: ${names.join(' ')}`,
      this.held.get(runId)?.files,
    );
    await mkdir(to, { recursive: true });
    for (const name of names) {
      const text = files?.[`${folder}/${name}`];
      if (text === undefined) throw notFound(name);
      await writeFile(join(to, name), text);
    }
  }

  async follow(runId: string, handlers: FollowHandlers, signal: AbortSignal): Promise<void> {
    const run = await this.#called(`follow ${runId}`, this.held.get(runId));
    if (run === undefined) throw notFound(runId);
    for (const event of run.events) handlers.onEvent(event);
    if (run.goesOn !== true) return;
    await new Promise<never>((_resolve, reject) => {
      const stop = (): void => {
        reject(new CrossflockError('interrupted', { code: 'aborted' }));
      };
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, { once: true });
    });
  }

  async readEvents(runId: string, { onEvent }: FollowHandlers): Promise<void> {
    const run = await this.#called(`events ${runId}`, this.held.get(runId));
    if (run === undefined) throw notFound(runId);
    for (const event of run.events) onEvent(event);
  }

  /** Tells once what `offers` has: 4 slots where nothing is said, no answer where it is an error. */
  async watchExecutors(
    addresses: readonly string[],
    onAnswer: (answer: ExecutorAnswer) => void,
    signal: AbortSignal,
  ): Promise<void> {
    this.onAnswer = onAnswer;
    await this.#called(`watch ${addresses.join(',')}`, undefined);
    for (const address of addresses) {
      const offer = this.offers.get(address) ?? 4;
      onAnswer(typeof offer === 'number' ? { address, slots: offer } : { address });
    }
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else
        signal.addEventListener(
          'abort',
          () => {
            resolve();
          },
          { once: true },
        );
    });
  }

  software(): Promise<readonly { name: string; version: string }[]> {
    return this.#called('software', [{ name: 'HTCondor', version: '23.9.6' }]);
  }

  queue(runId: string): Promise<readonly QueuedJob[]> {
    return this.#called(`queue ${runId}`, this.queued.get(runId) ?? []);
  }

  /** An executor of `offers` has 1024 MB for each slot. */
  async resources(address: string): Promise<ExecutorResources> {
    const offer = await this.#called(`resources ${address}`, this.offers.get(address) ?? 4);
    if (typeof offer !== 'number') throw offer;
    return { cpus: offer, memoryMb: 1024 * offer };
  }

  explain(job: string, address: string): Promise<string> {
    return this.#called(`explain ${job} ${address}`, this.analyses.get(job) ?? '');
  }

  async retry(runId: string): Promise<RetriedRun> {
    await this.#called(`retry ${runId}`, undefined);
    return this.onRetry(runId);
  }

  hold(runId: string): Promise<void> {
    return this.#called(`hold ${runId}`, undefined);
  }

  release(runId: string): Promise<void> {
    return this.#called(`release ${runId}`, undefined);
  }

  remove(runId: string): Promise<void> {
    return this.#called(`remove ${runId}`, undefined);
  }

  #called<T>(call: string, answer: T): Promise<T> {
    this.calls.push(call);
    return Promise.resolve(answer);
  }
}

const GLANCE = {
  workflow: 'kinc',
  state: 'succeeded',
  total: 23,
  done: 23,
  failed: 0,
  created: '2026-01-02T03:00:00.000Z',
  ended: '2026-01-02T03:01:00.000Z',
} as const;

function notFound(what: string): CrossflockError {
  return new CrossflockError(`the fake pool has no ${what}`, { code: 'not-found' });
}
