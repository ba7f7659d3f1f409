import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import type { RunFinding } from '../../../src/ports/run-finding.js';
import type { RunSummary } from '../../../src/ports/run-summary.js';
import { containerOf, output, run, summaryOf, type Ended } from '../harness.js';
import type { RecipePool } from '../recipes/recipe-pool.js';

/** The pool that the tests of failures share: four slots on `runner1`, four on `runner2`. */
export type FailurePool = RecipePool;

export const RUNNERS = ['runner1', 'runner2'] as const;

/** What the network of the demo's matrix has, whatever happened on the way to it. */
export const NETWORK = { pairs: 4_652_775, edges: 1659, positive: 1632 } as const;

/** Folder for results beside the pool's configuration. */
export function resultsOf({ config }: FailurePool): string {
  return join(dirname(config), 'results');
}

export function runOf(ended: Ended): RunSummary {
  return (summaryOf(ended).data as { run: RunSummary }).run;
}

/** Runs a command as the pool's user in the submitter. */
export async function inSubmitter(pool: FailurePool, ...argv: readonly string[]): Promise<string> {
  const submitter = await containerOf(pool.name, 'submitter');
  return output(['docker', 'exec', '--user', 'condor_pool', submitter, ...argv]);
}

/** Runs a line of shell as root on an executor, `words` being its `$1` and on. */
export async function onExecutor(
  pool: FailurePool,
  runner: (typeof RUNNERS)[number],
  script: string,
  ...words: readonly string[]
): Promise<void> {
  const container = await containerOf(pool.name, runner);
  await output(['docker', 'exec', '--user', 'root', container, 'sh', '-c', script, 'sh', ...words]);
}

export interface Analysis {
  readonly exitCode: number | null;
  readonly findings: readonly RunFinding[];
}

export async function analyze({ config }: FailurePool, runId: string): Promise<Analysis> {
  const ended = await run('crossflock', ['workflow', 'analyze', runId, '-c', config]);
  return { exitCode: ended.exitCode, ...(summaryOf(ended).data as Omit<Analysis, 'exitCode'>) };
}

/** An attribute of each job of one node, the oldest first, from the history of the queue. */
export async function historyOf(
  pool: FailurePool,
  runId: string,
  node: string,
  attribute: string,
): Promise<readonly number[]> {
  const constraint = `CrossflockRun == "${runId}" && DAGNodeName == "${node}"`;
  const query = ['-backwards', '-constraint', constraint, '-autoformat', attribute];
  const text = await inSubmitter(pool, 'condor_history', ...query);
  return text.trim().split('\n').map(Number).reverse();
}

/** How often each node of a run was executed, from the history of the queue. */
export async function startsOf(
  pool: FailurePool,
  runId: string,
): Promise<ReadonlyMap<string, number>> {
  const query = ['-constraint', `CrossflockRun == "${runId}"`];
  const text = await inSubmitter(
    pool,
    ...['condor_history', ...query, '-autoformat', 'DAGNodeName', 'NumJobStarts'],
  );
  const starts = new Map<string, number>();
  for (const line of text.trim().split('\n')) {
    const [node = '', count] = line.split(' ');
    // A job that never started has no such attribute.
    starts.set(node, (starts.get(node) ?? 0) + (Number(count) || 0));
  }
  return starts;
}

export function expectCompleteResult(ended: Ended): RunSummary {
  expect(ended.exitCode, ended.stdout + ended.stderr).toBe(0);
  const summary = runOf(ended);
  expect(summary).toMatchObject({ outcome: 'succeeded', problems: [], network: NETWORK });
  expect(summary.jobs).toMatchObject({ failed: [], notRun: [], done: summary.jobs.total });
  return summary;
}
