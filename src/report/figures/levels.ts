/** At `at` (epoch milliseconds) the level of series `series` changes by `by`. */
export interface Change {
  readonly at: number;
  readonly series: number;
  readonly by: number;
}

/** Levels of all series between two moments (epoch milliseconds). */
export interface Piece {
  readonly from: number;
  readonly to: number;
  readonly levels: readonly number[];
}

export interface Levels {
  readonly pieces: readonly Piece[];
  /** Most of all series together at any one moment. */
  readonly peak: number;
  /** Whether a piece is the mean over its time rather than one level all the time. */
  readonly averaged: boolean;
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * How levels went over time, in `most` pieces at most: exactly where they changed seldom, else as
 * means over equal pieces of time, which keep the area under the curve.
 * @param series how many series there are; all start at 0
 */
export function levelsOver(
  changes: readonly Change[],
  series: number,
  span: Span,
  most = 240,
): Levels {
  const exact = exactPieces(changes, series, span);
  const peak = exact.reduce((found, { levels }) => Math.max(found, total(levels)), 0);
  if (exact.length <= most) return { pieces: exact, peak, averaged: false };
  return { pieces: meanPieces(exact, series, span, most), peak, averaged: true };
}

/** The same levels as means over `count` equal pieces of time. */
export function meanOver(levels: Levels, series: number, span: Span, count: number): Piece[] {
  return meanPieces(levels.pieces, series, span, count);
}

function exactPieces(changes: readonly Change[], series: number, span: Span): Piece[] {
  const levels = new Array<number>(series).fill(0);
  const pieces: Piece[] = [];
  let since = span.from;
  for (const { at, series: one, by } of changes.toSorted((a, b) => a.at - b.at)) {
    const now = Math.min(Math.max(at, span.from), span.to);
    if (now > since) pieces.push({ from: since, to: now, levels: [...levels] });
    since = now;
    levels[one] = (levels[one] ?? 0) + by;
  }
  if (span.to > since) pieces.push({ from: since, to: span.to, levels: [...levels] });
  return pieces;
}

function meanPieces(pieces: readonly Piece[], series: number, span: Span, count: number): Piece[] {
  const width = (span.to - span.from) / count;
  if (!(width > 0)) return [];
  const sums = Array.from({ length: count }, () => new Array<number>(series).fill(0));
  for (const { from, to, levels } of pieces) {
    const first = Math.floor((from - span.from) / width);
    for (let bucket = first; bucket < count && span.from + bucket * width < to; bucket += 1) {
      const start = span.from + bucket * width;
      const overlap = Math.min(to, start + width) - Math.max(from, start);
      const sum = sums[bucket] ?? [];
      levels.forEach((level, index) => (sum[index] = (sum[index] ?? 0) + level * overlap));
    }
  }
  return sums.map((sum, bucket) => ({
    from: span.from + bucket * width,
    to: span.from + (bucket + 1) * width,
    levels: sum.map((value) => value / width),
  }));
}

function total(levels: readonly number[]): number {
  return levels.reduce((sum, level) => sum + level, 0);
}
