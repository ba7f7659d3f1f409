import type { RunReport } from '../../ports/run-report.js';
import { type ClusterFigures, clusterFigures } from './clusters.js';
import { type Cost, costOf } from './cost.js';
import { type JobTimes, jobTimes } from './job-times.js';
import type { Levels, Span } from './levels.js';
import { queueOver } from './queue.js';
import { slotsInUse } from './slots-in-use.js';
import { spanOf, sumOf } from './spans.js';
import { type Trouble, troubleOf } from './trouble.js';

/** Every number that is derived from a report's data; the one source of all forms of a report. */
export interface Figures {
  readonly span: Span;
  readonly clusters: readonly ClusterFigures[];
  /** Names of `clusters`, in their order: the series of the charts. */
  readonly names: readonly string[];
  /** Cores of all executors; absent when not known of all. */
  readonly slots?: number;
  readonly slotsInUse: Levels;
  readonly queue: Levels;
  readonly jobTimes?: JobTimes;
  readonly trouble: Trouble;
  readonly cost?: Cost;
  /** Bytes to and from executors; absent when no execution says. */
  readonly bytes?: { readonly received: number; readonly sent: number };
}

export function figuresOf(report: RunReport): Figures {
  const span = spanOf(report);
  const clusters = clusterFigures(report, span);
  const names = clusters.map(({ cluster }) => cluster);
  const times = jobTimes(report.executions, names);
  const cost = costOf(clusters, span);
  const slots = slotsOf(report, clusters);
  const told = clusters.some(
    ({ receivedBytes, sentBytes }) => receivedBytes !== undefined || sentBytes !== undefined,
  );
  return {
    span,
    clusters,
    names,
    ...(slots === undefined ? {} : { slots }),
    slotsInUse: slotsInUse(report, names, span),
    queue: queueOver(report, span),
    ...(times === undefined ? {} : { jobTimes: times }),
    trouble: troubleOf(report.executions, span.to),
    ...(cost === undefined ? {} : { cost }),
    ...(told
      ? {
          bytes: {
            received: sumOf(clusters, ({ receivedBytes }) => receivedBytes ?? 0),
            sent: sumOf(clusters, ({ sentBytes }) => sentBytes ?? 0),
          },
        }
      : {}),
  };
}

/** What the run was told when it was submitted, else what its executors offer. */
function slotsOf({ summary }: RunReport, clusters: readonly ClusterFigures[]): number | undefined {
  if (summary.parallel.slots > 0) return summary.parallel.slots;
  const known = clusters.flatMap(({ slots }) => slots ?? []);
  return known.length === 0 ? undefined : known.reduce((sum, slots) => sum + slots, 0);
}
