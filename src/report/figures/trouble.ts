import type { ExecutionOutcome, ReportExecution } from '../../ports/run-report.js';
import { isWasted, secondsOf } from './spans.js';

/** Executions that came to nothing for the same reason in the same cluster. */
export interface TroubleGroup {
  readonly outcome: ExecutionOutcome;
  readonly reason: string;
  readonly cluster: string;
  readonly executions: number;
  /** Different nodes among them. */
  readonly jobs: number;
  readonly lostSeconds: number;
}

export interface Trouble {
  readonly groups: readonly TroubleGroup[];
  /** Every execution that came to nothing, by the time it started. */
  readonly executions: readonly ReportExecution[];
}

export function troubleOf(executions: readonly ReportExecution[], now: number): Trouble {
  const wasted = executions
    .filter(isWasted)
    .toSorted((a, b) => a.startedAt - b.startedAt || (a.node < b.node ? -1 : 1));
  const byKind = Map.groupBy(wasted, (one) =>
    JSON.stringify([one.outcome, reasonOf(one), one.cluster]),
  );
  const groups = [...byKind.values()].flatMap((own) => groupOf(own, now));
  return {
    groups: groups.sort((a, b) => b.lostSeconds - a.lostSeconds || b.executions - a.executions),
    executions: wasted,
  };
}

/** Why an execution came to nothing, in a few words; may be empty. */
export function reasonOf({ reason, exitCode, exitSignal }: ReportExecution): string {
  if (reason !== undefined) return reason;
  if (exitSignal !== undefined) return `signal ${exitSignal}`;
  return exitCode === undefined ? '' : `exit code ${exitCode}`;
}

function groupOf(own: readonly ReportExecution[], now: number): TroubleGroup[] {
  const first = own[0];
  if (first === undefined) return [];
  return [
    {
      outcome: first.outcome,
      reason: reasonOf(first),
      cluster: first.cluster,
      executions: own.length,
      jobs: new Set(own.map(({ node }) => node)).size,
      lostSeconds: own.reduce((sum, one) => sum + secondsOf(one, now), 0),
    },
  ];
}
