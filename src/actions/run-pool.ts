import { toCrossflockError } from '../errors/crossflock-error.js';
import type { ReportCluster } from '../ports/run-report.js';
import type { WorkflowPool } from '../ports/workflow-pool.js';
import type { Plan } from '../plan/types.js';
import { RUN_POOL_FILE, type RunPool, readRunPool, writeRunPool } from '../workflow/run-pool.js';
import type { ActionContext } from './context.js';
import { type Executors, executorsOf, type Offers } from './pool-ready.js';

/**
 * Notes with a run what it was submitted to: the configuration and the pool may be others when
 * somebody asks for a report.
 */
export async function noteRunPool(
  { reporter, signal }: ActionContext,
  pool: WorkflowPool,
  { runId, ...now }: Now & { readonly runId: string },
): Promise<void> {
  try {
    await pool.writeRunFile(runId, RUN_POOL_FILE, writeRunPool(poolNow(now)), signal);
  } catch (error) {
    // The run is there, and whoever follows it is to be told of an interruption.
    if (signal.aborted) return;
    const message = `prices and slots are not noted with the run: ${toCrossflockError(error).message}`;
    reporter.emit({ type: 'notice', level: 'warning', message });
  }
}

interface Now {
  readonly executors: Executors;
  readonly offers: Offers;
}

function poolNow({ executors, offers }: Now): RunPool {
  const { clusterOfAddress, prices } = executors;
  return {
    executors: new Map(
      [...clusterOfAddress].map(([address, cluster]) => {
        const slots = offers.get(address);
        return [address, { cluster, ...(slots === undefined ? {} : { slots }) }];
      }),
    ),
    prices,
  };
}

/** Clusters and executors for a report: as they were at the submission, the newer ones as now. */
export async function poolOfRun(
  { signal }: ActionContext,
  { pool, plan, runId }: { pool: WorkflowPool; plan: Plan; runId: string },
  offers: Offers,
): Promise<RunPool> {
  const now = poolNow({ executors: executorsOf(plan), offers });
  const then = readRunPool(await pool.readRunFile(runId, RUN_POOL_FILE, signal));
  if (then === undefined) return now;
  const known = new Set([...then.executors.values()].map(({ cluster }) => cluster));
  const newer = [...now.prices].filter(([cluster]) => !known.has(cluster));
  return {
    executors: new Map([...now.executors, ...then.executors]),
    prices: new Map([...newer, ...then.prices]),
  };
}

/** Those of the configuration in its order, then those that it has no more. */
export function reportClusters(plan: Plan, { executors, prices }: RunPool): ReportCluster[] {
  const own = [...executors.values()].map(({ cluster }) => cluster);
  const names = new Set([...plan.clusters.map(({ id }) => id), ...own]);
  return [...names].map((cluster) => {
    const price = prices.get(cluster);
    return {
      cluster,
      executors: [...executors]
        .filter(([, executor]) => executor.cluster === cluster)
        .map(([address, { slots }]) => ({ address, ...(slots === undefined ? {} : { slots }) })),
      ...(price === undefined ? {} : { pricePerCoreHour: price }),
    };
  });
}
