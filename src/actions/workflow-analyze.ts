import { EXIT, type ExitCode } from '../errors/exit-codes.js';
import { findingLines } from '../report/findings.js';
import { diagnose } from '../workflow/diagnose/diagnose.js';
import { findRun } from '../workflow/start.js';
import { readRun } from '../workflow/watch.js';
import type { ActionContext } from './context.js';
import { executorsOf } from './pool-ready.js';
import { openWorkflow, type WorkflowOptions } from './workflow-choice.js';

/**
 * `workflow analyze`: which jobs of a run failed, are held or wait, and why in words; the latest
 * run where none is named. Changes nothing; works while the run goes on. Exit code 1 where
 * something keeps the run from its end.
 */
export async function analyzeRun(
  context: ActionContext,
  options: WorkflowOptions,
): Promise<ExitCode> {
  const open = await openWorkflow(context, options);
  if (open === undefined) return EXIT.usage;
  const { plan, pool } = open;
  const { reporter, clock, signal } = context;
  const record = await findRun(pool, options.run, signal);
  const monitor = await readRun(pool, record, signal);
  const { clusterOfAddress: clusters } = executorsOf(plan);
  const input = { record, monitor, clusters, now: clock.now() };
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
