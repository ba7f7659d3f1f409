import { expect, it } from 'vitest';
import { isMesosCluster } from '../../../src/actions/mesos-scene.js';
import type { MesosState } from '../../../src/actions/status-mesos.js';
import { mesosData, mesosTables } from '../../../src/actions/status-tables.js';
import type { MemberReport } from '../../../src/ports/virtual-network.js';
import type { MasterAnswer, RegisteredAgent } from '../../../src/provision/mesos/mesos-answers.js';
import { mesosPlan } from './mesos-plan.js';

const PLAN = mesosPlan();

function agent(hostname: string, changes: Partial<RegisteredAgent> = {}): RegisteredAgent {
  return {
    ...{ id: 'S0', hostname, port: 5051, isActive: true, version: '1.7.1' },
    total: { cpus: 4, mem: 8192, disk: 9000 },
    used: { cpus: 1.1, mem: 2048, disk: 0 },
    offered: { cpus: 0.30000000000000004, mem: 0, disk: 0 },
    ...changes,
  };
}

const LEADER: MasterAnswer = {
  ...{ version: '1.7.1', isLeader: true, isRecovered: true, leader: '10.0.0.1:5050' },
  agents: [agent('10.0.0.2'), agent('10.0.0.3', { isActive: false })],
  frameworks: [],
};

function stateOf(id: string, state: Partial<MesosState> = {}): MesosState {
  const cluster = PLAN.clusters.filter(isMesosCluster).find((each) => each.id === id);
  if (cluster === undefined) throw new Error(`no cluster ${id}`);
  return { cluster, answers: [], apps: undefined, missing: [], remarks: [], ...state };
}

const WELL = stateOf('one', {
  apps: 3,
  answers: [
    {
      hostId: 'm1',
      zookeeper: { mode: 'standalone', version: '3.8.4' },
      master: LEADER,
      marathon: {
        ...{ version: '1.11.24', isLeader: true, leader: '10.0.0.1:8080' },
        ...{ frameworkId: 'f', master: '10.0.0.1:5050' },
      },
    },
  ],
});

const REPORTS = new Map<string, MemberReport>([
  ['m1', { id: 'm1', state: 'up', known: 3, gateway: '10.77.0.254' }],
  ['a1', { id: 'a1', state: 'down', known: 0 }],
]);

function rows(states: readonly MesosState[]): readonly string[] {
  return mesosTables(PLAN, states, REPORTS).flatMap((table) =>
    table.rows.map((row) => row.map(String).join(' | ')),
  );
}

it('has who leads, what the agents have and give, and the peers', () => {
  expect(rows([WELL, stateOf('two')])).toEqual([
    'm1 | one | standalone, 3.8.4 | leads, 1.7.1 | recovered | leads, 1.11.24 | 3',
    'b1 | two | no answer | no answer | - | no answer | -',
    'a1 | one | active | 1.1 + 0.3 of 4 | 2048 + 0 of 8192 | 0 + 0 of 9000',
    'a2 | one | not connected | 1.1 + 0.3 of 4 | 2048 + 0 of 8192 | 0 + 0 of 9000',
    'b1 | two | unknown | - | - | -',
    'm1 | one | 10.77.0.254 | up | 3/3',
    'a1 | one | - | down | 0/3',
    'a2 | one | - | no answer | ?/3',
    'b1 | two | - | no answer | ?/3',
  ]);
});

it('knows nothing of agents before the registry was read, nor of a registry that is not read', () => {
  const asking = (master: MasterAnswer) =>
    rows([
      stateOf('one', { answers: [{ hostId: 'm1', zookeeper: { mode: 'not-serving' }, master }] }),
    ]);
  expect(asking({ ...LEADER, isRecovered: false }).slice(0, 2)).toEqual([
    'm1 | one | not-serving | leads, 1.7.1 | not recovered | no answer | -',
    'a1 | one | unknown | - | - | -',
  ]);
  expect(asking({ ...LEADER, isLeader: false, version: undefined })[0]).toBe(
    'm1 | one | not-serving | stands by | - | no answer | -',
  );
  expect(asking({ ...LEADER, agents: [agent('10.0.0.2', { port: 5052 })] })[1]).toBe(
    'a1 | one | not registered | - | - | -',
  );
});

it('has no tables for other engines', () => {
  expect(mesosTables(PLAN, [], REPORTS)).toEqual([]);
});

it('tells programs the same', () => {
  const [one, two] = mesosData([WELL, stateOf('two', { missing: ['no mesos master leads'] })]);
  expect(one).toMatchObject({
    cluster: 'one',
    apps: 3,
    masters: [{ host: 'm1', master: { isLeader: true, isRecovered: true, version: '1.7.1' } }],
    agents: [
      { host: 'a1', state: 'active', total: { cpus: 4 }, used: { cpus: 1.1 } },
      { host: 'a2', state: 'not connected' },
    ],
    missing: [],
  });
  expect(two).toEqual({
    ...{ cluster: 'two', masters: [{ host: 'b1' }], missing: ['no mesos master leads'] },
    agents: [{ host: 'b1', state: 'unknown' }],
  });
});
