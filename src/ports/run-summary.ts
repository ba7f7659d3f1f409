/** What a workflow run amounts to, as data: for the report, `summary.json` and `--json`. */
export interface RunSummary {
  readonly runId: string;
  /** Name of its recipe. */
  readonly workflow: string;
  /** `invalid`: every job succeeded, but a check of the result did not. */
  readonly outcome: 'succeeded' | 'failed' | 'removed' | 'invalid';
  /** ISO 8601; of the submission and of DAGMan's end. */
  readonly submittedAt: string;
  readonly endedAt: string;
  /** The matrix; only of workflows that have one. */
  readonly input?: {
    readonly file: string;
    readonly genes: number;
    readonly samples: number;
    readonly pairs: number;
    readonly sha256: string;
  };
  readonly method?: string;
  readonly minObs?: number;
  /** What else its recipe has to say, as `label: text`. */
  readonly highlights?: readonly { readonly label: string; readonly text: string }[];
  readonly jobs: {
    readonly total: number;
    readonly done: number;
    readonly failed: readonly FailedJob[];
    /** Nodes of the DAG that did not run to an end: others failed, or the run was stopped. */
    readonly notRun: readonly string[];
    /** Tries beyond each job's first. */
    readonly retries: number;
    /** Executions evicted or lost with their executor; the jobs ran again. */
    readonly interruptions: number;
  };
  readonly clusters: readonly ClusterShare[];
  /** From submission to end. */
  readonly wallSeconds: number;
  /** What was expected of `wallSeconds` at the submission; a run by hand has none. */
  readonly estimate?: {
    readonly lowSeconds: number;
    readonly highSeconds: number;
    /** `wallSeconds` again. */
    readonly actualSeconds: number;
  };
  /**
   * User and system time of all jobs, failed tries included: of jobs that succeeded as the payload
   * measured it, of all others as HTCondor reports it, which misses jobs of a second or two.
   */
  readonly cpuSeconds: number;
  /** Time of executions that came to nothing. */
  readonly wastedSeconds: number;
  /** The jobs side by side. */
  readonly parallel: {
    readonly jobs: number;
    readonly slots: number;
    /** First start to last end of them. */
    readonly makespanSeconds: number;
    /** Run times of their successful executions, summed up. */
    readonly workSeconds: number;
    /** `workSeconds ÷ (slots × makespanSeconds)`, between 0 and 1. */
    readonly efficiency?: number;
  };
  /** Only of a run whose jobs all succeeded. */
  readonly network?: NetworkSummary;
  readonly results: {
    /** Local folder, as given. */
    readonly folder: string;
    readonly files: readonly { readonly name: string; readonly bytes: number }[];
  };
  /** Checks of the result that did not hold. */
  readonly problems: readonly string[];
}

export interface FailedJob {
  readonly node: string;
  readonly tries: number;
  readonly reason: string;
  readonly exitCode?: number;
  /** Virtual IP of the executor it ran on last. */
  readonly address?: string;
  readonly cluster?: string;
  /** End of what its last try wrote to standard error. */
  readonly stderr: readonly string[];
}

/** Jobs done by the executors of one cluster (cloud). */
export interface ClusterShare {
  readonly cluster: string;
  readonly jobs: number;
  readonly workSeconds: number;
  readonly cpuSeconds: number;
  readonly executors: readonly {
    readonly address: string;
    readonly jobs: number;
    readonly workSeconds: number;
  }[];
}

export interface NetworkSummary {
  readonly edges: number;
  /** Genes that have an edge. */
  readonly nodes: number;
  readonly positive: number;
  readonly negative: number;
  /** |r| from which on a pair is an edge. */
  readonly threshold: number;
  /** `value`: given; `rmt`: found by random matrix theory. */
  readonly thresholdMode: string;
  readonly pairs: number;
  /**
   * Pairs with fewer common observations than asked for have no correlation; undefined where the
   * recipe does not tell.
   */
  readonly pairsWithCorrelation?: number;
}
