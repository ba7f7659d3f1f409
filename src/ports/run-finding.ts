/** One thing that is wrong with a run, for all the jobs that it concerns. */
export interface RunFinding {
  readonly kind:
    | 'failed'
    | 'out-of-memory'
    | 'bad-output'
    | 'held'
    | 'transfer'
    | 'unmatched'
    | 'pool-gone'
    | 'waiting';
  readonly severity: 'error' | 'warning' | 'info';
  /** Nodes of the DAG, in order. */
  readonly nodes: readonly string[];
  /** What happened, in words: lower case, without a full stop. */
  readonly what: string;
  /** What the program or HTCondor said of it; lines. */
  readonly said: readonly string[];
  /** What to do about it. */
  readonly advice?: string;
}
