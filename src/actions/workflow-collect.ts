import { join, resolve } from 'node:path';
import { toCrossflockError } from '../errors/crossflock-error.js';
import { EXIT, type ExitCode } from '../errors/exit-codes.js';
import type { Plan } from '../plan/types.js';
import type { WorkflowPool } from '../ports/workflow-pool.js';
import { renderHtml } from '../report/html/render-html.js';
import { runReport } from '../report/run-report.js';
import { collectRun } from '../workflow/collect.js';
import type { RunMonitor } from '../workflow/monitor/run-monitor.js';
import type { RunRecord } from '../workflow/run-record.js';
import type { ActionContext } from './context.js';
import { type Executors, slotsInPassing, slotsNow, totalOf } from './pool-ready.js';
import { type ReportedRun, reportOf } from './run-report.js';
import { writePhotoPage } from './photo-page.js';

/** The run in numbers, beside its results. */
const SUMMARY_FILE = 'run-summary.json';
/** All about it, for people. */
const REPORT_FILE = 'report.html';

export interface EndedRun {
  readonly plan: Plan;
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
  const { plan, pool, record, monitor, executors, out } = run;
  const folder = resolve(out, record.id);
  const known = run.slots ?? record.slots;
  const ask = known === undefined ? slotsNow : slotsInPassing;
  const offers = await ask(context, pool, executors);
  const slots = known ?? totalOf(offers);
  const found = { record, monitor, clusters: executors.clusterOfAddress, slots, folder };
  const summary = await collectRun(pool, found, context.signal);
  const file = join(folder, SUMMARY_FILE);
  await context.host.put(`${JSON.stringify(summary, undefined, 2)}\n`, file, 0o644);
  const page = await writePage(context, { plan, pool, record, monitor, summary, folder, offers });
  const photos = await writePhotoPage(context, summary);
  const [headline = '', ...lines] = runReport(summary);
  context.reporter.emit({ type: 'report', lines: [...lines, ...page, ...photos] });
  const ok = summary.outcome === 'succeeded';
  context.reporter.emit({ type: 'summary', ok, message: headline, data: { run: summary } });
  return ok ? EXIT.ok : EXIT.failed;
}

/** Writes the report beside the results; a run is none the worse for a report that fails. */
async function writePage(context: ActionContext, run: ReportedRun): Promise<readonly string[]> {
  const page = join(run.folder, REPORT_FILE);
  try {
    await context.host.put(renderHtml(await reportOf(context, run)), page, 0o644);
    return [`report      ${page}`];
  } catch (error) {
    context.signal.throwIfAborted();
    const message = `the report could not be written: ${toCrossflockError(error).message}`;
    context.reporter.emit({ type: 'notice', level: 'warning', message });
    return [];
  }
}
