import { bin, quantileSorted, range, thresholdSturges, tickStep } from 'd3-array';

import type { ReportExecution } from '../../ports/run-report.js';
import { secondsOf } from './spans.js';

export interface TimeBin {
  /** Seconds, `from` ≤ time < `to`; the last bin has its end, too. */
  readonly from: number;
  readonly to: number;
  /** Executions by cluster, in the order of the clusters. */
  readonly counts: readonly number[];
}

/** Run times of the executions that succeeded, in seconds. */
export interface JobTimes {
  readonly count: number;
  readonly least: number;
  readonly mean: number;
  readonly median: number;
  /** Nineteen of twenty were this fast. */
  readonly p95: number;
  readonly most: number;
  /** Whether the bins grow by a factor rather than by seconds. */
  readonly logarithmic: boolean;
  readonly bins: readonly TimeBin[];
}

/** Times this many times apart do not fit on one linear scale. */
const WIDE = 30;

/** Undefined when no execution succeeded. */
export function jobTimes(
  executions: readonly ReportExecution[],
  clusters: readonly string[],
): JobTimes | undefined {
  const done = executions
    .filter(({ outcome }) => outcome === 'succeeded')
    .map((execution) => ({
      seconds: secondsOf(execution, execution.startedAt),
      cluster: clusters.indexOf(execution.cluster),
    }))
    .sort((a, b) => a.seconds - b.seconds);
  if (done.length === 0) return undefined;
  const sorted = done.map(({ seconds }) => seconds);
  const at = (share: number): number => quantileSorted(sorted, share) ?? 0;
  const logarithmic = at(1) > WIDE * Math.max(0.1, at(0.5));
  return {
    count: sorted.length,
    least: at(0),
    mean: sorted.reduce((sum, seconds) => sum + seconds, 0) / sorted.length,
    median: at(0.5),
    p95: at(0.95),
    most: at(1),
    logarithmic,
    bins: binned(done, clusters.length, edgesOf(sorted, logarithmic)),
  };
}

interface Timed {
  readonly seconds: number;
  readonly cluster: number;
}

function binned(done: readonly Timed[], clusters: number, edges: readonly number[]): TimeBin[] {
  // No time at all has no place on a logarithmic scale: it counts into the first bin.
  const first = edges[0] ?? 0;
  const make = bin<Timed, number>()
    .value(({ seconds }) => Math.max(first, seconds))
    .domain([first, edges.at(-1) ?? 1])
    .thresholds(edges.slice(1, -1));
  return make([...done]).map((inside) => {
    const counts = new Array<number>(clusters).fill(0);
    for (const { cluster } of inside) counts[cluster] = (counts[cluster] ?? 0) + 1;
    return { from: inside.x0 ?? 0, to: inside.x1 ?? 0, counts };
  });
}

/** Edges of the bins on round numbers, ascending, around all of the times. */
function edgesOf(sorted: readonly number[], logarithmic: boolean): number[] {
  const least = sorted[0] ?? 0;
  const most = Math.max(sorted.at(-1) ?? 0, least + 0.001);
  if (logarithmic) return logarithmicEdges(Math.max(least, 0.1), most);
  const wanted = Math.min(30, Math.max(8, 2 * thresholdSturges(sorted)));
  const step = tickStep(least, most, wanted);
  const first = Math.floor(least / step);
  const last = Math.max(first + 1, Math.ceil(most / step));
  return range(first, last + 1).map((edge) => rounded(edge * step));
}

/** …, 1, 2, 5, 10, 20, 50, … */
function logarithmicEdges(least: number, most: number): number[] {
  const edges: number[] = [];
  for (
    let power = Math.floor(Math.log10(least));
    edges.length === 0 || (edges.at(-1) ?? 0) < most;
  ) {
    for (const factor of [1, 2, 5]) edges.push(rounded(factor * 10 ** power));
    power += 1;
  }
  const first = edges.findLastIndex((edge) => edge <= least);
  const last = edges.findIndex((edge) => edge > most);
  return edges.slice(Math.max(0, first), last === -1 ? undefined : last + 1);
}

function rounded(value: number): number {
  return Number(value.toPrecision(12));
}
