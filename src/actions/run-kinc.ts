import { join, resolve } from 'node:path';
import { CrossflockError } from '../errors/crossflock-error.js';
import { EXIT, type ExitCode } from '../errors/exit-codes.js';
import type { Plan } from '../plan/types.js';
import type { RunSummary } from '../ports/run-summary.js';
import type { WorkflowPool } from '../ports/workflow-pool.js';
import { runReport } from '../report/run-report.js';
import { collectRun } from '../workflow/collect.js';
import type { RunMonitor } from '../workflow/monitor/run-monitor.js';
import type { RunRecord } from '../workflow/run-record.js';
import { findRun, startKinc } from '../workflow/start.js';
import { watchRun } from '../workflow/watch.js';
import type { ActionContext } from './context.js';
import { checkMatrix } from './check-matrix.js';
import { loadPlan } from './load-plan.js';
import { openPool } from './reach.js';
import { executorsOf, slotsNow, waitForPool, type Executors } from './pool-ready.js';

/** The run in numbers, beside its results. */
const SUMMARY_FILE = 'run-summary.json';

export interface RunKincOptions {
  /** Path of the configuration file. */
  readonly config: string;
  /** Similarity jobs; the configuration's, or worked out from the slots, where undefined. */
  readonly jobs?: number | undefined;
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
  const { record } = run;
  const monitor = await follow(context, { pool, record, executors, options });
  if (monitor === undefined) return EXIT.interrupted;
  const folder = resolve(options.out, record.id);
  const clusters = executors.clusterOfAddress;
  const slots = run.slots ?? (await slotsNow(context, pool, executors));
  const found = { record, monitor, clusters, slots, folder };
  const summary = await collectRun(pool, found, context.signal);
  const file = join(folder, SUMMARY_FILE);
  await context.host.put(`${JSON.stringify(summary, undefined, 2)}\n`, file, 0o644);
  return report(context, summary);
}

interface FoundRun {
  readonly record: RunRecord;
  /** CPUs of the executors at the submission; undefined where that is not known. */
  readonly slots: number | undefined;
}

/** Submits a run; undefined, with everything said, when the matrix cannot be used. */
async function submitRun(
  context: ActionContext,
  { plan, pool, executors, options }: Omit<Following, 'record'> & { readonly plan: Plan },
): Promise<FoundRun | undefined> {
  const wanted = withOptions(plan, options);
  const matrix = await checkMatrix(context, wanted);
  if (matrix === undefined) return undefined;
  const slots = await waitForPool(context, pool, executors);
  const { minJobSeconds } = options;
  const padding = minJobSeconds === undefined ? {} : { minJobSeconds };
  const input = { plan: wanted, ...matrix, slots, ...padding };
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
  return {
    ...plan.workflow,
    ...(jobs === undefined ? {} : { jobs }),
    ...(gem === undefined ? {} : { gem: resolve(gem) }),
  };
}

interface Following {
  readonly pool: WorkflowPool;
  readonly record: RunRecord;
  readonly executors: Executors;
  readonly options: RunKincOptions;
}

/** Follows the run; undefined when the person stopped watching. */
async function follow(
  { reporter, clock, signal }: ActionContext,
  { pool, record, executors, options }: Following,
): Promise<RunMonitor | undefined> {
  const watcher = {
    clusters: executors.clusterOfAddress,
    clock,
    onSnapshot: (snapshot: Parameters<Parameters<typeof watchRun>[2]['onSnapshot']>[0]) => {
      reporter.emit({ type: 'workflow-progress', snapshot });
    },
    onNotice: ({ level, message }: { level: 'info' | 'warning' | 'error'; message: string }) => {
      reporter.emit({ type: 'workflow-event', runId: record.id, level, message });
    },
  };
  try {
    return await watchRun(pool, record, watcher, signal);
  } catch (error) {
    if (!(error instanceof CrossflockError) || error.code !== 'aborted') throw error;
    const again = `run-kinc -c ${options.config} --attach ${record.id}`;
    reporter.emit({
      type: 'summary',
      ok: true,
      message: `detached: run ${record.id} goes on; watch it again with ${again}`,
      data: { runId: record.id, detached: true },
    });
    return undefined;
  }
}

function report({ reporter }: ActionContext, summary: RunSummary): ExitCode {
  const [headline = '', ...lines] = runReport(summary);
  reporter.emit({ type: 'report', lines });
  const ok = summary.outcome === 'succeeded';
  reporter.emit({ type: 'summary', ok, message: headline, data: { run: summary } });
  return ok ? EXIT.ok : EXIT.failed;
}

function say({ reporter }: ActionContext, message: string): void {
  reporter.emit({ type: 'notice', level: 'info', message });
}
