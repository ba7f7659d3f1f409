import { dirname, resolve } from 'node:path';
import { EXIT, type ExitCode } from '../errors/exit-codes.js';
import type { Plan, WorkflowType } from '../plan/types.js';
import { findRun } from '../workflow/start.js';
import type { ActionContext } from './context.js';
import { loadPlan } from './load-plan.js';
import { openPool } from './reach.js';
import { executorsOf } from './pool-ready.js';
import { collectAndReport } from './workflow-collect.js';
import { followToEnd } from './workflow-follow.js';
import { runRecipe } from './workflow-run.js';

export interface RunKincOptions {
  /** Path of the configuration file. */
  readonly config: string;
  /** Similarity jobs: the configuration's where undefined; `auto` works them out. */
  readonly jobs?: number | 'auto' | undefined;
  readonly gem?: string | undefined;
  /** Watch a run that is there: its id, or '' for the latest. */
  readonly attach?: string | undefined;
  /** Least duration of a similarity job, for measuring the pool rather than the payload. */
  readonly minJobSeconds?: number | undefined;
  /** Folder in which the run's folder of results is made. */
  readonly out: string;
}

/** Recipes that make a gene network of a matrix; the first where the configuration has another. */
const OF_A_MATRIX: readonly WorkflowType[] = ['kinc', 'kinc3', 'osg-kinc'];

/**
 * `run-kinc`: from an expression matrix to a gene network, by the configuration's recipe for that;
 * see `runRecipe`. `--attach` goes on watching.
 */
export async function runKinc(context: ActionContext, options: RunKincOptions): Promise<ExitCode> {
  const { config, attach, out, minJobSeconds } = options;
  const plan = await loadPlan(context, config);
  if (plan === undefined) return EXIT.usage;
  if (attach !== undefined) return attachTo(context, plan, { ...options, attach });
  const wanted = { ...plan, workflow: withOptions(plan, options) };
  return runRecipe(context, { plan: wanted, folder: dirname(config), config, out, minJobSeconds });
}

/** Only the submitter is needed: a run can be collected after its executors are gone. */
async function attachTo(
  context: ActionContext,
  plan: Plan,
  { config, attach, out }: RunKincOptions & { readonly attach: string },
): Promise<ExitCode> {
  const pool = openPool(context, plan);
  const executors = executorsOf(plan);
  const record = await findRun(pool, attach === '' ? undefined : attach, context.signal);
  const message = `run ${record.id}: submitted ${record.created}`;
  context.reporter.emit({ type: 'notice', level: 'info', message });
  const again = `run-kinc -c ${config} --attach ${record.id}`;
  const monitor = await followToEnd(context, { pool, record, executors, again });
  if (monitor === undefined) return EXIT.interrupted;
  const { slots } = record;
  return collectAndReport(context, { plan, pool, record, monitor, executors, slots, out });
}

/** The workflow's settings with those given on the command line on top. */
function withOptions(plan: Plan, { jobs, gem }: RunKincOptions): Plan['workflow'] {
  const { jobs: configured, type, ...rest } = plan.workflow;
  const wanted = jobs ?? configured;
  return {
    ...rest,
    type: OF_A_MATRIX.find((recipe) => recipe === type) ?? 'kinc',
    ...(wanted === undefined || wanted === 'auto' ? {} : { jobs: wanted }),
    ...(gem === undefined ? {} : { gem: resolve(gem) }),
  };
}
