import { describe, expect, it } from 'vitest';
import type { HttpAnswer } from '../../../../src/ports/host-probe.js';
import { parseHttpAnswer } from '../../../../src/provision/http-answer.js';
import {
  marathonAnswers,
  readMarathonInfo,
} from '../../../../src/provision/mesos/marathon-answers.js';
import { readAgent, readMaster } from '../../../../src/provision/mesos/mesos-answers.js';
import { readZooKeeper } from '../../../../src/provision/mesos/zookeeper-answer.js';
import { fixture } from './support.js';

const http = (name: string): HttpAnswer => parseHttpAnswer(fixture(name))!;
const json = (value: unknown, status = 200): HttpAnswer => ({
  ...{ status, headers: {}, body: JSON.stringify(value) },
});

describe('a master', () => {
  it('that leads says who is registered', () => {
    const master = readMaster(
      http('1.11.0/master_master_state.txt'),
      http('1.11.0/master_metrics_snapshot.txt'),
    );
    expect(master).toMatchObject({
      ...{ version: '1.11.0', isLeader: true, isRecovered: true, leader: '127.0.0.1:15050' },
      agents: [
        {
          id: '26325151-c354-4c63-b4a8-728dfd958812-S6',
          ...{ hostname: '127.0.0.1', port: 15_051, isActive: true, version: '1.11.0' },
          total: { cpus: 2, mem: 2048, disk: 4096 },
          used: { cpus: 0.3, mem: 192, disk: 0 },
          offered: { cpus: 0, mem: 0, disk: 0 },
        },
      ],
    });
    expect(master?.frameworks).toHaveLength(3);
    expect(master?.frameworks[0]).toMatchObject({
      ...{ name: 'mesos-execute instance', isConnected: true },
    });
  });

  /** The answers of a capture of several masters, by what was asked. */
  const asked = (name: string): ReadonlyMap<string, HttpAnswer> => {
    const parts = fixture(name).split(/^(?:## )?GET (:\S+)\n/m);
    const pairs = parts.flatMap((part, at): [string, HttpAnswer][] => {
      const answer =
        at % 2 === 1 ? parseHttpAnswer((parts[at + 1] ?? '').split('\n##')[0]!) : undefined;
      return answer === undefined ? [] : [[part, answer]];
    });
    return new Map(pairs);
  };

  it('that does not lead names the leader', () => {
    const three = asked('head/master-ha-three.txt');
    const metrics = json({ 'master/elected': 0, 'registrar/log/recovered': 1 });
    expect(readMaster(three.get(':15055/master/state'), metrics)).toEqual({
      ...{ version: undefined, isLeader: false, isRecovered: true, leader: '127.0.0.1:15054' },
      ...{ agents: [], frameworks: [] },
    });
  });

  it('without a majority is in good health, and has recovered nothing', () => {
    const one = asked('head/master-ha-one-of-three.txt');
    expect(one.get(':15054/master/health')?.status).toBe(200);
    const metrics = json({ 'master/elected': 1, 'registrar/log/recovered': 0 });
    // The capture cuts this answer; what matters is in the metrics.
    expect(readMaster(json({ leader: 'master@127.0.0.1:15054' }), metrics)).toMatchObject({
      ...{ isLeader: true, isRecovered: false },
    });
  });

  it('that knows no leader, and none at all', () => {
    expect(readMaster(json({}, 503), undefined)).toMatchObject({
      ...{ isLeader: false, isRecovered: false, leader: undefined },
    });
    expect(readMaster(undefined, undefined)).toBeUndefined();
  });

  it('is not what says something else on its port', () => {
    const page = { status: 200, headers: {}, body: '<html>' };
    expect(() => readMaster(page, undefined)).toThrow(
      'the mesos master answers what nothing here can read',
    );
  });
});

describe('an agent', () => {
  it('names the containers of its tasks', () => {
    const agent = readAgent(http('head/agent_state.txt'))!;
    expect(agent).toMatchObject({
      ...{ version: '1.12.0', hostname: '127.0.0.1', attributes: { rack: 'a', n: '1' } },
      total: { cpus: 2, mem: 2048, disk: 4096 },
    });
    expect(agent.flags['docker_socket']).toMatch(/^\/.*\.sock$/);
    expect(agent.tasks.find(({ id }) => id === 'dtnet')).toEqual({
      ...{ id: 'dtnet', name: 'dtnet', state: 'TASK_RUNNING' },
      frameworkId: '98982efc-ac0d-4255-ba3c-d715f457e131-0012',
      containerId: 'f6d277b7-2a45-40da-97c2-8bde419c7291',
      addresses: ['172.30.99.11'],
    });
  });

  it('of the last release, too', () => {
    const agent = readAgent(http('1.11.0/agent_state.txt'))!;
    expect(agent.tasks.map(({ id }) => id).sort()).toEqual(['dt1', 'dthost', 'dtip']);
  });
});

describe('marathon', () => {
  it('says who leads, and which master it is connected to', () => {
    // The fields of `InfoResource`, as Marathon 1.11 writes them.
    const info = {
      ...{ name: 'marathon', version: '1.11.24', elected: true, leader: '10.0.0.1:8080' },
      frameworkId: 'f-1',
      marathon_config: { mesos_leader_ui_url: 'http://10.0.0.2:5050/' },
    };
    expect(readMarathonInfo(json(info))).toEqual({
      ...{ version: '1.11.24', isLeader: true, leader: '10.0.0.1:8080' },
      ...{ frameworkId: 'f-1', master: '10.0.0.2:5050' },
    });
    expect(readMarathonInfo(json({}, 401))).toBeUndefined();
    expect([200, 401, 503].map((status) => marathonAnswers(json('', status)))).toEqual([
      ...[true, true, false],
    ]);
  });
});

describe('zookeeper', () => {
  it.each([
    ['leader-3.5.3', { mode: 'leader', version: '3.5.3' }],
    ['follower-3.5.7', { mode: 'follower', version: '3.5.7' }],
    ['standalone-3.9.3', { mode: 'standalone', version: '3.9.3' }],
    ['not-serving', { mode: 'not-serving' }],
    ['not-allowed', { mode: 'not-allowed' }],
  ] as const)('%s', (name, expected) => {
    expect(readZooKeeper(fixture(`zookeeper/${name}.txt`))).toEqual(expected);
  });

  it('is not there, or is something else', () => {
    expect(readZooKeeper('')).toBeUndefined();
    expect(readZooKeeper('SSH-2.0-OpenSSH\n')).toEqual({
      mode: 'unknown',
      said: 'SSH-2.0-OpenSSH',
    });
  });
});
