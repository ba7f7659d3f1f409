import { describe, expect, it } from 'vitest';

import { counted, grouped, percent } from '../../../src/report/numbers.js';

describe('numbers', () => {
  it('are grouped, counted and rounded', () => {
    expect(grouped(4_652_775)).toBe('4,652,775');
    expect(counted(1, 'try', 'tries')).toBe('1 try');
    expect(counted(1659, 'edge')).toBe('1,659 edges');
    expect(percent(0.874)).toBe('87 %');
  });
});
