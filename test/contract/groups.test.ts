/** Groups, beyond the examples. */
import { beforeEach, describe, expect, it } from 'vitest';
import { CheckedServer } from './support/checked-server.js';

let server: CheckedServer;
const app = (id: string, rest: object = {}): object => ({ id, cmd: 'sleep 1', ...rest });
const ids = (): string[] => server.orchestrator.apps().map(({ definition }) => definition.id);

async function put(url: string, body: object): Promise<void> {
  const answer = await server.request('PUT', url, body);
  expect(answer.status, answer.text).toBe(200);
  server.orchestrator.finish();
}

beforeEach(async () => {
  server = new CheckedServer();
  await server.request('POST', '/v2/groups', {
    id: 'kinc',
    apps: [app('submitter', { dependencies: ['sub/db'] })],
    groups: [{ id: 'sub', apps: [app('db', { instances: 3 })] }],
  });
  server.orchestrator.finish();
});

describe('groups', () => {
  it('take ids and dependencies relative to the group', () => {
    expect(ids()).toEqual(['/kinc/submitter', '/kinc/sub/db']);
    expect(server.orchestrator.app('/kinc/submitter')?.definition.dependencies).toEqual([
      '/kinc/sub/db',
    ]);
  });

  it('are shown as a tree, with what is asked for', async () => {
    const { body } = await server.request('GET', '/v2/groups/kinc');
    expect(body).toMatchObject({
      id: '/kinc',
      apps: [{ id: '/kinc/submitter', tasksRunning: 0 }],
      groups: [{ id: '/kinc/sub', apps: [{ id: '/kinc/sub/db' }] }],
    });
    const bare = await server.request('GET', '/v2/groups/kinc?embed=group.apps');
    expect(bare.body).toMatchObject({ groups: [], apps: [{ id: '/kinc/submitter' }] });
    expect(bare.body).not.toHaveProperty('apps.0.tasksRunning');
    await server.request('GET', '/v2/groups//kinc/sub/?embed=group.apps&embed=group.apps.tasks');
    expect((await server.request('GET', '/v2/groups/kinc/apps')).body).toHaveLength(2);
  });

  it('lose the apps and groups that a PUT leaves out of a list, and keep what it does not list', async () => {
    await put('/v2/groups/kinc', { apps: [app('other')] });
    expect(ids()).toEqual(['/kinc/sub/db', '/kinc/other']);
    await put('/v2/groups/kinc', { groups: [{ id: 'empty' }] });
    expect(ids()).toEqual(['/kinc/other']);
    expect(server.orchestrator.groups()).toContain('/kinc/empty');
    expect(server.orchestrator.groups()).not.toContain('/kinc/sub');
  });

  it('say beforehand what they would do', async () => {
    const wanted = { apps: [app('other')] };
    const { body } = await server.request('PUT', '/v2/groups/kinc?dryRun=true', wanted);
    expect(body).toEqual({
      steps: [
        { actions: [{ action: 'StartApplication', app: '/kinc/other' }] },
        { actions: [{ action: 'ScaleApplication', app: '/kinc/other' }] },
        { actions: [{ action: 'StopApplication', app: '/kinc/submitter' }] },
      ],
    });
    expect(ids()).toEqual(['/kinc/submitter', '/kinc/sub/db']);
  });

  it('scale, rounding up', async () => {
    await put('/v2/groups/kinc', { scaleBy: 1.5 });
    const instances = server.orchestrator.apps().map(({ definition }) => definition.instances);
    expect(instances).toEqual([2, 5]);
  });

  it('go back to a version', async () => {
    const { body } = await server.request('GET', '/v2/groups/kinc/versions');
    const [first] = body as string[];
    await put('/v2/groups/kinc', { scaleBy: 2 });
    await put('/v2/groups/kinc', { version: first });
    expect(server.orchestrator.app('/kinc/sub/db')?.definition.instances).toBe(3);
    expect((await server.request('GET', `/v2/groups/kinc/versions/${first}`)).status).toBe(200);
    const none = { version: '2020-01-01T00:00:00.000Z' };
    expect((await server.request('PUT', '/v2/groups/kinc', none)).status).toBe(422);
  });

  it('vanish with their apps', async () => {
    expect((await server.request('DELETE', '/v2/groups/kinc')).status).toBe(200);
    expect(ids()).toEqual([]);
    expect((await server.request('GET', '/v2/groups/kinc')).status).toBe(404);
    expect((await server.request('DELETE', '/v2/groups/kinc')).status).toBe(404);
    expect((await server.request('DELETE', '/v2/groups')).status).toBe(200);
  });

  it.each([
    ['scaleBy with more', { scaleBy: 2, apps: [] }, '/scaleBy'],
    ['an app of another group', { apps: [app('/else/where')] }, '/apps(0)/id'],
    ['a bad id inside', { groups: [{ id: 'Sub' }] }, '/groups(0)/id'],
    ['a reserved id', { groups: [{ id: 'tasks' }] }, '/groups(0)/id'],
  ])('refuse %s', async (_what, body, path) => {
    const answer = await server.request('PUT', '/v2/groups/kinc', body);
    expect(answer.status).toBe(422);
    expect(answer.body).toHaveProperty('details.0.path', path);
  });

  it('take enforceRole for top-level groups', async () => {
    const url = '/v2/groups/kinc';
    expect((await server.request('PATCH', url, { enforceRole: false })).status).toBe(200);
    expect((await server.request('PATCH', `${url}/sub`, { enforceRole: true })).status).toBe(422);
    expect((await server.request('PATCH', '/v2/groups/nope', {})).status).toBe(404);
  });
});
