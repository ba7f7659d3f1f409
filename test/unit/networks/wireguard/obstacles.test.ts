import { describe, expect, it } from 'vitest';

import type { HostFacts, WireguardState } from '../../../../src/networks/wireguard/state.js';
import { BARE, member, network, seen, up } from './kit.js';

function obstacles(state: Partial<WireguardState>, facts: Partial<HostFacts> = {}) {
  return network.obstacles(member(1), { ...BARE, facts: { ...BARE.facts!, ...facts }, ...state });
}

describe('hosts on which the user is not root', () => {
  const NOT_ROOT = expect.stringContaining('not root') as string;
  const locked = { ...BARE, isRoot: false };
  const members = [seen(1, up(1)), seen(2, locked), seen(3, undefined), seen(4, locked)];
  const refused = expect.objectContaining({
    code: 'refused',
    message:
      'the user is not root on h2, h4, and "sudo" says "none": the network wireguard can neither be read nor made there',
  }) as Error;

  it('are refused, all of them at once, before anything is planned', () => {
    expect(() => network.plan(members)).toThrow(refused);
    expect(() => network.planLeave(members, 'h1')).toThrow(refused);
  });

  it('are told in the list of hosts', () => {
    expect(network.describe(members).map(({ why }) => why)).toEqual([
      undefined,
      NOT_ROOT,
      NOT_ROOT,
    ]);
  });
});

describe('obstacles', () => {
  it('are none on a host like others, and none where the network is up', () => {
    expect(obstacles({})).toEqual([]);
    expect(network.obstacles(member(1), up(1))).toEqual([]);
  });

  it('wants a way to make a tunnel', () => {
    expect(obstacles({ hasTun: false })).toEqual([expect.stringContaining('modprobe tun')]);
    expect(obstacles({ hasTun: false }, { wireguard: 'missing' })).toHaveLength(1);
    expect(obstacles({ hasTun: false }, { wireguard: 'loadable' })).toEqual([]);
  });

  it('wants VXLAN and nftables, where it is known that they are missing', () => {
    expect(obstacles({}, { vxlan: 'missing', nftables: 'missing' })).toEqual([
      expect.stringContaining('module vxlan'),
      expect.stringContaining('module nf_tables'),
    ]);
    expect(obstacles({}, { vxlan: 'unknown', nftables: 'unknown' })).toEqual([]);
  });

  it('names a port that another program has, but not its own', () => {
    const facts = { udpPorts: [53, 51820] };
    expect(obstacles({}, facts)).toEqual([expect.stringContaining('UDP port 51820 is in use')]);
    expect(obstacles({ links: { ...BARE.links, wireguard: true } }, facts)).toEqual([]);
  });

  it('names networks of the host that overlap', () => {
    const routes = [
      { device: 'eth0', cidr: '172.16.0.0/16' },
      { device: 'eth1', cidr: '100.64.0.0/10' },
      { device: 'eth2', cidr: '10.0.0.0/8' },
      { device: 'eth2', cidr: '172.16.0.9/32' },
      { device: 'cfbr-5c5cd3', cidr: '172.16.0.0/24' },
      { device: 'cfwg-5c5cd3', cidr: '100.71.8.0/22' },
    ];
    expect(obstacles({}, { routes })).toEqual([
      expect.stringMatching(/^eth0 leads to 172\.16\.0\.0\/16, .* "network\.cidr"$/),
      expect.stringMatching(/^eth1 leads to 100\.64\.0\.0\/10, /),
    ]);
  });
});
