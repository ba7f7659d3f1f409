import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Orchestrator } from '../../../src/embedded/orchestrator.js';
import { LockedError } from '../../../src/embedded/orchestrator.js';
import { Harness } from './harness.js';
import { app, docker, mapping } from './helpers.js';

let harness: Harness;

const states = (server: Orchestrator, id?: string): string[] =>
  server.tasks(id).map(({ state }) => state);

beforeEach(() => {
  harness = new Harness();
});

afterEach(() => harness.close());

describe('an app from its creation to its end', () => {
  it('runs, and the deployment ends', async () => {
    const server = await harness.serve();
    const deployment = await server.deploy({ put: [app('/a/b')], remove: [] }, false);
    expect(deployment).toMatchObject({
      affectedApps: ['/a/b'],
      steps: [
        { actions: [{ action: 'StartApplication', app: '/a/b' }] },
        { actions: [{ action: 'ScaleApplication', app: '/a/b' }] },
      ],
      currentStep: 1,
    });
    await harness.quiet();
    const [task] = server.tasks('/a/b');
    expect(task?.id).toMatch(
      /^a_b\.instance-[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[0-9a-f-]{17}\._app\.1$/,
    );
    expect(task).toMatchObject({
      state: 'TASK_RUNNING',
      host: 'host1',
      version: deployment.version,
    });
    expect(server.deployments()).toEqual([]);
    expect(server.app('/a/b')?.version).toBe(deployment.version);
    expect(harness.types().filter((type) => !type.startsWith('instance_'))).toEqual([
      'deployment_info',
      'deployment_step_success',
      'deployment_info',
      'status_update_event',
      'status_update_event',
      'status_update_event',
      'deployment_step_success',
      'deployment_success',
    ]);
    const statuses = harness.events.filter(({ eventType }) => eventType === 'status_update_event');
    expect(statuses.map((event) => event['taskStatus'])).toEqual([
      'TASK_STAGING',
      'TASK_STARTING',
      'TASK_RUNNING',
    ]);
  });

  it('is deleted: out of sight at once, then its container and all records go', async () => {
    const server = await harness.serve();
    await server.deploy({ put: [app('/a')], remove: [] }, false);
    await harness.quiet();
    harness.engine.stopsAtOnce = false;
    const { id } = await server.deploy({ put: [], remove: ['/a'] }, true);
    await harness.quiet();
    expect(server.app('/a')).toBeUndefined();
    expect(states(server, '/a')).toEqual(['TASK_KILLING']);
    expect(server.deployments().map((deployment) => deployment.id)).toEqual([id]);
    harness.engine.killNow(harness.engine.running()[0]!.id);
    await harness.quiet();
    expect(server.tasks()).toEqual([]);
    expect(server.deployments()).toEqual([]);
    expect(harness.engine.containers()).toEqual([]);
    expect(harness.engine.volumes()).toEqual([]);
    expect(harness.types()).toContain('app_terminated_event');
    expect(server.lastFailure('/a')).toBeUndefined();
  });

  it('is scaled without a new configuration, and restarted with one', async () => {
    const server = await harness.serve();
    const first = await server.deploy({ put: [app('/a')], remove: [] }, false);
    await harness.quiet();
    await harness.pass(1000);
    const second = await server.deploy(
      { put: [{ ...server.app('/a')!.definition, instances: 2 }], remove: [] },
      false,
    );
    await harness.quiet();
    expect(server.tasks('/a')).toHaveLength(2);
    expect(server.app('/a')).toMatchObject({
      version: second.version,
      lastScalingAt: second.version,
      lastConfigChangeAt: first.version,
    });
    const before = server.tasks('/a').map((task) => task.id);
    const third = await server.deploy({ put: [], remove: [], restart: ['/a'] }, false);
    expect(third.steps).toEqual([{ actions: [{ action: 'RestartApplication', app: '/a' }] }]);
    await harness.quiet();
    expect(states(server, '/a')).toEqual(['TASK_RUNNING', 'TASK_RUNNING']);
    expect(server.tasks('/a').some(({ id }) => before.includes(id))).toBe(false);
    expect(server.versions('/a').map(({ version }) => version)).toEqual([
      third.version,
      second.version,
      first.version,
    ]);
  });

  it('keeps so many versions and no more', async () => {
    const server = await harness.serve();
    for (let mem = 10; mem < 15; mem++) {
      await server.deploy({ put: [app('/a', { mem, instances: 0 })], remove: [] }, true);
      await harness.quiet();
    }
    expect(server.versions('/a').map(({ definition }) => definition.mem)).toEqual([14, 13, 12]);
    expect(harness.engine.volumes()).toHaveLength(3);
  });

  it('changes nothing where there is no difference', async () => {
    const server = await harness.serve();
    const { version } = await server.deploy({ put: [app('/a')], remove: [] }, false);
    await harness.quiet();
    const again = await server.deploy({ put: [app('/a')], remove: [] }, false);
    expect(again.steps).toEqual([]);
    expect(server.deployments()).toEqual([]);
    expect(server.app('/a')?.version).toBe(version);
  });
});

describe('deployments that meet', () => {
  it('locks an app until its deployment has ended, and force overrides', async () => {
    const server = await harness.serve();
    const first = await server.deploy({ put: [app('/a', { mem: 5000 })], remove: [] }, false);
    await harness.quiet();
    const change = { put: [app('/a', { mem: 64 })], remove: [] };
    const refused = server.deploy(change, false);
    await expect(refused).rejects.toBeInstanceOf(LockedError);
    await expect(refused).rejects.toMatchObject({ deployments: [first.id] });
    await server.deploy(change, true);
    await harness.quiet();
    expect(states(server)).toEqual(['TASK_RUNNING']);
    expect(server.deployments()).toEqual([]);
    expect(harness.events.find(({ eventType }) => eventType === 'deployment_failed')).toMatchObject(
      {
        id: first.id,
        reason: 'The upgrade has been cancelled',
      },
    );
  });

  it('takes a deployment back', async () => {
    const server = await harness.serve();
    await server.deploy({ put: [app('/a')], remove: [] }, false);
    await harness.quiet();
    const stuck = await server.deploy(
      { put: [app('/a', { mem: 5000 }), app('/b', { mem: 5000 })], remove: [] },
      false,
    );
    await harness.quiet();
    const back = await server.cancelDeployment(stuck.id, false);
    await harness.quiet();
    expect(back?.id).not.toBe(stuck.id);
    expect(server.deployments()).toEqual([]);
    expect(server.app('/a')?.definition.mem).toBe(128);
    expect(server.app('/b')).toBeUndefined();
    expect(states(server)).toEqual(['TASK_RUNNING']);
  });

  it('follows dependencies: the second app starts when the first one is healthy', async () => {
    const server = await harness.serve();
    harness.outcome = { alive: false, cause: 'not yet' };
    const check = {
      protocol: 'TCP',
      gracePeriodSeconds: 300,
      intervalSeconds: 10,
      timeoutSeconds: 5,
      maxConsecutiveFailures: 3,
      delaySeconds: 0,
    } as const;
    const first = app('/db', {
      healthChecks: [check],
      ...docker({}, { portMappings: [mapping(5432, 0)] }),
    });
    await server.deploy(
      { put: [app('/web', { dependencies: ['/db'] }), first], remove: [] },
      false,
    );
    await harness.quiet();
    expect(server.tasks('/web')).toEqual([]);
    harness.outcome = { alive: true };
    await harness.pass(10_000);
    await harness.quiet();
    expect(states(server, '/web')).toEqual(['TASK_RUNNING']);
    expect(server.deployments()).toEqual([]);
  });
});

describe('what cannot be launched waits in the queue', () => {
  it('says which resource is missing, and starts when it is free', async () => {
    const server = await harness.serve(1);
    await server.deploy({ put: [app('/a')], remove: [] }, false);
    await harness.quiet();
    await server.deploy({ put: [app('/b')], remove: [] }, false);
    await harness.quiet();
    expect(server.queue()).toMatchObject([
      {
        count: 1,
        delay: { timeLeftSeconds: 0, overdue: true },
        rejections: [{ reason: 'InsufficientCpus' }],
      },
    ]);
    await server.deploy({ put: [], remove: ['/a'] }, true);
    await harness.quiet();
    expect(states(server, '/b')).toEqual(['TASK_RUNNING']);
    expect(server.queue()).toEqual([]);
  });

  it('is no longer in the queue when it is deleted', async () => {
    const server = await harness.serve(1);
    await server.deploy({ put: [app('/a', { cpus: 2 })], remove: [] }, false);
    await harness.quiet();
    expect(server.queue()).toHaveLength(1);
    await server.deploy({ put: [], remove: ['/a'] }, true);
    await harness.quiet();
    expect(server.queue()).toEqual([]);
  });
});
