/** Tasks, deployments and the queue, beyond the examples. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Task } from '../../src/embedded/orchestrator.js';
import { CheckedServer } from './support/checked-server.js';

const NOW = '2026-01-02T03:04:05.678Z';
let server: CheckedServer;

function task(app: string, serial: number, rest: Partial<Task> = {}): Task {
  return {
    id: `${app}.instance-4a2f0c0e-5d2f-11ef-9a55-00000000000${serial}._app.1`,
    appId: `/${app}`,
    state: 'TASK_RUNNING',
    host: 'host-1',
    ports: [],
    ipAddresses: [],
    stagedAt: NOW,
    startedAt: NOW,
    version: NOW,
    health: [],
    ...rest,
  };
}

const statesOf = (app: string): string[] =>
  server.orchestrator.tasks(app).map(({ state }) => state);

async function listed(url: string): Promise<string[]> {
  const { body } = await server.request('GET', url);
  return (body as { tasks: { id: string }[] }).tasks.map(({ id }) => id);
}

beforeEach(async () => {
  server = new CheckedServer();
  for (const id of ['a', 'b']) {
    await server.request('POST', '/v2/apps', { id, cmd: 'sleep 1', instances: 2 });
  }
  server.orchestrator.finish();
  server.orchestrator.setTasks('/a', [task('a', 1), task('a', 2, { host: 'host-2' })]);
  server.orchestrator.setTasks('/b', [task('b', 1, { state: 'TASK_STAGING' })]);
});

describe('lists', () => {
  it('all, by status (unknown ones ignored), of an app, of a group', async () => {
    expect(await listed('/v2/tasks')).toHaveLength(3);
    expect(await listed('/v2/tasks?status=staging')).toEqual([task('b', 1).id]);
    expect(await listed('/v2/tasks?status[]=running')).toHaveLength(2);
    expect(await listed('/v2/tasks?status=lost')).toHaveLength(3);
    expect(await listed('/v2/apps/b/tasks')).toHaveLength(1);
    expect(await listed('/v2/apps/*/tasks')).toHaveLength(3);
    expect((await server.request('GET', '/v2/apps/nope/tasks')).status).toBe(404);
  });

  it('counts', async () => {
    const alive = { alive: true, consecutiveFailures: 0 };
    const tasks = [
      task('a', 1, { health: [alive] }),
      task('a', 2, { health: [alive, { alive: false, consecutiveFailures: 1 }] }),
      task('a', 3, { state: 'TASK_FAILED', health: [alive] }),
      task('a', 4, { state: 'TASK_STAGING' }),
    ];
    server.orchestrator.setTasks('/a', tasks);
    const { body } = await server.request('GET', '/v2/apps/a?embed=app.taskStats');
    expect(body).toMatchObject({
      app: { tasksStaged: 1, tasksRunning: 2, tasksHealthy: 1, tasksUnhealthy: 1 },
    });
    expect(body).toHaveProperty('app.tasksStats.totalSummary.stats.counts.running', 2);
  });
});

