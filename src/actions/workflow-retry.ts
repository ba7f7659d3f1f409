import { EXIT, type ExitCode } from '../errors/exit-codes.js';
import type { RetriedRun } from '../ports/workflow-pool.js';
import { findRun } from '../workflow/start.js';
import type { ActionContext } from './context.js';
import { executorsOf } from './pool-ready.js';
import { openWorkflow, runToSteer } from './workflow-choice.js';
import { collectAndReport } from './workflow-collect.js';
import { followToEnd } from './workflow-follow.js';
import type { WatchOptions } from './workflow-watch.js';

/**
 * `workflow retry`: submits what is missing of a run that failed or was stopped, and whatever of it
 * is damaged, then follows it to its end and collects it. Nothing that is done and whole runs twice.
 */
export async function retryRun(context: ActionContext, options: WatchOptions): Promise<ExitCode> {
  const open = await openWorkflow(context, options);
  if (open === undefined) return EXIT.usage;
  const { plan, pool } = open;
  const { id } = await runToSteer(
    pool,
    options.run,
    // Also one that succeeded: a file of it may have been damaged since.
    { verb: 'retry', states: ['failed', 'removed', 'succeeded'], guesses: false },
    context.signal,
  );
  const retried = await pool.retry(id, context.signal);
  tell(context, retried);
  const record = await findRun(pool, id, context.signal);
  const executors = executorsOf(plan);
  const again = `crossflock workflow watch ${id} -c ${options.config}`;
  const monitor = await followToEnd(context, { pool, record, executors, again });
  if (monitor === undefined) return EXIT.interrupted;
  return collectAndReport(context, { plan, pool, record, monitor, executors, out: options.out });
}

function tell({ reporter }: ActionContext, { runId, done, again, damaged }: RetriedRun): void {
  for (const [node, problems] of Object.entries(damaged)) {
    const message = `${node} runs again: ${problems.join(', ')}`;
    reporter.emit({ type: 'notice', level: 'warning', message });
  }
  const message = `run ${runId}: ${done} ${done === 1 ? 'job is' : 'jobs are'} done and whole, ${again} run again`;
  reporter.emit({ type: 'notice', level: 'info', message });
}
