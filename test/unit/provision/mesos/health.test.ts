import { describe, expect, it } from 'vitest';
import { mesosHealth, type HostAnswers } from '../../../../src/provision/mesos/health.js';
import type { MarathonAnswer } from '../../../../src/provision/mesos/marathon-answers.js';
import type {
  MasterAnswer,
  RegisteredAgent,
} from '../../../../src/provision/mesos/mesos-answers.js';
import { inputOf, type Settings } from './support.js';

const NONE = { cpus: 0, mem: 0, disk: 0 };

function agent(hostname: string, changes: Partial<RegisteredAgent> = {}): RegisteredAgent {
  return {
    ...{ id: `S-${hostname}`, hostname, port: 5051, isActive: true, version: '1.7.1' },
    ...{ total: { cpus: 4, mem: 4096, disk: 9000 }, used: NONE, offered: NONE },
    ...changes,
  };
}

const LEADER: MasterAnswer = {
  ...{ version: '1.7.1', isLeader: true, isRecovered: true, leader: '10.0.0.1:5050' },
  agents: ['10.0.0.1', '10.0.0.2', '10.0.0.3'].map((address) => agent(address)),
  frameworks: [{ id: 'f-1', name: 'demo-chameleon', hostname: '10.0.0.2', isConnected: true }],
};
const OTHER: MasterAnswer = { ...LEADER, isLeader: false, agents: [], frameworks: [] };
const MARATHON: MarathonAnswer = {
  ...{ version: '1.11.24', isLeader: true, leader: '10.0.0.2:8080', frameworkId: 'f-1' },
  master: '10.0.0.1:5050',
};

/** Three masters that are well, but for what is said of the first, the second and the third. */
function trouble(
  changes: readonly Partial<HostAnswers>[],
  settings: Settings = {},
): readonly string[] {
  const { engine } = inputOf({ masters: 3, settings });
  const well: readonly HostAnswers[] = [
    {
      ...{ hostId: 'm1', zookeeper: { mode: 'follower', version: '3.8.4' }, master: LEADER },
      marathon: { ...MARATHON, isLeader: false },
    },
    {
      ...{ hostId: 'm2', zookeeper: { mode: 'leader', version: '3.8.4' }, master: OTHER },
      marathon: MARATHON,
    },
    {
      ...{ hostId: 'm3', zookeeper: { mode: 'follower', version: '3.8.4' }, master: OTHER },
      marathon: { ...MARATHON, isLeader: false },
    },
  ];
  return mesosHealth(
    engine,
    well.map((answers, index) => ({ ...answers, ...changes[index] })),
  );
}

describe('a cluster', () => {
  it('is well', () => {
    expect(trouble([])).toEqual([]);
    expect(trouble([], { resources: { cpus: 4, mem: 4096 } })).toEqual([]);
  });

  it.each([
    ['silent', undefined, 'zookeeper on m1 does not answer'],
    [
      'without a majority',
      { mode: 'not-serving' },
      'zookeeper on m1 finds no majority of its ensemble',
    ],
    [
      "somebody else's",
      { mode: 'not-allowed' },
      'zookeeper on m1 does not answer "srvr": it is not the one that crossflock set up',
    ],
    [
      'something else',
      { mode: 'unknown', said: 'SSH-2.0' },
      'something else than zookeeper answers on m1',
    ],
    [
      'alone',
      { mode: 'standalone', version: '3.8.4' },
      'a zookeeper is alone, and does not know the others',
    ],
    ['a second leader', { mode: 'leader', version: '3.8.4' }, '2 zookeepers lead, one has to'],
  ] as const)('has a zookeeper that is %s', (_name, zookeeper, expected) => {
    expect(trouble([{ zookeeper }])).toEqual([expected]);
  });

  it('has a leader without a registry, whatever its health says', () => {
    expect(trouble([{ master: { ...LEADER, isRecovered: false } }])).toEqual([
      'the leading mesos master has not read its registry: 2 of 3 masters have to agree',
    ]);
  });

  it('has no leader, and a master that is away', () => {
    expect(trouble([{ master: undefined }])).toEqual([
      'the mesos master on m1 does not answer',
      'no mesos master leads',
    ]);
  });

  it('lacks agents, or what they are to offer', () => {
    const agents = [agent('10.0.0.1'), agent('10.0.0.2', { isActive: false })];
    expect(trouble([{ master: { ...LEADER, agents } }], { resources: { cpus: 2 } })).toEqual([
      'the mesos agent of m1 offers cpus 4 instead of 2',
      'the mesos agent of m2 is registered, and not connected',
      'the mesos agent of m3 is not registered',
    ]);
    const empty = [...agents.slice(0, 1), agent('10.0.0.2', { total: NONE }), agent('10.0.0.3')];
    expect(trouble([{ master: { ...LEADER, agents: empty } }])).toEqual([
      'the mesos agent of m2 offers nothing',
    ]);
  });

  it('has a marathon that is not where the leader is', () => {
    expect(trouble([{ master: { ...LEADER, frameworks: [] } }])).toEqual([
      'marathon is not connected to the leading mesos master',
    ]);
    expect(trouble([{}, { marathon: { ...MARATHON, master: '10.0.0.3:5050' } }])).toEqual([
      'marathon takes 10.0.0.3:5050 for the leading mesos master, which is 10.0.0.1:5050',
    ]);
    expect(trouble([{}, { marathon: undefined }])).toEqual([
      'marathon on m2 does not answer',
      'no marathon leads',
    ]);
  });

  it('of one host has a zookeeper of its own', () => {
    const { engine } = inputOf();
    const master = { ...LEADER, leader: '127.0.0.1:5050', agents: [agent('127.0.0.1')] };
    const marathon = { ...MARATHON, master: '127.0.0.1:5050' };
    const answers = { hostId: 'm1', master, marathon };
    const zookeeper = { mode: 'standalone', version: '3.8.4' } as const;
    expect(mesosHealth(engine, [{ ...answers, zookeeper }])).toEqual([]);
    const old = { mode: 'follower', version: '3.8.4' } as const;
    expect(mesosHealth(engine, [{ ...answers, zookeeper: old }])).toEqual([
      'the only zookeeper waits for others: its settings are old',
    ]);
    expect(mesosHealth(engine, [])).toHaveLength(4);
  });
});
