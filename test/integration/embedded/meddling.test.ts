/** Somebody uses Docker's own commands on the containers of a real server. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { docker, runningOf } from './docker-cli.js';
import { Stage } from './stage.js';
import type { TaskView } from './stage.js';

let stage: Stage;
let task: TaskView;
let container: string;

/** Waits for one running task whose container is the only one that runs. */
async function oneTask(): Promise<TaskView> {
  return stage.server.until(async () => {
    const [only, ...others] = await stage.tasks('app');
    if (only?.state !== 'TASK_RUNNING' || others.length > 0) return undefined;
    const running = await stage.runningContainers();
    return running === (await stage.containerOf(only.id)) ? only : undefined;
  });
}

beforeAll(async () => {
  stage = await Stage.open('meddling');
});

beforeEach(async () => {
  await stage.create(stage.pinned('app', 20));
  const [first] = await stage.running('app', 1);
  task = first!;
  container = await stage.containerOf(task.id);
});

afterEach(() => stage.clear());

afterAll(() => stage.close());

async function nameOf(id: string): Promise<string> {
  return docker('inspect', '--format', '{{.Name}}', id);
}

async function isRunning(id: string): Promise<boolean> {
  return (await docker('inspect', '--format', '{{.State.Running}}', id)) === 'true';
}

describe('docker restart', () => {
  it.each([1, 2, 3])('ends in one task with the address (%i)', async () => {
    await docker('restart', '--time', '0', container);
    const after = await oneTask();
    expect(after.ipAddresses).toEqual(task.ipAddresses);
    // The address is free for the next one, so nothing else runs.
    await stage.server.request('POST', '/v2/apps/app/restart?force=true');
    const [next] = await stage.running('app', 1);
    expect(next?.ipAddresses).toEqual(task.ipAddresses);
  });
});

describe('docker start of a failed container', () => {
  it('is undone, and the app goes on', async () => {
    await docker('kill', container);
    const { state } = await stage.failureOf('app');
    expect(state).toBe('TASK_FAILED');
    // It gets the address only while the next task does not have it yet, which then has to try again.
    await docker('start', container).catch(() => '');
    const next = await oneTask();
    expect(next.id).not.toBe(task.id);
    expect(next.id.replace(/\d+$/, '')).toBe(task.id.replace(/\d+$/, ''));
    expect(await isRunning(container)).toBe(false);
    expect(await nameOf(container)).toMatch(/\.failed$/);
  });

  it('is undone when there was no server to see it', async () => {
    const { server } = stage;
    await docker('kill', container);
    await stage.failureOf('app');
    await oneTask();
    await server.end('SIGKILL');
    const next = await stage.runningContainers();
    await docker('stop', '--time', '0', next);
    await docker('start', container);
    await server.start();
    const after = await oneTask();
    expect(after.ipAddresses).toMatchObject([{ ipAddress: `${stage.prefix}.20` }]);
  });
});

describe('docker pause', () => {
  it('does not end the task; a paused one can be deleted', async () => {
    await docker('pause', container);
    expect(await stage.tasks('app')).toEqual([task]);
    await docker('unpause', container);
    expect(await stage.tasks('app')).toEqual([task]);
    await docker('pause', container);
    await stage.clear();
    expect(await runningOf(stage.scope)).toEqual([]);
  });
});

describe('docker rename', () => {
  it('does not matter', async () => {
    await docker('rename', container, `${stage.scope}-mine`);
    await stage.server.end('SIGKILL');
    await stage.server.start();
    expect(await stage.tasks('app')).toEqual([task]);
    await stage.clear();
    expect(await runningOf(stage.scope)).toEqual([]);
  });
});

describe('docker rm -f', () => {
  it('is a failure of the task, and another one follows', async () => {
    await docker('rm', '--force', container).catch(deadAllTheSame);
    expect(await stage.failureOf('app')).toMatchObject({ taskId: task.id, state: 'TASK_FAILED' });
    const next = await oneTask();
    expect(next.ipAddresses).toEqual(task.ipAddresses);
  });
});

/**
 * The server renames a task's container when it dies, and `docker rm --force` first kills and then
 * removes: Docker 20.10 may find its folder written to meanwhile and complain. The container is dead
 * by then, which is all that the test is about.
 */
function deadAllTheSame(error: unknown): void {
  if (!String(error).includes('directory not empty')) throw error;
}
