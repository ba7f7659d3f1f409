/** Docker's daemon itself is restarted under a real server: on a daemon in a container. */
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NestedDocker } from './nested-docker.js';
import { ServerProcess, bundleServer, freePort } from './server-process.js';
import { app, image } from './stage.js';

const scope = `cft-engine-${process.pid}`;
const address = '172.31.98.20';
let bundle: string;
let engine: NestedDocker | undefined;
let server: ServerProcess;
/** Why this machine cannot run a daemon in a container. */
let unfit = '';

beforeAll(async () => {
  try {
    engine = await NestedDocker.open(scope, image, '172.31.99.1/24');
  } catch (thrown) {
    unfit = String(thrown);
    return;
  }
  await engine.docker('network', 'create', '--subnet', '172.31.98.0/24', 'pinned');
  bundle = await bundleServer();
  server = new ServerProcess(bundle, scope, await freePort(), { DOCKER_SOCKET: engine.socket });
  await server.start();
});

afterAll(async () => {
  if (engine === undefined) return;
  await server.end('SIGKILL');
  await engine.close();
  await rm(dirname(bundle), { recursive: true });
});

interface Task {
  readonly id: string;
  readonly state: string;
  readonly ipAddresses: { readonly ipAddress: string }[];
}

async function runningTask(not = ''): Promise<Task> {
  return server.until(async () => {
    const { body } = await server.request('GET', '/v2/tasks');
    const { tasks } = body as { tasks: Task[] };
    const [only] = tasks;
    const other = only !== undefined && only.id !== not;
    return tasks.length === 1 && other && only.state === 'TASK_RUNNING' ? only : undefined;
  });
}

describe('a Docker daemon that is restarted', () => {
  it('starts no task twice, and has each app running again', async (context) => {
    if (engine === undefined) {
      context.skip(`no daemon in a container here: ${unfit}`);
      return;
    }
    const fields = { networks: [{ mode: 'container', name: 'pinned' }] };
    const pinned = app('app', fields, { parameters: [{ key: 'ip', value: address }] });
    await server.request('POST', '/v2/apps', pinned);
    let task = await runningTask();
    for (const signal of ['TERM', 'KILL'] as const) {
      await engine.end(signal);
      // The server answers from what it knows while the engine is away.
      expect((await server.request('GET', '/v2/apps/app')).status).toBe(200);
      await engine.start();
      const next = await runningTask(task.id);
      expect(next.ipAddresses).toMatchObject([{ ipAddress: address }]);
      const running = await engine.docker('ps', '--format', '{{.Label "crossflock.task"}}');
      expect(running).toBe(next.id);
      task = next;
    }
    const { body } = await server.request('GET', '/v2/apps');
    expect(body).toMatchObject({ apps: [{ id: '/app', tasksRunning: 1, deployments: [] }] });
  });
});
