/** What `follow` tells. */
export interface FollowHandlers {
  /** One job event of the run, as the object it was written as; each exactly once, in order. */
  readonly onEvent: (event: Readonly<Record<string, unknown>>) => void;
  /** The submitter went away (restarted, say); following goes on when it is back. */
  readonly onInterruption: (reason: string) => void;
  /** A piece of the stream that is no event; it is left out. */
  readonly onDamage: (reason: string) => void;
}

/** What `submit` answers. */
export interface SubmittedRun {
  readonly runId: string;
  readonly runDir: string;
  /** HTCondor cluster number of the DAGMan job. */
  readonly dagmanCluster: number;
}

/** One file of a run's folder, with its size in bytes. */
export interface RunFile {
  readonly name: string;
  readonly bytes: number;
}

/** A folder of a run, such as `results`. */
export interface RunFolder {
  readonly runId: string;
  readonly folder: string;
}

/** One run at a glance. Times are ISO 8601. */
export interface RunOverview {
  readonly id: string;
  /** Name of its recipe. */
  readonly workflow: string;
  readonly state: RunState;
  /** Jobs: all, done, and failed for good. */
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  readonly created: string;
  readonly ended?: string;
}

/**
 * `not-submitted`: only its folder is there; `waiting`: its DAGMan does not run yet, or again;
 * `removed`: stopped by a person.
 */
export type RunState = (typeof RUN_STATES)[number];
export const RUN_STATES = [
  'not-submitted',
  'waiting',
  'running',
  'held',
  'succeeded',
  'failed',
  'removed',
] as const;

/** What the submitter heard of an executor's pool. */
export interface ExecutorAnswer {
  /** Virtual IP. */
  readonly address: string;
  /** CPUs that it offers; undefined where it did not answer. */
  readonly slots?: number;
}

/** What an executor has in all. */
export interface ExecutorResources {
  readonly cpus: number;
  readonly memoryMb: number;
}

/** A job in the submitter's queue. */
export interface QueuedJob {
  /** `<cluster>.<proc>`. */
  readonly job: string;
  readonly node?: string;
  readonly state:
    'idle' | 'running' | 'held' | 'removed' | 'completed' | 'transferring' | 'suspended' | 'other';
  /** Executions that were started. */
  readonly starts: number;
  /** What it asks for. */
  readonly memoryMb?: number;
  readonly cpus?: number;
  readonly holdReason?: string;
  readonly holdCode?: number;
  /** When it came to its state. */
  readonly since: Date;
}

/** A workflow that a program in the submitter plans and submits by itself, with Pegasus. */
export interface PlannedWorkflow {
  /** Name of the recipe. */
  readonly workflow: string;
  /** Folder in the submitter that the program runs in. */
  readonly directory: string;
  readonly program: string;
  /** Its first argument. */
  readonly jobs: number;
  /** What comes after the number of jobs. */
  readonly arguments: readonly string[];
  /** Folder of the outputs, relative to the run's directory. */
  readonly outputs: string;
  /** Files that a finished run has in it. */
  readonly results: readonly string[];
  /** CPUs of all executors. */
  readonly slots: number;
}

/** A file on this machine, and its name in the folder that it goes to, with slashes. */
export interface LocalFile {
  readonly path: string;
  readonly name: string;
}

