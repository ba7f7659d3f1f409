import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Plan } from '../plan/types.js';
import type { KincFindings, RunReport } from '../ports/run-report.js';
import type { RunSummary } from '../ports/run-summary.js';
import type { WorkflowPool } from '../ports/workflow-pool.js';
import { kincFindings } from '../report/kinc/findings.js';
import { collectRun } from '../workflow/collect.js';
import { recipeOf } from '../workflow/recipes/index.js';
import type { RunMonitor } from '../workflow/monitor/run-monitor.js';
import { executionsOf, jobsOf } from '../workflow/run-history.js';
import type { RunRecord } from '../workflow/run-record.js';
import { readRun } from '../workflow/watch.js';
import type { ActionContext } from './context.js';
import { executorsOf, type Offers, slotsInPassing } from './pool-ready.js';
import { poolOfRun, reportClusters } from './run-pool.js';

export interface ReportedRun {
  readonly plan: Plan;
  readonly pool: WorkflowPool;
  readonly record: RunRecord;
  readonly monitor: RunMonitor;
  readonly summary: RunSummary;
  /** Local folder of the results. */
  readonly folder: string;
  readonly offers: Offers;
}

/**
 * All that a report shows of a run, from the submitter alone; its results go to a folder that is
 * taken away again.
 */
export async function gatherReport(
  context: ActionContext,
  { plan, pool, record }: Pick<ReportedRun, 'plan' | 'pool' | 'record'>,
): Promise<RunReport> {
  const { signal } = context;
  const offers = await slotsInPassing(context, pool, executorsOf(plan));
  const monitor = await readRun(pool, record, signal);
  const folder = await mkdtemp(join(tmpdir(), 'crossflock-report-'));
  try {
    const { clusterOfAddress: clusters } = executorsOf(plan);
    const found = { record, monitor, clusters, slots: record.slots ?? 0, folder };
    const summary = await collectRun(pool, found, signal);
    return await reportOf(context, { plan, pool, record, monitor, summary, folder, offers });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The report of a run whose results are here. */
export async function reportOf(context: ActionContext, run: ReportedRun): Promise<RunReport> {
  const { plan, pool, monitor, summary } = run;
  const now = context.clock.now();
  const submitter = plan.apps.find(({ role }) => role === 'submitter')?.clusterId;
  const kinc = await findings(run, context.signal);
  const there = await poolOfRun(context, { pool, plan, runId: run.record.id }, run.offers);
  const clusters = new Map(
    [...there.executors].map(([address, { cluster }]) => [address, cluster] as const),
  );
  return {
    formatVersion: 1,
    gatheredAt: now.toISOString(),
    summary: monitor.end === undefined ? underWay(summary, now) : summary,
    software: await softwareOf(context, pool),
    configuration: configurationOf(plan),
    clusters: reportClusters(plan, there),
    executions: executionsOf(monitor, clusters),
    jobs: jobsOf(monitor),
    ...(submitter === undefined ? {} : { submitterCluster: submitter }),
    ...(kinc === undefined ? {} : { kinc }),
  };
}

function underWay(summary: RunSummary, now: Date): RunReport['summary'] {
  const wallSeconds = (now.getTime() - Date.parse(summary.submittedAt)) / 1000;
  return { ...summary, outcome: 'running', endedAt: now.toISOString(), wallSeconds };
}

/**
 * From the results that are here, or from the submitter where the run is not over; of workflows
 * that make a gene network only.
 */
async function findings(
  { pool, record, folder, summary }: ReportedRun,
  signal: AbortSignal,
): Promise<KincFindings | undefined> {
  const { networkFiles } = recipeOf(record.workflow);
  if (networkFiles === undefined) return undefined;
  const isHere = summary.results.files.length > 0;
  const read = async (name: string | undefined): Promise<string | undefined> => {
    if (name === undefined) return undefined;
    if (isHere) {
      const left = summary.results.files.some((file) => file.name === name);
      return left ? readFile(join(folder, name), 'utf8') : undefined;
    }
    return pool.readRunFile(record.id, `results/${name}`, signal);
  };
  const { merge, threshold, network } = networkFiles;
  const texts = await Promise.all([read(merge), read(threshold), read(network)]);
  return kincFindings({ merge: texts[0], threshold: texts[1], network: texts[2] });
}

async function softwareOf(
  { version, signal }: ActionContext,
  pool: WorkflowPool,
): Promise<RunReport['software']> {
  const own = version === undefined ? [] : [{ name: 'crossflock', version }];
  return [...own, ...(await pool.software(signal))];
}

/** What the deployment was made of; nothing that could hold a secret is in it. */
function configurationOf(plan: Plan): Readonly<Record<string, unknown>> {
  const { driver, cidr } = plan.network;
  return {
    name: plan.name,
    network: { driver, cidr },
    clusters: plan.clusters.map(({ id, hosts, engine }) => ({
      id,
      engine: engine.type,
      hosts: hosts.map((host) => host.id),
    })),
    containers: plan.apps.map(({ containerId, clusterId, role, ip, app }) => ({
      id: containerId,
      cluster: clusterId,
      role,
      ip,
      image: app.container.docker.image,
      cpus: app.cpus,
      mem: app.mem,
    })),
    workflow: plan.workflow,
  };
}
