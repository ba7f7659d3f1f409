import { resolve } from 'node:path';
import { CrossflockError } from '../errors/crossflock-error.js';
import { EXIT, type ExitCode } from '../errors/exit-codes.js';
import type { RunReport } from '../ports/run-report.js';
import type { RunOverview, WorkflowPool } from '../ports/workflow-pool.js';
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
  /** The latest run that is over. */
  readonly last?: boolean | undefined;
}

/**
 * `workflow histogram`: where the jobs ran, as bars. Without a run the latest one under way, or
 * where none is, the latest.
 */
export async function runHistogram(
  context: ActionContext,
  options: HistogramOptions,
): Promise<ExitCode> {
  const choose = async (pool: WorkflowPool): Promise<string | undefined> =>
    options.run ?? runForHistogram(await pool.overview(context.signal), options.last ?? false);
  return tell(context, options, (report) => histogramLines(report, options.by), choose);
}

/** Which run, of the newest first; undefined where any would do, since there is none. */
function runForHistogram(runs: readonly RunOverview[], last: boolean): string | undefined {
  const submitted = runs.filter(({ state }) => state !== 'not-submitted');
  const wanted = submitted.find((run) => isOver(run) === last);
  if (wanted !== undefined || !last) return (wanted ?? submitted[0])?.id;
  throw new CrossflockError('no run is over yet', {
    code: 'not-found',
    hint: 'without --last, crossflock workflow histogram shows the run under way',
  });
}

function isOver({ state }: RunOverview): boolean {
  return state === 'succeeded' || state === 'failed' || state === 'removed';
}

/** Finds out which run is meant. */
type Choose = (pool: WorkflowPool) => Promise<string | undefined>;

async function tell(
  context: ActionContext,
  options: WorkflowOptions,
  linesOf: (report: RunReport) => readonly string[],
  choose?: Choose,
): Promise<ExitCode> {
  const report = await gathered(context, options, choose);
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
  choose: Choose = () => Promise.resolve(options.run),
): Promise<RunReport | undefined> {
  const open = await openWorkflow(context, options);
  if (open === undefined) return undefined;
  const record = await findRun(open.pool, await choose(open.pool), context.signal);
  return gatherReport(context, { ...open, record });
}