/** A job that was run outside of HTCondor. */
export interface TriedJob {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a retry found and did. */
export interface RetriedRun {
  readonly runId: string;
  /** Nodes that are done and whole, and nodes that run again. */
  readonly done: number;
  readonly again: number;
  /** What was wrong with the output of nodes that had succeeded, by node. */
  readonly damaged: Readonly<Record<string, readonly string[]>>;
}

/** What is to be measured: how fast executors correlate a matrix. */
export interface CalibrationRequest {
  /** Path of the staged matrix in the submitter. */
  readonly stagedGem: string;
  /** Virtual IPs of the executors. */
  readonly addresses: readonly string[];
  /** Side by side on each executor: as many as it has slots tell what a busy one does. */
  readonly jobsEach: number;
  readonly naValue: string;
  readonly method: 'sc' | 'pc';
  readonly minObs: number;
  /** As the workflow's jobs ask for it. */
  readonly requestMemoryMb: number;
  /** How long to correlate. */
  readonly seconds: number;
  /** Seconds for all of it: finding a slot, reading the matrix, correlating. */
  readonly deadlineSeconds: number;
}

/** What a job printed on an executor. */
export interface ExecutorOutput {
  readonly address: string;
  readonly output: string;
}

/** The pool a workflow runs on, seen from its submitter. All calls may throw `CrossflockError`. */
export interface WorkflowPool {
  /** Waits for the queue to answer; `deadlineMs` from now. */
  ready(deadlineMs: number, signal: AbortSignal): Promise<void>;
  /** Total slots (CPUs) that the executor pool at `address` offers now. */
  slots(address: string, signal: AbortSignal): Promise<number>;
  /**
   * Puts a file into the submitter, streamed from a local path.
   * @returns its path there, in a folder of its own
   */
  stage(localPath: string, name: string, signal: AbortSignal): Promise<string>;
  /**
   * Puts files into a folder called `name` in the submitter, in one stream.
   * @returns the folder's path there
   */
  stageFolder(files: readonly LocalFile[], name: string, signal: AbortSignal): Promise<string>;
  /** Takes a staged file or folder away again. */
  unstage(stagedPath: string): Promise<void>;
  /**
   * Runs the payload's `calibrate` as ordinary jobs on each executor.
   * @returns what those printed that ended before the deadline; the others are removed
   */
  calibrate(request: CalibrationRequest, signal: AbortSignal): Promise<readonly ExecutorOutput[]>;
  /** Calls the submitter's `submit` with these arguments. */
  submit(args: readonly string[], signal: AbortSignal): Promise<SubmittedRun>;
  /** Runs the job of a staged specification's `test` in the submitter itself, without HTCondor. */
  tryJob(stagedSpec: string, signal: AbortSignal): Promise<TriedJob>;
  /** Submits the run that a staged specification describes; see docs/recipes.md. */
  submitSpec(stagedSpec: string, signal: AbortSignal): Promise<SubmittedRun>;
  /**
   * Has a program of the submitter plan and submit, and registers the run; once it runs it is not
   * interrupted.
   */
  submitPlanned(wanted: PlannedWorkflow, signal: AbortSignal): Promise<SubmittedRun>;
  /** Ids of all runs, the newest first. */
  runs(signal: AbortSignal): Promise<readonly string[]>;
  /** All runs at a glance, the newest first; costs about as much as one command. */
  overview(signal: AbortSignal): Promise<readonly RunOverview[]>;
  /** Text of a file in the run's folder; undefined when there is none. */
  readRunFile(runId: string, name: string, signal: AbortSignal): Promise<string | undefined>;
  /** Writes a text file into the run's folder, in one step. */
  writeRunFile(runId: string, name: string, text: string, signal: AbortSignal): Promise<void>;
  /** The last bytes of a file in the run's folder, from a line's start; undefined without one. */
  tailRunFile(runId: string, name: string, signal: AbortSignal): Promise<string | undefined>;
  listRunFiles(runId: string, folder: string, signal: AbortSignal): Promise<readonly RunFile[]>;
  /** Copies files of a folder of the run into a local folder, in one stream however many. */
  fetchRunFiles(
    from: RunFolder,
    names: readonly string[],
    to: string,
    signal: AbortSignal,
  ): Promise<void>;
  /**
   * Tells the run's events from its beginning until it has ended, across restarts of the submitter.
   * @throws CrossflockError `aborted` when `signal` fires: the run itself goes on
   */
  follow(runId: string, handlers: FollowHandlers, signal: AbortSignal): Promise<void>;
  /** Tells the run's events up to now; `onInterruption` is not used. */
  readEvents(runId: string, handlers: FollowHandlers, signal: AbortSignal): Promise<void>;
  /**
   * Tells what the submitter hears of the pools at these addresses, every 15 seconds or so, across
   * restarts of the submitter; resolves when `signal` fires.
   * @throws CrossflockError `refused` where the submitter's image is too old for it
   */
  watchExecutors(
    addresses: readonly string[],
    onAnswer: (answer: ExecutorAnswer) => void,
    signal: AbortSignal,
  ): Promise<void>;
  /** Programs of the pool, with their versions. */
  software(signal: AbortSignal): Promise<readonly { name: string; version: string }[]>;
  /** The run's jobs in the queue; none of a run that is over. */
  queue(runId: string, signal: AbortSignal): Promise<readonly QueuedJob[]>;
  /** What the executor at `address` has in all. */
  resources(address: string, signal: AbortSignal): Promise<ExecutorResources>;
  /** HTCondor's own analysis of why a job is not matched by the executor at `address`; text. */
  explain(job: string, address: string, signal: AbortSignal): Promise<string>;
  /**
   * Runs what is missing of a run that is over.
   * @throws CrossflockError `refused` when it is not over, or nothing is missing
   */
  retry(runId: string, signal: AbortSignal): Promise<RetriedRun>;
  /** Holds DAGMan and its jobs; the running ones end and begin anew when they are released. */
  hold(runId: string, signal: AbortSignal): Promise<void>;
  release(runId: string, signal: AbortSignal): Promise<void>;
  /** Removes DAGMan and its jobs; resolves when it has left its rescue DAG. */
  remove(runId: string, signal: AbortSignal): Promise<void>;
}
