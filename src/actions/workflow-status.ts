import { EXIT, type ExitCode } from '../errors/exit-codes.js';
import { snapshotOf } from '../workflow/monitor/snapshot.js';
import { findRun } from '../workflow/start.js';
import { readRun } from '../workflow/watch.js';
import type { ActionContext } from './context.js';
import { executorsOf } from './pool-ready.js';
import { openWorkflow, type WorkflowOptions } from './workflow-choice.js';

/**
 * `workflow status`: how far a run is now, the latest where none is named. Changes nothing; exit
 * code 1 where the run failed or was stopped.
 */
export async function runStatus(
  context: ActionContext,
  options: WorkflowOptions,
): Promise<ExitCode> {
  const open = await openWorkflow(context, options);
  if (open === undefined) return EXIT.usage;
  const { plan, pool } = open;
  const { reporter, clock, signal } = context;
  const record = await findRun(pool, options.run, signal);
  const monitor = await readRun(pool, record, signal);
  const { clusterOfAddress: clusters, prices } = executorsOf(plan);
  const snapshot = snapshotOf(monitor, { clusters, prices }, clock.now().getTime());
  const ok = monitor.end === undefined || monitor.end.outcome === 'succeeded';
  reporter.emit({ type: 'workflow-status', snapshot });
  const message = `run ${record.id}: ${snapshot.phase}, ${snapshot.done} of ${snapshot.total} jobs done`;
  reporter.emit({ type: 'summary', ok, message, data: { snapshot } });
  return ok ? EXIT.ok : EXIT.failed;
}
