import { describe, expect, it } from 'vitest';

import {
  networkNames,
  VXLAN_MTU,
  wireguardAddress,
} from '../../../../src/networks/wireguard/names.js';

describe('networkNames', () => {
  it('follows from the deployment’s name alone, and fits into the names of interfaces', () => {
    const names = networkNames('dep2');
    expect(names).toEqual({
      container: 'dep2-network',
      wireguard: 'cfwg-5c5cd3',
      vxlan: 'cfvx-5c5cd3',
      bridge: 'cfbr-5c5cd3',
      folder: '/etc/crossflock/dep2/network',
      block: '100.71.8.0/22',
      vni: 3855807,
      vxlanPort: 29639,
    });
    for (const name of [names.wireguard, names.vxlan, names.bridge]) {
      expect(name.length).toBeLessThanOrEqual(15);
    }
  });

  it('keeps deployments apart', () => {
    const [a, b] = [networkNames('a'), networkNames('b')];
    expect(a.block).not.toBe(b.block);
    expect(a.vni).not.toBe(b.vni);
  });

  it('stays inside the shared address space, and off the ports that Linux gives out', () => {
    for (let number = 0; number < 200; number += 1) {
      const { block, vxlanPort, vni } = networkNames(`deployment-${number}`);
      expect(block).toMatch(/^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.\d+\.0\/22$/);
      expect(vxlanPort).toBeGreaterThanOrEqual(20_000);
      expect(vxlanPort).toBeLessThan(32_768);
      expect(vni).toBeGreaterThan(0);
      expect(vni).toBeLessThan(2 ** 24);
    }
  });
});

describe('wireguardAddress', () => {
  const names = networkNames('dep2');

  it('numbers hosts from the top of the CIDR', () => {
    expect(wireguardAddress(names, '172.16.0.0/24', '172.16.0.254')).toBe('100.71.8.1');
    expect(wireguardAddress(names, '172.16.0.0/24', '172.16.0.1')).toBe('100.71.8.254');
    expect(wireguardAddress(names, '10.0.0.0/8', '10.255.252.1')).toBe('100.71.11.254');
  });

  it.each(['172.16.0.255', '172.16.0.0', '172.16.1.254', 'no address'])(
    'has none for %s',
    (gateway) => {
      expect(wireguardAddress(names, '172.16.0.0/24', gateway)).toBeUndefined();
    },
  );

  it('has none below the upper 1,022 addresses', () => {
    expect(wireguardAddress(names, '10.0.0.0/8', '10.255.252.0')).toBeUndefined();
  });
});

it('leaves room for VXLAN inside WireGuard', () => {
  expect(VXLAN_MTU).toBe(1370);
});
