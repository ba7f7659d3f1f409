/** What the advice needs to know of a matrix. */
export interface MatrixShape {
  readonly genes: number;
  readonly samples: number;
  /** Genes with at least one missing value: their pairs are computed one by one. */
  readonly genesWithMissing: number;
  /** Of the text, uncompressed. */
  readonly bytes: number;
}

/** One executor. */
export interface Executor {
  /** CPUs that it offers; a job takes one. */
  readonly cpus: number;
  /** Memory of the whole executor in MB; undefined where nobody says. */
  readonly memoryMb?: number;
}

/** How fast executors are. Times in seconds, of one job on one slot. */
export interface Speed {
  /** Where it is from: measured on that many executors, or this project's default. */
  readonly source:
    { readonly kind: 'measured'; readonly executors: number } | { readonly kind: 'default' };
  readonly pairsPerSecond: number;
  /** Of the slowest and the fastest executor. */
  readonly slowest: number;
  readonly fastest: number;
  /** From the start of a job to its first pair: reading the matrix. */
  readonly setupSeconds: number;
  readonly bytesPerPair: number;
  /** Memory that a job takes at most. */
  readonly memoryMb: number;
}

export interface AdviceInput {
  readonly matrix: MatrixShape;
  readonly executors: readonly Executor[];
  readonly speed: Speed;
  /** Memory that each job asks for. */
  readonly requestMemoryMb: number;
  /** The number of jobs that a person wants; undefined: it is worked out. */
  readonly jobs?: number | undefined;
  readonly threshold: number | 'rmt';
  /** Seconds that each job takes at least, for measuring the pool. */
  readonly minJobSeconds?: number | undefined;
}

export interface SecondsRange {
  readonly low: number;
  readonly high: number;
}

export interface Advice {
  readonly jobs: number;
  /** Jobs that run at once: CPUs, as far as their memory is enough. */
  readonly slots: number;
  /** Mean time of a job on its slot. */
  readonly secondsPerJob: number;
  readonly outputBytesPerJob: number;
  readonly memoryMbPerJob: number;
  /** From submission to the finished network. */
  readonly wallSeconds: SecondsRange;
  /** Why so many jobs, for people: lower case, without a full stop. */
  readonly reasons: readonly string[];
  /** What will not go well, for people. */
  readonly warnings: readonly string[];
}
