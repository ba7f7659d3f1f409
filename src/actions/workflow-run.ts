import { dirname } from 'node:path';

import { EXIT, type ExitCode } from '../errors/exit-codes.js';
import type { WorkflowType } from '../plan/types.js';
import type { ActionContext } from './context.js';
import { loadPlan } from './load-plan.js';
import { executorsOf, totalOf, waitForPool } from './pool-ready.js';
import { prepareRun } from './prepare-run.js';
import type { PreparedRun, ReadyPool, RunRequest } from './prepared-run.js';
import { openPool } from './reach.js';
import { noteRunPool } from './run-pool.js';
import { collectAndReport } from './workflow-collect.js';
import { followToEnd } from './workflow-follow.js';

export interface RunWorkflowOptions {
  /** Path of the configuration file. */
  readonly config: string;
  /** The recipe; the configuration's where undefined. */
  readonly recipe?: WorkflowType | undefined;
  /** Folder in which the run's folder of results is made. */
  readonly out: string;
}

/** `workflow run`: whatever the configuration has to run, from its input to its results. */
export async function runWorkflow(
  context: ActionContext,
  { config, recipe, out }: RunWorkflowOptions,
): Promise<ExitCode> {
  const plan = await loadPlan(context, config);
  if (plan === undefined) return EXIT.usage;
  const type = recipe ?? plan.workflow.type;
  const wanted = { ...plan, workflow: { ...plan.workflow, type } };
  return runRecipe(context, { plan: wanted, folder: dirname(config), config, out });
}

/**
 * Checks the input → finds the pool → submits → follows to the end → collects, checks and reports.
 * Ctrl-C while following leaves the run to itself.
 */
export async function runRecipe(
  context: ActionContext,
  request: RunRequest & Omit<RunWorkflowOptions, 'recipe'>,
): Promise<ExitCode> {
  const { plan, config, out } = request;
  const prepared = await prepareRun(context, request);
  if (prepared === undefined) return EXIT.usage;
  const pool = openPool(context, plan);
  const executors = executorsOf(plan);
  const offers = await waitForPool(context, pool, executors);
  const slots = totalOf(offers);
  const record = await start(context, prepared, { pool, executors, slots });
  await noteRunPool(context, pool, { runId: record.id, executors, offers });
  const again = `crossflock workflow watch ${record.id} -c ${config}`;
  const monitor = await followToEnd(context, { pool, record, executors, again });
  if (monitor === undefined) return EXIT.interrupted;
  return collectAndReport(context, { plan, pool, record, monitor, executors, slots, out });
}

async function start(
  { reporter }: ActionContext,
  prepared: PreparedRun,
  ready: ReadyPool,
): ReturnType<PreparedRun['start']> {
  const record = await prepared.start(ready);
  const { count } = record.shape.parallel;
  const jobs = `${count} ${prepared.unit}${count === 1 ? '' : 's'}`;
  const message = `run ${record.id}: ${jobs} submitted to ${ready.slots} slots`;
  reporter.emit({ type: 'notice', level: 'info', message });
  return record;
}
