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
  /** Takes a staged file away again. */
  unstage(stagedPath: string): Promise<void>;
  /** Calls the submitter's `submit` with these arguments. */
  submit(args: readonly string[], signal: AbortSignal): Promise<SubmittedRun>;
  /** Ids of all runs, the newest first. */
  runs(signal: AbortSignal): Promise<readonly string[]>;
  /** All runs at a glance, the newest first; costs about as much as one command. */
  overview(signal: AbortSignal): Promise<readonly RunOverview[]>;
  /** Text of a file in the run's folder; undefined when there is none. */
  readRunFile(runId: string, name: string, signal: AbortSignal): Promise<string | undefined>;
  /** The last bytes of a file in the run's folder, from a line's start; undefined without one. */
  tailRunFile(runId: string, name: string, signal: AbortSignal): Promise<string | undefined>;
  listRunFiles(runId: string, folder: string, signal: AbortSignal): Promise<readonly RunFile[]>;
  /** Copies a file of the run's folder to a local path, streamed. */
  fetchRunFile(runId: string, name: string, to: string, signal: AbortSignal): Promise<void>;
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
  /** Holds DAGMan and its jobs; the running ones end and begin anew when they are released. */
  hold(runId: string, signal: AbortSignal): Promise<void>;
  release(runId: string, signal: AbortSignal): Promise<void>;
  /** Removes DAGMan and its jobs; resolves when it has left its rescue DAG. */
  remove(runId: string, signal: AbortSignal): Promise<void>;
}
