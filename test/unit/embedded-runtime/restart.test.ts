import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Harness } from './harness.js';
import { app, docker } from './helpers.js';

let harness: Harness;

beforeEach(() => {
  harness = new Harness();
});

afterEach(() => harness.close());

/** All that a client can see. */
function view(server: Awaited<ReturnType<Harness['serve']>>): unknown {
  return {
    apps: server.apps(),
    versions: server.apps().map(({ definition }) => server.versions(definition.id)),
    tasks: server.tasks(),
    failures: server.apps().map(({ definition }) => server.lastFailure(definition.id)),
    deployments: server.deployments(),
    groups: server.groups(),
  };
}

describe('a server that takes over from one that was killed', () => {
  it('answers as before, and touches nothing', async () => {
    const { engine } = harness;
    const former = await harness.serve();
    await former.deploy(
      { put: [app('/a', { instances: 2 }), app('/g/b')], remove: [], groupsAdded: ['/empty'] },
      false,
    );
    await harness.quiet();
    engine.exit(engine.running().find(({ name }) => name.includes('g_b'))!.id, 7, { log: 'why' });
    await harness.pass(2000);
    await former.deploy({ put: [app('/a', { instances: 1 })], remove: [] }, false);
    await harness.quiet();
    await harness.crash(former);
    const calls = engine.calls.length;
    const next = await harness.serve();
    expect(view(next)).toEqual(view(former));
    expect(next.lastFailure('/g/b')?.message).toContain('why');
    expect(engine.calls.slice(calls)).toEqual([]);
  });

  it('lets an app wait on that has failed', async () => {
    const { engine } = harness;
    const former = await harness.serve();
    await former.deploy({ put: [app('/a', { backoffSeconds: 60 })], remove: [] }, false);
    await harness.quiet();
    engine.exit(engine.running()[0]!.id, 1);
    await harness.pass(20_000);
    await harness.crash(former);
    const next = await harness.serve();
    expect(next.queue()).toMatchObject([{ count: 1, delay: { timeLeftSeconds: 40 } }]);
    expect(next.tasks()).toEqual([]);
    await harness.pass(40_000);
    expect(next.tasks()).toHaveLength(1);
  });

  it('goes on with a deployment under its id', async () => {
    const { engine } = harness;
    engine.registry.set('other', true);
    engine.holdPulls();
    const former = await harness.serve();
    const { id } = await former.deploy(
      { put: [app('/a', docker({ image: 'other' }))], remove: [] },
      false,
    );
    await harness.quiet();
    await harness.crash(former);
    const next = await harness.serve();
    expect(next.deployments().map((deployment) => deployment.id)).toEqual([id]);
    engine.releasePulls();
    await harness.quiet();
    expect(next.tasks().map(({ state }) => state)).toEqual(['TASK_RUNNING']);
    expect(next.deployments()).toEqual([]);
    expect(
      harness.events.filter(({ eventType }) => eventType === 'deployment_success'),
    ).toMatchObject([{ id }]);
  });

  it('does not take for a failure what the former one had killed', async () => {
    const { engine } = harness;
    const former = await harness.serve();
    await former.deploy({ put: [app('/a')], remove: [] }, false);
    await harness.quiet();
    engine.stopsAtOnce = false;
    await former.killTasks([former.tasks()[0]!.id], { wipe: false });
    await harness.quiet();
    await harness.crash(former);
    engine.killNow(engine.running()[0]!.id);
    await harness.quiet();
    const next = await harness.serve();
    await harness.quiet();
    expect(next.lastFailure('/a')).toBeUndefined();
    expect(next.tasks().map(({ state }) => state)).toEqual(['TASK_RUNNING']);
    expect(engine.containers()).toHaveLength(1);
  });

  it('kills on what the former one was killing', async () => {
    const { engine } = harness;
    const former = await harness.serve();
    await former.deploy({ put: [app('/a')], remove: [] }, false);
    await harness.quiet();
    engine.stopsAtOnce = false;
    const { id } = await former.deploy({ put: [], remove: ['/a'] }, true);
    await harness.quiet();
    await harness.crash(former);
    engine.stopsAtOnce = true;
    const next = await harness.serve();
    expect(next.app('/a')).toBeUndefined();
    await harness.quiet();
    expect(engine.containers()).toEqual([]);
    expect(engine.volumes()).toEqual([]);
    expect(
      harness.events.filter(({ eventType }) => eventType === 'deployment_success').at(-1),
    ).toMatchObject({ id });
  });

  it('finds tasks that ended while there was no server, and starts them again', async () => {
    const { engine } = harness;
    const former = await harness.serve();
    await former.deploy({ put: [app('/a', { instances: 2 })], remove: [] }, false);
    await harness.quiet();
    await harness.crash(former);
    for (const { id } of engine.running()) engine.exit(id, 255);
    const next = await harness.serve();
    expect(next.tasks()).toEqual([]);
    expect(next.lastFailure('/a')?.message).toContain('status 255');
    await harness.pass(2000);
    expect(next.tasks().map(({ state }) => state)).toEqual(['TASK_RUNNING', 'TASK_RUNNING']);
  });

  it.each(Array.from({ length: 25 }, (_, turns) => turns))(
    'adopts what the former one had started a moment ago (%i)',
    async (turns) => {
      const { engine } = harness;
      const former = await harness.serve();
      await former.deploy({ put: [app('/a')], remove: [] }, false);
      await harness.quiet();
      await harness.crash(former);
      const [before] = engine.running();
      const next = harness.create();
      const started = next.start();
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      engine.tellStart(before!.id);
      await started;
      await harness.pass(5000);
      expect(engine.running()).toEqual([before]);
      expect(next.tasks()).toHaveLength(1);
    },
  );

  it('removes containers that were made but never started, and of apps that are gone', async () => {
    const { engine } = harness;
    const former = await harness.serve();
    await former.deploy({ put: [app('/a'), app('/b')], remove: [] }, false);
    await harness.quiet();
    await harness.crash(former);
    for (const { name, labels } of engine.volumes()) {
      if (labels['crossflock.app'] === '/b') engine.prune(name);
    }
    const { spec } = engine.running()[0]!;
    await engine.create({
      ...spec,
      name: 'never',
      labels: { ...spec.labels, 'crossflock.task': 'a.instance-x._app.1' },
    });
    const next = await harness.serve();
    await harness.quiet();
    expect(next.tasks().map(({ appId }) => appId)).toEqual(['/a']);
    expect(engine.containers()).toHaveLength(1);
  });
});

