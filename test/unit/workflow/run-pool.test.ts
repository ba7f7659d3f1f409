import { describe, expect, it } from 'vitest';

import { readRunPool, writeRunPool } from '../../../src/workflow/run-pool.js';

describe('the pool that a run was submitted to', () => {
  it('is read as it was written', () => {
    const pool = {
      executors: new Map([
        ['172.16.0.2', { cluster: 'chameleon', slots: 4 }],
        ['172.16.0.3', { cluster: 'azure' }],
      ]),
      prices: new Map([['azure', 0.096]]),
    };
    expect(readRunPool(writeRunPool(pool))).toEqual(pool);
  });

  it.each([
    ['no file', undefined],
    ['no JSON', 'no'],
    ['no object', '[]'],
    ['no executors', '{"price_per_core_hour":{"azure":1}}'],
  ])('is not known where there is %s', (_, text) => {
    expect(readRunPool(text)).toBeUndefined();
  });

  it('leaves out what cannot be used', () => {
    const executors = { a: { cluster: 'x', slots: 'many' }, b: { slots: 4 }, c: 1 };
    const text = JSON.stringify({ executors, price_per_core_hour: { x: 'much', y: 2 } });
    expect(readRunPool(text)).toEqual({
      executors: new Map([['a', { cluster: 'x' }]]),
      prices: new Map([['y', 2]]),
    });
  });
});
