import type { NetworkSummary, RunSummary } from '../../ports/run-summary.js';
import type { MeasuredCpu } from '../monitor/facts.js';
import type { RunRecord } from '../run-record.js';

/** Text of a file in a run's folder `results`; undefined where there is none. */
export type ReadResult = (name: string) => Promise<string | undefined>;

/** What a recipe says of a finished run. */
export interface Examination {
  /** Checks of the result that did not hold; one makes the outcome `invalid`. */
  readonly problems: readonly string[];
  readonly network?: NetworkSummary;
}

/** What the summary of any run of this recipe says of its input; also of a failed run. */
export type RunInput = Pick<RunSummary, 'input' | 'method' | 'minObs' | 'highlights'>;

/**
 * What is particular to one kind of workflow when its runs are watched, collected and summed up;
 * how it is submitted is its own module's business.
 */
export interface Recipe {
  /** As `run.json` has it under `workflow`. */
  readonly name: string;
  inputOf(record: RunRecord): RunInput;
  /** Checks the results of a run whose jobs all succeeded. */
  examine(record: RunRecord, read: ReadResult): Promise<Examination>;
  /** CPU time as the payload measured it, of the jobs that have said so yet. */
  measuredCpu(read: ReadResult): Promise<MeasuredCpu>;
}
