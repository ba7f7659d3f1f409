import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Harness } from './harness.js';
import { app, docker, mapping } from './helpers.js';

let harness: Harness;

beforeEach(() => {
  harness = new Harness();
});

afterEach(() => harness.close());

const network = { networks: [{ mode: 'container', name: 'net' } as const] };
const pinned = docker({ parameters: [{ key: 'ip', value: '172.16.0.2' }] });
const check = {
  protocol: 'HTTP',
  gracePeriodSeconds: 5,
  intervalSeconds: 10,
  timeoutSeconds: 5,
  maxConsecutiveFailures: 3,
  delaySeconds: 0,
} as const;

describe('a task that ends by itself', () => {
  it('is told about and started again with a growing delay, as the next of its instance', async () => {
    const { engine } = harness;
    const server = await harness.serve();
    await server.deploy(
      { put: [app('/a', { backoffSeconds: 2, backoffFactor: 3 })], remove: [] },
      false,
    );
    await harness.quiet();
    const [first] = server.tasks();
    engine.exit(engine.running()[0]!.id, 3, { log: 'line one\nboom' });
    await harness.quiet();
    expect(server.tasks()).toEqual([]);
    expect(server.lastFailure('/a')).toMatchObject({
      state: 'TASK_FAILED',
      taskId: first?.id,
      message: 'Container exited with status 3\nend of its output:\nline one\nboom',
    });
    expect(server.queue()).toMatchObject([
      { count: 1, delay: { timeLeftSeconds: 2, overdue: false } },
    ]);
    await harness.pass(2000);
    expect(server.tasks()[0]?.id).toBe(first?.id.replace('_app.1', '_app.2'));
    engine.exit(engine.running()[0]!.id, 3);
    await harness.quiet();
    expect(server.queue()).toMatchObject([{ delay: { timeLeftSeconds: 6 } }]);
    expect(server.resetDelay('/a')).toBe(true);
    await harness.quiet();
    expect(server.tasks()[0]?.state).toBe('TASK_RUNNING');
    expect(server.resetDelay('/a')).toBe(false);
  });

  it('begins with the first delay again when it had run for a minute', async () => {
    const { engine } = harness;
    const server = await harness.serve();
    await server.deploy(
      { put: [app('/a', { backoffSeconds: 1, backoffFactor: 10 })], remove: [] },
      false,
    );
    await harness.quiet();
    engine.exit(engine.running()[0]!.id, 1);
    await harness.pass(1000);
    await harness.pass(60_000);
    engine.exit(engine.running()[0]!.id, 1);
    await harness.quiet();
    expect(server.queue()).toMatchObject([{ delay: { timeLeftSeconds: 1 } }]);
  });

  it('keeps the last failed container of an app, and no other', async () => {
    const { engine } = harness;
    const server = await harness.serve();
    await server.deploy({ put: [app('/a')], remove: [] }, false);
    await harness.quiet();
    for (let round = 0; round < 3; round++) {
      engine.exit(engine.running()[0]!.id, 1);
      await harness.pass(2000);
    }
    expect(engine.containers().map(({ name }) => name.replace(/\.a\..*-/, '.'))).toEqual([
      'test.3.failed',
      'test.4',
    ]);
  });

  it('is finished, not failed, with status 0', async () => {
    const server = await harness.serve();
    await server.deploy({ put: [app('/a')], remove: [] }, false);
    await harness.quiet();
    harness.engine.exit(harness.engine.running()[0]!.id, 0);
    await harness.quiet();
    expect(server.lastFailure('/a')?.state).toBe('TASK_FINISHED');
  });

  it('says that memory ran out', async () => {
    const server = await harness.serve();
    await server.deploy({ put: [app('/a')], remove: [] }, false);
    await harness.quiet();
    harness.engine.exit(harness.engine.running()[0]!.id, 137, { oomKilled: true });
    await harness.quiet();
    expect(server.lastFailure('/a')?.message).toContain('out of memory (limit 128 MB)');
  });
});

