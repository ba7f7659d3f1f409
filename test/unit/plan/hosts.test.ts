import { describe, expect, it } from 'vitest';

import type { ResolvedCluster } from '../../../src/config/types.js';
import { parseEndpoint, planHosts } from '../../../src/plan/hosts.js';

function only(hosts: ResolvedCluster['hosts'], defaults: Parameters<typeof planHosts>[1] = {}) {
  return planHosts({ id: 'azure', ...(hosts === undefined ? {} : { hosts }) }, defaults);
}

describe('planHosts', () => {
  it('leaves to OpenSSH what nobody says', () => {
    expect(only([{ address: 'login.example.org' }])).toEqual([
      {
        id: 'login.example.org',
        clusterId: 'azure',
        role: 'both',
        address: 'login.example.org',
        privateAddress: 'login.example.org',
        ssh: {
          name: 'login.example.org',
          address: 'login.example.org',
          sudo: 'passwordless',
          connectTimeoutMs: 15_000,
        },
      },
    ]);
    expect(only(undefined)).toEqual([]);
  });

  it('takes what a host says before what all say', () => {
    const [host] = only(
      [{ id: 'a', address: '192.0.2.1', user: 'azureuser', sudo: { password: 'p' }, jump: [] }],
      { user: 'cc', port: 2222, sudo: 'none', jump: ['cc@192.0.2.9'], connect_timeout_seconds: 3 },
    );
    expect(host?.ssh).toEqual({
      name: 'a',
      address: '192.0.2.1',
      user: 'azureuser',
      port: 2222,
      jump: [],
      sudo: { password: 'p' },
      connectTimeoutMs: 3000,
    });
  });

  it('goes through jump hosts in both forms', () => {
    const jump = ['cc@192.0.2.9:2200', { address: 'gate', identity_file: '/k' }];
    expect(only([{ address: 'x', jump }])[0]?.ssh.jump).toEqual([
      { user: 'cc', address: '192.0.2.9', port: 2200 },
      { address: 'gate', identityFile: '/k' },
    ]);
  });
});

describe('parseEndpoint', () => {
  it.each([
    ['gate', { address: 'gate' }],
    ['cc@gate', { address: 'gate', user: 'cc' }],
    ['a@b@gate:22', { address: 'gate', user: 'a@b', port: 22 }],
    ['[2001:db8::1]:2222', { address: '2001:db8::1', port: 2222 }],
    ['cc@[2001:db8::1]', { address: '2001:db8::1', user: 'cc' }],
  ])('reads %s', (text, wanted) => {
    expect(parseEndpoint(text)).toEqual(wanted);
  });
});
