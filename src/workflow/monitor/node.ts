/**
 * A node of the DAG and what became of it.
 *
 *               submit          execute           terminated, exit code 0
 *   waiting ──────────▶ idle ─────────▶ running ─────────────────────────▶ done
 *                        ▲ ▲              │  │ terminated otherwise, aborted
 *        submit (a retry)│ └──────────────┘  ▼
 *                        │  evicted, lost   retrying (tries are left) or failed
 *                        └───────────────────┘
 *   idle, running ── held ──▶ held ── released ──▶ idle
 */
export type NodeState = 'waiting' | 'idle' | 'running' | 'held' | 'retrying' | 'done' | 'failed';

/** One try of a node on an executor. Times are epoch milliseconds. */
export interface Execution {
  /** `<cluster>.<proc>` of the job. */
  readonly job: string;
  /** Which job of the node, from 1: tries of the node, not executions of the job. */
  readonly tries: number;
  /** Virtual IP of the executor; undefined where the log does not say. */
  readonly address: string | undefined;
  readonly slot: string | undefined;
  /** CPUs of its slot; 1 where the log does not say. */
  readonly cpus: number;
  /** When the job was submitted, or came back to the queue. */
  readonly queuedAt: number;
  readonly startedAt: number;
  endedAt: number | undefined;
  /** `lost`: its executor or the connection to it went away; undefined while it runs. */
  outcome: 'succeeded' | 'failed' | 'evicted' | 'lost' | 'held' | 'removed' | undefined;
  exitCode: number | undefined;
  exitSignal: number | undefined;
  /** Why it came to nothing, where its exit code does not say it. */
  reason: string | undefined;
  /** User and system time, in whole seconds, as HTCondor reports it. */
  cpuSeconds: number | undefined;
  /** Largest resident set that HTCondor saw. */
  memoryMb: number | undefined;
  /** Bytes that the executor received and sent. */
  receivedBytes: number | undefined;
  sentBytes: number | undefined;
}

/** One node; the monitor changes it in place, since a run may have ten thousand. */
export interface NodeRecord {
  readonly name: string;
  /** One of the jobs side by side. */
  readonly isParallel: boolean;
  state: NodeState;
  /** Every execution so far, in order. */
  readonly executions: Execution[];
  /** When its job was submitted or came back to the queue, epoch milliseconds. */
  queuedAt: number | undefined;
  /** Jobs submitted for it. */
  tries: number;
  /** Those of them before the run was last tried again as a whole. */
  triesBefore: number;
  /** `<cluster>.<proc>` of the job submitted last. */
  job: string | undefined;
  /** Virtual IP of the executor that runs it or ran it last. */
  address: string | undefined;
  /** Epoch milliseconds of the execution under way or the last one. */
  startedAt: number | undefined;
  endedAt: number | undefined;
  /** Milliseconds of the execution that succeeded. */
  workMs: number;
  /** Milliseconds of executions that came to nothing. */
  wastedMs: number;
  /** User and system time of the execution that succeeded, as HTCondor reports it. */
  workCpuSeconds: number;
  /** The same of executions that came to nothing. */
  wastedCpuSeconds: number;
  /** Bytes sent to and from the executor. */
  bytes: number;
  /** Executions that ended without the job ending: evicted, executor lost. */
  interruptions: number;
  exitCode: number | undefined;
  exitSignal: number | undefined;
  /** Why it failed or is held, in HTCondor's words. */
  reason: string | undefined;
  /** HTCondor's number for it (`HoldReasonCode`), while it is held. */
  holdCode: number | undefined;
}

export function newNode(name: string, isParallel: boolean): NodeRecord {
  return {
    name,
    isParallel,
    executions: [],
    queuedAt: undefined,
    state: 'waiting',
    tries: 0,
    triesBefore: 0,
    job: undefined,
    address: undefined,
    startedAt: undefined,
    endedAt: undefined,
    workMs: 0,
    wastedMs: 0,
    workCpuSeconds: 0,
    wastedCpuSeconds: 0,
    bytes: 0,
    interruptions: 0,
    exitCode: undefined,
    exitSignal: undefined,
    reason: undefined,
    holdCode: undefined,
  };
}
