import { describe, expect, it } from 'vitest';
import {
  MATRIX_HOSTS,
  matrixTable,
  reasons,
  summaryTable,
} from '../../../src/actions/peers-matrix.js';
import type { PairReport } from '../../../src/ports/virtual-network.js';
import { textTable } from '../../../src/util/text-table.js';

function ids(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `ec2-203-0-113-${String(index)}.compute`);
}

function allPairs(hosts: readonly string[], latencyMs: number): readonly PairReport[] {
  return hosts.flatMap((from) =>
    hosts.filter((to) => to !== from).map((to) => ({ from, to, reachable: true, latencyMs })),
  );
}

describe('matrixTable', () => {
  it('fits into 80 columns with as many hosts as it is shown for', () => {
    const hosts = ids(MATRIX_HOSTS);
    const { columns, rows } = matrixTable(hosts, allPairs(hosts, 1234.5));
    expect(Math.max(...textTable(columns, rows).map((line) => line.length))).toBeLessThanOrEqual(
      80,
    );
  });

  it('has a mark for what does not work, and for what was not timed', () => {
    const pairs = [
      { from: 'a', to: 'b', reachable: false },
      { from: 'b', to: 'a', reachable: true },
    ];
    expect(matrixTable(['a', 'b'], pairs).rows).toEqual([
      ['1 a', '·', '✖'],
      ['2 b', 'ok', '·'],
    ]);
  });

  it.each([
    [0.04, '0.0'],
    [9.94, '9.9'],
    [9.96, '10'],
    [123.4, '123'],
  ])('%d ms is %s', (latencyMs, text) => {
    expect(matrixTable(['a', 'b'], allPairs(['a', 'b'], latencyMs)).rows[0]?.[2]).toBe(text);
  });
});

describe('summaryTable', () => {
  it('takes the median, the largest latency, the smallest MTU and the oldest handshake', () => {
    const way = { from: 'a', reachable: true };
    const pairs = [
      { ...way, to: 'b', latencyMs: 1, mtu: 1370, handshakeSeconds: 100 },
      { ...way, to: 'c', latencyMs: 30, mtu: 1280, handshakeSeconds: 5 },
      { ...way, to: 'd', latencyMs: 2, mtu: 1370 },
      { ...way, to: 'e', reachable: false, handshakeSeconds: 200 },
    ];
    expect(summaryTable(['a'], pairs).rows).toEqual([
      ['a', '3/4', '2.0', '30', '1280', '3 min ago'],
    ]);
  });
});

describe('reasons', () => {
  it('names each reason once, also for ways that work with less than wanted', () => {
    const pairs = [
      { from: 'a', to: 'b', reachable: false, why: 'down' },
      { from: 'a', to: 'c', reachable: false, why: 'down' },
      { from: 'b', to: 'a', reachable: true, why: '1280 bytes pass instead of 1370' },
      { from: 'b', to: 'c', reachable: true },
      { from: 'c', to: 'a', reachable: false },
    ];
    expect(reasons(['a', 'b', 'c'], pairs)).toEqual([
      'a → all others: down',
      'b → a: 1280 bytes pass instead of 1370',
      'c → a: no answer, for no reason that is known',
    ]);
  });
});
