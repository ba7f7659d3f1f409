import type { ExitCode } from '../errors/exit-codes.js';
import type { ActionContext } from './context.js';
import type { WorkflowOptions } from './workflow-choice.js';
import { steerRun } from './workflow-steer.js';

/** `workflow hold`: nothing of the run goes on until it is released. */
export function holdRun(context: ActionContext, options: WorkflowOptions): Promise<ExitCode> {
  return steerRun(context, options, {
    verb: 'hold',
    states: ['waiting', 'running'],
    guesses: true,
    change: (pool, runId, signal) => pool.hold(runId, signal),
    done: ({ id }) =>
      `run ${id} is held; crossflock workflow release ${id} lets it go on, and jobs that ran begin anew`,
  });
}
