import { describe, expect, it } from 'vitest';

import { CompletionRate } from '../../../../src/workflow/monitor/rate.js';

describe('CompletionRate', () => {
  it('is unknown before the second completion', () => {
    const rate = new CompletionRate();
    rate.started(0);
    expect(rate.perMinute(1000)).toBeUndefined();
    rate.finished(1000);
    expect(rate.perMinute(1000)).toBeUndefined();
    rate.finished(2000);
    expect(rate.perMinute(2000)).toBeCloseTo(60);
  });

  it('forgets how it was long ago', () => {
    const rate = new CompletionRate();
    rate.started(0);
    let now = 0;
    for (let i = 0; i < 100; i += 1) rate.finished((now += 10_000));
    for (let i = 0; i < 50; i += 1) rate.finished((now += 1000));
    expect(rate.perMinute(now)).toBeCloseTo(60);
  });

  it('sinks while nothing finishes', () => {
    const rate = new CompletionRate();
    rate.started(0);
    rate.finished(1000);
    rate.finished(2000);
    expect(rate.perMinute(20_000)).toBeCloseTo(6);
  });
});
