import { describe, expect, it } from 'vitest';

import {
  assumedMemoryMb,
  assumedSpeed,
  readMeasurement,
  speedOf,
} from '../../../../src/workflow/advice/speed.js';

const MATRIX = { genes: 3051, samples: 38, genesWithMissing: 0, bytes: 1_010_129 };
/** As `kinc calibrate` printed it for the demo's matrix. */
const PRINTED =
  '{"seconds": 2.04, "cpu_seconds": 0.135, "step": "calibrate", "pairs": 3445674, "setup_seconds": 3.949, "bytes_per_pair": 4, "peak_memory_mb": 74, "genes": 3051, "samples": 38, "gem_sha256": "6934af7784629348f617a0b0638c9052ebcfdc3fdfb5adebcc6edab3e9f4b78b"}';
const MEASURED = {
  pairs: 3_445_674,
  seconds: 2.04,
  cpuSeconds: 0.135,
  setupSeconds: 3.949,
  bytesPerPair: 4,
  peakMemoryMb: 74,
};

describe('what kinc calibrate prints', () => {
  it('is read, whatever stands around it', () => {
    expect(readMeasurement(PRINTED)).toEqual(MEASURED);
    expect(readMeasurement(`a warning\n{not json}\n${PRINTED}\n`)).toEqual(MEASURED);
  });

  it.each([
    ['nothing', ''],
    ['the usage of an older kinc', "kinc: error: argument command: invalid choice: 'calibrate'"],
    ['the summary of another step', PRINTED.replace('"calibrate"', '"similarity"')],
    ['no pairs', PRINTED.replace('3445674', '0')],
    ['a time that ran backwards', PRINTED.replace('2.04', '-2.04')],
    ['a number that is a text', PRINTED.replace('74,', '"74",')],
    ['a field that is missing', PRINTED.replace('"setup_seconds": 3.949, ', '')],
  ])('is not read out of %s', (_, text) => {
    expect(readMeasurement(text)).toBeUndefined();
  });
});

describe('the speed', () => {
  it('is that of all executors that were measured', () => {
    const fast = { ...MEASURED, pairs: 3 * MEASURED.pairs, setupSeconds: 1.949, peakMemoryMb: 900 };
    const rate = MEASURED.pairs / MEASURED.seconds;
    const speed = speedOf([[MEASURED], [fast]], MATRIX);
    expect(speed).toMatchObject({
      source: { kind: 'measured', executors: 2 },
      pairsPerSecond: 2 * rate,
      slowest: rate,
      fastest: fast.pairs / fast.seconds,
      bytesPerPair: 4,
      memoryMb: 900,
    });
    expect(speed.setupSeconds).toBeCloseTo(2.949);
  });

  it('is the mean of the slots of an executor, and then of the executors', () => {
    const times = (factor: number) => ({ ...MEASURED, pairs: factor * MEASURED.seconds });
    const speed = speedOf([[times(2), times(4)], [times(9)], []], MATRIX);
    expect(speed).toMatchObject({
      source: { kind: 'measured', executors: 2 },
      pairsPerSecond: 6,
      slowest: 3,
      fastest: 9,
    });
  });

  it('is assumed where nothing was measured, slower for more samples and missing values', () => {
    expect(speedOf([], MATRIX)).toEqual(assumedSpeed(MATRIX));
    const rate = (more: Partial<typeof MATRIX>) =>
      assumedSpeed({ ...MATRIX, ...more }).pairsPerSecond;
    expect(rate({})).toBeGreaterThan(10e6);
    expect(rate({ samples: 1000 })).toBeLessThan(rate({}) / 2);
    expect(rate({ genesWithMissing: 3051 })).toBeLessThan(rate({}) / 100);
    expect(rate({ genesWithMissing: 30 })).toBeGreaterThan(rate({ genesWithMissing: 3051 }));
  });

  it('comes with the memory of a full block, which a short calibration may not reach', () => {
    expect(speedOf([[MEASURED]], MATRIX).memoryMb).toBe(assumedMemoryMb(MATRIX));
    expect(assumedMemoryMb(MATRIX)).toBeGreaterThan(74);
    expect(assumedMemoryMb(MATRIX)).toBeLessThan(300);
    expect(
      assumedMemoryMb({ ...MATRIX, genes: 50_000, samples: 5000, bytes: 2e9 }),
    ).toBeGreaterThan(6000);
  });
});