describe('an engine that goes away', () => {
  it('is waited for, and nothing is lost', async () => {
    const { engine } = harness;
    const server = await harness.serve();
    await server.deploy({ put: [app('/a')], remove: [] }, false);
    await harness.quiet();
    const before = view(server);
    engine.disconnect();
    await harness.pass(3000);
    await expect(server.deploy({ put: [app('/b')], remove: [] }, false)).rejects.toThrow(
      'does not answer',
    );
    expect(view(server)).toEqual(before);
    engine.connect();
    await harness.pass(5000);
    expect(view(server)).toEqual(before);
    await server.deploy({ put: [app('/b')], remove: [] }, false);
    await harness.quiet();
    expect(server.tasks()).toHaveLength(2);
  });

  it('may come back without its containers running', async () => {
    const { engine } = harness;
    const server = await harness.serve();
    await server.deploy({ put: [app('/a')], remove: [] }, false);
    await harness.quiet();
    engine.disconnect();
    engine.exit(engine.containers()[0]!.id, 137);
    engine.connect();
    await harness.pass(250);
    await harness.pass(2000);
    expect(server.tasks()[0]).toMatchObject({ state: 'TASK_RUNNING' });
    expect(server.tasks()[0]?.id).toContain('_app.2');
  });

  it('may be away when the server starts', async () => {
    const { engine } = harness;
    engine.disconnect();
    const server = harness.create();
    let ready = false;
    const started = server.start().then(() => {
      ready = true;
    });
    await harness.pass(10_000);
    expect(ready).toBe(false);
    engine.connect();
    await harness.pass(5000);
    await started;
    expect(ready).toBe(true);
  });
});

describe('two servers on one engine', () => {
  it('never see what is the other one’s', async () => {
    const { engine } = harness;
    const foreign = 'other';
    await engine.createVolume('x', {
      'crossflock.cluster': foreign,
      'crossflock.record': 'version',
      'crossflock.key': '/z',
      'crossflock.data': '{}',
    });
    const server = await harness.serve();
    expect(server.apps()).toEqual([]);
    expect(engine.volumes()).toHaveLength(1);
  });
});
