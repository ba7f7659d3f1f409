import { beforeEach, describe, expect, it } from 'vitest';
import { ExecutorHealth } from '../../../src/workflow/executor-health.js';

const START = Date.parse('2026-11-21T17:18:27.000Z');
const after = (seconds: number): number => START + seconds * 1000;
let health: ExecutorHealth;

beforeEach(() => {
  health = new ExecutorHealth(new Map([['a', 'azure']]));
});

describe('ExecutorHealth', () => {
  it('calls a pool gone that was asked in vain for half a minute, once', () => {
    expect(health.heard({ address: 'a', slots: 4 }, after(0))).toBeUndefined();
    expect(health.slotsOf('a')).toBe(4);
    expect(health.heard({ address: 'a' }, after(15))).toBeUndefined();
    expect(health.goneSince('a')).toBeUndefined();
    expect(health.heard({ address: 'a' }, after(30))).toEqual({
      level: 'warning',
      message: 'azure: the pool a is gone since 17:18:27, its jobs wait',
      at: after(30),
    });
    expect(health.heard({ address: 'a' }, after(45))).toBeUndefined();
    expect(health.goneSince('a')).toBe(START);
    expect(health.slotsOf('a')).toBeUndefined();
  });

  it('says when it is back', () => {
    health.heard({ address: 'a' }, after(0));
    health.heard({ address: 'a' }, after(30));
    expect(health.heard({ address: 'a', slots: 0 }, after(40))).toMatchObject({
      level: 'info',
      message: 'azure: the pool a answers again',
    });
    expect(health.goneSince('a')).toBeUndefined();
    expect(health.slotsOf('a')).toBe(0);
  });

  it('concludes nothing from silence, as while the submitter is restarted', () => {
    health.heard({ address: 'a', slots: 4 }, after(0));
    expect(health.goneSince('a')).toBeUndefined();
    // The first question after it decides nothing either way.
    expect(health.heard({ address: 'a', slots: 4 }, after(300))).toBeUndefined();
  });
});
