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

export const SIMILARITY_PREFIX = 'similarity_';

/** One node; the monitor changes it in place, since a run may have ten thousand. */
export interface NodeRecord {
  readonly name: string;
  readonly isSimilarity: boolean;
  state: NodeState;
  /** Jobs submitted for it. */
  tries: number;
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
}

export function newNode(name: string): NodeRecord {
  return {
    name,
    isSimilarity: name.startsWith(SIMILARITY_PREFIX),
    state: 'waiting',
    tries: 0,
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
  };
}
