import { describe, expect, test } from 'vitest';
import {
  capacity,
  formatAddress,
  isInside,
  networkOf,
  overlaps,
  parseAddress,
  parseNetwork,
  reservedFor,
  type Network,
} from '../../../src/plan/addressing.js';

function network(cidr: string): Network {
  const parsed = parseNetwork(cidr);
  if (!parsed.ok) throw new Error(`${cidr}: ${parsed.fault.kind}`);
  return parsed.network;
}

/** Numbers that look random and are the same in every run (Numerical Recipes' generator). */
function* numbers(count: number): Generator<number> {
  let state = 20260729;
  for (let index = 0; index < count; index += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state;
  }
}

describe('an address', () => {
  test.each([
    ['0.0.0.0', 0],
    ['172.16.0.1', 2886729729],
    ['255.255.255.255', 4294967295],
  ])('%s is %d', (text, number) => {
    expect(parseAddress(text)).toBe(number);
    expect(formatAddress(number)).toBe(text);
  });

  test.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '01.2.3.4',
    '0x7f.0.0.1',
    '1.2.3.4/8',
    ' 1.2.3.4',
    '::1',
  ])('%j is none', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  test('survives writing and reading', () => {
    for (const number of numbers(500)) expect(parseAddress(formatAddress(number))).toBe(number);
  });
});

describe('a network', () => {
  test('keeps its last usable address for the host', () => {
    const { base, broadcast, gateway } = network('172.16.0.0/24');
    expect([base, gateway, broadcast].map(formatAddress)).toEqual([
      '172.16.0.0',
      '172.16.0.254',
      '172.16.0.255',
    ]);
  });

  test.each([
    ['172.16.0.0/30', 1],
    ['172.16.0.0/24', 253],
    ['10.0.0.0/8', 16777213],
    ['128.0.0.0/1', 2147483645],
  ])('%s has room for %d containers', (cidr, room) => {
    expect(capacity(network(cidr))).toBe(room);
  });

  test.each([
    ['172.16.0.0', { kind: 'no-prefix' }],
    ['172.16.0.1/24', { kind: 'host-bits', meant: '172.16.0.0/24' }],
    ['172.16.0.0/31', { kind: 'too-small' }],
    ['172.16.0.5/32', { kind: 'too-small' }],
    ['fd00::/64', { kind: 'ipv6' }],
    ['::', { kind: 'ipv6' }],
    ['172.16.0.0/', { kind: 'syntax' }],
    ['172.16.0.0/0', { kind: 'syntax' }],
    ['172.16.0.0/33', { kind: 'syntax' }],
    ['172.16.0.0/24/1', { kind: 'syntax' }],
    ['172.16.0.0/1e1', { kind: 'syntax' }],
    ['', { kind: 'syntax' }],
  ])('%j is none', (text, fault) => {
    expect(parseNetwork(text)).toEqual({ ok: false, fault });
  });

  test('of any address and prefix: reads its own CIDR, holds the address, reserves three', () => {
    for (const number of numbers(500)) {
      const found = networkOf(number, 2 + (number % 29));
      expect(network(found.cidr)).toEqual(found);
      expect(isInside(found, number)).toBe(true);
      expect(isInside(found, found.base - 1) || isInside(found, found.broadcast + 1)).toBe(false);
      expect(
        [found.base, found.broadcast, found.gateway].map((at) => reservedFor(found, at)),
      ).toEqual([
        "the network's own address",
        "the network's broadcast address",
        "the host's own address in the network",
      ]);
    }
  });

  test.each([
    ['172.16.0.0/24', '172.16.0.128/25', true],
    ['172.16.0.0/24', '172.16.0.0/12', true],
    ['172.16.0.0/24', '172.16.1.0/24', false],
    ['192.168.0.0/16', '10.0.0.0/8', false],
  ])('%s and %s overlap: %s, either way round', (a, b, expected) => {
    expect(overlaps(network(a), network(b))).toBe(expected);
    expect(overlaps(network(b), network(a))).toBe(expected);
  });
});
