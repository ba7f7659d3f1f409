import { EXIT, type ExitCode } from '../errors/exit-codes.js';
import { findingLines } from '../report/findings.js';
import { diagnose } from '../workflow/diagnose/diagnose.js';
import type { ActionContext } from './context.js';
import type { WorkflowOptions } from './workflow-choice.js';
import { openRun } from './workflow-read.js';

/**
 * `workflow analyze`: which jobs of a run failed, are held or wait, and why in words; the latest
 * run where none is named. Changes nothing; works while the run goes on. Exit code 1 where
 * something keeps the run from its end.
 */
export async function analyzeRun(
  context: ActionContext,
  options: WorkflowOptions,
): Promise<ExitCode> {
  const read = await openRun(context, options);
  if (read === undefined) return EXIT.usage;
  const { pool, record, monitor, executors } = read;
  const { reporter, clock, signal } = context;
  const input = { record, monitor, clusters: executors.clusterOfAddress, now: clock.now() };
  const findings = await diagnose(pool, input, signal);
  reporter.emit({ type: 'report', lines: findingLines(findings) });
  const { done } = monitor.counts;
  const ok = !findings.some(({ severity }) => severity === 'error');
  const what = findings.length === 0 ? 'nothing is wrong' : headline(findings.length);
  const hint =
    monitor.end?.outcome === 'succeeded' || monitor.end === undefined ? '' : again(record.id);
  reporter.emit({
    type: 'summary',
    ok,
    message: `run ${record.id}: ${done} of ${monitor.nodes.size} jobs done, ${what}${hint}`,
    data: { runId: record.id, findings },
  });
  return ok ? EXIT.ok : EXIT.failed;
}

function headline(count: number): string {
  return count === 1 ? 'one finding' : `${count} findings`;
}

function again(runId: string): string {
  return `; crossflock workflow retry ${runId} runs what is missing`;
}
