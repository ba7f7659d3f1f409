import type { ExecutorSnapshot, WorkflowQueue, WorkflowSnapshot } from '../../ports/reporter.js';
import { optional } from '../../util/optional.js';
import type { Step } from '../run-shape.js';
import { ExecutorTally } from './executor-tally.js';
import type { RunMonitor } from './run-monitor.js';
import { timeLeft } from './time-left.js';

/** Cluster id (cloud) by virtual IP of its executors. */
export type ClusterOfAddress = ReadonlyMap<string, string>;

/** Price of a core-hour by cluster id. */
export type Prices = ReadonlyMap<string, number>;

/** What is known of the executors besides what the run's events tell. */
export interface Surroundings {
  readonly clusters: ClusterOfAddress;
  readonly prices?: Prices;
  readonly health?: {
    slotsOf(address: string): number | undefined;
    /** Epoch milliseconds. */
    goneSince(address: string): number | undefined;
  };
}

/**
 * Counts of a run at `now` (epoch milliseconds), in a time that does not depend on the number of
 * jobs. An address that belongs to no cluster of the configuration stands for itself.
 */
export function snapshotOf(
  monitor: RunMonitor,
  around: Surroundings,
  now: number,
): WorkflowSnapshot {
  const { counts, outline, end } = monitor;
  const until = end?.at ?? Math.max(now, monitor.lastEventAt ?? now);
  const executors = executorsOf(monitor, around, until);
  const queue = queueOf(monitor, around);
  const mean = meanOf(executors);
  return {
    runId: outline.runId,
    total: monitor.nodes.size,
    idle: queue.later + queue.queued + queue.retrying + queue.lost,
    queue,
    running: counts.running - queue.lost,
    done: counts.done,
    failed: counts.failed,
    held: counts.held,
    runningByCluster: byCluster(executors, ({ running }) => running),
    doneByCluster: byCluster(executors, ({ done }) => done),
    executors,
    elapsedSeconds: Math.max(0, until - (monitor.submittedAt ?? until)) / 1000,
    phase: phaseOf(monitor),
    ...paceOf(monitor, mean, until),
    ...optional('meanSeconds', mean),
    ...optional('cost', costOf(monitor, around, until)),
  };
}

function paceOf(
  monitor: RunMonitor,
  meanSeconds: number | undefined,
  until: number,
): Pick<WorkflowSnapshot, 'jobsPerMinute' | 'secondsLeft' | 'secondsLeftRange'> {
  const { rate, counts, end } = monitor;
  const perMinute = end === undefined && !monitor.isHeld ? rate.perMinute(until) : undefined;
  if (perMinute === undefined) return {};
  const { before, after } = monitor.outline.shape;
  const steps = [...before, ...after].filter(({ node }) => !isOver(monitor, node)).length;
  const jobs = monitor.nodes.size - counts.done - counts.failed - steps;
  const pace = { perMinute, samples: rate.samples, meanSeconds: meanSeconds ?? 0 };
  const { seconds, range } = timeLeft({ jobs, steps }, pace);
  return { jobsPerMinute: perMinute, secondsLeft: seconds, secondsLeftRange: range };
}

function isOver({ nodes }: RunMonitor, node: string): boolean {
  const state = nodes.get(node)?.state;
  return state === 'done' || state === 'failed';
}

const NOTHING = new ExecutorTally();

/** Those of the configuration first, in its order; also one that ran nothing. */
function executorsOf(
  monitor: RunMonitor,
  { clusters, health }: Surroundings,
  until: number,
): readonly ExecutorSnapshot[] {
  const addresses = new Set([...clusters.keys(), ...monitor.executors.keys()]);
  return [...addresses].map((address) => {
    const tally = monitor.executors.get(address) ?? NOTHING;
    const gone = monitor.end === undefined ? health?.goneSince(address) : undefined;
    const { meanMs } = tally;
    const isOver = monitor.end !== undefined || gone !== undefined;
    return {
      address,
      cluster: clusters.get(address) ?? address,
      ...optional('slots', health?.slotsOf(address)),
      running: gone === undefined ? tally.running : 0,
      done: tally.done,
      failed: tally.failed,
      ...optional('jobsPerMinute', isOver ? undefined : tally.rate.perMinute(until)),
      ...optional('meanSeconds', meanMs === undefined ? undefined : meanMs / 1000),
      ...optional('goneSeconds', gone === undefined ? undefined : (until - gone) / 1000),
    };
  });
}

function queueOf({ counts, executors, end }: RunMonitor, { health }: Surroundings): WorkflowQueue {
  let lost = 0;
  for (const [address, { running }] of executors) {
    if (end === undefined && health?.goneSince(address) !== undefined) lost += running;
  }
  return { later: counts.waiting, queued: counts.idle, retrying: counts.retrying, lost };
}

function costOf(
  { executors }: RunMonitor,
  { clusters, prices }: Surroundings,
  until: number,
): number | undefined {
  if (prices === undefined || prices.size === 0) return undefined;
  let cost = 0;
  for (const [address, tally] of executors) {
    const price = prices.get(clusters.get(address) ?? address) ?? 0;
    cost += (tally.coreMs(until) / MS_PER_HOUR) * price;
  }
  return cost;
}

const MS_PER_HOUR = 3_600_000;

function meanOf(executors: readonly ExecutorSnapshot[]): number | undefined {
  const done = executors.reduce((sum, executor) => sum + executor.done, 0);
  const seconds = executors.reduce((sum, one) => sum + one.done * (one.meanSeconds ?? 0), 0);
  return done === 0 ? undefined : seconds / done;
}

/** Sums counts of executors up to counts of clusters; those without any are left out. */
function byCluster(
  executors: readonly ExecutorSnapshot[],
  count: (executor: ExecutorSnapshot) => number,
): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const executor of executors) {
    const own = count(executor);
    if (own > 0) sums[executor.cluster] = (sums[executor.cluster] ?? 0) + own;
  }
  return sums;
}

function phaseOf(monitor: RunMonitor): string {
  if (monitor.end !== undefined) return monitor.end.outcome;
  if (monitor.isHeld) return 'held';
  const { before, parallel, after } = monitor.outline.shape;
  const tried = ({ node }: Step): boolean => (monitor.nodes.get(node)?.tries ?? 0) > 0;
  const later = after.findLast(tried);
  if (later !== undefined) return later.phase;
  const { running, done } = monitor.counts;
  if (running + done === 0) return 'waiting for executors';
  const isBefore = ({ node }: Step): boolean => monitor.nodes.get(node)?.state !== 'done';
  return before.find(isBefore)?.phase ?? parallel.phase;
}
