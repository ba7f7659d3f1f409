import type { ExitCode } from '../errors/exit-codes.js';
import type { ActionContext } from './context.js';
import type { WorkflowOptions } from './workflow-choice.js';
import { steerRun } from './workflow-steer.js';

/** `workflow release`: a held run goes on. */
export function releaseRun(context: ActionContext, options: WorkflowOptions): Promise<ExitCode> {
  return steerRun(context, options, {
    verb: 'release',
    // Its jobs may be held while DAGMan is not.
    states: options.run === undefined ? ['held'] : ['held', 'waiting', 'running'],
    guesses: true,
    change: (pool, runId, signal) => pool.release(runId, signal),
    done: ({ id }) => `run ${id} goes on`,
  });
}
