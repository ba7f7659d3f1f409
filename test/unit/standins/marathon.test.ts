import { describe, expect, test } from 'vitest';
import type { AppDefinition } from '../../../src/embedded/orchestrator.js';
import type { AgentView } from '../../standins/mesos/common/mesos.js';
import { place, type PlacedTask } from '../../standins/mesos/marathon/placement.js';
import { environmentArguments, parseOptions } from '../../standins/mesos/marathon/settings.js';

const app: AppDefinition = {
  id: '/a',
  cpus: 1,
  mem: 100,
  disk: 0,
  gpus: 0,
  instances: 1,
  labels: {},
  networks: [{ mode: 'host' }],
  backoffSeconds: 1,
  backoffFactor: 1,
  maxLaunchDelaySeconds: 1,
  upgradeStrategy: { minimumHealthCapacity: 1, maximumOverCapacity: 1 },
  requirePorts: false,
  killSelection: 'YOUNGEST_FIRST',
  role: '*',
};
const agent = (id: string, cpus: number): AgentView => ({
  id,
  hostname: `host-${id}`,
  attributes: { rack: id },
  total: { cpus, mem: 1000, disk: 1000, ports: [{ begin: 31_000, end: 31_001 }] },
  used: { cpus: 0, mem: 0, disk: 0, ports: [] },
});
const agents = [agent('s0', 2), agent('s1', 4)];
const running = (agentId: string, cpus: number): PlacedTask => ({
  appId: '/a',
  agentId,
  host: `host-${agentId}`,
  resources: { cpus, mem: 100, disk: 0, ports: [31_000] },
});
const placed = (changed: Partial<AppDefinition>, tasks: readonly PlacedTask[] = []) => {
  const found = place({ ...app, ...changed }, agents, tasks);
  return 'agent' in found ? found.agent.id : found.rejections;
};

describe('a task goes', () => {
  test('where most is free', () => {
    expect(placed({})).toBe('s1');
    expect(placed({}, [running('s1', 3)])).toBe('s0');
  });
  test('nowhere when nothing suits, and why', () => {
    expect(placed({ cpus: 3 }, [running('s1', 3)])).toStrictEqual([
      'InsufficientCpus',
      'InsufficientCpus',
    ]);
    expect(placed({ mem: 2000 })).toStrictEqual(['InsufficientMemory', 'InsufficientMemory']);
  });
  test('to a host of its own', () => {
    const constraints = [['hostname', 'UNIQUE']];
    expect(placed({ constraints }, [running('s1', 1)])).toBe('s0');
    expect(placed({ constraints }, [running('s0', 1), running('s1', 1)])).toStrictEqual([
      'UnfulfilledConstraint',
      'UnfulfilledConstraint',
    ]);
  });
  test('to the host named', () => {
    expect(placed({ constraints: [['hostname', 'CLUSTER', 'host-s0']] })).toBe('s0');
    expect(placed({ constraints: [['rack', 'LIKE', 's[0]']] })).toBe('s0');
  });
  test('with host ports that are offered and free', () => {
    const ports = (port: number): Partial<AppDefinition> => ({
      requirePorts: true,
      portDefinitions: [{ port, protocol: 'tcp' }],
    });
    expect(placed(ports(31_000), [running('s1', 0)])).toBe('s0');
    expect(placed(ports(80))).toStrictEqual(['InsufficientPorts', 'InsufficientPorts']);
  });
});

describe('options of Marathon', () => {
  const options = (...args: string[]) => Object.fromEntries(parseOptions(args));
  test('are variables, too', () => {
    const env = {
      MARATHON_MASTER: 'zk://h/m',
      MARATHON_MESOS_AUTHENTICATION: '',
      MARATHON_APP_ID: '/outer',
      PATH: '/bin',
    };
    expect(options(...environmentArguments(env))).toStrictEqual({
      master: 'zk://h/m',
      mesos_authentication: 'true',
    });
  });
  test('may be switched off', () => {
    expect(options('--disable_ha', '--zk=zk://h/m')).toStrictEqual({ ha: 'false', zk: 'zk://h/m' });
  });
  test.each([
    [['--nosuch'], "Unknown option 'nosuch'"],
    [['--zk'], 'you should provide exactly one argument'],
    [['--http_port', 'x'], "Bad arguments for option 'http_port': 'x' - wrong arguments format"],
    [['--zk', 'a', '--zk', 'b'], "Bad arguments for option 'zk': 'a b'"],
    [['excess'], "Excess arguments provided: 'excess'"],
  ])('%j is refused', (args, message) => {
    expect(() => options(...args)).toThrow(message);
  });
});
