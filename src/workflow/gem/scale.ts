/** On which scale the values of a GEM are. */
export interface Scale {
  /**
   * `log`: logarithms, or values centred on 0 such as log ratios; `raw`: intensities, counts or
   * ratios as they were measured; `unknown`: too few values to tell.
   */
  readonly kind: 'log' | 'raw' | 'unknown';
  /** Why this was concluded, for people. */
  readonly reason: string;
}

/** What the scale is told from. */
export interface Spread {
  readonly least: number;
  readonly greatest: number;
  /** Every value is a whole number. */
  readonly whole: boolean;
  /** Values in ascending order, drawn evenly from all. */
  readonly sample: Float64Array;
}

const FEWEST = 20;
/** 2¹⁰⁰ of anything was never measured. */
const LOG_99TH = 100;
const LOG_RANGE = 50;
const LARGEST_SMALL_COUNT = 25;

/**
 * Judges from the quantiles whether values are logarithms. The first rule for positive values, its
 * numbers 100 and 50 and the one for ratios are those of the script that NCBI's GEO2R generates
 * (variable `LogC`); the others are ours.
 */
export function judgeScale(spread: Spread): Scale {
  const { least, greatest, sample } = spread;
  if (sample.length < FEWEST) {
    return { kind: 'unknown', reason: `there are only ${sample.length} values` };
  }
  const q99 = quantile(sample, 0.99);
  const span = `values from ${shortNumber(least)} to ${shortNumber(greatest)}`;
  const most = `99 % of them up to ${shortNumber(q99)}`;
  const wide = greatest - least > LOG_RANGE;
  if (least < 0) {
    return q99 > LOG_99TH || wide
      ? { kind: 'raw', reason: `${span}, ${most}: too wide for logarithms` }
      : { kind: 'log', reason: `${span}, on both sides of 0: log ratios, or standardised` };
  }
  const large = q99 > LOG_99TH || (wide && quantile(sample, 0.25) > 0);
  const why = rawBecause(spread, large);
  return why === undefined
    ? { kind: 'log', reason: `${span}, ${most}: what logarithms of expression look like` }
    : { kind: 'raw', reason: `${span}, ${most}: ${why}` };
}

/** What tells values of 0 or more from logarithms; undefined when nothing does. */
function rawBecause({ whole, greatest, sample }: Spread, large: boolean): string | undefined {
  if (whole && (large || greatest > LARGEST_SMALL_COUNT)) return 'all are whole, which are counts';
  if (large) return 'too large for logarithms';
  const [lower, upper] = [quantile(sample, 0.25), quantile(sample, 0.75)];
  const isRatio = lower > 0 && lower < 1 && upper > 1 && upper < 2;
  return isRatio ? 'half of them are around 1, which are ratios' : undefined;
}

/** Value below which the share `p` of an ascending, non-empty sample lies (nearest rank). */
function quantile(sample: Float64Array, p: number): number {
  const index = Math.max(0, Math.ceil(p * sample.length) - 1);
  return sample[index] ?? Number.NaN;
}

/** Up to four significant digits, without an exponent below a million. */
export function shortNumber(value: number): string {
  const rounded = Number(value.toPrecision(4));
  return Math.abs(value) >= 10_000 && Math.abs(value) < 1e6
    ? String(Math.round(value))
    : String(rounded);
}
