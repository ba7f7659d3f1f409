import { EXIT, type ExitCode } from '../errors/exit-codes.js';
import { findRun } from '../workflow/start.js';
import type { ActionContext } from './context.js';
import { executorsOf } from './pool-ready.js';
import { openWorkflow, type WorkflowOptions } from './workflow-choice.js';
import { collectAndReport } from './workflow-collect.js';
import { followToEnd } from './workflow-follow.js';

export interface WatchOptions extends WorkflowOptions {
  /** Folder in which the run's folder of results is made. */
  readonly out: string;
}

/**
 * `workflow watch`: follows a run, the latest where none is named, to its end and collects it.
 * Ctrl-C leaves the run to itself.
 */
export async function watchWorkflow(
  context: ActionContext,
  options: WatchOptions,
): Promise<ExitCode> {
  const open = await openWorkflow(context, options);
  if (open === undefined) return EXIT.usage;
  const { plan, pool } = open;
  const record = await findRun(pool, options.run, context.signal);
  const executors = executorsOf(plan);
  const again = `crossflock workflow watch ${record.id} -c ${options.config}`;
  const monitor = await followToEnd(context, { pool, record, executors, again });
  if (monitor === undefined) return EXIT.interrupted;
  return collectAndReport(context, { plan, pool, record, monitor, executors, out: options.out });
}
