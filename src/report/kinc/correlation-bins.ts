import type { Correlations } from '../../ports/run-report.js';

/** Pairs with |r| ≥ `threshold`, and those of them with r > 0, as `kinc merge` counts them. */
export interface ReachedLevel {
  readonly threshold: number;
  readonly pairs: number;
  readonly positive: number;
}

/**
 * The distribution of r from the counts at ascending levels: a bin between two levels on either
 * side, and one for everything below the first level.
 * @param counted all pairs, and those that have a correlation
 */
export function correlationBins(
  levels: readonly ReachedLevel[],
  counted: { readonly pairs: number; readonly withCorrelation: number },
): Correlations {
  const first = levels[0];
  const withoutCorrelation = counted.pairs - counted.withCorrelation;
  if (first === undefined) {
    return { bins: [{ from: -1, to: 1, pairs: counted.withCorrelation }], withoutCorrelation };
  }
  const bins = levels.map((level, index) => {
    const next = levels[index + 1] ?? { threshold: 1, pairs: 0, positive: 0 };
    const positive = level.positive - next.positive;
    const negative = level.pairs - next.pairs - positive;
    return { from: level.threshold, to: next.threshold, positive, negative };
  });
  const middle = { pairs: counted.withCorrelation - first.pairs };
  return {
    bins: [
      ...bins
        .toReversed()
        .map(({ from, to, negative }) => ({ from: -to, to: -from, pairs: negative })),
      { from: -first.threshold, to: first.threshold, ...middle },
      ...bins.map(({ from, to, positive }) => ({ from, to, pairs: positive })),
    ],
    withoutCorrelation,
  };
}
