import { resolve } from 'node:path';
import { EXIT, type ExitCode } from '../errors/exit-codes.js';
import type { Plan } from '../plan/types.js';
import type { WorkflowPool } from '../ports/workflow-pool.js';
import type { Advice } from '../workflow/advice/types.js';
import type { RunRecord } from '../workflow/run-record.js';
import { findRun, startKinc } from '../workflow/start.js';
import type { ActionContext } from './context.js';
import { checkMatrix } from './check-matrix.js';
import { adviseJobs } from './job-advice.js';
import { loadPlan } from './load-plan.js';
import { openPool } from './reach.js';
import { executorsOf, waitForPool, type Executors } from './pool-ready.js';
import { collectAndReport } from './workflow-collect.js';
import { followToEnd } from './workflow-follow.js';

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

/**
 * `run-kinc`: check the matrix → find the pool → stage and submit → follow to the end → collect,
 * check and report. Ctrl-C while following leaves the run to itself; `--attach` goes on watching.
 */
export async function runKinc(context: ActionContext, options: RunKincOptions): Promise<ExitCode> {
  const plan = await loadPlan(context, options.config);
  if (plan === undefined) return EXIT.usage;
  const pool = openPool(context, plan);
  const executors = executorsOf(plan);
  const run =
    options.attach === undefined
      ? await submitRun(context, { plan, pool, executors, options })
      : await attachTo(context, pool, options.attach);
  if (run === undefined) return EXIT.usage;
  const { record, slots } = run;
  const again = `run-kinc -c ${options.config} --attach ${record.id}`;
  const monitor = await followToEnd(context, { pool, record, executors, again });
  if (monitor === undefined) return EXIT.interrupted;
  return collectAndReport(context, {
    plan,
    pool,
    record,
    monitor,
    executors,
    slots,
    out: options.out,
  });
}

interface FoundRun {
  readonly record: RunRecord;
  /** CPUs of the executors at the submission; undefined where that is not known. */
  readonly slots: number | undefined;
}

/** Submits a run; undefined, with everything said, when the matrix cannot be used. */
async function submitRun(
  context: ActionContext,
  { plan, pool, executors, options }: Submitting,
): Promise<FoundRun | undefined> {
  const wanted = withOptions(plan, options);
  const matrix = await checkMatrix(context, wanted);
  if (matrix === undefined) return undefined;
  const slots = await waitForPool(context, pool, executors);
  const { minJobSeconds } = options;
  const padding = minJobSeconds === undefined ? {} : { minJobSeconds };
  const known = { plan, workflow: wanted, matrix, executors, slots, ...padding };
  const advise = (stagedGem: string): Promise<Advice> =>
    adviseJobs(context, pool, { ...known, stagedGem });
  const input = { plan: wanted, ...matrix, slots, ...padding, advise };
  const record = await startKinc(pool, input, context.signal);
  const { count } = record.shape.parallel;
  const jobs = `${count} similarity ${count === 1 ? 'job' : 'jobs'}`;
  say(context, `run ${record.id}: ${jobs} submitted to ${slots} slots`);
  return { record, slots };
}

/** Only the submitter is needed: a run can be collected after its executors are gone. */
async function attachTo(
  context: ActionContext,
  pool: WorkflowPool,
  runId: string,
): Promise<FoundRun> {
  const record = await findRun(pool, runId === '' ? undefined : runId, context.signal);
  say(context, `run ${record.id}: submitted ${record.created}`);
  return { record, slots: record.slots };
}

/** The workflow's settings with those given on the command line on top. */
function withOptions(plan: Plan, { jobs, gem }: RunKincOptions): Plan['workflow'] {
  const { jobs: configured, ...rest } = plan.workflow;
  const wanted = jobs ?? configured;
  return {
    ...rest,
    ...(wanted === undefined || wanted === 'auto' ? {} : { jobs: wanted }),
    ...(gem === undefined ? {} : { gem: resolve(gem) }),
  };
}

interface Submitting {
  readonly plan: Plan;
  readonly pool: WorkflowPool;
  readonly executors: Executors;
  readonly options: RunKincOptions;
}

function say({ reporter }: ActionContext, message: string): void {
  reporter.emit({ type: 'notice', level: 'info', message });
}
