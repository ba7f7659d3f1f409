import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../fakes/fake-clock.js';

describe('FakeClock', () => {
  it('stands still until it is advanced', async () => {
    const clock = new FakeClock('2026-01-02T03:04:05.000Z');
    expect(clock.now().toISOString()).toBe('2026-01-02T03:04:05.000Z');
    await clock.advance(1500);
    expect(clock.now().toISOString()).toBe('2026-01-02T03:04:06.500Z');
    expect(clock.monotonicMs()).toBe(1500);
  });

  it('wakes sleepers in the order of their times, each at its own time', async () => {
    const clock = new FakeClock();
    const woken: string[] = [];
    const sleep = async (name: string, ms: number): Promise<void> => {
      await clock.sleep(ms);
      woken.push(`${name} at ${clock.monotonicMs()}`);
    };
    const all = [sleep('late', 300), sleep('early', 100), sleep('early too', 100)];
    await clock.advance(299);
    expect(woken).toEqual(['early at 100', 'early too at 100']);
    expect(clock.pendingMs).toEqual([1]);
    await clock.advance(1);
    await Promise.all(all);
    expect(woken).toEqual(['early at 100', 'early too at 100', 'late at 300']);
    expect(clock.sleeping).toBe(0);
  });

  it('wakes a loop that sleeps again as often as the time has room for', async () => {
    const clock = new FakeClock();
    const ticks: number[] = [];
    const loop = (async () => {
      while (ticks.length < 10) {
        await clock.sleep(10);
        ticks.push(clock.monotonicMs());
      }
    })();
    await clock.advance(35);
    expect(ticks).toEqual([10, 20, 30]);
    await clock.advance(100);
    await loop;
  });

  it('rejects a sleep with an AbortError when its signal fires, before or during it', async () => {
    const clock = new FakeClock();
    const controller = new AbortController();
    const sleeping = clock.sleep(1000, controller.signal);
    controller.abort(new Error('any reason'));
    await expect(sleeping).rejects.toMatchObject({ name: 'AbortError' });
    await expect(clock.sleep(1, controller.signal)).rejects.toMatchObject({ name: 'AbortError' });
    expect(clock.sleeping).toBe(0);
  });

  it('tells when somebody has fallen asleep for a given time', async () => {
    const clock = new FakeClock();
    let reached = false;
    const waiting = clock.untilSleepOf(250).then(() => {
      reached = true;
    });
    const other = clock.sleep(100);
    await clock.advance(0);
    expect(reached).toBe(false);
    const wanted = clock.sleep(250);
    await waiting;
    await clock.advance(250);
    await Promise.all([other, wanted]);
  });
});
