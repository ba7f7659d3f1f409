import { describe, expect, it } from 'vitest';
import { bar } from '../../../src/util/bar.js';

describe('bar', () => {
  it.each([
    [0, ''],
    [0.0001, '▏'],
    [0.5, '█████'],
    [0.55, '█████▌'],
    [1, '██████████'],
    [2, '██████████'],
    [-1, ''],
  ])('%f of ten cells', (share, expected) => {
    expect(bar(share, 10)).toBe(expected);
  });

  it('is filled up to its width with what it is given', () => {
    expect(bar(0, 4, '░')).toBe('░░░░');
    expect(bar(0.55, 10, '░')).toBe('█████▌░░░░');
    expect(bar(1, 4, '░')).toBe('████');
  });
});
