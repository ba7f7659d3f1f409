import type { Problem } from '../../errors/problem.js';

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

/** The outcome of reading a GEM: its facts, or everything that is wrong with it. */
export type GemReport =
  | { readonly ok: true; readonly facts: GemFacts }
  | {
      readonly ok: false;
      /** The first ones, at most `PROBLEMS_SHOWN`. */
      readonly problems: readonly Problem[];
      /** How many there are in all. */
      readonly problemCount: number;
    };

/** Problems kept of one file; the others are only counted. */
export const PROBLEMS_SHOWN = 20;

/** Number of unordered pairs of `genes` things. */
export function pairsOf(genes: number): number {
  return (genes * (genes - 1)) / 2;
}