describe('a task that cannot be started', () => {
  it.each([
    [
      'an image that is nowhere',
      docker({ image: 'none:1' }),
      'image none:1 could not be pulled: manifest for none:1 not found',
    ],
    ['a network that is missing', network, 'network missing: network net not found'],
    [
      'a parameter that is unknown',
      docker({ parameters: [{ key: 'gpus', value: 'all' }] }),
      'docker parameter "gpus" is not supported',
    ],
    ['no image', { container: undefined }, 'the app names no Docker image'],
  ])('%s', async (_, fields, message) => {
    const server = await harness.serve();
    await server.deploy(
      { put: [{ ...app('/a'), ...fields } as ReturnType<typeof app>], remove: [] },
      false,
    );
    await harness.quiet();
    expect(server.lastFailure('/a')).toMatchObject({ state: 'TASK_FAILED' });
    expect(server.lastFailure('/a')?.message).toContain(message);
    expect(server.queue()).toMatchObject([{ count: 1, delay: { timeLeftSeconds: 1 } }]);
    expect(server.deployments()).toHaveLength(1);
  });

  it('an address in use, until it is free', async () => {
    const { engine } = harness;
    engine.networks.add('net');
    const server = await harness.serve();
    await server.deploy({ put: [app('/a', { ...pinned, ...network })], remove: [] }, false);
    await harness.quiet();
    await server.deploy({ put: [app('/b', { ...pinned, ...network })], remove: [] }, false);
    await harness.quiet();
    expect(server.lastFailure('/b')?.message).toBe('IP address in use: Address already in use');
    await server.deploy({ put: [], remove: ['/a'] }, true);
    await harness.pass(2000);
    expect(server.tasks('/b')[0]).toMatchObject({
      state: 'TASK_RUNNING',
      ipAddresses: [{ ipAddress: '172.16.0.2' }],
    });
  });

  it('takes other host ports when somebody else has the picked ones', async () => {
    const { engine } = harness;
    const taken = await engine.create({
      ...foreignSpec(),
      publish: [{ container: '1/tcp', hostAddress: '', hostPort: 31000 }],
    });
    await engine.start(taken);
    const server = await harness.serve();
    await server.deploy(
      { put: [app('/a', docker({}, { portMappings: [mapping(80, 0)] }))], remove: [] },
      false,
    );
    await harness.quiet();
    expect(server.tasks()[0]).toMatchObject({ state: 'TASK_RUNNING', ports: [31001] });
    expect(server.lastFailure('/a')).toBeUndefined();
  });

  it('pulls one image once for all who want it, and can be deleted meanwhile', async () => {
    const { engine } = harness;
    engine.registry.set('other', true);
    engine.holdPulls();
    const server = await harness.serve();
    const other = docker({ image: 'other' });
    await server.deploy(
      { put: [app('/a', { ...other, instances: 2 }), app('/b', other)], remove: [] },
      false,
    );
    await harness.quiet();
    expect(server.tasks().map(({ state }) => state)).toEqual([
      'TASK_STAGING',
      'TASK_STAGING',
      'TASK_STAGING',
    ]);
    await server.deploy({ put: [], remove: ['/b'] }, true);
    await harness.quiet();
    expect(server.tasks('/b')).toEqual([]);
    engine.releasePulls();
    await harness.quiet();
    expect(engine.calls.filter((call) => call.startsWith('pull'))).toEqual(['pull other']);
    expect(engine.running()).toHaveLength(2);
  });
});

