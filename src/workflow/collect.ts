import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import type { FailedJob, RunSummary } from '../ports/run-summary.js';
import type { WorkflowPool } from '../ports/workflow-pool.js';
import { fanOut } from '../util/fan-out.js';
import { stderrReader } from './job-stderr.js';
import { factsOf, type FailedNode, type MeasuredCpu } from './monitor/facts.js';
import type { RunEnd, RunMonitor } from './monitor/run-monitor.js';
import type { ClusterOfAddress } from './monitor/snapshot.js';
import { recipeOf } from './recipes/index.js';
import type { Examination } from './recipes/recipe.js';
import type { RunRecord } from './run-record.js';
import { summarise } from './summarise.js';

/** Failed jobs whose standard error is fetched; the others are only named. */
const STDERR_JOBS = 10;
const AT_ONCE = 4;

export interface CollectInput {
  readonly record: RunRecord;
  readonly monitor: RunMonitor;
  readonly clusters: ClusterOfAddress;
  /** CPUs of all executors now: what counts for a run whose record does not say. */
  readonly slots: number;
  /** Local folder for the results. */
  readonly folder: string;
}

interface Collected extends Examination {
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
  readonly measured?: MeasuredCpu;
}

/** Fetches what an ended run left, checks it and sums the run up. */
export async function collectRun(
  pool: WorkflowPool,
  input: CollectInput,
  signal: AbortSignal,
): Promise<RunSummary> {
  const { record, monitor, clusters, folder } = input;
  const slots = record.slots ?? input.slots;
  const succeeded = monitor.end?.outcome === 'succeeded';
  const { measured, ...collected } = succeeded
    ? await fetchResults(pool, input, signal)
    : { ...nothing, measured: await measuredSoFar(pool, record, signal) };
  const facts = factsOf(monitor, clusters, slots, measured);
  const failed = await withStderr(pool, record, facts.failed, signal);
  const outcome = outcomeOf(monitor.end, collected.problems);
  const known = { record, end: monitor.end, facts, outcome, failed, folder, ...collected };
  return summarise({ ...known, input: recipeOf(record.workflow).inputOf(record) });
}

const nothing: Collected = { files: [], problems: [] };

function outcomeOf(end: RunEnd | undefined, problems: readonly string[]): RunSummary['outcome'] {
  if (end?.outcome === 'succeeded') return problems.length === 0 ? 'succeeded' : 'invalid';
  return end?.outcome ?? 'failed';
}

async function fetchResults(
  pool: WorkflowPool,
  { record, folder }: CollectInput,
  signal: AbortSignal,
): Promise<Collected> {
  const there = await pool.listRunFiles(record.id, 'results', signal);
  const known = new Map(there.map((file) => [file.name, file]));
  const missing = record.results.filter((name) => !known.has(name));
  if (missing.length > 0) {
    return { files: [], problems: missing.map((name) => `the result ${name} is missing`) };
  }
  const wanted = record.results.flatMap((name) => known.get(name) ?? []);
  const from = { runId: record.id, folder: 'results' };
  await pool.fetchRunFiles(from, record.results, folder, signal);
  const recipe = recipeOf(record.workflow);
  const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');
  const { problems, ...examined } = await recipe.examine(record, read);
  const sizes = await sizeProblems(wanted, folder);
  return {
    files: wanted,
    measured: await recipe.measuredCpu(read),
    ...examined,
    problems: [...sizes, ...problems],
  };
}

async function sizeProblems(files: Collected['files'], folder: string): Promise<string[]> {
  const problems: string[] = [];
  for (const { name, bytes } of files) {
    const { size } = await stat(join(folder, name));
    if (size !== bytes) problems.push(`${name}: ${size} bytes fetched of ${bytes}`);
  }
  return problems;
}

/** Of a run that did not get to its end; what it has not measured is left to HTCondor. */
function measuredSoFar(
  pool: WorkflowPool,
  record: RunRecord,
  signal: AbortSignal,
): Promise<MeasuredCpu> {
  return recipeOf(record.workflow).measuredCpu((name) =>
    pool.readRunFile(record.id, `results/${name}`, signal),
  );
}

async function withStderr(
  pool: WorkflowPool,
  record: RunRecord,
  failed: readonly FailedNode[],
  signal: AbortSignal,
): Promise<readonly FailedJob[]> {
  const last = stderrReader(pool, record, signal);
  const read = await fanOut(failed.slice(0, STDERR_JOBS), AT_ONCE, last);
  const stderr = new Map(read.done.map(({ target, value }) => [target.node, value]));
  return failed.map((node) => {
    const { lastLog, ...told } = node;
    return { ...told, stderr: lastLog < 0 ? [] : (stderr.get(node.node) ?? []) };
  });
}
