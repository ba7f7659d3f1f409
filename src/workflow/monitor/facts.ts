import type { NodeRecord } from './node.js';
import type { RunMonitor } from './run-monitor.js';
import type { ClusterOfAddress } from './snapshot.js';
import { whyFailed } from './words.js';

/**
 * CPU seconds that the payload itself measured, by node. HTCondor's own figure, which misses short
 * jobs, stands in for a node that is not in it.
 */
export type MeasuredCpu = ReadonlyMap<string, number>;

/** What one executor did; seconds are of successful executions. */
export interface ExecutorShare {
  readonly address: string;
  readonly cluster: string;
  readonly jobs: number;
  readonly workSeconds: number;
  readonly cpuSeconds: number;
}

export interface FailedNode {
  readonly node: string;
  readonly tries: number;
  readonly reason: string;
  readonly address?: string;
  readonly cluster?: string;
  readonly exitCode?: number;
  /** Number of its last try in the names of its logs. */
  readonly lastLog: number;
}

/** What a run amounts to; seconds. */
export interface RunFacts {
  readonly jobs: number;
  readonly done: number;
  readonly executors: readonly ExecutorShare[];
  /** From DAGMan's submission to its end. */
  readonly wallSeconds: number;
  /**
   * User and system time of all executions: of those that succeeded as the payload measured it, of
   * those that came to nothing as HTCondor reports it.
   */
  readonly cpuSeconds: number;
  /** Executions that were evicted or lost with their executor. */
  readonly interruptions: number;
  /** Tries beyond the first. */
  readonly retries: number;
  /** Executions that came to nothing. */
  readonly wastedSeconds: number;
  readonly parallel: ParallelFacts;
  readonly failed: readonly FailedNode[];
  /** Nodes that never ran because others failed. */
  readonly notRun: readonly string[];
}

export interface ParallelFacts {
  readonly jobs: number;
  /** Slots of all executors. */
  readonly slots: number;
  /** From the start of the first parallel job to the end of the last one. */
  readonly makespanSeconds: number;
  /** Sum of the run times of the executions that succeeded. */
  readonly workSeconds: number;
  /**
   * `workSeconds ÷ (slots × makespanSeconds)`: the share of the slots' time that went into work
   * that counts. 1 is perfect; waiting for jobs, transfers and lost executions make it less.
   * Undefined when nothing ran or the slots are not known.
   */
  readonly efficiency?: number;
}

/** Sums up a run. `slots`: CPUs of all executors, 0 when not known. */
export function factsOf(
  monitor: RunMonitor,
  clusters: ClusterOfAddress,
  slots: number,
  measured: MeasuredCpu = new Map(),
): RunFacts {
  const workCpu = (node: NodeRecord): number => measured.get(node.name) ?? node.workCpuSeconds;
  const nodes = [...monitor.nodes.values()];
  const end = monitor.end?.at ?? monitor.lastEventAt ?? 0;
  return {
    jobs: nodes.length,
    done: monitor.counts.done,
    executors: executorShares(nodes, clusters, workCpu),
    wallSeconds: Math.max(0, end - (monitor.submittedAt ?? end)) / 1000,
    cpuSeconds: sum(nodes, (node) => workCpu(node) + node.wastedCpuSeconds),
    interruptions: sum(nodes, (node) => node.interruptions),
    retries: sum(nodes, (node) => Math.max(0, node.tries - 1)),
    wastedSeconds: sum(nodes, (node) => node.wastedMs) / 1000,
    parallel: parallelFacts(nodes, slots),
    failed: nodes.filter(hasFailed).map((node) => failedNode(node, clusters)),
    notRun: nodes.filter(({ state }) => state === 'waiting').map((node) => node.name),
  };
}

/** DAGMan also gives up a node that would have had tries left, when it ends itself. */
function hasFailed(node: NodeRecord): boolean {
  return node.state !== 'done' && node.state !== 'waiting';
}

function failedNode(node: NodeRecord, clusters: ClusterOfAddress): FailedNode {
  const { address, exitCode } = node;
  return {
    node: node.name,
    tries: node.tries,
    reason: whyFailed(node),
    lastLog: node.tries - node.triesBefore - 1,
    ...(address === undefined ? {} : { address, cluster: clusters.get(address) ?? address }),
    ...(exitCode === undefined ? {} : { exitCode }),
  };
}

function executorShares(
  nodes: readonly NodeRecord[],
  clusters: ClusterOfAddress,
  workCpu: (node: NodeRecord) => number,
): readonly ExecutorShare[] {
  const done = nodes.filter((node) => node.state === 'done' && node.address !== undefined);
  const byAddress = Map.groupBy(done, (node) => node.address as string);
  // An executor that ran nothing is worth seeing too.
  const addresses = new Set([...clusters.keys(), ...byAddress.keys()]);
  return [...addresses].map((address) => {
    const own = byAddress.get(address) ?? [];
    return {
      address,
      cluster: clusters.get(address) ?? address,
      jobs: own.length,
      workSeconds: sum(own, (node) => node.workMs) / 1000,
      cpuSeconds: sum(own, workCpu),
    };
  });
}

function parallelFacts(nodes: readonly NodeRecord[], slots: number): ParallelFacts {
  const done = nodes.filter((node) => node.isParallel && node.state === 'done');
  const workSeconds = sum(done, (node) => node.workMs) / 1000;
  const first = least(done, (node) => (node.endedAt ?? 0) - node.workMs);
  const last = -least(done, (node) => -(node.endedAt ?? 0));
  const makespanSeconds = done.length === 0 ? 0 : (last - first) / 1000;
  const offered = slots * makespanSeconds;
  return {
    jobs: nodes.filter((node) => node.isParallel).length,
    slots,
    makespanSeconds,
    workSeconds,
    ...(offered > 0 ? { efficiency: workSeconds / offered } : {}),
  };
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}

function least<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((found, item) => Math.min(found, value(item)), Infinity);
}
