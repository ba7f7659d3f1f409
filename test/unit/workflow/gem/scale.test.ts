import { describe, expect, it } from 'vitest';

import { judgeScale, shortNumber } from '../../../../src/workflow/gem/scale.js';
import { ValueCounts } from '../../../../src/workflow/gem/values.js';

/** What the linter hands over for these values. */
function spread(values: readonly number[]) {
  const counts = new ValueCounts(1);
  for (const value of values) counts.number(value);
  return counts.spread();
}

const ramp = (from: number, to: number, count = 1000) =>
  Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));

describe('the scale', () => {
  it.each([
    ['log2 intensities', ramp(2, 15), 'log'],
    ['standardised values', ramp(-3, 3), 'log'],
    ['log ratios', ramp(-8, 12), 'log'],
    ['intensities', ramp(5, 40_000), 'raw'],
    ['intensities with the background subtracted', ramp(-500, 40_000), 'raw'],
    ['TPM, mostly small', [...ramp(0.1, 5), ...ramp(5, 90_000, 50)], 'raw'],
    ['TPM, many of them 0', [...ramp(0, 0), ...ramp(0.5, 900)], 'raw'],
    ['FPKM up to 60', ramp(0.5, 60), 'raw'],
    ['counts', ramp(0, 999), 'raw'],
    ['small counts', ramp(0, 30, 31), 'raw'],
    ['ratios around 1', ramp(0.5, 1.8), 'raw'],
    ['too few values', ramp(1, 5, 19), 'unknown'],
  ] as const)('of %s', (_, values, kind) => {
    expect(judgeScale(spread(values)).kind).toBe(kind);
  });

  it('comes with the reason', () => {
    expect(judgeScale(spread(ramp(0, 999))).reason).toBe(
      'values from 0 to 999, 99 % of them up to 989: all are whole, which are counts',
    );
    expect(judgeScale(spread(ramp(-3, 3))).reason).toContain('on both sides of 0');
  });
});

describe('the sample', () => {
  it('has the quantiles of all values, in bounded memory', () => {
    const counts = new ValueCounts(1);
    const total = 3_000_000;
    for (let i = 0; i < total; i += 1) counts.number((i * 7919) % total);
    const { sample, least, greatest } = counts.spread();
    expect([least, greatest]).toEqual([0, total - 1]);
    expect(sample.length).toBeLessThanOrEqual(65_536);
    expect(sample.length).toBeGreaterThan(30_000);
    for (const p of [0.01, 0.25, 0.5, 0.75, 0.99]) {
      const found = (sample[Math.floor(p * sample.length)] ?? 0) / total;
      expect(Math.abs(found - p)).toBeLessThan(0.01);
    }
  });

  it('does not favour the samples that a step of fixed length falls on', () => {
    const counts = new ValueCounts(1);
    for (let i = 0; i < 2_000_000; i += 1) counts.number(i % 64 === 0 ? 1 : 0);
    const { sample } = counts.spread();
    const ones = sample.filter((value) => value === 1).length / sample.length;
    expect(ones).toBeGreaterThan(0.01);
    expect(ones).toBeLessThan(0.022);
  });
});

it.each([
  [0, '0'],
  [-1.457_69, '-1.458'],
  [39_999.6, '40000'],
  [1_234_567, '1235000'],
  [0.000_012_346, '0.00001235'],
])('%d is written %s', (value, text) => {
  expect(shortNumber(value)).toBe(text);
});
