import { describe, expect, it } from 'vitest';

import { bar } from '../../../src/report/bars.js';
import { counted, grouped, percent } from '../../../src/report/numbers.js';

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
});

describe('numbers', () => {
  it('are grouped, counted and rounded', () => {
    expect(grouped(4_652_775)).toBe('4,652,775');
    expect(counted(1, 'try', 'tries')).toBe('1 try');
    expect(counted(1659, 'edge')).toBe('1,659 edges');
    expect(percent(0.874)).toBe('87 %');
  });
});
