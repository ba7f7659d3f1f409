import { toCrossflockError } from '../errors/crossflock-error.js';
import type { Clock } from '../ports/clock.js';
import type { WorkflowSnapshot } from '../ports/reporter.js';
import type { ExecutorAnswer, FollowHandlers, WorkflowPool } from '../ports/workflow-pool.js';
import { optional } from '../util/optional.js';
import { readEvent } from './htcondor/events.js';
import { ExecutorHealth } from './executor-health.js';
import { type Notice, RunMonitor } from './monitor/run-monitor.js';
import { type ClusterOfAddress, type Prices, snapshotOf } from './monitor/snapshot.js';
import type { RunRecord } from './run-record.js';

/** A snapshot at most this often, and that only after something happened. */
const REFRESH_MS = 250;
/** A snapshot at least this often: time passes. */
const AT_LEAST_MS = 1000;

export interface Watcher {
  readonly clusters: ClusterOfAddress;
  readonly prices?: Prices;
  readonly clock: Clock;
  readonly onSnapshot: (snapshot: WorkflowSnapshot) => void;
  readonly onNotice: (notice: Notice) => void;
}

/**
 * Follows a run to its end. Events of the past (on attaching) come in one burst: snapshots are
 * given at the pace of the clock, and the last one when the run has ended. Meanwhile the
 * executors' pools are asked what they offer, and one that is gone is named.
 * @throws CrossflockError `aborted` when `signal` fires: the run itself goes on
 */
export async function watchRun(
  pool: WorkflowPool,
  record: RunRecord,
  watcher: Watcher,
  signal: AbortSignal,
): Promise<RunMonitor> {
  const { clusters, clock, onNotice } = watcher;
  const monitor = monitorOf(record);
  const health = new ExecutorHealth(clusters);
  let isNews = true;
  const show = (): void => {
    isNews = false;
    const around = { clusters, health, ...optional('prices', watcher.prices) };
    watcher.onSnapshot(snapshotOf(monitor, around, clock.now().getTime()));
  };
  const tell = (notice: Notice | undefined): void => {
    isNews = true;
    if (notice !== undefined) onNotice(notice);
  };
  const onAnswer = (answer: ExecutorAnswer): void => {
    tell(health.heard(answer, clock.now().getTime()));
  };
  const stop = new AbortController();
  const background = [
    refresh(clock, { isNews: () => isNews, show }, stop.signal),
    watchExecutors(pool, { clusters, onAnswer, tell }, stop.signal),
  ];
  try {
    await pool.follow(record.id, handlersOf(monitor, tell), signal);
  } finally {
    stop.abort();
    await Promise.all(background);
  }
  show();
  return monitor;
}

function handlersOf(monitor: RunMonitor, tell: (notice?: Notice) => void): FollowHandlers {
  const warn = (message: string): void => {
    tell({ level: 'warning', message });
  };
  return {
    onEvent: (ad) => {
      const read = readEvent(ad);
      const notice = read.ok ? monitor.apply(read.event) : undefined;
      if (read.ok) tell(notice && { ...notice, at: read.event.at });
      else warn(`an event was left out: it ${read.reason}`);
    },
    onInterruption: (reason) => {
      warn(`${reason}; waiting for the submitter to come back`);
    },
    onDamage: (reason) => {
      warn(`a piece of the event log was left out: it ${reason}`);
    },
  };
}

interface Asking {
  readonly clusters: ClusterOfAddress;
  readonly onAnswer: (answer: ExecutorAnswer) => void;
  readonly tell: (notice: Notice) => void;
}

/** Without it the run is watched all the same: only slots and pools that are gone are not seen. */
async function watchExecutors(
  pool: WorkflowPool,
  { clusters, onAnswer, tell }: Asking,
  signal: AbortSignal,
): Promise<void> {
  if (clusters.size === 0) return;
  try {
    await pool.watchExecutors([...clusters.keys()], onAnswer, signal);
  } catch (error) {
    const { message } = toCrossflockError(error);
    tell({ level: 'warning', message: `the executors are not watched: ${message}` });
  }
}

/** Reads a run's events up to now; what is damaged is left out. */
export async function readRun(
  pool: WorkflowPool,
  record: RunRecord,
  signal: AbortSignal,
): Promise<RunMonitor> {
  const monitor = monitorOf(record);
  const nothing = (): void => undefined;
  const onEvent = (ad: Readonly<Record<string, unknown>>): void => {
    const read = readEvent(ad);
    if (read.ok) monitor.apply(read.event);
  };
  const handlers = { onEvent, onInterruption: nothing, onDamage: nothing };
  await pool.readEvents(record.id, handlers, signal);
  return monitor;
}

function monitorOf({ id, shape, retries, dagmanCluster }: RunRecord): RunMonitor {
  return new RunMonitor({ runId: id, shape, retries, dagmanCluster });
}

async function refresh(
  clock: Clock,
  { isNews, show }: { readonly isNews: () => boolean; readonly show: () => void },
  signal: AbortSignal,
): Promise<void> {
  let shownAt = clock.monotonicMs();
  while (!signal.aborted) {
    try {
      await clock.sleep(REFRESH_MS, signal);
    } catch {
      return;
    }
    const now = clock.monotonicMs();
    if (!isNews() && now - shownAt < AT_LEAST_MS) continue;
    shownAt = now;
    show();
  }
}
