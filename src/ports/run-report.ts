import type { RunSummary } from './run-summary.js';

/**
 * Everything a report on a workflow run shows, as plain data that survives JSON. What is derived
 * from it (means, bins, queues, cost) is not in it: the report works that out itself, so that every
 * form of it has the same numbers.
 *
 * Where a property is absent, its part of the report is left out with a sentence why.
 */
export interface RunReport {
  /** Raised when a reader of an older version would misread it. */
  readonly formatVersion: 1;
  /** ISO 8601; when the data was gathered. A report on a running run is as of this moment. */
  readonly gatheredAt: string;
  /** Of a run under way, `endedAt` is when the data was gathered. */
  readonly summary: Omit<RunSummary, 'outcome'> & {
    readonly outcome: RunSummary['outcome'] | 'running';
  };
  /** Name and version of every program that took part: crossflock, HTCondor, Docker, … */
  readonly software: readonly { readonly name: string; readonly version: string }[];
  /** As loaded, every secret replaced; the report does not look for secrets. */
  readonly configuration?: Readonly<Record<string, unknown>>;
  /** In the order of the configuration; the clouds of the charts and tables. */
  readonly clusters: readonly ReportCluster[];
  /** Cluster that the submitter is on: bytes go between it and the others. */
  readonly submitterCluster?: string;
  /** What prices are in, such as `EUR`; absent when the configuration does not say. */
  readonly currency?: string;
  /** Every execution of every job, in any order. */
  readonly executions: readonly ReportExecution[];
  /** Every node of the DAG, those that never ran too. */
  readonly jobs: readonly ReportJob[];
  /** Only of workflows that make a gene network. */
  readonly kinc?: KincFindings;
}

export interface ReportCluster {
  readonly cluster: string;
  /** Executors by virtual IP, those that ran nothing too. `slots`: CPUs each offers. */
  readonly executors: readonly { readonly address: string; readonly slots?: number }[];
  /** Price of one core for one hour, in `currency`. */
  readonly pricePerCoreHour?: number;
}

/**
 * `lost`: its executor, or the connection to it, went away. `held`: HTCondor stopped it and keeps
 * the job. `removed`: by a person or by DAGMan.
 */
export type ExecutionOutcome =
  'succeeded' | 'failed' | 'evicted' | 'lost' | 'held' | 'removed' | 'running';

/** One time that a job ran somewhere. Times are epoch milliseconds. */
export interface ReportExecution {
  readonly node: string;
  /** Which try of the node, from 1; an evicted job runs several times in one try. */
  readonly try: number;
  /** Virtual IP of the executor; absent where the log does not say. */
  readonly address?: string;
  /** Cluster of the executor, or its address where no cluster has it. */
  readonly cluster: string;
  readonly slot?: string;
  readonly startedAt: number;
  /** Absent while it runs. */
  readonly endedAt?: number;
  readonly outcome: ExecutionOutcome;
  readonly exitCode?: number;
  readonly exitSignal?: number;
  /** Why it came to nothing, in a few words. */
  readonly reason?: string;
  /** Cores it had; 1 unless told. */
  readonly cores?: number;
  /** User and system time. */
  readonly cpuSeconds?: number;
  /** Largest resident set, in MB of 2^20 bytes. */
  readonly memoryMb?: number;
  /** Bytes the executor received from, and sent to, the submitter. */
  readonly receivedBytes?: number;
  readonly sentBytes?: number;
}

/** One node of the DAG. Times are epoch milliseconds. */
export interface ReportJob {
  readonly node: string;
  /** When its first job was submitted; absent when none was. */
  readonly submittedAt?: number;
  /** When it was over for good: done, or given up. */
  readonly endedAt?: number;
  readonly state: 'waiting' | 'idle' | 'running' | 'held' | 'done' | 'failed';
}

/** What a KINC run found out; each part is there once its step is done. */
export interface KincFindings {
  readonly correlations?: Correlations;
  readonly threshold?: ThresholdChoice;
  readonly network?: NetworkDescription;
}

/** Distribution of the correlation r over all pairs of genes. */
export interface Correlations {
  /** Neighbouring bins from -1 to 1, ascending, not all of one width; `from` ≤ r < `to`. */
  readonly bins: readonly { readonly from: number; readonly to: number; readonly pairs: number }[];
  /** Pairs with too few common samples for a correlation. */
  readonly withoutCorrelation: number;
}

/** The |r| from which on a pair is an edge. */
export interface ThresholdChoice {
  readonly value: number;
  /** `value`: given by the user; `rmt`: found by random matrix theory. */
  readonly mode: 'value' | 'rmt';
  /**
   * Of `rmt`: chi-square of the eigenvalue spacings against Poisson's at each threshold tried, in
   * the order tried (downwards), with the genes that had an edge there.
   */
  readonly curve: readonly {
    readonly threshold: number;
    readonly chiSquare: number;
    readonly genes: number;
  }[];
}

export interface NetworkDescription {
  readonly genes: number;
  readonly edges: number;
  readonly positive: number;
  readonly negative: number;
  /** How many genes have how many edges; ascending, no degree without genes. */
  readonly degrees: readonly { readonly degree: number; readonly genes: number }[];
  /** Genes with the most edges, descending. */
  readonly hubs: readonly { readonly gene: string; readonly degree: number }[];
  /** Connected parts of the network, and the genes of the largest. */
  readonly components: { readonly count: number; readonly largest: number };
  /** Communities found by the Louvain method, of two genes and more. */
  readonly moduleCount: number;
  /** Of the division into communities, between -0.5 and 1. */
  readonly modularity: number;
  /** Edges that the communities were found from: the strongest, where there are very many. */
  readonly edgesUsed: number;
  /** The largest communities, descending, as far as they are drawn. */
  readonly modules: readonly NetworkModule[];
}

/** A community; of a large one, the genes with the most edges inside it are drawn. */
export interface NetworkModule {
  /** All its genes, and all edges between them. */
  readonly genes: number;
  readonly edges: number;
  /** Genes to draw, most edges inside the module (`degree`) first. */
  readonly drawn: readonly { readonly gene: string; readonly degree: number }[];
  /** Edges between drawn genes, as indices into `drawn`, and their correlation. */
  readonly links: readonly (readonly [source: number, target: number, r: number])[];
}
