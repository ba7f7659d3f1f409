import type { ReportExecution, RunReport } from '../../ports/run-report.js';
import type { Span } from './levels.js';
import { coresOf, isWasted, secondsOf, sumOf } from './spans.js';

/** What one executor, or all executors of a cluster, did. */
export interface Share {
  /** Executions that succeeded, which is the jobs done. */
  readonly jobs: number;
  readonly executions: number;
  /** Seconds on cores: of executions that succeeded, that came to nothing, and that still run. */
  readonly workSeconds: number;
  readonly wastedSeconds: number;
  readonly runningSeconds: number;
  /** Cores; absent when not known. */
  readonly slots?: number;
  /** Share of the cores' time, from submission to end, in which something ran on them. */
  readonly busyShare?: number;
  /** Of the executions that succeeded. */
  readonly meanSeconds?: number;
  /** Bytes that went to and came from the executors; absent when no execution says. */
  readonly receivedBytes?: number;
  readonly sentBytes?: number;
}

export interface ExecutorFigures extends Share {
  readonly address: string;
}

export interface ClusterFigures extends Share {
  readonly cluster: string;
  readonly pricePerCoreHour?: number;
  /** User and system time of its jobs. */
  readonly cpuSeconds: number;
  readonly executors: readonly ExecutorFigures[];
}

/** Every cluster of the configuration, then those that only executions name. */
export function clusterFigures(report: RunReport, span: Span): ClusterFigures[] {
  const byCluster = Map.groupBy(report.executions, ({ cluster }) => cluster);
  const configured = new Map(report.clusters.map((cluster) => [cluster.cluster, cluster]));
  return [...new Set([...configured.keys(), ...byCluster.keys()])].map((name) => {
    const own = byCluster.get(name) ?? [];
    const known = configured.get(name);
    const executors = executorFigures(own, known?.executors ?? [], span);
    const price = known?.pricePerCoreHour;
    return {
      cluster: name,
      ...shareOf(own, slotsOf(executors), span),
      ...(price === undefined ? {} : { pricePerCoreHour: price }),
      cpuSeconds: cpuSecondsOf(report, name, own),
      executors,
    };
  });
}

function executorFigures(
  executions: readonly ReportExecution[],
  known: RunReport['clusters'][number]['executors'],
  span: Span,
): ExecutorFigures[] {
  const byAddress = Map.groupBy(executions, ({ address }) => address);
  const addresses = new Set(known.map(({ address }) => address));
  for (const address of byAddress.keys()) if (address !== undefined) addresses.add(address);
  return [...addresses].map((address) => {
    const slots = known.find((executor) => executor.address === address)?.slots;
    return { address, ...shareOf(byAddress.get(address) ?? [], slots, span) };
  });
}

/** Undefined when any executor's slots are not known. */
function slotsOf(executors: readonly ExecutorFigures[]): number | undefined {
  if (executors.length === 0) return undefined;
  return executors.reduce<number | undefined>(
    (sum, { slots }) => (sum === undefined || slots === undefined ? undefined : sum + slots),
    0,
  );
}

function shareOf(
  executions: readonly ReportExecution[],
  slots: number | undefined,
  span: Span,
): Share {
  const succeeded = executions.filter(({ outcome }) => outcome === 'succeeded');
  const coreSeconds = (some: readonly ReportExecution[]): number =>
    sumOf(some, (execution) => secondsOf(execution, span.to) * coresOf(execution));
  const all = coreSeconds(executions);
  const offered = (slots ?? 0) * (span.to - span.from);
  return {
    jobs: succeeded.length,
    executions: executions.length,
    workSeconds: coreSeconds(succeeded),
    wastedSeconds: coreSeconds(executions.filter(isWasted)),
    runningSeconds: coreSeconds(executions.filter(({ outcome }) => outcome === 'running')),
    ...(slots === undefined ? {} : { slots }),
    ...(offered > 0 ? { busyShare: (all * 1000) / offered } : {}),
    ...(succeeded.length === 0
      ? {}
      : { meanSeconds: sumOf(succeeded, (one) => secondsOf(one, span.to)) / succeeded.length }),
    ...bytesOf(executions, 'receivedBytes'),
    ...bytesOf(executions, 'sentBytes'),
  };
}

function bytesOf<Name extends 'receivedBytes' | 'sentBytes'>(
  executions: readonly ReportExecution[],
  name: Name,
): Partial<Record<Name, number>> {
  const known = executions.filter((execution) => execution[name] !== undefined);
  if (known.length === 0) return {};
  return { [name]: sumOf(known, (execution) => execution[name] ?? 0) } as Record<Name, number>;
}

/** As the summary has it, where the payload's own measurement is in it. */
function cpuSecondsOf(
  { summary }: RunReport,
  cluster: string,
  executions: readonly ReportExecution[],
): number {
  const share = summary.clusters.find((one) => one.cluster === cluster);
  return share?.cpuSeconds ?? sumOf(executions, ({ cpuSeconds }) => cpuSeconds ?? 0);
}
