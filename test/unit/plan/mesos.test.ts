import { describe, expect, it } from 'vitest';
import { mesosRoles, planMesos, quorumOf } from '../../../src/plan/mesos.js';
import type { HostPlan } from '../../../src/plan/types.js';

function host(id: string, role: HostPlan['role'], privateAddress: string): HostPlan {
  const ssh = {
    ...{ name: id, address: '192.0.2.1', sudo: 'passwordless' as const },
    connectTimeoutMs: 15_000,
  };
  return { id, clusterId: 'c', role, ssh, address: '192.0.2.1', privateAddress };
}

describe('roles', () => {
  it.each([
    ['one host does all of it', [undefined], ['both']],
    ['the first of several is the master too', [undefined, undefined], ['both', 'agent']],
    [
      'whoever says nothing beside one who does is an agent',
      [undefined, 'master'],
      ['agent', 'master'],
    ],
  ] as const)('%s', (_name, roles, expected) => {
    expect(mesosRoles(roles.map((role) => (role === undefined ? {} : { role })))).toEqual(expected);
  });
});

it.each([
  [1, 1],
  [3, 2],
  [5, 3],
])('of %i masters %i must agree', (masters, quorum) => {
  expect(quorumOf(masters)).toBe(quorum);
});

describe('the engine', () => {
  it('of one host listens on loopback, with the images that are published', () => {
    const engine = planMesos('demo', {}, [host('h1', 'both', '10.0.0.1')]);
    expect(engine.masters).toEqual([{ hostId: 'h1', address: '127.0.0.1' }]);
    expect(engine.agents).toEqual(engine.masters);
    expect(engine).toMatchObject({ quorum: 1, install: 'images', flags: { agent: {} } });
    expect(engine.images.agent).toBe('mesosphere/mesos-slave:1.7.1');
    expect(engine.ports).toEqual({
      ...{ zookeeper: 2181, zookeeperPeer: 2888, zookeeperElection: 3888 },
      ...{ master: 5050, agent: 5051, marathon: 8080 },
    });
  });

  it('of several hosts listens on their private addresses', () => {
    const hosts = [
      host('h1', 'master', '10.0.0.1'),
      host('h2', 'agent', '10.0.0.2'),
      host('h3', 'agent', '10.0.0.3'),
    ];
    const engine = planMesos(
      'demo',
      {
        images: { prefix: 'mirror:5000/m', agent: 'own/agent:1' },
        ports: { marathon: 9090, zookeeper_peer: 12_888 },
        flags: { agent: { attributes: 'rack:1' } },
      },
      hosts,
    );
    expect(engine.masters).toEqual([{ hostId: 'h1', address: '10.0.0.1' }]);
    expect(engine.agents.map(({ address }) => address)).toEqual(['10.0.0.2', '10.0.0.3']);
    expect(engine.images).toMatchObject({
      master: 'mirror:5000/m/mesosphere/mesos-master:1.7.1',
      agent: 'own/agent:1',
    });
    expect(engine.ports).toMatchObject({ marathon: 9090, zookeeperPeer: 12_888, master: 5050 });
    expect(engine.flags).toEqual({ master: {}, agent: { attributes: 'rack:1' }, marathon: {} });
  });
});
