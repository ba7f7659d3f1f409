/** Updates, filters, versions and restarts of apps, beyond the examples. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { AppDefinition } from '../../src/embedded/orchestrator.js';
import { CheckedServer } from './support/checked-server.js';

let server: CheckedServer;

beforeEach(() => {
  server = new CheckedServer();
});

async function create(app: object): Promise<void> {
  expect((await server.request('POST', '/v2/apps', app)).status).toBe(201);
  server.orchestrator.finish();
}

async function update(id: string, change: object, query = ''): Promise<AppDefinition> {
  const answer = await server.request('PUT', `/v2/apps/${id}${query}`, change);
  expect(answer.status, answer.text).toBe(200);
  server.orchestrator.finish();
  return server.orchestrator.app(`/${id}`)!.definition;
}

const docker = (rest: object = {}): object => ({ docker: { image: 'nginx' }, ...rest });
const sleep = { id: 'a', cmd: 'sleep 1', env: { X: '1' }, labels: { tier: 'one' } };

describe('partial update', () => {
  it('keeps what is absent or null', async () => {
    await create(sleep);
    const app = await update('a', { instances: 3, env: null });
    expect(app).toMatchObject({ instances: 3, cmd: 'sleep 1', env: { X: '1' } });
  });

  it('replaces resourceLimits and executorResources even when absent', async () => {
    await create({ ...sleep, resourceLimits: { mem: 256 }, executorResources: { cpus: 0.2 } });
    const before = server.orchestrator.app('/a')!.definition;
    expect(before).toHaveProperty('resourceLimits.mem', 256);
    const after = await update('a', { instances: 2 });
    expect(after).not.toHaveProperty('resourceLimits');
    expect(after).not.toHaveProperty('executorResources');
  });

  it('turns args into cmd only when args are emptied', async () => {
    await create({ id: 'a', args: ['sleep', '1'] });
    expect((await server.request('PUT', '/v2/apps/a', { cmd: 'sleep 2' })).status).toBe(422);
    const app = await update('a', { cmd: 'sleep 2', args: [] });
    expect(app.cmd).toBe('sleep 2');
    expect(app).not.toHaveProperty('args');
  });

  it('takes legacy properties', async () => {
    await create({ id: 'a', container: docker() });
    const app = await update('a', {
      container: { docker: { image: 'nginx', network: 'BRIDGE', portMappings: [{}] } },
    });
    expect(app.networks).toEqual([{ mode: 'container/bridge' }]);
    expect(app.container?.portMappings).toMatchObject([{ containerPort: 0, hostPort: 0 }]);
    expect(app).not.toHaveProperty('portDefinitions');
  });

  it('keeps assigned service ports', async () => {
    await create({
      id: 'a',
      networks: [{ mode: 'container/bridge' }],
      container: docker({ portMappings: [{ containerPort: 80 }] }),
    });
    const app = await update('a', { mem: 64 });
    expect(app.container?.portMappings?.[0]?.servicePort).toBe(10_000);
  });

  it('rolls back to a version, and only to one there is', async () => {
    await create(sleep);
    const { version } = server.orchestrator.app('/a')!;
    await update('a', { cmd: 'sleep 2', mem: 64 });
    expect(await update('a', { version })).toMatchObject({ cmd: 'sleep 1', mem: 128 });
    const gone = { version: '2020-01-01T00:00:00.000Z' };
    expect((await server.request('PUT', '/v2/apps/a', gone)).status).toBe(404);
  });
});

describe('PUT and PATCH', () => {
  it('replace as a whole on demand', async () => {
    await create(sleep);
    const app = await update('a', { cmd: 'sleep 2' }, '?partialUpdate=false');
    expect(app).not.toHaveProperty('env');
    expect(app.labels).toEqual({});
  });

  it('PUT creates what is unknown, with Location', async () => {
    const answer = await server.request('PUT', '/v2/apps/x/y', { cmd: 'sleep 1' });
    expect(answer.status).toBe(201);
    expect(answer.headers['location']).toBe('http://localhost:8080/x/y');
    expect(server.orchestrator.app('/x/y')).toBeDefined();
  });

  it('PATCH of an unknown app: 422 for half an app, 404 for a whole one', async () => {
    expect((await server.request('PATCH', '/v2/apps/x', { instances: 1 })).status).toBe(422);
    const whole = await server.request('PATCH', '/v2/apps/x', { cmd: 'sleep 1' });
    expect(whole.status).toBe(404);
  });

  it('arrays are one deployment; PATCH of an unknown id fails as a whole', async () => {
    const both = [
      { id: '/a', cmd: 'sleep 1' },
      { id: '/b', cmd: 'sleep 1', dependencies: ['/a'] },
    ];
    expect((await server.request('PUT', '/v2/apps', both)).status).toBe(200);
    expect(server.orchestrator.deployments()).toHaveLength(1);
    server.orchestrator.finish();
    const patch = [{ id: '/a', instances: 5 }, { id: '/nope' }];
    expect((await server.request('PATCH', '/v2/apps', patch)).status).toBe(404);
    expect(server.orchestrator.app('/a')?.definition.instances).toBe(1);
    expect((await server.request('PUT', '/v2/apps?partialUpdate=false', both)).status).toBe(200);
    expect((await server.request('PUT', '/v2/apps', { id: '/a' })).status).toBe(422);
  });

  it('changing nothing is a deployment that has ended', async () => {
    await create(sleep);
    expect((await server.request('PUT', '/v2/apps/a', { instances: 1 })).status).toBe(200);
    expect(server.orchestrator.deployments()).toEqual([]);
    expect(server.orchestrator.versions('/a')).toHaveLength(1);
  });

  it('force takes over a running deployment', async () => {
    await server.request('POST', '/v2/apps', sleep);
    expect((await server.request('PUT', '/v2/apps/a', { instances: 2 })).status).toBe(409);
    expect((await server.request('PUT', '/v2/apps/a?force=true', { instances: 2 })).status).toBe(
      200,
    );
  });
});

describe('across apps', () => {
  it('refuses a circle of dependencies', async () => {
    const circle = [
      { id: '/a', cmd: 'sleep 1', dependencies: ['/b'] },
      { id: '/b', cmd: 'sleep 1', dependencies: ['/a'] },
    ];
    const answer = await server.request('PUT', '/v2/apps', circle);
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('Dependency graph has cyclic dependencies.');
  });

  it('refuses one id for an app and a group', async () => {
    await create({ id: '/a/b', cmd: 'sleep 1' });
    const answer = await server.request('POST', '/v2/apps', { id: '/a', cmd: 'sleep 1' });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('Groups and Applications may not have the same identifier.');
  });

  it('lets an app of a group have the role of its top-level group', async () => {
    await create({ id: '/prod/a', cmd: 'sleep 1', role: 'prod' });
    const other = await server.request('POST', '/v2/apps', {
      id: '/b',
      cmd: 'sleep 1',
      role: 'prod',
    });
    expect(other.status).toBe(422);
  });
});

describe('lists', () => {
  const ids = async (query: string): Promise<string[]> => {
    const { body } = await server.request('GET', `/v2/apps${query}`);
    return (body as { apps: { id: string }[] }).apps.map(({ id }) => id);
  };

  beforeEach(async () => {
    await create({ id: '/g/web', cmd: 'Serve It', labels: { tier: 'one', env: 'dev' } });
    await create({ id: '/g/sub/db', args: ['run'], labels: { tier: 'two' } });
    await create({ id: '/other', cmd: 'sleep 1' });
  });

  it.each([
    ['?id=WEB', ['/g/web']],
    ['?cmd=serve', ['/g/web']],
    ['?label=tier', ['/g/web', '/g/sub/db']],
    ['?label=tier==two', ['/g/sub/db']],
    ['?label=tier!=two', ['/g/web']],
    ['?label=tier%20in%20(one,two),env', ['/g/web']],
    ['?label=tier%20notin%20(one)', ['/g/sub/db']],
  ])('%s', async (query, wanted) => {
    expect(await ids(query)).toEqual(wanted);
  });

  it('422 for a selector that cannot be read', async () => {
    const answer = await server.request('GET', '/v2/apps?label=a%20b%20c');
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('Can not parse label selector');
  });

  it('all apps of a group, however deep', async () => {
    const { body } = await server.request('GET', '/v2/apps/g/*');
    expect((body as { '*': { id: string }[] })['*'].map(({ id }) => id)).toEqual([
      '/g/web',
      '/g/sub/db',
    ]);
    expect((await server.request('GET', '/v2/apps/nope/*')).status).toBe(404);
  });
});

describe('versions, restart, delete', () => {
  it('lists versions newest first', async () => {
    await create(sleep);
    await update('a', { instances: 2 });
    const { body } = await server.request('GET', '/v2/apps/a/versions');
    expect(body).toEqual({
      versions: ['2026-01-02T03:04:06.678Z', '2026-01-02T03:04:05.678Z'],
    });
    const scaled = await server.request('GET', '/v2/apps/a');
    expect(scaled.body).toHaveProperty('app.versionInfo', {
      lastScalingAt: '2026-01-02T03:04:06.678Z',
      lastConfigChangeAt: '2026-01-02T03:04:05.678Z',
    });
    const none = await server.request('GET', '/v2/apps/a/versions/2020-01-01T00:00:00Z');
    expect(none.body).toEqual({
      message: "App '/a' does not exist in version 2020-01-01T00:00:00.000Z",
    });
    expect((await server.request('GET', '/v2/apps/a/versions/yesterday')).status).toBe(422);
  });

  it('restarts', async () => {
    await create(sleep);
    expect((await server.request('POST', '/v2/apps/a/restart')).status).toBe(200);
    expect(server.orchestrator.deployments()[0]?.steps).toEqual([
      { actions: [{ action: 'RestartApplication', app: '/a' }] },
    ]);
    expect((await server.request('POST', '/v2/apps/nope/restart')).status).toBe(404);
    expect((await server.request('POST', '/v2/apps/a/restart')).status).toBe(409);
  });

  it('deletes unless told to mind a lock', async () => {
    await server.request('POST', '/v2/apps', sleep);
    expect((await server.request('DELETE', '/v2/apps/a?force=false')).status).toBe(409);
    expect((await server.request('DELETE', '/v2/apps/a')).status).toBe(200);
    expect((await server.request('DELETE', '/v2/apps/a')).status).toBe(404);
  });
});
