import { describe, expect, it } from 'vitest';
import {
  blockOf,
  cloudRange,
  freeSubnets,
  gatewayAddress,
  hostAddress,
  registryAddress,
} from '../../../src/lab/addresses.js';

describe('the addresses of a lab', () => {
  it('are those of a /24, 16 for each cloud', () => {
    const subnet = '10.199.3.0/24';
    expect(gatewayAddress(subnet)).toBe('10.199.3.1');
    expect(registryAddress(subnet)).toBe('10.199.3.2');
    expect(hostAddress(subnet, 1, 1)).toBe('10.199.3.17');
    expect(hostAddress(subnet, 15, 14)).toBe('10.199.3.254');
  });

  it('tell the cloud', () => {
    expect(blockOf('10.199.3.33')).toBe(2);
    expect(cloudRange('10.199.3.33')).toBe('10.199.3.32/28');
  });

  it('refuse what is no network', () => {
    expect(() => hostAddress('lab', 1, 1)).toThrow('lab is no network of a lab');
  });
});

describe('freeSubnets', () => {
  it('begins with the first range that nothing overlaps', () => {
    const taken = ['default', '10.199.0.0/24', '10.199.1.77', '10.199.2.0/23', '172.17.0.0/16'];
    expect(freeSubnets(taken).slice(0, 2)).toEqual(['10.199.4.0/24', '10.199.5.0/24']);
  });

  it('has none where a route takes all', () => {
    expect(freeSubnets(['10.0.0.0/8'])).toEqual([]);
  });
});
