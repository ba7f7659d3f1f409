import type { RunFinding } from '../../ports/run-finding.js';
import type { ExecutorResources, WorkflowPool } from '../../ports/workflow-pool.js';
import { fanOut } from '../../util/fan-out.js';
import { gistOf } from '../htcondor/better-analyze.js';
import type { NodeRecord } from '../monitor/node.js';
import type { RunMonitor } from '../monitor/run-monitor.js';
import type { ClusterOfAddress } from '../monitor/snapshot.js';
import { stderrReader } from '../job-stderr.js';
import type { RunRecord } from '../run-record.js';
import { failures, type StderrOf } from './failures.js';
import { poisoned } from './poisoned.js';
import { jobsToExplain, waiting } from './waiting.js';

/** Jobs whose standard error is read; the others are told by their exit code alone. */
const READ = 20;
/** HTCondor's analysis takes about a second for each job and pool. */
const EXPLAINED = 3;
const AT_ONCE = 4;

export interface DiagnosisInput {
  readonly record: RunRecord;
  readonly monitor: RunMonitor;
  readonly clusters: ClusterOfAddress;
  readonly now: Date;
}

const ORDER = ['error', 'warning', 'info'] as const;

/** What is wrong with a run and why, the worst first; also while it runs. */
export async function diagnose(
  pool: WorkflowPool,
  input: DiagnosisInput,
  signal: AbortSignal,
): Promise<readonly RunFinding[]> {
  const { monitor, clusters } = input;
  const nodes = [...monitor.nodes.values()];
  const stderr = await stderrOf(pool, input, signal);
  const stuck = monitor.end === undefined ? await stillWaiting(pool, input, signal) : [];
  const found = [...failures({ nodes, stderr, clusters }), ...poisoned(nodes, clusters), ...stuck];
  return found.sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
}

async function stderrOf(
  pool: WorkflowPool,
  { record, monitor }: DiagnosisInput,
  signal: AbortSignal,
): Promise<StderrOf> {
  const failed = ({ state }: NodeRecord): boolean => state === 'failed' || state === 'retrying';
  const nodes = [...monitor.nodes.values()].filter(failed).slice(0, READ);
  const last = stderrReader(pool, record, signal);
  const { done } = await fanOut(nodes, AT_ONCE, ({ name, tries, triesBefore }) =>
    last({ node: name, tries, lastLog: tries - triesBefore - 1 }),
  );
  return new Map(done.map(({ target, value }) => [target.name, value]));
}

async function stillWaiting(
  pool: WorkflowPool,
  { record, clusters, now }: DiagnosisInput,
  signal: AbortSignal,
): Promise<readonly RunFinding[]> {
  const queue = await pool.queue(record.id, signal);
  const addresses = [...clusters.keys()];
  const asked = await fanOut(addresses, AT_ONCE, (address) => pool.resources(address, signal));
  signal.throwIfAborted();
  const executors = new Map<string, ExecutorResources | undefined>([
    ...asked.done.map(({ target, value }) => [target, value] as const),
    ...asked.failed.map(({ target }) => [target, undefined] as const),
  ]);
  const known = { queue, executors, clusters, now };
  const there = addresses.find((address) => executors.get(address) !== undefined);
  const jobs = there === undefined ? [] : jobsToExplain(known).slice(0, EXPLAINED);
  const explained = await fanOut(jobs, AT_ONCE, async ({ job }) =>
    gistOf(await pool.explain(job, there ?? '', signal)),
  );
  const gists = explained.done.map(({ target, value }) => [target.job, value] as const);
  return waiting({ ...known, explained: new Map(gists) });
}
