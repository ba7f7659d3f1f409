import { fsum } from 'd3-array';

import type { ReportExecution, RunReport } from '../../ports/run-report.js';
import type { Span } from './levels.js';

/** From submission to end, or until now; wide enough for everything that was seen to happen. */
export function spanOf({ summary, executions, gatheredAt }: RunReport): Span {
  const seen = executions.flatMap(({ startedAt, endedAt }) =>
    endedAt === undefined ? [startedAt] : [startedAt, endedAt],
  );
  const from = seen.reduce((a, b) => Math.min(a, b), Date.parse(summary.submittedAt));
  const end = Date.parse(summary.outcome === 'running' ? gatheredAt : summary.endedAt);
  return { from, to: seen.reduce((a, b) => Math.max(a, b), end) };
}

/** Seconds an execution took; of one that runs, until `now` (epoch milliseconds). */
export function secondsOf({ startedAt, endedAt }: ReportExecution, now: number): number {
  return Math.max(0, (endedAt ?? now) - startedAt) / 1000;
}

export function coresOf({ cores }: ReportExecution): number {
  return cores ?? 1;
}

/** Whether an execution is over and came to nothing. */
export function isWasted({ outcome }: ReportExecution): boolean {
  return outcome !== 'succeeded' && outcome !== 'running';
}

/** Exact to the last digit, so that the order of the items makes no difference. */
export function sumOf<T>(items: readonly T[], value: (item: T) => number): number {
  return fsum(items, value);
}
