import type { ReportExecution, ReportJob, RunReport } from '../../ports/run-report.js';
import { type Change, type Levels, levelsOver, type Span } from './levels.js';

/** The series of the queue, in the order they are stacked. */
export const QUEUE_STATES = ['done', 'failed', 'running', 'idle'] as const;

const DONE = 0;
const FAILED = 1;
const RUNNING = 2;
const IDLE = 3;

/**
 * Jobs by state over time. A job is idle from its submission to its end whenever no execution of
 * it is under way, so also between two tries and while it is held.
 */
export function queueOver({ jobs, executions }: RunReport, span: Span): Levels {
  const byNode = Map.groupBy(executions, ({ node }) => node);
  const changes = jobs.flatMap((job) => changesOf(job, byNode.get(job.node) ?? [], span));
  return levelsOver(changes, QUEUE_STATES.length, span);
}

function changesOf(job: ReportJob, executions: readonly ReportExecution[], span: Span): Change[] {
  const first = executions.reduce((at, { startedAt }) => Math.min(at, startedAt), Infinity);
  const submittedAt = Math.min(job.submittedAt ?? first, first);
  if (submittedAt === Infinity) return [];
  const runs = executions.flatMap(({ startedAt, endedAt }): Change[] => [
    ...moved(startedAt, IDLE, RUNNING),
    ...(endedAt === undefined ? [] : moved(endedAt, RUNNING, IDLE)),
  ]);
  return [
    { at: submittedAt, series: IDLE, by: 1 },
    ...runs,
    ...(isOver(job) ? moved(endOf(job, executions, span), IDLE, seriesOf(job)) : []),
  ];
}

function isOver({ state }: ReportJob): boolean {
  return state === 'done' || state === 'failed';
}

function seriesOf({ state }: ReportJob): number {
  return state === 'done' ? DONE : FAILED;
}

/** A job is never over before its last execution is. */
function endOf(job: ReportJob, executions: readonly ReportExecution[], span: Span): number {
  const last = executions.reduce((at, { endedAt }) => Math.max(at, endedAt ?? 0), 0);
  return Math.max(job.endedAt ?? (last === 0 ? span.to : last), last);
}

function moved(at: number, from: number, to: number): Change[] {
  return [
    { at, series: from, by: -1 },
    { at, series: to, by: 1 },
  ];
}
