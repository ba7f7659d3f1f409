import type { NetworkSummary, RunSummary } from '../../ports/run-summary.js';
import type { MeasuredCpu } from '../monitor/facts.js';
import type { RunRecord } from '../run-record.js';

/** Text of a file in a run's folder `results`; undefined where there is none. */
export type ReadResult = (name: string) => Promise<string | undefined>;

/** Files of a run's folder: all of a text, or its end; undefined where there is none. */
export interface RunTexts {
  readonly read: (name: string) => Promise<string | undefined>;
  readonly tail: (name: string) => Promise<string | undefined>;
}

/** Lines that a node's try wrote to its standard error. */
export type ReadStderr = (last: {
  readonly node: string;
  /** Jobs submitted for it so far. */
  readonly tries: number;
}) => Promise<readonly string[]>;

/** What a recipe says of a finished run. */
export interface Examination {
  /** Checks of the result that did not hold; one makes the outcome `invalid`. */
  readonly problems: readonly string[];
  readonly network?: NetworkSummary;
  /** What the results say beside that, for the summary. */
  readonly highlights?: RunSummary['highlights'];
}

/** What the summary of any run of this recipe says of its input; also of a failed run. */
export type RunInput = Pick<RunSummary, 'input' | 'method' | 'minObs' | 'highlights'>;

/** Names in the folder of results, each in the form in which KINC's steps leave it here. */
export interface NetworkFiles {
  /** Counts of the correlations. */
  readonly merge?: string;
  /** The threshold and how it was found. */
  readonly threshold?: string;
  /** The edges. */
  readonly network?: string;
}

/**
 * What is particular to one kind of workflow when its runs are watched, collected and summed up;
 * how it is submitted is its own module's business.
 */
export interface Recipe {
  /** As `run.json` has it under `workflow`. */
  readonly name: string;
  inputOf(record: RunRecord): RunInput;
  /** Results that tell of a gene network, for the report; absent where there is none. */
  readonly networkFiles?: NetworkFiles;
  /** Checks the results of a run whose jobs all succeeded. */
  examine(record: RunRecord, read: ReadResult): Promise<Examination>;
  /** CPU time as the payload measured it, of the jobs that have said so yet. */
  measuredCpu(read: ReadResult): Promise<MeasuredCpu>;
  /** Where its jobs' standard error is, where not in `logs/<node>.<try>.err`. */
  readonly stderr?: (run: RunTexts) => ReadStderr;
}
