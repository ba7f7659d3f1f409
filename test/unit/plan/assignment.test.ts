import { describe, expect, test } from 'vitest';
import {
  capacity,
  formatAddress,
  hostAddresses,
  lastForContainers,
  parseAddress,
  parseNetwork,
  reservedFor,
  type Network,
} from '../../../src/plan/addressing.js';
import { assignAddresses } from '../../../src/plan/assignment.js';

function network(cidr: string): Network {
  const parsed = parseNetwork(cidr);
  if (!parsed.ok) throw new Error(`${cidr}: ${parsed.fault.kind}`);
  return parsed.network;
}

/** `[3, '.2']` asks for three addresses from 10.0.0.2, `[3]` for three anywhere. */
type Request = readonly [count: number, from?: string];

function assigned(
  cidr: string,
  kept: number,
  requests: readonly Request[],
): (string | undefined)[] {
  const found = assignAddresses(
    requests.map(([count, from]) => ({
      count,
      first: from === undefined ? undefined : parseAddress(`10.0.0${from}`),
    })),
    network(cidr),
    kept,
  );
  return found.map((first) =>
    first === undefined ? undefined : formatAddress(first).slice('10.0.0'.length),
  );
}

describe('addresses kept for hosts', () => {
  test.each([
    ['bridge', 0, 1],
    ['bridge', 1, 1],
    ['wireguard', 3, 3],
    ['weave', 2, 2],
    ['weave', 0, 1],
  ] as const)('%s with %d hosts: %d', (driver, hosts, kept) => {
    expect(hostAddresses(driver, hosts)).toBe(kept);
  });

  test('are the last ones', () => {
    const net = network('10.0.0.0/28');
    expect(formatAddress(lastForContainers(net, 3))).toBe('10.0.0.11');
    expect(capacity(net, 3)).toBe(11);
    const names = Array.from({ length: 16 }, (_, at) => reservedFor(net, net.base + at, 3));
    expect(names.slice(1, 12)).toEqual(Array(11).fill(undefined));
    expect(names.slice(12, 15)).toEqual(
      Array(3).fill("kept for the hosts' own addresses: one for each of the 3 hosts"),
    );
  });

  test('leave no room in a network that is too small for them', () => {
    expect(capacity(network('10.0.0.0/30'), 9)).toBe(0);
  });
});

describe('a container that names no address', () => {
  test.each<[string, readonly Request[], readonly (string | undefined)[]]>([
    ['gets the first one', [[1]], ['.1']],
    ['gets the next one in their order', [[1], [1], [1]], ['.1', '.2', '.3']],
    ['leaves those that are named, also later ones', [[1], [1, '.1'], [1]], ['.2', '.1', '.3']],
    ['gets a row for its instances', [[3], [1], [2]], ['.1', '.4', '.5']],
    ['does not get a gap that is too small', [[3], [1, '.2'], [1]], ['.3', '.2', '.1']],
    ['leaves the row of another', [[1], [3, '.1'], [2]], ['.4', '.1', '.5']],
    ['gets the last one that is left', [[10], [1]], ['.1', '.11']],
    ['gets none of the hosts', [[11], [1]], ['.1', undefined]],
    ['gets no row that ends among the hosts', [[2, '.5'], [6], [5]], ['.5', undefined, '.7']],
    ['is not hindered by one that found none', [[12], [1]], [undefined, '.1']],
  ])('%s', (_name, requests, expected) => {
    expect(assigned('10.0.0.0/28', 3, requests)).toEqual(expected);
  });

  test('never has an address of another, whatever they ask for', () => {
    let state = 20260729;
    const next = (below: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state % below;
    };
    for (let round = 0; round < 200; round += 1) {
      const net = network('10.0.0.0/25');
      const kept = 1 + next(5);
      const requests = Array.from({ length: 1 + next(12) }, () => ({ count: 1 + next(6) }));
      const firsts = assignAddresses(requests, net, kept);
      const all = firsts.flatMap((first, at) =>
        Array.from({ length: requests[at]?.count ?? 0 }, (_, step) => (first ?? 0) + step),
      );
      expect(firsts).not.toContain(undefined);
      expect(new Set(all).size).toBe(all.length);
      expect(all.some((address) => reservedFor(net, address, kept) !== undefined)).toBe(false);
      expect(assignAddresses(requests, net, kept)).toEqual(firsts);
    }
  });
});
