import type { ReportExecution, ReportJob } from '../ports/run-report.js';
import type { Execution, NodeRecord } from './monitor/node.js';
import type { RunMonitor } from './monitor/run-monitor.js';
import type { ClusterOfAddress } from './monitor/snapshot.js';
import { whyFailed } from './monitor/words.js';

/** Stands for the cluster of an executor that the log does not name. */
const NOWHERE = 'unknown';

/** Every execution of a run, by node in the order of the DAG. */
export function executionsOf(
  monitor: RunMonitor,
  clusters: ClusterOfAddress,
): readonly ReportExecution[] {
  return [...monitor.nodes.values()].flatMap((node) =>
    node.executions.map((execution, index) => {
      const isLast = index === node.executions.length - 1;
      return executionOf(node, execution, { clusters, isLast });
    }),
  );
}

function executionOf(
  node: NodeRecord,
  execution: Execution,
  { clusters, isLast }: { readonly clusters: ClusterOfAddress; readonly isLast: boolean },
): ReportExecution {
  const { address, outcome, endedAt, tries, cpus, startedAt } = execution;
  const { slot, exitCode, exitSignal, cpuSeconds, memoryMb, receivedBytes, sentBytes } = execution;
  const isWhy = isLast && node.state !== 'done' && outcome !== undefined;
  const reason = execution.reason ?? (isWhy ? whyFailed(node) : undefined);
  const where = address === undefined ? NOWHERE : (clusters.get(address) ?? address);
  const maybe = {
    ...{ address, slot, endedAt, exitCode, exitSignal, reason },
    ...{ cpuSeconds, memoryMb, receivedBytes, sentBytes },
  };
  return {
    node: node.name,
    try: tries,
    cluster: where,
    startedAt,
    outcome: outcome ?? 'running',
    cores: cpus,
    ...known(maybe),
  };
}

/** Every node of a run's DAG. */
export function jobsOf(monitor: RunMonitor): readonly ReportJob[] {
  return [...monitor.nodes.values()].map((node) => {
    const submittedAt = node.executions[0]?.queuedAt ?? node.queuedAt;
    const isOver = node.state === 'done' || node.state === 'failed';
    const endedAt = isOver ? node.endedAt : undefined;
    return { node: node.name, state: stateOf(node), ...known({ submittedAt, endedAt }) };
  });
}

function stateOf({ state }: NodeRecord): ReportJob['state'] {
  return state === 'retrying' ? 'idle' : state;
}

type Known<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The properties that have a value. */
function known<T extends object>(values: T): Known<T> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Known<T>;
}
