import { describe, expect, it } from 'vitest';
import {
  roughDuration,
  shortNumber,
  tinyDuration,
} from '../../../src/adapters/reporters/quantities.js';

describe('quantities', () => {
  it.each([
    [0, '0.0 s'],
    [9.94, '9.9 s'],
    [9.96, '10 s'],
    [59.4, '59 s'],
    [59.6, '1 min 00 s'],
    [245, '4 min 05 s'],
    [3599.6, '1 h 00 min'],
    [11_520, '3 h 12 min'],
    [86_399, '1 d 0 h'],
    [187_000, '2 d 4 h'],
  ])('%d seconds are %s', (seconds, text) => {
    expect(roughDuration(seconds)).toBe(text);
  });

  it.each([
    [42.4, '42s'],
    [99.6, '2m'],
    [5970, '2h'],
    [172_800, '2d'],
  ])('%d seconds are %s where there is no room', (seconds, text) => {
    expect(tinyDuration(seconds)).toBe(text);
  });

  it.each([
    [0, '0'],
    [12_345, '12,345'],
    [1_234_567.8, '1,234,568'],
    [12.4, '12'],
    [3.14, '3.1'],
    [0.0421, '0.042'],
  ])('%d is %s', (value, text) => {
    expect(shortNumber(value)).toBe(text);
  });
});
