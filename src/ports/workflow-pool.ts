/** One line of an event stream: parsed by the workflow feature, never by an action. */
export interface FollowHandlers {
  /** Bytes of the run's job event log, from its beginning, as they are written. */
  readonly onNodeEvents: (chunk: string) => void;
  /** Bytes of the DAGMan job's own event log. */
  readonly onDagEvents: (chunk: string) => void;
}

/** What `submit` answers. */
export interface SubmittedRun {
  readonly runId: string;
  readonly runDir: string;
  /** HTCondor cluster number of the DAGMan job. */
  readonly dagmanCluster: number;
}

/** One file of a run's results, with its size in bytes. */
export interface RunFile {
  readonly name: string;
  readonly bytes: number;
}

/** The pool a workflow runs on, seen from its submitter. All calls may throw `CrossflockError`. */
export interface WorkflowPool {
  /** Waits for the queue to answer; `deadlineMs` from now. */
  ready(deadlineMs: number, signal: AbortSignal): Promise<void>;
  /** Total slots (CPUs) that the executor pool at `address` offers now. */
  slots(address: string, signal: AbortSignal): Promise<number>;
  /** Puts a file into the submitter, streamed from a local path. */
  stage(localPath: string, name: string, signal: AbortSignal): Promise<string>;
  /** Calls the submitter's `submit` with these arguments. */
  submit(args: readonly string[], signal: AbortSignal): Promise<SubmittedRun>;
  runs(signal: AbortSignal): Promise<readonly string[]>;
  /** Text of a file in the run's folder; undefined when there is none. */
  readRunFile(runId: string, name: string, signal: AbortSignal): Promise<string | undefined>;
  listRunFiles(runId: string, folder: string, signal: AbortSignal): Promise<readonly RunFile[]>;
  /** Copies a file of the run's folder to a local path, streamed. */
  fetchRunFile(runId: string, name: string, to: string, signal: AbortSignal): Promise<void>;
  /** Streams both event logs until `signal` fires; reconnects when the submitter restarts. */
  follow(runId: string, handlers: FollowHandlers, signal: AbortSignal): Promise<void>;
  hold(runId: string, signal: AbortSignal): Promise<void>;
  release(runId: string, signal: AbortSignal): Promise<void>;
  remove(runId: string, signal: AbortSignal): Promise<void>;
}
