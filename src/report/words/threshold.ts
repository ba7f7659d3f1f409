import type { ThresholdChoice } from '../../ports/run-report.js';
import { brief, grouped, precise } from '../numbers.js';

/**
 * Chi-square of 60 degrees of freedom at p = 0.001, which KINC compares with (RMTThreshold.cpp;
 * images/executor/kinc/rmt.py): below it, the spacings count as Poisson's.
 */
export const POISSON_CHI_SQUARE = 99.607;

/** Why the threshold is what it is. */
export function thresholdReason(choice: ThresholdChoice): string {
  const value = precise(choice.value);
  if (choice.mode === 'value') {
    return `The threshold ${value} was given with the run; it was not derived from the data.`;
  }
  const tried = choice.curve.toSorted((a, b) => b.threshold - a.threshold);
  const chosen = tried.findLast(({ chiSquare }) => chiSquare < POISSON_CHI_SQUARE);
  const ends = [tried[0]?.threshold, tried.at(-1)?.threshold] as const;
  const searched =
    ends[0] === undefined || ends[1] === undefined
      ? ''
      : ` ${grouped(tried.length)} thresholds from ${precise(ends[0])} down to ${precise(ends[1])} were tried.`;
  const there =
    chosen === undefined
      ? ''
      : ` ${value} is the lowest with χ² below ${POISSON_CHI_SQUARE} (${brief(chosen.chiSquare)} with ${grouped(chosen.genes)} genes)${after(tried, chosen.threshold)}.`;
  return (
    'Found by random matrix theory: above the right threshold the spacings of the correlation ' +
    'matrix’s eigenvalues follow a Poisson distribution, which is the mark of separate modules; ' +
    `below it they repel each other, which is the mark of noise.${searched}${there}`
  );
}

function after(tried: ThresholdChoice['curve'], chosen: number): string {
  const below = tried.filter(({ threshold }) => threshold < chosen);
  const most = below.reduce((found, { chiSquare }) => Math.max(found, chiSquare), 0);
  return below.length === 0 ? '' : `; below it χ² rises to ${brief(most)}`;
}
