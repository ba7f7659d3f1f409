import { EXIT, type ExitCode } from '../errors/exit-codes.js';
import { snapshotOf } from '../workflow/monitor/snapshot.js';
import type { ActionContext } from './context.js';
import type { WorkflowOptions } from './workflow-choice.js';
import { openRun } from './workflow-read.js';

/**
 * `workflow status`: how far a run is now, the latest where none is named. Changes nothing; exit
 * code 1 where the run failed or was stopped.
 */
export async function runStatus(
  context: ActionContext,
  options: WorkflowOptions,
): Promise<ExitCode> {
  const read = await openRun(context, options);
  if (read === undefined) return EXIT.usage;
  const { record, monitor } = read;
  const { reporter, clock } = context;
  const { clusterOfAddress: clusters, prices } = read.executors;
  const snapshot = snapshotOf(monitor, { clusters, prices }, clock.now().getTime());
  const ok = monitor.end === undefined || monitor.end.outcome === 'succeeded';
  reporter.emit({ type: 'workflow-status', snapshot });
  const message = `run ${record.id}: ${snapshot.phase}, ${snapshot.done} of ${snapshot.total} jobs done`;
  reporter.emit({ type: 'summary', ok, message, data: { snapshot } });
  return ok ? EXIT.ok : EXIT.failed;
}
