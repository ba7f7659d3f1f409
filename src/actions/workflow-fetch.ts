import { CrossflockError } from '../errors/crossflock-error.js';
import { EXIT, type ExitCode } from '../errors/exit-codes.js';
import { findRun } from '../workflow/start.js';
import { readRun } from '../workflow/watch.js';
import type { ActionContext } from './context.js';
import { executorsOf } from './pool-ready.js';
import { openWorkflow } from './workflow-choice.js';
import { collectAndReport } from './workflow-collect.js';
import type { WatchOptions } from './workflow-watch.js';

/**
 * `workflow fetch`: collects the results of a run that has ended, the latest where none is named.
 * @throws CrossflockError `refused` where it goes on
 */
export async function fetchRun(context: ActionContext, options: WatchOptions): Promise<ExitCode> {
  const open = await openWorkflow(context, options);
  if (open === undefined) return EXIT.usage;
  const { plan, pool } = open;
  const record = await findRun(pool, options.run, context.signal);
  const monitor = await readRun(pool, record, context.signal);
  if (monitor.end === undefined) {
    throw new CrossflockError(`run ${record.id} has not ended yet`, {
      code: 'refused',
      hint: `crossflock workflow watch ${record.id} follows it and fetches its results at its end`,
    });
  }
  const executors = executorsOf(plan);
  return collectAndReport(context, { plan, pool, record, monitor, executors, out: options.out });
}
