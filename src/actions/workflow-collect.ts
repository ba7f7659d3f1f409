import { join, resolve } from 'node:path';
import { EXIT, type ExitCode } from '../errors/exit-codes.js';
import type { WorkflowPool } from '../ports/workflow-pool.js';
import { runReport } from '../report/run-report.js';
import { collectRun } from '../workflow/collect.js';
import type { RunMonitor } from '../workflow/monitor/run-monitor.js';
import type { RunRecord } from '../workflow/run-record.js';
import type { ActionContext } from './context.js';
import { type Executors, slotsNow } from './pool-ready.js';

/** The run in numbers, beside its results. */
const SUMMARY_FILE = 'run-summary.json';

export interface EndedRun {
  readonly pool: WorkflowPool;
  readonly record: RunRecord;
  readonly monitor: RunMonitor;
  readonly executors: Executors;
  /** CPUs of the executors at the submission; they are asked now where that is not known. */
  readonly slots?: number | undefined;
  /** Folder in which the run's folder of results is made. */
  readonly out: string;
}

/** Fetches what an ended run left into `<out>/<run>`, checks it and reports. */
export async function collectAndReport(context: ActionContext, run: EndedRun): Promise<ExitCode> {
  const { pool, record, monitor, executors, out } = run;
  const folder = resolve(out, record.id);
  const slots = run.slots ?? record.slots ?? (await slotsNow(context, pool, executors));
  const found = { record, monitor, clusters: executors.clusterOfAddress, slots, folder };
  const summary = await collectRun(pool, found, context.signal);
  const file = join(folder, SUMMARY_FILE);
  await context.host.put(`${JSON.stringify(summary, undefined, 2)}\n`, file, 0o644);
  const [headline = '', ...lines] = runReport(summary);
  context.reporter.emit({ type: 'report', lines });
  const ok = summary.outcome === 'succeeded';
  context.reporter.emit({ type: 'summary', ok, message: headline, data: { run: summary } });
  return ok ? EXIT.ok : EXIT.failed;
}
