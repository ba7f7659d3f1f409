import { describe, expect, it } from 'vitest';
import type { AppDefinition } from '../../../src/embedded/orchestrator.js';
import { constraintsHold } from '../../../src/embedded/runtime/constraints.js';
import { matchOffer, unusedOffer } from '../../../src/embedded/runtime/offers.js';
import type { HeldResources, OfferContext } from '../../../src/embedded/runtime/offers.js';
import { app, docker, mapping } from './helpers.js';

function offer(held: Partial<HeldResources>[] = []): OfferContext {
  return {
    hostname: 'host1',
    total: { cpus: 1, mem: 100, disk: 10, ports: { first: 31000, last: 31001 } },
    held: held.map((one) => ({ appId: '/x', cpus: 0, mem: 0, disk: 0, ports: [], ...one })),
    random: () => 0,
  };
}

const small = { cpus: 0.1, mem: 10 };

describe('unusedOffer', () => {
  it('shows what is left, never less than nothing, and the free ports', () => {
    const context = offer([{ cpus: 0.1 }, { cpus: 0.2, mem: 120, disk: 4, ports: [31000, 80] }]);
    expect(unusedOffer(context, 'InsufficientMemory', 'now')).toEqual({
      timestamp: 'now',
      reason: 'InsufficientMemory',
      cpus: 0.7,
      mem: 0,
      disk: 6,
      ports: [{ begin: 31001, end: 31001 }],
    });
  });
});

describe('matchOffer', () => {
  it.each<[string, Partial<AppDefinition>, Partial<HeldResources>[], string | undefined]>([
    ['fits', small, [], undefined],
    [
      'fits to the last tenth',
      { ...small, cpus: 0.4 },
      [{ cpus: 0.1 }, { cpus: 0.2 }, { cpus: 0.3 }],
      undefined,
    ],
    ['cpus', { ...small, cpus: 0.8 }, [{ cpus: 0.3 }], 'InsufficientCpus'],
    ['memory', { ...small, mem: 101 }, [], 'InsufficientMemory'],
    ['disk', { ...small, disk: 11 }, [], 'InsufficientDisk'],
    ['gpus', { ...small, gpus: 1 }, [], 'InsufficientGpus'],
    ['role', { ...small, acceptedResourceRoles: ['slave_public'] }, [], 'UnfulfilledRole'],
    [
      'constraint',
      { ...small, constraints: [['hostname', 'UNIQUE']] },
      [{ appId: '/a' }],
      'UnfulfilledConstraint',
    ],
    [
      'a fixed port that is taken',
      { ...small, ...docker({}, { portMappings: [mapping(80, 9618)] }) },
      [{ ports: [9618] }],
      'InsufficientPorts',
    ],
    [
      'no port left',
      { ...small, ...docker({}, { portMappings: [mapping(80, 0)] }) },
      [{ ports: [31000, 31001] }],
      'InsufficientPorts',
    ],
    [
      'the same fixed port twice',
      { ...small, ...docker({}, { portMappings: [mapping(80, 99), mapping(81, 99)] }) },
      [],
      'InsufficientPorts',
    ],
  ])('%s', (...row) => {
    const [, fields, held, rejected] = row;
    const match = matchOffer(app('/a', fields), offer(held));
    expect('rejected' in match ? match.rejected : undefined).toBe(rejected);
  });

  it('assigns the ports of the host network, fixed ones where they are required', () => {
    const portDefinitions = [{ port: 10_000, protocol: 'tcp', name: 'web' }];
    const host = { ...small, networks: [{ mode: 'host' } as const], portDefinitions };
    expect(matchOffer(app('/a', host), offer())).toEqual({
      ports: [{ requested: 10_000, host: 31000, name: 'web' }],
    });
    expect(matchOffer(app('/a', { ...host, requirePorts: true }), offer())).toMatchObject({
      ports: [{ host: 10_000 }],
    });
  });
});

describe('constraintsHold', () => {
  it.each<[string[], number, boolean]>([
    [['hostname', 'UNIQUE'], 0, true],
    [['hostname', 'UNIQUE'], 1, false],
    [['@hostname', 'MAX_PER', '2'], 1, true],
    [['@hostname', 'MAX_PER', '2'], 2, false],
    [['hostname', 'CLUSTER', 'host1'], 5, true],
    [['hostname', 'CLUSTER', 'host2'], 0, false],
    [['hostname', 'CLUSTER'], 0, true],
    [['hostname', 'LIKE', 'host[0-9]'], 0, true],
    [['hostname', 'LIKE', 'host'], 0, false],
    [['hostname', 'UNLIKE', 'host'], 0, true],
    [['hostname', 'LIKE', '('], 0, false],
    [['hostname', 'IS', 'host1'], 0, true],
    [['hostname', 'GROUP_BY', '3'], 7, true],
    [['rack', 'GROUP_BY'], 0, false],
    [['rack', 'UNLIKE', 'r1'], 0, true],
  ])('%j with %d here: %s', (constraint, tasksHere, expected) => {
    expect(constraintsHold([constraint], { hostname: 'host1', tasksHere })).toBe(expected);
  });
});
