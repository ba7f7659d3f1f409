import { describe, expect, it } from 'vitest';
import { SessionSlots } from '../../../../src/adapters/ssh/connection/session-slots.js';
import { SharedAttempt } from '../../../../src/adapters/ssh/connection/shared-attempt.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('SessionSlots', () => {
  it('lets so many in, and the next when one goes', async () => {
    const slots = new SessionSlots(2);
    const order: number[] = [];
    const all = [1, 2, 3, 4].map(async (number) => {
      await slots.take();
      order.push(number);
    });
    await turn();
    expect(order).toEqual([1, 2]);
    slots.give();
    await turn();
    expect(order).toEqual([1, 2, 3]);
    slots.give();
    await Promise.all(all);
    expect(slots.used).toBe(2);
  });

  it('lets those go who do not want to wait any longer', async () => {
    const slots = new SessionSlots(1);
    await slots.take();
    const stop = new AbortController();
    const waiting = slots.take(stop.signal);
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await expect(slots.take(stop.signal)).rejects.toThrow('enough');
    slots.give();
    await slots.take();
    expect(slots.used).toBe(1);
  });

  it('learns a lower limit, never below one', async () => {
    const slots = new SessionSlots(4);
    await Promise.all([slots.take(), slots.take(), slots.take()]);
    slots.lower();
    slots.give();
    let third = false;
    const waiting = slots.take().then(() => (third = true));
    await turn();
    expect(third).toBe(false);
    slots.give();
    await waiting;
    slots.give();
    slots.give();
    await slots.take();
    slots.lower();
    slots.give();
    await slots.take();
    expect(slots.used).toBe(1);
  });
});

describe('SharedAttempt', () => {
  it('goes on while somebody waits', async () => {
    const result = Promise.withResolvers<string>();
    let signal: AbortSignal | undefined;
    const attempt = new SharedAttempt((given) => {
      signal = given;
      return result.promise;
    });
    const stop = new AbortController();
    const one = attempt.join(stop.signal);
    const two = attempt.join(new AbortController().signal);
    stop.abort();
    await expect(one).rejects.toThrow();
    expect(signal?.aborted).toBe(false);
    result.resolve('done');
    expect(await two).toBe('done');
  });

  it('stops when nobody waits any more', async () => {
    const { promise } = Promise.withResolvers<string>();
    const attempt = new SharedAttempt(() => promise);
    const stop = new AbortController();
    const both = [attempt.join(stop.signal), attempt.join(stop.signal)];
    stop.abort();
    for (const one of both) await expect(one).rejects.toThrow();
    expect(attempt.cancelled).toBe(true);
  });

  it('stays for those who cannot stop waiting', async () => {
    const result = Promise.withResolvers<string>();
    const attempt = new SharedAttempt(() => result.promise);
    const patient = attempt.join(undefined);
    const stop = new AbortController();
    const other = attempt.join(stop.signal);
    stop.abort();
    await expect(other).rejects.toThrow();
    expect(attempt.cancelled).toBe(false);
    result.resolve('done');
    expect(await patient).toBe('done');
  });
});
