import type { Problem } from '../../errors/problem.js';
import type { Scale } from './scale.js';

/** What is known of a well-formed gene expression matrix (GEM). */
export interface GemFacts {
  /** Rows. */
  readonly genes: number;
  /** Columns. */
  readonly samples: number;
  /** Unordered pairs of genes: genes × (genes − 1) / 2. */
  readonly pairs: number;
  /** Cells that hold the value for "not available". */
  readonly missing: number;
  /** Bytes of the text, uncompressed. */
  readonly bytes: number;
  /** Of the uncompressed bytes, in lower-case hex. */
  readonly sha256: string;
  readonly compressed: boolean;
}

/** What the cells of a GEM look like, beyond what makes it well formed. */
export interface GemProfile {
  /** Share of the cells that are missing, from 0 to 1. */
  readonly missingShare: number;
  readonly genesWithMissing: number;
  /** Genes with the same value in all samples. */
  readonly constantGenes: number;
  /** Genes with fewer values than a pair needs. */
  readonly genesWithFewValues: number;
  /** Values below 0. */
  readonly negative: number;
  readonly scale: Scale;
}

/**
 * The outcome of reading a GEM: its facts, or that it cannot be used. `problems` has errors before
 * warnings; of each kind the first few and then how many more there are.
 */
export type GemReport = {
  readonly problems: readonly Problem[];
  readonly errors: number;
  readonly warnings: number;
} & (
  | { readonly ok: true; readonly facts: GemFacts; readonly profile: GemProfile }
  | { readonly ok: false }
);

/** How a GEM is going to be used, as far as reading it depends on it. */
export interface GemUse {
  /** The text of a missing value, such as `NA`. */
  readonly naValue: string;
  /** Values that a pair of genes must have in common. */
  readonly minObs: number;
  /** Spearman's (`sc`) or Pearson's (`pc`) correlation. */
  readonly method: 'sc' | 'pc';
}

/** Number of unordered pairs of `genes` things. */
export function pairsOf(genes: number): number {
  return (genes * (genes - 1)) / 2;
}
