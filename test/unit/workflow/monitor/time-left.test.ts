import { describe, expect, it } from 'vitest';
import { timeLeft } from '../../../../src/workflow/monitor/time-left.js';

describe('timeLeft', () => {
  it('is what is left at the rate, in a range that narrows with what it was counted from', () => {
    const few = timeLeft({ jobs: 60, steps: 0 }, { perMinute: 30, samples: 4, meanSeconds: 9 });
    expect(few.seconds).toBe(120);
    expect(few.range[0]).toBeCloseTo(120 / Math.E);
    expect(few.range[1]).toBeCloseTo(120 * Math.E);
    const many = timeLeft({ jobs: 60, steps: 0 }, { perMinute: 30, samples: 50, meanSeconds: 9 });
    expect(many.range[0]).toBeGreaterThan(few.range[0]);
    expect(many.range[1]).toBeLessThan(few.range[1]);
  });

  it('takes a step that runs alone for a job, without much trust in that', () => {
    const { seconds, range } = timeLeft(
      { jobs: 0, steps: 2 },
      { perMinute: 30, samples: 50, meanSeconds: 9 },
    );
    expect(seconds).toBe(18);
    expect(range).toEqual([0, 54]);
  });
});
