import { expect, it } from 'vitest';

import { decimalValue } from '../../../../src/workflow/gem/number.js';

const value = (text: string): number => {
  const bytes = Buffer.from(`x${text}\t`);
  return decimalValue(bytes, 1, bytes.length - 1);
};

it.each([
  ...['0', '-0', '7', '-1.5', '+6.', '.5', '0.30', '3e-4', '1E5', '-1.25e+3', '007.50'],
  ...['0.1', '0.3', '5.12345', '-1.45769', '12770.000001', '999999999999999', '0.000000000000001'],
  ...['123456789012345678', '3.14159265358979323846', '1e-320', '1e22'],
])('%s is the number that JavaScript reads', (text) => {
  expect(Object.is(value(text), Number(text))).toBe(true);
});

it.each(['', '-', '+', '.', '-.', 'e5', '1e', '1e+', '1.2.3', '1 ', '0x10', '1e999', 'NaN', '1,5'])(
  '%o is none',
  (text) => {
    expect(value(text)).toBeNaN();
  },
);

it('agrees with JavaScript on many numbers', () => {
  for (let i = 1; i <= 20_000; i += 1) {
    const text = (Math.sin(i) * 10 ** (i % 9)).toFixed(i % 8);
    expect(value(text), text).toBe(Number(text));
  }
});
