import { resolve } from 'node:path';
import { EXIT, type ExitCode } from '../errors/exit-codes.js';
import type { RunReport } from '../ports/run-report.js';
import { renderHtml } from '../report/html/render-html.js';
import { renderJson } from '../report/json/render-json.js';
import { histogramLines } from '../report/text/histogram.js';
import { renderMarkdown } from '../report/text/markdown.js';
import { statsLines } from '../report/text/stats.js';
import { findRun } from '../workflow/start.js';
import type { ActionContext } from './context.js';
import { gatherReport } from './run-report.js';
import { openWorkflow, type WorkflowOptions } from './workflow-choice.js';

export const REPORT_FORMATS = ['html', 'md', 'json'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

const RENDERERS: Readonly<Record<ReportFormat, (report: RunReport) => string>> = {
  html: renderHtml,
  md: renderMarkdown,
  json: renderJson,
};

export interface ReportOptions extends WorkflowOptions {
  readonly format: ReportFormat;
  /** File to write; `<run>.<format>` in the current folder where undefined. */
  readonly out?: string | undefined;
}

/** `workflow report`: one file that tells all about a run, the latest where none is named. */
export async function reportRun(context: ActionContext, options: ReportOptions): Promise<ExitCode> {
  const report = await gathered(context, options);
  if (report === undefined) return EXIT.usage;
  const { runId, outcome } = report.summary;
  const file = resolve(options.out ?? `${runId}.${options.format}`);
  await context.host.put(RENDERERS[options.format](report), file, 0o644);
  context.reporter.emit({
    type: 'summary',
    ok: true,
    message: `report on run ${runId} (${outcome}): ${file}`,
    data: { runId, file },
  });
  return EXIT.ok;
}

/** `workflow stats`: the numbers of the report as text. */
export async function runStats(
  context: ActionContext,
  options: WorkflowOptions,
): Promise<ExitCode> {
  return tell(context, options, statsLines);
}

export interface HistogramOptions extends WorkflowOptions {
  readonly by: 'cluster' | 'host';
}

/** `workflow histogram`: where the jobs ran, as bars. */
export async function runHistogram(
  context: ActionContext,
  options: HistogramOptions,
): Promise<ExitCode> {
  return tell(context, options, (report) => histogramLines(report, options.by));
}

async function tell(
  context: ActionContext,
  options: WorkflowOptions,
  linesOf: (report: RunReport) => readonly string[],
): Promise<ExitCode> {
  const report = await gathered(context, options);
  if (report === undefined) return EXIT.usage;
  const { runId, outcome } = report.summary;
  context.reporter.emit({ type: 'report', lines: linesOf(report) });
  context.reporter.emit({
    type: 'summary',
    ok: true,
    message: `run ${runId}: ${outcome}`,
    data: { runId, summary: report.summary },
  });
  return EXIT.ok;
}

async function gathered(
  context: ActionContext,
  options: WorkflowOptions,
): Promise<RunReport | undefined> {
  const open = await openWorkflow(context, options);
  if (open === undefined) return undefined;
  const record = await findRun(open.pool, options.run, context.signal);
  return gatherReport(context, { ...open, record });
}
