import { dirname } from 'node:path';

import { EXIT, type ExitCode } from '../errors/exit-codes.js';
import { startCommand } from '../workflow/start-command.js';
import { checkCommandFiles } from './check-command.js';
import type { ActionContext } from './context.js';
import { loadPlan } from './load-plan.js';
import { executorsOf, waitForPool } from './pool-ready.js';
import { openPool } from './reach.js';
import { collectAndReport } from './workflow-collect.js';
import { followToEnd } from './workflow-follow.js';

export interface RunWorkflowOptions {
  /** Path of the configuration file. */
  readonly config: string;
  /** Folder in which the run's folder of results is made. */
  readonly out: string;
}

/**
 * `workflow run`: checks the manifest and the files of `workflow.command`, submits its jobs,
 * follows them to the end and collects their results. Ctrl-C while following leaves the run to
 * itself.
 */
export async function runWorkflow(
  context: ActionContext,
  { config, out }: RunWorkflowOptions,
): Promise<ExitCode> {
  const plan = await loadPlan(context, config);
  if (plan === undefined) return EXIT.usage;
  const { reporter, signal } = context;
  const { command } = plan.workflow;
  if (command === undefined) {
    const message = `${config} has no workflow.command: there is nothing to run; run-kinc runs KINC`;
    reporter.emit({ type: 'summary', ok: false, message });
    return EXIT.usage;
  }
  const folder = dirname(config);
  const manifest = await checkCommandFiles(context, command, folder);
  if (manifest === undefined) return EXIT.usage;
  const pool = openPool(context, plan);
  const executors = executorsOf(plan);
  const slots = await waitForPool(context, pool, executors);
  const record = await startCommand(pool, { plan: command, manifest, folder, slots }, signal);
  const { count } = record.shape.parallel;
  const jobs = `${count} ${count === 1 ? 'job' : 'jobs'}`;
  const message = `run ${record.id}: ${jobs} submitted to ${slots} slots`;
  reporter.emit({ type: 'notice', level: 'info', message });
  const again = `crossflock workflow watch ${record.id} -c ${config}`;
  const monitor = await followToEnd(context, { pool, record, executors, again });
  if (monitor === undefined) return EXIT.interrupted;
  return collectAndReport(context, { plan, pool, record, monitor, executors, slots, out });
}
