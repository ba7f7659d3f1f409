import { describe, expect, it } from 'vitest';
import { timeLeft } from '../../../../src/workflow/monitor/time-left.js';

describe('timeLeft', () => {
  it('is what is left at the rate, in a range that narrows with what it was counted from', () => {
    const few = timeLeft(60, 30, 4);
    expect(few.seconds).toBe(120);
    expect(few.range[0]).toBeCloseTo(120 / Math.E);
    expect(few.range[1]).toBeCloseTo(120 * Math.E);
    const many = timeLeft(60, 30, 50);
    expect(many.range[0]).toBeGreaterThan(few.range[0]);
    expect(many.range[1]).toBeLessThan(few.range[1]);
  });
});
