import { describe, expect, it } from 'vitest';

import { differences } from '../../../src/marathon/diff.js';
import type { MarathonApp } from '../../../src/ports/marathon-app.js';
import { wantedApp, withContainer } from './apps.js';

type Mutable = Record<string, unknown>;

/** The app as Marathon 1.11 shows it: defaults filled in, empty lists left out, ports assigned. */
function shown(app: MarathonApp): Mutable {
  const json = structuredClone(app) as unknown as Mutable;
  for (const key of ['args', 'env', 'constraints', 'healthChecks']) {
    if (Object.keys((json[key] as object | undefined) ?? {}).length === 0)
      Reflect.deleteProperty(json, key);
  }
  const container = app.container;
  return {
    ...json,
    backoffFactor: 1.15,
    backoffSeconds: 1,
    container: {
      ...container,
      docker: { forcePullImage: false, ...container.docker },
      portMappings: container.portMappings.map((port) => ({
        labels: {},
        servicePort: 10_012,
        ...port,
      })),
    },
    executor: '',
    gpus: 0,
    killSelection: 'YOUNGEST_FIRST',
    maxLaunchDelaySeconds: 300,
    requirePorts: false,
    role: '*',
    tasks: [],
    unreachableStrategy: { inactiveAfterSeconds: 0, expungeAfterSeconds: 0 },
    upgradeStrategy: app.upgradeStrategy ?? { minimumHealthCapacity: 1, maximumOverCapacity: 1 },
    version: '2026-01-02T03:04:05.678Z',
  };
}

const APP = wantedApp('/a');

function docker(change: Partial<MarathonApp['container']['docker']>): MarathonApp {
  return withContainer(APP, { docker: { ...APP.container.docker, ...change } });
}

describe('differences: what is as wanted', () => {
  it.each([
    ['all defaults filled in', APP, shown(APP)],
    [
      'nothing but what is needed',
      wantedApp('/a', { args: [], env: {}, labels: {} }),
      shown(wantedApp('/a', { args: [], env: {}, labels: {} })),
    ],
    ['numbers as text', APP, { ...shown(APP), cpus: '2.0', mem: '2048' }],
    [
      'nulls and empty lists, as 1.4 writes them',
      APP,
      { ...shown(APP), cmd: null, user: null, constraints: [], healthChecks: [] },
    ],
    [
      'parameters in another order',
      docker({
        parameters: [
          { key: 'ip', value: 'x' },
          { key: 'volume', value: 'y' },
        ],
      }),
      shown(
        docker({
          parameters: [
            { key: 'volume', value: 'y' },
            { key: 'ip', value: 'x' },
          ],
        }),
      ),
    ],
    [
      'env in another order',
      wantedApp('/a', { env: { A: '1', B: '2' } }),
      shown(wantedApp('/a', { env: { B: '2', A: '1' } })),
    ],
    [
      'health check defaults and case',
      wantedApp('/a', { healthChecks: [{ protocol: 'tcp', portIndex: 0 }] }),
      shown(
        wantedApp('/a', {
          healthChecks: [
            { protocol: 'TCP', portIndex: 0, intervalSeconds: 60, ignoreHttp1xx: false },
          ],
        }),
      ),
    ],
    [
      'a name that the server gave the only port',
      APP,
      {
        ...shown(APP),
        container: {
          ...APP.container,
          portMappings: [
            {
              containerPort: 22,
              hostPort: 0,
              protocol: 'tcp',
              name: 'default',
              servicePort: 10_000,
            },
          ],
        },
      },
    ],
    [
      'a volume mode in lower case',
      withContainer(APP, { volumes: [{ hostPath: 'v', containerPath: '/v', mode: 'RW' }] }),
      shown(
        withContainer(APP, {
          volumes: [{ hostPath: 'v', containerPath: '/v', mode: 'rw' as 'RW' }],
        }),
      ),
    ],
  ])('%s', (_name, wanted, current) => {
    expect(differences(wanted, current)).toEqual([]);
  });

  it('the same app as a Marathon before 1.5 shows it', () => {
    const old = shown(APP);
    delete old['networks'];
    const { portMappings, ...container } = APP.container;
    const legacy = { ...container, docker: { ...container.docker, network: 'USER', portMappings } };
    const current = {
      ...old,
      ipAddress: { networkName: 'crossflock' },
      container: legacy,
      ports: [10_012],
    };
    expect(differences(APP, current)).toEqual([]);
    const bridge = wantedApp('/a', { networks: [{ mode: 'container/bridge' }] });
    const other = { ...legacy, docker: { ...legacy.docker, network: 'BRIDGE' } };
    expect(differences(bridge, { ...current, container: other })).toEqual([]);
    expect(differences(bridge, current)).toEqual([
      'network container crossflock → container/bridge',
    ]);
  });

  it('a bridge port that the server gave host port 0', () => {
    const wanted = withContainer(wantedApp('/a', { networks: [{ mode: 'container/bridge' }] }), {
      portMappings: [{ containerPort: 22, protocol: 'tcp' }],
    });
    const current = shown(
      withContainer(wanted, {
        portMappings: [{ containerPort: 22, hostPort: 0, protocol: 'tcp' }],
      }),
    );
    expect(differences(wanted, current)).toEqual([]);
  });
});

