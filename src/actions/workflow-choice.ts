import { CrossflockError } from '../errors/crossflock-error.js';
import type { Plan } from '../plan/types.js';
import type { RunOverview, RunState, WorkflowPool } from '../ports/workflow-pool.js';
import type { ActionContext } from './context.js';
import { loadPlan } from './load-plan.js';
import { openPool } from './reach.js';

export interface WorkflowOptions {
  /** Path of the configuration file. */
  readonly config: string;
  /** Name of the run; what its absence means is up to the command. */
  readonly run?: string | undefined;
}

export interface OpenWorkflow {
  readonly plan: Plan;
  readonly pool: WorkflowPool;
}

/** The deployment's pool; undefined, with everything said, where the configuration is no good. */
export async function openWorkflow(
  context: ActionContext,
  { config }: WorkflowOptions,
): Promise<OpenWorkflow | undefined> {
  const plan = await loadPlan(context, config, 'what stops');
  return plan === undefined ? undefined : { plan, pool: openPool(context, plan) };
}

/** A verb that changes a run, and the states of a run in which it means something. */
export interface Steering {
  readonly verb: string;
  readonly states: readonly RunState[];
  /** Whether the only run that it could mean is taken without being named. */
  readonly guesses: boolean;
}

/**
 * The run to change: the one that is named, or the only one there is where the verb permits that.
 * @throws CrossflockError `invalid-input` where it must be named, `not-found` where there is none,
 * `refused` where the verb means nothing for it
 */
export async function runToSteer(
  pool: WorkflowPool,
  named: string | undefined,
  steering: Steering,
  signal: AbortSignal,
): Promise<RunOverview> {
  const { verb, states, guesses } = steering;
  const runs = await pool.overview(signal);
  if (named !== undefined) return namedRun(runs, named, steering);
  const fitting = runs.filter(({ state }) => states.includes(state));
  const [only] = fitting;
  if (only === undefined) {
    throw new CrossflockError(`there is no run to ${verb}`, { code: 'not-found', hint: LIST_HINT });
  }
  if (guesses && fitting.length === 1) return only;
  const them = fitting.map(({ id, state }) => `${id} (${stateInWords(state)})`).join(', ');
  throw new CrossflockError(`which run? ${them}`, {
    code: 'invalid-input',
    hint: `name it: crossflock workflow ${verb} ${only.id}`,
  });
}

const LIST_HINT = 'crossflock workflow list shows the runs there are';

function namedRun(
  runs: readonly RunOverview[],
  named: string,
  { verb, states }: Steering,
): RunOverview {
  const run = runs.find(({ id }) => id === named);
  if (run === undefined) {
    throw new CrossflockError(`there is no run ${named} on the submitter`, {
      code: 'not-found',
      hint: LIST_HINT,
    });
  }
  if (states.includes(run.state)) return run;
  throw new CrossflockError(
    `run ${named}: ${stateInWords(run.state)}, there is nothing to ${verb}`,
    {
      code: 'refused',
      hint: LIST_HINT,
    },
  );
}

/** A state as a person reads it. */
export function stateInWords(state: RunState): string {
  if (state === 'removed') return 'stopped';
  return state === 'not-submitted' ? 'not submitted' : state;
}