describe('tasks that are killed', () => {
  it('are no failures, and a replacement follows at once', async () => {
    const server = await harness.serve();
    await server.deploy({ put: [app('/a')], remove: [] }, false);
    await harness.quiet();
    const [task] = server.tasks();
    await server.killTasks([task!.id, 'unknown'], { wipe: false });
    await harness.quiet();
    expect(server.lastFailure('/a')).toBeUndefined();
    expect(server.tasks()[0]?.id).toBe(task?.id.replace('_app.1', '_app.2'));
    expect(
      harness.engine.calls.some((call) => call.startsWith('stop test.a.') && call.endsWith(' 3')),
    ).toBe(true);
  });

  it('get the time that their app gives them', async () => {
    const server = await harness.serve();
    await server.deploy(
      { put: [app('/a', { taskKillGracePeriodSeconds: 20 })], remove: [] },
      false,
    );
    await harness.quiet();
    await server.killTasks([server.tasks()[0]!.id], { wipe: false });
    await harness.quiet();
    expect(
      harness.engine.calls.some((call) => call.startsWith('stop') && call.endsWith(' 20')),
    ).toBe(true);
  });

  it('lower the instances of their apps when scaled', async () => {
    const server = await harness.serve();
    await server.deploy({ put: [app('/a', { instances: 3 })], remove: [] }, false);
    await harness.quiet();
    const [, second] = server.tasks();
    await server.killAndScale([second!.id], false);
    await harness.quiet();
    expect(server.app('/a')?.definition.instances).toBe(2);
    expect(server.tasks().map(({ id }) => id)).not.toContain(second?.id);
    expect(server.tasks()).toHaveLength(2);
    expect(server.deployments()).toEqual([]);
  });
});

describe('health checks', () => {
  const checked = app('/a', {
    healthChecks: [check],
    ...docker({}, { portMappings: [mapping(80)] }),
  });

  it('hold the deployment until the task is healthy; failures in the grace period do not count', async () => {
    harness.outcome = { alive: false, cause: 'refused' };
    const server = await harness.serve();
    await server.deploy({ put: [checked], remove: [] }, false);
    await harness.quiet();
    expect(server.tasks()[0]).toMatchObject({ state: 'TASK_RUNNING', health: [] });
    expect(server.deployments()).toHaveLength(1);
    harness.outcome = { alive: true };
    await harness.pass(10_000);
    expect(server.tasks()[0]?.health).toMatchObject([{ alive: true, consecutiveFailures: 0 }]);
    expect(server.deployments()).toEqual([]);
    expect(harness.types()).toContain('health_status_changed_event');
  });

  it('kill the task after so many failures in a row, which is its failure', async () => {
    const server = await harness.serve();
    await server.deploy({ put: [checked], remove: [] }, false);
    await harness.quiet();
    const [task] = server.tasks();
    harness.outcome = { alive: false, cause: 'HTTP status 500' };
    await harness.pass(20_000);
    expect(server.tasks()[0]?.health).toMatchObject([{ alive: false, consecutiveFailures: 2 }]);
    await harness.pass(10_000);
    expect(server.lastFailure('/a')).toMatchObject({
      taskId: task?.id,
      state: 'TASK_KILLED',
      message: 'Task was killed since health check failed. Reason: HTTP status 500',
    });
    expect(server.tasks()[0]?.id).toBe(task?.id.replace('_app.1', '_app.2'));
    expect(harness.types()).toEqual(
      expect.arrayContaining([
        'failed_health_check_event',
        'unhealthy_instance_kill_event',
        'add_health_check_event',
      ]),
    );
  });
});

function foreignSpec(): Parameters<Harness['engine']['create']>[0] {
  return {
    name: 'foreign',
    image: 'image',
    env: {},
    labels: {},
    tty: false,
    privileged: false,
    network: 'bridge',
    publish: [],
    exposed: [],
    binds: [],
    memory: 0,
    memorySwap: 0,
    cpuShares: 0,
    cpuQuota: 0,
    cpuPeriod: 0,
    extra: {
      networkAliases: [],
      capAdd: [],
      capDrop: [],
      devices: [],
      tmpfs: {},
      securityOpt: [],
      dns: [],
      dnsSearch: [],
      extraHosts: [],
      groupAdd: [],
      ulimits: [],
      sysctls: {},
      logOptions: {},
    },
  };
}
