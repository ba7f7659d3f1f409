import type { WorkflowSnapshot } from '../../ports/reporter.js';
import type { Step } from '../run-shape.js';
import type { RunMonitor } from './run-monitor.js';

/** Cluster id (cloud) by virtual IP of its executors. */
export type ClusterOfAddress = ReadonlyMap<string, string>;

/**
 * Counts of a run at `now` (epoch milliseconds). An address that belongs to no cluster of the
 * configuration stands for itself.
 */
export function snapshotOf(
  monitor: RunMonitor,
  clusters: ClusterOfAddress,
  now: number,
): WorkflowSnapshot {
  const { counts, outline, end } = monitor;
  const until = end?.at ?? Math.max(now, monitor.lastEventAt ?? now);
  const rate = end === undefined ? monitor.rate.perMinute(until) : undefined;
  const total = monitor.nodes.size;
  const left = total - counts.done - counts.failed;
  return {
    runId: outline.runId,
    total,
    idle: counts.waiting + counts.idle + counts.retrying,
    running: counts.running,
    done: counts.done,
    failed: counts.failed,
    held: counts.held,
    runningByCluster: byCluster(monitor.runningByAddress, clusters),
    doneByCluster: byCluster(monitor.doneByAddress, clusters),
    elapsedSeconds: Math.max(0, until - (monitor.submittedAt ?? until)) / 1000,
    phase: phaseOf(monitor),
    ...(rate === undefined ? {} : { jobsPerMinute: rate, secondsLeft: (left * 60) / rate }),
  };
}

/** Sums counts by address up to counts by cluster. */
function byCluster(
  counts: ReadonlyMap<string, number>,
  clusters: ClusterOfAddress,
): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [address, count] of counts) {
    const cluster = clusters.get(address) ?? address;
    sums[cluster] = (sums[cluster] ?? 0) + count;
  }
  return sums;
}

function phaseOf(monitor: RunMonitor): string {
  if (monitor.end !== undefined) return monitor.end.outcome;
  const { before, parallel, after } = monitor.outline.shape;
  const tried = ({ node }: Step): boolean => (monitor.nodes.get(node)?.tries ?? 0) > 0;
  const later = after.findLast(tried);
  if (later !== undefined) return later.phase;
  const { running, done } = monitor.counts;
  if (running + done === 0) return 'waiting for executors';
  const isBefore = ({ node }: Step): boolean => monitor.nodes.get(node)?.state !== 'done';
  return before.find(isBefore)?.phase ?? parallel.phase;
}
