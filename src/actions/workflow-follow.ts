import { CrossflockError } from '../errors/crossflock-error.js';
import type { WorkflowPool } from '../ports/workflow-pool.js';
import type { RunMonitor } from '../workflow/monitor/run-monitor.js';
import type { RunRecord } from '../workflow/run-record.js';
import { watchRun, type Watcher } from '../workflow/watch.js';
import type { ActionContext } from './context.js';
import type { Executors } from './pool-ready.js';

export interface Following {
  readonly pool: WorkflowPool;
  readonly record: RunRecord;
  readonly executors: Executors;
  /** Command line that goes on watching. */
  readonly again: string;
}

/** Follows the run to its end; undefined, with that said, when the person stopped watching. */
export async function followToEnd(
  context: ActionContext,
  { pool, record, executors, again }: Following,
): Promise<RunMonitor | undefined> {
  const { reporter, clock, signal } = context;
  const watcher: Watcher = {
    clusters: executors.clusterOfAddress,
    prices: executors.prices,
    clock,
    onSnapshot: (snapshot) => {
      reporter.emit({ type: 'workflow-progress', snapshot });
    },
    onNotice: ({ level, message, at }) => {
      const when = at === undefined ? {} : { at: new Date(at).toISOString() };
      reporter.emit({ type: 'workflow-event', runId: record.id, level, message, ...when });
    },
  };
  try {
    return await watchRun(pool, record, watcher, signal);
  } catch (error) {
    if (!(error instanceof CrossflockError) || error.code !== 'aborted') throw error;
    reporter.emit({
      type: 'summary',
      ok: true,
      message: `detached: run ${record.id} goes on; watch it again with ${again}`,
      data: { runId: record.id, detached: true },
    });
    return undefined;
  }
}
