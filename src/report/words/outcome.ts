import type { ExecutionOutcome, RunReport } from '../../ports/run-report.js';

/** How a run is, as a badge says it. */
export const RUN_OUTCOMES: Readonly<Record<RunReport['summary']['outcome'], string>> = {
  succeeded: 'succeeded',
  failed: 'failed',
  removed: 'removed',
  invalid: 'result in doubt',
  running: 'running',
};

/** What became of an execution. */
export const EXECUTION_OUTCOMES: Readonly<Record<ExecutionOutcome, string>> = {
  succeeded: 'succeeded',
  failed: 'failed',
  evicted: 'evicted',
  lost: 'executor lost',
  held: 'held',
  removed: 'removed',
  running: 'running',
};
