/** Somebody uses Docker's own commands on what the server looks after. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DockerOrchestrator } from '../../../src/embedded/runtime/docker-orchestrator.js';
import { Harness } from './harness.js';
import { app, docker } from './helpers.js';

let harness: Harness;
let server: DockerOrchestrator;

/** A task with an address of its own, so that nothing else can run while it does. */
const pinned = docker({ parameters: [{ key: 'ip', value: '172.16.0.2' }] });

beforeEach(async () => {
  harness = new Harness();
  server = await harness.serve();
  await server.deploy({ put: [app('/a', pinned)], remove: [] }, false);
  await harness.quiet();
});

afterEach(() => harness.close());

const first = (): string => harness.engine.running()[0]!.id;

/** The app runs as wanted: one task, and its container is the only one that runs. */
function expectOneTask(): void {
  expect(server.tasks().map(({ state }) => state)).toEqual(['TASK_RUNNING']);
  const [running, ...others] = harness.engine.running();
  expect(others).toEqual([]);
  expect(running?.labels['crossflock.task']).toBe(server.tasks()[0]?.id);
}

describe('docker restart', () => {
  // Docker starts the container again at any moment of the server's dealing with its end.
  it.each(Array.from({ length: 60 }, (_, turns) => turns))(
    'ends in one task, however late the start (%i)',
    async (turns) => {
      const { engine } = harness;
      const id = first();
      engine.exit(id, 143);
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      await engine.start(id);
      await harness.pass(5000);
      expectOneTask();
    },
  );

  it('of a task that is being killed does not keep it', async () => {
    const { engine } = harness;
    engine.stopsAtOnce = false;
    await server.killTasks([server.tasks()[0]!.id], { wipe: false });
    await harness.quiet();
    const id = first();
    engine.exit(id, 143);
    await engine.start(id);
    await harness.quiet();
    engine.stopsAtOnce = true;
    expectOneTask();
    expect(first()).not.toBe(id);
    expect(server.lastFailure('/a')).toBeUndefined();
  });
});

describe('docker start of a failed container', () => {
  it('is undone, and its output can still be looked at', async () => {
    const { engine } = harness;
    const id = first();
    engine.exit(id, 1);
    await harness.quiet();
    await engine.start(id);
    await harness.pass(2000);
    expectOneTask();
    expect(server.lastFailure('/a')?.message).toContain('status 1');
    expect(engine.containers().find((container) => container.id === id)).toMatchObject({
      phase: 'exited',
      name: expect.stringMatching(/\.failed$/) as string,
    });
  });

  it.each(['while there is no server', 'while the stream of events is down'])(
    'is undone, %s',
    async (when) => {
      const { engine } = harness;
      const id = first();
      engine.exit(id, 1);
      await harness.quiet();
      if (when === 'while there is no server') {
        await harness.crash(server);
        await engine.start(id);
        server = await harness.serve();
      } else {
        engine.breakStreams();
        await engine.start(id);
      }
      await harness.pass(5000);
      expectOneTask();
      expect(engine.containers()).toHaveLength(2);
    },
  );

  it('is undone under any name', async () => {
    const { engine } = harness;
    const id = first();
    engine.exit(id, 1);
    await harness.quiet();
    await engine.rename(id, 'mine');
    await engine.start(id);
    await harness.pass(2000);
    expectOneTask();
  });
});

describe('docker rename', () => {
  it('does not matter to a task', async () => {
    const { engine } = harness;
    const [before] = server.tasks();
    await engine.rename(first(), 'mine');
    await harness.crash(server);
    server = await harness.serve();
    expect(server.tasks()).toEqual([before]);
    await server.deploy({ put: [], remove: ['/a'] }, false);
    await harness.quiet();
    expect(engine.containers()).toEqual([]);
  });

  it('of a failed container does not make a task of it', async () => {
    const { engine } = harness;
    const id = first();
    engine.exit(id, 1);
    await harness.pass(2000);
    const failure = server.lastFailure('/a');
    const [task] = server.tasks();
    await engine.rename(id, 'mine');
    await harness.crash(server);
    server = await harness.serve();
    expect(server.lastFailure('/a')).toEqual(failure);
    expect(server.tasks()).toEqual([task]);
    expectOneTask();
  });
});

describe('docker rm', () => {
  it('of a task is its failure, and another one follows', async () => {
    const { engine } = harness;
    await engine.remove(first());
    await harness.pass(2000);
    expect(server.lastFailure('/a')).toMatchObject({ state: 'TASK_FAILED' });
    expectOneTask();
  });

  it('of a failed container changes nothing', async () => {
    const { engine } = harness;
    const id = first();
    engine.exit(id, 1);
    await harness.pass(2000);
    await engine.remove(id);
    await harness.pass(2000);
    expectOneTask();
    engine.exit(first(), 1);
    await harness.pass(5000);
    expectOneTask();
    expect(engine.containers()).toHaveLength(2);
  });
});

describe('docker volume rm', () => {
  it('of records: they are written again', async () => {
    const { engine } = harness;
    const before = engine.volumes();
    for (const { name } of before) engine.prune(name);
    await harness.quiet();
    expect(engine.volumes()).toEqual(before);
  });
});

describe('a stream of events that breaks', () => {
  it('does not cost the kept container of a failed task', async () => {
    const { engine } = harness;
    const id = first();
    engine.exit(id, 1);
    await harness.pass(2000);
    engine.breakStreams();
    await harness.pass(5000);
    expect(engine.containers().map((container) => container.id)).toContain(id);
    expectOneTask();
  });
});
