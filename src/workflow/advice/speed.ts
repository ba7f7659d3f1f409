import { pairsOf } from '../gem/types.js';
import { type Ad, isAd, numberOf } from '../htcondor/fields.js';
import type { MatrixShape, Speed } from './types.js';

/** What `kinc calibrate` measured on one executor. */
export interface Measurement {
  readonly pairs: number;
  /** Wall time of correlating and writing them. */
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly setupSeconds: number;
  readonly bytesPerPair: number;
  readonly peakMemoryMb: number;
}

/** Bytes of a correlation in the payload's files: a 32-bit number. */
const BYTES_PER_PAIR = 4;
/**
 * Seconds that a pair of complete genes takes, and for each sample; and the same for a pair with a
 * missing value, which is ranked anew. Measured as CPU time of `kinc calibrate` on a shared server and
 * rounded; the range of the estimate allows for a factor of four either way.
 */
const PAIR = 30e-9;
const PAIR_SAMPLE = 0.05e-9;
const RANKED_PAIR = 1e-6;
const RANKED_PAIR_SAMPLE = 0.2e-6;
/** Python and its libraries; bytes of text that are read a second. */
const START_SECONDS = 0.5;
const READ_BYTES_PER_SECOND = 15e6;
/** MB of the program with its blocks; bytes for each byte of text and each value. */
const BASE_MB = 180;
const MEMORY_PER_TEXT_BYTE = 4;
const MEMORY_PER_VALUE = 28;

/** What is assumed of an executor that nobody measured. */
export function assumedSpeed(matrix: MatrixShape): Speed {
  const { genes, samples, genesWithMissing, bytes } = matrix;
  const complete = ((genes - genesWithMissing) / genes) ** 2;
  const ranked = (1 - complete) * (RANKED_PAIR + RANKED_PAIR_SAMPLE * samples);
  const pairsPerSecond = 1 / (PAIR + PAIR_SAMPLE * samples + ranked);
  return {
    source: { kind: 'default' },
    pairsPerSecond,
    slowest: pairsPerSecond,
    fastest: pairsPerSecond,
    setupSeconds: START_SECONDS + bytes / READ_BYTES_PER_SECOND,
    bytesPerPair: BYTES_PER_PAIR,
    memoryMb: assumedMemoryMb(matrix),
  };
}

/** Memory of a similarity job in MB, which does not depend on the number of jobs. */
export function assumedMemoryMb({ genes, samples, bytes }: MatrixShape): number {
  const values = MEMORY_PER_VALUE * genes * samples;
  // The text is gone before the blocks are computed.
  const reading = MEMORY_PER_TEXT_BYTE * bytes + values / 3;
  return Math.ceil(BASE_MB + Math.max(reading, values) / 2 ** 20);
}

/**
 * Reads what `kinc calibrate` printed: its JSON line among whatever else there is.
 * @returns undefined where there is no such line, or its numbers cannot be right
 */
export function readMeasurement(output: string): Measurement | undefined {
  const ads = output.split('\n').map(objectIn);
  const ad = ads.find((found) => found?.['step'] === 'calibrate');
  if (ad === undefined) return undefined;
  const found: Measurement = {
    pairs: positive(ad, 'pairs'),
    seconds: positive(ad, 'seconds'),
    cpuSeconds: numberOf(ad, 'cpu_seconds') ?? Number.NaN,
    setupSeconds: positive(ad, 'setup_seconds'),
    bytesPerPair: positive(ad, 'bytes_per_pair'),
    peakMemoryMb: positive(ad, 'peak_memory_mb'),
  };
  return Object.values(found).some(Number.isNaN) ? undefined : found;
}

/**
 * The speed of one slot out of measurements; of none, what is assumed.
 * @param executors what was measured, by executor: on each, side by side
 */
export function speedOf(
  executors: readonly (readonly Measurement[])[],
  matrix: MatrixShape,
): Speed {
  const measurements = executors.flat();
  if (measurements.length === 0) return assumedSpeed(matrix);
  const rates = executors
    .filter((own) => own.length > 0)
    .map((own) => mean(own.map(({ pairs, seconds }) => pairs / seconds)));
  const largest = (value: (measured: Measurement) => number): number =>
    Math.max(...measurements.map(value));
  return {
    source: { kind: 'measured', executors: rates.length },
    pairsPerSecond: mean(rates),
    slowest: Math.min(...rates),
    fastest: Math.max(...rates),
    setupSeconds: mean(measurements.map(({ setupSeconds }) => setupSeconds)),
    bytesPerPair: largest(({ bytesPerPair }) => bytesPerPair),
    // A calibration may be too short for a full block.
    memoryMb: Math.max(
      largest(({ peakMemoryMb }) => peakMemoryMb),
      assumedMemoryMb(matrix),
    ),
  };
}

/** Seconds that one slot needs for all pairs. */
export function workSeconds({ genes }: MatrixShape, pairsPerSecond: number): number {
  return pairsOf(genes) / pairsPerSecond;
}

function objectIn(line: string): Ad | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return isAd(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function positive(ad: Ad, name: string): number {
  const value = numberOf(ad, name) ?? Number.NaN;
  return value > 0 ? value : Number.NaN;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