describe('differences: what is not', () => {
  const check = { protocol: 'TCP', portIndex: 0 };
  it.each<[string, MarathonApp, MarathonApp, string[]]>([
    [
      'numbers',
      APP,
      wantedApp('/a', { cpus: 0.5, mem: 4096, disk: 1 }),
      ['cpus 0.5 → 2', 'mem 4096 → 2048 MB', 'disk 1 → 1000 MB'],
    ],
    ['instances', APP, wantedApp('/a', { instances: 0 }), ['instances 0 → 1']],
    [
      'image',
      APP,
      docker({ image: 'scidas/worker' }),
      ['image scidas/worker → crossflock/executor'],
    ],
    ['privileged', docker({ privileged: true }), APP, ['privileged false → true']],
    ['force pull', docker({ forcePullImage: true }), APP, ['force pull false → true']],
    [
      'address',
      APP,
      docker({ parameters: [{ key: 'ip', value: '172.16.0.9' }] }),
      ['docker parameter ip 172.16.0.9 → 172.16.0.2'],
    ],
    [
      'a parameter that may be secret',
      docker({
        parameters: [...APP.container.docker.parameters, { key: 'env', value: 'TOKEN=hunter2' }],
      }),
      APP,
      ['docker parameter env added'],
    ],
    [
      'env',
      wantedApp('/a', { env: { A: '1', B: 'hunter2' } }),
      wantedApp('/a', { env: { B: 'hunter1', C: '' } }),
      ['env A added', 'env B changed', 'env C removed'],
    ],
    ['labels', wantedApp('/a', { labels: {} }), APP, ['label crossflock.deployment removed']],
    [
      'an argument',
      APP,
      wantedApp('/a', { args: ['-m', '172.16.0.1', '-p', 'hunter3'] }),
      ['args changed (word 4)'],
    ],
    ['no arguments any more', wantedApp('/a', { args: [] }), APP, ['args 4 → 0 words']],
    [
      'a command',
      wantedApp('/a', { cmd: 'sleep 1', args: [] }),
      wantedApp('/a', { args: [] }),
      ['cmd added'],
    ],
    [
      'no command any more',
      wantedApp('/a', { args: [] }),
      wantedApp('/a', { cmd: 'sleep 1', args: [] }),
      ['cmd removed'],
    ],
    [
      'network',
      APP,
      wantedApp('/a', { networks: [{ mode: 'host' }] }),
      ['network host → container crossflock'],
    ],
    ['a port less', withContainer(APP, { portMappings: [] }), APP, ['port 22/tcp removed']],
    [
      'a host port',
      APP,
      withContainer(APP, {
        portMappings: [{ containerPort: 22, hostPort: 2222, protocol: 'tcp' }],
      }),
      ['host port of 22/tcp 2222 → any'],
    ],
    [
      'another port',
      APP,
      withContainer(APP, { portMappings: [{ containerPort: 22, hostPort: 0, protocol: 'udp' }] }),
      ['port 22/udp → 22/tcp'],
    ],
    [
      'a volume',
      withContainer(APP, { volumes: [{ hostPath: 'v', containerPath: '/v', mode: 'RO' }] }),
      withContainer(APP, { volumes: [{ hostPath: 'v', containerPath: '/v', mode: 'RW' }] }),
      ['volume v:/v:RO added', 'volume v:/v:RW removed'],
    ],
    [
      'constraints',
      APP,
      wantedApp('/a', { constraints: [['hostname', 'UNIQUE']] }),
      ['constraint hostname UNIQUE removed'],
    ],
    ['health checks', wantedApp('/a', { healthChecks: [check] }), APP, ['health checks 0 → 1']],
    [
      'a health check',
      wantedApp('/a', { healthChecks: [{ ...check, intervalSeconds: 5 }] }),
      wantedApp('/a', { healthChecks: [check] }),
      ['health check 1: intervalSeconds changed'],
    ],
    [
      'upgrade strategy',
      APP,
      wantedApp('/a', { upgradeStrategy: { minimumHealthCapacity: 1, maximumOverCapacity: 0 } }),
      ['upgrade strategy: minimumHealthCapacity changed'],
    ],
    [
      'kill grace period',
      wantedApp('/a', { taskKillGracePeriodSeconds: 30 }),
      APP,
      ['kill grace seconds none → 30'],
    ],
  ])('%s', (_name, wanted, current, expected) => {
    const found = differences(wanted, shown(current));
    expect(found).toEqual(expected);
    expect(found.join()).not.toContain('hunter');
  });

  it('everything, against an app that is nothing like it', () => {
    expect(differences(APP, { id: '/a' }).length).toBeGreaterThan(8);
  });
});