describe('kills', () => {
  it('all tasks of an app, or of a host', async () => {
    const { body } = await server.request('DELETE', '/v2/apps/a/tasks?host=host-2');
    expect(body).toHaveProperty('tasks.length', 1);
    expect(statesOf('/a')).toEqual(['TASK_RUNNING', 'TASK_KILLING']);
    await server.request('DELETE', '/v2/apps/a/tasks?host=*');
    expect(statesOf('/a')).toEqual(['TASK_KILLING', 'TASK_KILLING']);
  });

  it('one task', async () => {
    await server.request('DELETE', `/v2/apps/a/tasks/${task('a', 1).id}`);
    expect(statesOf('/a')).toEqual(['TASK_KILLING', 'TASK_RUNNING']);
    const bad = await server.request('DELETE', '/v2/apps/a/tasks/a.instance-x._app.1');
    expect(bad.status).toBe(422);
    expect((await server.request('DELETE', '/v2/apps/nope/tasks/x')).status).toBe(404);
  });

  it('scales down by what it kills', async () => {
    const url = `/v2/apps/a/tasks/${task('a', 1).id}?scale=true`;
    expect((await server.request('DELETE', url)).body).toHaveProperty('deploymentId');
    expect(server.orchestrator.app('/a')?.definition.instances).toBe(1);
    const other = await server.request('DELETE', '/v2/apps/a/tasks?scale=true');
    expect(other.status).toBe(409);
    const forced = await server.request('DELETE', '/v2/apps/a/tasks?scale=true&force=true');
    expect(forced.status).toBe(200);
    const missing = await server.request('DELETE', '/v2/apps/nope/tasks?scale=true');
    expect(missing.body).toEqual({ message: "Path '/nope' does not exist" });
  });

  it('by id, across apps; unknown ids are skipped', async () => {
    const ids = [task('a', 1).id, task('b', 1).id, task('b', 9).id];
    const { body } = await server.request('POST', '/v2/tasks/delete', { ids });
    expect(body).toHaveProperty('tasks.length', 2);
    expect(statesOf('/b')).toEqual(['TASK_KILLING']);
    const scaled = await server.request('POST', '/v2/tasks/delete?scale=true', { ids });
    expect(scaled.body).toHaveProperty('deploymentId');
    const bad = await server.request('POST', '/v2/tasks/delete', { ids: ['nonsense'] });
    expect(bad.status).toBe(400);
    expect((await server.request('POST', '/v2/tasks/delete', {})).status).toBe(422);
  });

  it.each([
    ['DELETE', '/v2/apps/a/tasks?scale=true&wipe=true', undefined],
    ['DELETE', '/v2/apps/a/tasks/x?scale=true&wipe=true', undefined],
    ['POST', '/v2/tasks/delete?scale=true&wipe=true', { ids: [] }],
  ] as const)('%s %s: not both', async (method, url, body) => {
    const answer = await server.request(method, url, body);
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({ message: 'You cannot use scale and wipe at the same time.' });
  });
});

describe('deployments', () => {
  it('are reverted, or forgotten with force', async () => {
    await server.request('PUT', '/v2/apps/a', { cmd: 'sleep 2' });
    const id = server.orchestrator.deployments()[0]!.id;
    const reverted = await server.request('DELETE', `/v2/deployments/${id}`);
    expect(reverted.status).toBe(200);
    expect(server.orchestrator.app('/a')?.definition.cmd).toBe('sleep 1');
    const revert = server.orchestrator.deployments()[0]!.id;
    expect((await server.request('DELETE', `/v2/deployments/${revert}?force=true`)).status).toBe(
      202,
    );
    expect(server.orchestrator.deployments()).toEqual([]);
  });
});

describe('the queue', () => {
  it('forgets a delay', async () => {
    const app = server.orchestrator.app('/a')!;
    const entry = {
      app,
      count: 1,
      since: NOW,
      delay: { timeLeftSeconds: 60, overdue: false },
      processedOffers: 3,
      unusedOffers: 3,
      rejections: [
        { reason: 'InsufficientCpus', declined: 1 },
        { reason: 'InsufficientPorts', declined: 2 },
      ] as const,
    };
    server.orchestrator.setQueue([entry]);
    expect((await server.request('DELETE', '/v2/queue/a/delay')).status).toBe(204);
    const { body } = await server.request('GET', '/v2/queue?embed=lastUnusedOffers');
    const queue = body as {
      queue: { processedOffersSummary: { rejectSummaryLastOffers: { declined: number }[] } }[];
    };
    const steps = queue.queue[0]!.processedOffersSummary.rejectSummaryLastOffers;
    expect(steps.filter(({ declined }) => declined > 0)).toEqual([
      { reason: 'InsufficientCpus', declined: 1, processed: 3 },
      { reason: 'InsufficientPorts', declined: 2, processed: 2 },
    ]);
  });
});
