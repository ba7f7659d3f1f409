import type { ResolvedConfig } from '../config/types.js';
import { optional } from '../util/optional.js';
import type { Kinc3Plan } from './types.js';

type Kinc3Config = NonNullable<NonNullable<ResolvedConfig['workflow']>['kinc3']>;

/**
 * KINC's own defaults: those of `src/core/similarity_input.cpp` and `rmt_input.cpp` of
 * github.com/SystemsGenetics/KINC, version 3.4.2; the format is the one that its documentation
 * recommends ("How to Create a Network").
 */
const DEFAULTS = {
  program: ['kinc3'],
  clustering: 'none',
  min_clusters: 1,
  max_clusters: 5,
  criterion: 'ICL',
  remove_outliers_before: true,
  remove_outliers_after: true,
  min_correlation: 0.5,
  max_correlation: 1,
  format: 'tidy',
  fetch_matrices: false,
} as const;
const RMT = { start: 0.99, step: 0.001, stop: 0.5, reduction: 'first' } as const;

/** The settings of KINC 3, with its defaults. */
export function planKinc3(config: Kinc3Config = {}): Kinc3Plan {
  const all = { ...DEFAULTS, ...config };
  return {
    program: all.program,
    clustering: all.clustering,
    minClusters: all.min_clusters,
    maxClusters: all.max_clusters,
    criterion: all.criterion,
    ...optional('minExpression', config.min_expression),
    ...optional('maxExpression', config.max_expression),
    removeOutliersBefore: all.remove_outliers_before,
    removeOutliersAfter: all.remove_outliers_after,
    minCorrelation: all.min_correlation,
    maxCorrelation: all.max_correlation,
    rmt: { ...RMT, ...config.rmt },
    format: all.format,
    fetchMatrices: all.fetch_matrices,
  };
}
