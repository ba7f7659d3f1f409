import { describe, expect, it } from 'vitest';
import type { RegisteredAgent } from '../../../../src/provision/mesos/mesos-answers.js';
import {
  fatesOf,
  permits,
  strangeAgents,
  strangersInWords,
  type Placeable,
} from '../../../../src/provision/mesos/moving.js';

function app(id: string, cpus: number, constraints?: Placeable['constraints']): Placeable {
  return { id, cpus, mem: 1024, disk: 0, ...(constraints === undefined ? {} : { constraints }) };
}

function agent(hostname: string, cpus: number, used = 0): RegisteredAgent {
  const of = (amount: number) => ({ cpus: amount, mem: 4096, disk: 100 });
  return {
    ...{ id: `S-${hostname}`, hostname, port: 5051, isActive: true, version: '1.11.0' },
    ...{ total: of(cpus), used: { cpus: used, mem: 0, disk: 0 }, offered: of(0) },
  };
}

const bound = (to: string) => [['hostname', 'CLUSTER', to]];

describe('fatesOf', () => {
  it('moves what another agent has room for, counting what it gave away already', () => {
    const apps = [app('/small', 1), app('/large', 4), app('/second', 4)];
    const fates = fatesOf(apps, [agent('10.0.0.2', 6), agent('10.0.0.3', 6, 3)]);
    expect(fates).toEqual([
      { app: apps[0], becomes: 'moves', to: '10.0.0.3' },
      { app: apps[1], becomes: 'moves', to: '10.0.0.2' },
      { app: apps[2], becomes: 'no-room' },
    ]);
  });

  it('tells what no other agent may run from what none has room for', () => {
    const apps = [app('/bound', 1, bound('10.0.0.1')), app('/big', 8)];
    const becomes = fatesOf(apps, [agent('10.0.0.2', 6)]).map((fate) => fate.becomes);
    expect(becomes).toEqual(['bound', 'no-room']);
  });

  it('counts on no agent that is not connected', () => {
    const away = { ...agent('10.0.0.2', 6), isActive: false };
    expect(fatesOf([app('/a', 1)], [away])).toMatchObject([{ becomes: 'bound' }]);
  });
});

describe('permits', () => {
  it.each([
    [[['hostname', 'CLUSTER', '10.0.0.1']], true],
    [[['hostname', 'IS', '10.0.0.2']], false],
    [[['hostname', 'LIKE', '10\\.0\\.0\\.[12]']], true],
    [[['hostname', 'LIKE', '0.1']], false],
    [[['hostname', 'UNLIKE', '10.0.0.1']], false],
    [[['hostname', 'LIKE', '(']], true],
    [[['hostname', 'UNIQUE']], true],
    [[['rack', 'CLUSTER', 'r1']], true],
    [[], true],
  ])('%j: %s', (constraints, expected) => {
    expect(permits(app('/a', 1, constraints), '10.0.0.1')).toBe(expected);
  });
});

it('names agents that the configuration does not', () => {
  const ports = { agent: 5051 } as Parameters<typeof strangeAgents>[0]['ports'];
  const agents = [{ hostId: 'a1', address: '10.0.0.2' }];
  const registered = [agent('10.0.0.2', 1), agent('10.0.0.9', 1)];
  const strangers = strangeAgents({ agents, ports }, registered);
  expect(strangers.map(({ hostname }) => hostname)).toEqual(['10.0.0.9']);
  expect(strangersInWords('chameleon', strangers)).toMatch(/does not name: 10\.0\.0\.9;/);
  expect(strangersInWords('chameleon', [])).toBeUndefined();
  const twice = { ...agent('10.0.0.2', 1), port: 5052 };
  expect(strangeAgents({ agents, ports }, [twice])).toEqual([twice]);
});
