import { describe, expect, it } from 'vitest';

import * as commands from '../../../../src/networks/weave/command.js';
import {
  allocationRange,
  peerName,
  scriptUrl,
  specHash,
  weaveImages,
  weaveSettings,
} from '../../../../src/networks/weave/settings.js';
import { DOCKER_20, DOCKER_26, settingsOf, weavePlan } from './members.js';

const CONTEXT = { settings: settingsOf(), script: '/usr/local/bin/weave', engine: DOCKER_26 };
const FACTS = {
  modules: { openvswitch: 'no', dummy: 'yes' },
  bridge: 'none',
  iptables: 'nft',
} as const;
const ENV = {
  CHECKPOINT_DISABLE: '1',
  WEAVE_VERSION: '2.9.0',
  DOCKERHUB_USER: 'rajchaudhuri',
  WEAVEEXEC_DOCKER_ARGS: '--tty=false',
};
const LABELS = `--label crossflock.deployment=cft --label crossflock.weave=${specHash(CONTEXT.settings, 'a')}`;

describe('launchCommand', () => {
  it('has the password in the environment and not in the arguments', () => {
    expect(commands.launchCommand(CONTEXT, 'a', FACTS)).toEqual({
      argv: [
        ...['/usr/local/bin/weave', 'launch', '--name', peerName('cft', 'a'), '--nickname', 'a'],
        ...[
          '--ipalloc-range',
          '10.32.0.0/12',
          '--no-default-ipalloc',
          '--no-dns',
          '--plugin=false',
        ],
      ],
      env: {
        ...ENV,
        WEAVE_MTU: '1376',
        WEAVE_DOCKER_ARGS: LABELS,
        WEAVE_NO_FASTDP: '1',
        WEAVE_PASSWORD: 's3cret',
      },
    });
  });

  it('has none without one', () => {
    const context = { ...CONTEXT, settings: settingsOf({ password: undefined }) };
    expect(commands.launchCommand(context, 'a', FACTS).env).not.toHaveProperty('WEAVE_PASSWORD');
  });

  it('hands the API version to the router too where the engine asks for a newer one', () => {
    const engine = { version: '29.0.1', api: '1.52', minApi: '1.44' };
    expect(commands.launchCommand({ ...CONTEXT, engine }, 'a', FACTS).env).toMatchObject({
      DOCKER_API_VERSION: '1.44',
      WEAVE_DOCKER_ARGS: `${LABELS} -e DOCKER_API_VERSION=1.44`,
    });
  });

  it('asks 2.8.1 for nothing that only the fork knows', () => {
    const settings = settingsOf({ version: '2.8.1', imagePrefix: 'weaveworks' });
    const context = { ...CONTEXT, settings, engine: DOCKER_20 };
    const { env } = commands.launchCommand(context, 'a', { ...FACTS, iptables: 'legacy' });
    expect(Object.keys(env).sort()).toEqual([
      ...['CHECKPOINT_DISABLE', 'DOCKERHUB_USER', 'WEAVE_DOCKER_ARGS', 'WEAVE_MTU'],
      ...['WEAVE_NO_FASTDP', 'WEAVE_PASSWORD', 'WEAVE_VERSION'],
    ]);
  });

  it('tells the fork where the host keeps its firewall rules', () => {
    const { env } = commands.launchCommand(CONTEXT, 'a', { ...FACTS, iptables: 'legacy' });
    expect(env['IPTABLES_BACKEND']).toBe('legacy');
  });
});

describe('withoutFastDatapath', () => {
  it.each([
    ['none', 'yes', false],
    ['none', 'no', true],
    ['none', 'unknown', true],
    ['bridge', 'yes', true],
    ['fastdp', 'no', false],
  ] as const)('bridge %s, openvswitch %s: %s', (bridge, openvswitch, expected) => {
    const modules = { openvswitch, dummy: 'yes' } as const;
    expect(commands.withoutFastDatapath({ modules, bridge, iptables: 'nft' })).toBe(expected);
  });
});

describe('the other commands', () => {
  it.each([
    [
      commands.connectCommand(CONTEXT, ['10.0.0.1', 'b.example.org']),
      ['connect', '10.0.0.1', 'b.example.org'],
    ],
    [commands.forgetCommand(CONTEXT, ['10.0.0.1']), ['forget', '10.0.0.1']],
    [commands.exposeCommand(CONTEXT, '172.16.0.254/24'), ['expose', '172.16.0.254/24']],
    [commands.hideCommand(CONTEXT, '172.16.0.254/24'), ['hide', '172.16.0.254/24']],
    [commands.resetCommand(CONTEXT, true), ['reset']],
    [commands.resetCommand(CONTEXT, false), ['reset', '--force']],
    [commands.removePeerCommand(CONTEXT, 'aa:bb:cc:dd:ee:ff'), ['rmpeer', 'aa:bb:cc:dd:ee:ff']],
    [commands.versionCommand(CONTEXT), ['version']],
  ])('%#: %s', (command, args) => {
    expect(command).toEqual({ argv: ['/usr/local/bin/weave', ...args], env: ENV });
  });
});

describe('settings', () => {
  it('choose an allocation range beside the network', () => {
    expect(allocationRange('172.16.0.0/24')).toBe('10.32.0.0/12');
    expect(allocationRange('10.40.0.0/16')).toBe('10.96.0.0/12');
    expect(allocationRange('10.0.0.0/8')).toBe('192.168.224.0/20');
    expect(() => allocationRange('0.0.0.0/1')).not.toThrow();
    expect(() => allocationRange('128.0.0.0/1')).not.toThrow();
  });

  it('name peers by deployment and host, in the locally administered range', () => {
    const names = ['a', 'b'].flatMap((id) => [peerName('x', id), peerName('y', id)]);
    expect(new Set(names).size).toBe(4);
    for (const name of names) expect(name).toMatch(/^[0-9a-f][26ae](:[0-9a-f]{2}){5}$/);
    expect(peerName('x', 'a')).toBe(names[0]);
  });

  it('make a hash that tells every change of a launch, and no secret', () => {
    const base = settingsOf();
    const hashes = [
      specHash(base, 'a'),
      specHash(base, 'b'),
      specHash({ ...base, password: 'other' }, 'a'),
      specHash({ ...base, password: undefined }, 'a'),
      specHash({ ...base, version: '2.9.1' }, 'a'),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(specHash({ ...base, taken: ['172.16.0.9'] }, 'a')).toBe(hashes[0]);
  });

  it('take an empty password for none, and refuse a plan of another driver', () => {
    const weave = { version: '2.9.0', imagePrefix: 'x', password: '' };
    expect(weaveSettings(weavePlan({ weave })).password).toBeUndefined();
    const { driver, name, cidr, gateway, port, taken } = weavePlan();
    const bridge = { driver, name, cidr, gateway, port, taken };
    expect(() => weaveSettings(bridge)).toThrow('has no settings for weave');
  });

  it('know the images and the script of a version', () => {
    expect(weaveImages(settingsOf({ imagePrefix: 'r.example.org/wv' }))).toEqual([
      ...['r.example.org/wv/weave:2.9.0', 'r.example.org/wv/weaveexec:2.9.0'],
      'r.example.org/wv/weavedb:latest',
    ]);
    expect(scriptUrl('2.9.0')).toBe(
      'https://github.com/rajch/weave/releases/download/v2.9.0/weave',
    );
    expect(scriptUrl('2.8.1')).toBe(
      'https://github.com/weaveworks/weave/releases/download/v2.8.1/weave',
    );
  });
});
