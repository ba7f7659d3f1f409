import type { Clock } from '../ports/clock.js';
import type { WorkflowSnapshot } from '../ports/reporter.js';
import type { WorkflowPool } from '../ports/workflow-pool.js';
import { readEvent } from './htcondor/events.js';
import { type Notice, RunMonitor } from './monitor/run-monitor.js';
import { type ClusterOfAddress, snapshotOf } from './monitor/snapshot.js';
import type { RunRecord } from './run-record.js';

/** How often the view is refreshed while the run goes on. */
const REFRESH_MS = 500;

export interface Watcher {
  readonly clusters: ClusterOfAddress;
  readonly clock: Clock;
  readonly onSnapshot: (snapshot: WorkflowSnapshot) => void;
  readonly onNotice: (notice: Notice) => void;
}

/**
 * Follows a run to its end. Events of the past (on attaching) come in one burst: snapshots are
 * given at the pace of the clock, and the last one when the run has ended.
 * @throws CrossflockError `aborted` when `signal` fires: the run itself goes on
 */
export async function watchRun(
  pool: WorkflowPool,
  record: RunRecord,
  watcher: Watcher,
  signal: AbortSignal,
): Promise<RunMonitor> {
  const monitor = monitorOf(record);
  const show = (): void => {
    watcher.onSnapshot(snapshotOf(monitor, watcher.clusters, watcher.clock.now().getTime()));
  };
  const warn = (message: string): void => {
    watcher.onNotice({ level: 'warning', message });
  };
  const stop = new AbortController();
  const refreshing = refresh(watcher.clock, show, stop.signal);
  try {
    await pool.follow(
      record.id,
      {
        onEvent: (ad) => {
          const read = readEvent(ad);
          const notice = read.ok ? monitor.apply(read.event) : undefined;
          if (notice !== undefined) watcher.onNotice(notice);
          if (!read.ok) warn(`an event was left out: it ${read.reason}`);
        },
        onInterruption: (reason) => {
          warn(`${reason}; waiting for the submitter to come back`);
        },
        onDamage: (reason) => {
          warn(`a piece of the event log was left out: it ${reason}`);
        },
      },
      signal,
    );
  } finally {
    stop.abort();
    await refreshing;
  }
  show();
  return monitor;
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

async function refresh(clock: Clock, show: () => void, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await clock.sleep(REFRESH_MS, signal);
    } catch {
      return;
    }
    show();
  }
}
