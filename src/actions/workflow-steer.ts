import { EXIT, type ExitCode } from '../errors/exit-codes.js';
import type { RunOverview, WorkflowPool } from '../ports/workflow-pool.js';
import type { ActionContext } from './context.js';
import {
  openWorkflow,
  runToSteer,
  type Steering,
  type WorkflowOptions,
} from './workflow-choice.js';

/** What is done to a run, and what is said then. */
export interface Steer extends Steering {
  change(pool: WorkflowPool, runId: string, signal: AbortSignal): Promise<void>;
  done(run: RunOverview): string;
}

/** Finds the run, changes it, says so. */
export async function steerRun(
  context: ActionContext,
  options: WorkflowOptions,
  steer: Steer,
): Promise<ExitCode> {
  const open = await openWorkflow(context, options);
  if (open === undefined) return EXIT.usage;
  const { reporter, signal } = context;
  const run = await runToSteer(open.pool, options.run, steer, signal);
  await steer.change(open.pool, run.id, signal);
  const data = { runId: run.id };
  reporter.emit({ type: 'summary', ok: true, message: steer.done(run), data });
  return EXIT.ok;
}
