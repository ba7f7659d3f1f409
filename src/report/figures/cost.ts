import { moneyDigits } from '../numbers.js';
import type { ClusterFigures } from './clusters.js';
import type { Span } from './levels.js';
import { sumOf } from './spans.js';

/** Cost in the report's currency; core hours are of slots. */
export interface ClusterCost {
  readonly cluster: string;
  readonly pricePerCoreHour: number;
  /** Core hours that anything ran for, and their cost. */
  readonly coreHours: number;
  readonly used: number;
  /** Part of `used` that went into executions that came to nothing. */
  readonly wasted: number;
  /** Of slots that nothing ran on between submission and end; absent when slots are not known. */
  readonly idle?: number;
}

export interface Cost {
  readonly clusters: readonly ClusterCost[];
  readonly coreHours: number;
  readonly used: number;
  readonly wasted: number;
  /** Digits after the point to write the amounts with. */
  readonly digits: number;
  /** Only when it is known of every cluster that has a price. */
  readonly idle?: number;
  /** Clusters that did work and have no price. */
  readonly unpriced: readonly string[];
}

const SECONDS_PER_HOUR = 3600;

/** Undefined when no cluster has a price. */
export function costOf(clusters: readonly ClusterFigures[], span: Span): Cost | undefined {
  const priced = clusters.flatMap((cluster) => clusterCost(cluster, span));
  if (priced.length === 0) return undefined;
  const idleKnown = priced.every(({ idle }) => idle !== undefined);
  return {
    clusters: priced,
    coreHours: sumOf(priced, ({ coreHours }) => coreHours),
    used: sumOf(priced, ({ used }) => used),
    wasted: sumOf(priced, ({ wasted }) => wasted),
    digits: moneyDigits(sumOf(priced, ({ used }) => used)),
    ...(idleKnown ? { idle: sumOf(priced, ({ idle }) => idle ?? 0) } : {}),
    unpriced: clusters
      .filter(
        ({ pricePerCoreHour, executions }) => pricePerCoreHour === undefined && executions > 0,
      )
      .map(({ cluster }) => cluster),
  };
}

function clusterCost(figures: ClusterFigures, span: Span): ClusterCost[] {
  const { cluster, pricePerCoreHour, workSeconds, wastedSeconds, runningSeconds, slots } = figures;
  if (pricePerCoreHour === undefined) return [];
  const coreHours = (workSeconds + wastedSeconds + runningSeconds) / SECONDS_PER_HOUR;
  const held = ((slots ?? 0) * (span.to - span.from)) / 1000 / SECONDS_PER_HOUR;
  return [
    {
      cluster,
      pricePerCoreHour,
      coreHours,
      used: coreHours * pricePerCoreHour,
      wasted: (wastedSeconds / SECONDS_PER_HOUR) * pricePerCoreHour,
      ...(slots === undefined ? {} : { idle: Math.max(0, held - coreHours) * pricePerCoreHour }),
    },
  ];
}
