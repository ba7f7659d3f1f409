import type { ExitCode } from '../errors/exit-codes.js';
import type { ActionContext } from './context.js';
import type { WorkflowOptions } from './workflow-choice.js';
import { steerRun } from './workflow-steer.js';

/** `workflow stop`: takes the run and its jobs out of the queue; what is done is kept. */
export function stopRun(context: ActionContext, options: WorkflowOptions): Promise<ExitCode> {
  return steerRun(context, options, {
    verb: 'stop',
    states: ['waiting', 'running', 'held'],
    // What ran is lost: never without its name.
    guesses: false,
    change: (pool, runId, signal) => pool.remove(runId, signal),
    done: ({ id }) =>
      `run ${id} is stopped; its finished jobs are kept for crossflock workflow retry ${id}`,
  });
}
