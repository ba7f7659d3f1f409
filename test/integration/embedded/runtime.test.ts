import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { docker, lines, runningOf } from './docker-cli.js';
import type { ServerProcess } from './server-process.js';
import { Stage, app, image } from './stage.js';
import type { Body } from './stage.js';

let stage: Stage;
let server: ServerProcess;
let scope: string;

beforeAll(async () => {
  stage = await Stage.open('embedded');
  ({ server, scope } = stage);
});

afterEach(() => stage.clear());

afterAll(() => stage.close());

describe('the life of an app', () => {
  it('is created, scaled, changed, restarted and deleted', async () => {
    await stage.create(app('life'));
    const [first] = await stage.running('life', 1);
    await server.request('PUT', '/v2/apps/life', { instances: 3 });
    const scaled = await stage.running('life', 3);
    expect(scaled.map(({ id }) => id)).toContain(first?.id);
    await server.request('PUT', '/v2/apps/life', { env: { COLOUR: 'red' } });
    const changed = await stage.running('life', 3);
    expect(changed.some(({ id }) => scaled.some((old) => old.id === id))).toBe(false);
    const [container] = lines(
      await docker('ps', '-q', '--filter', `label=crossflock.cluster=${scope}`),
    );
    const env = await docker('inspect', '--format', '{{json .Config.Env}}', container ?? '');
    expect(JSON.parse(env)).toEqual(
      expect.arrayContaining(['COLOUR=red', 'MARATHON_APP_ID=/life', 'HOST=cft-host']),
    );
    await server.request('POST', '/v2/apps/life/restart');
    const restarted = await stage.running('life', 3);
    expect(restarted.some(({ id }) => changed.some((old) => old.id === id))).toBe(false);
    await server.request('DELETE', '/v2/apps/life');
    await stage.noDeployment();
    expect(await runningOf(scope)).toEqual([]);
    const left = await docker(
      'volume',
      'ls',
      '-q',
      '--filter',
      `label=crossflock.cluster=${scope}`,
    );
    expect(left).toBe('');
  });

  it('has its resources enforced and its ports on loopback alone', async () => {
    const portMappings = [{ containerPort: 8080, hostPort: 0 }];
    const container = { type: 'DOCKER', docker: { image }, portMappings };
    await stage.create(app('limits', { cpus: 0.5, mem: 48, container }));
    const [task] = await stage.running('limits', 1);
    const [id] = lines(
      await docker(
        'ps',
        '-q',
        '--filter',
        `label=crossflock.app=/limits`,
        '--filter',
        `label=crossflock.cluster=${scope}`,
      ),
    );
    const host = JSON.parse(
      await docker('inspect', '--format', '{{json .HostConfig}}', id ?? ''),
    ) as Record<string, unknown>;
    expect(host).toMatchObject({
      CpuShares: 512,
      CpuQuota: 50_000,
      CpuPeriod: 100_000,
      Memory: 48 * 2 ** 20,
      MemorySwap: 48 * 2 ** 20,
    });
    expect(await docker('port', id ?? '')).toBe(`8080/tcp -> 127.0.0.1:${task?.ports[0] ?? 0}`);
  });

  it('has the address that is asked for, and keeps it when it changes', async () => {
    const fields = {
      networks: [{ mode: 'container', name: stage.network }],
      upgradeStrategy: { minimumHealthCapacity: 0, maximumOverCapacity: 0 },
    };
    const parameters = [
      { key: 'ip', value: `${stage.prefix}.20` },
      { key: 'hostname', value: 'pinned' },
      // Not nofile: the Go runtime of Docker's own helpers changes that one on its way.
      { key: 'ulimit', value: 'msgqueue=2048:4096' },
      { key: 'tmpfs', value: '/scratch:size=1m' },
      { key: 'cap-add', value: 'NET_ADMIN' },
    ];
    await stage.create(app('pinned', fields, { parameters }));
    const [first] = await stage.running('pinned', 1);
    expect(first?.ipAddresses).toMatchObject([{ ipAddress: `${stage.prefix}.20` }]);
    await server.request('PUT', '/v2/apps/pinned', { mem: 40 });
    const [second] = await stage.running('pinned', 1);
    expect(second?.id).not.toBe(first?.id);
    expect(second?.ipAddresses).toMatchObject([{ ipAddress: `${stage.prefix}.20` }]);
    const [id] = lines(await docker('ps', '-q', '--filter', `label=crossflock.cluster=${scope}`));
    const seen = await docker(
      'exec',
      id ?? '',
      'sh',
      '-c',
      "hostname; grep -c 'msgqueue size  *2048  *4096' /proc/self/limits; grep -c /scratch /proc/mounts",
    );
    expect(lines(seen)).toEqual(['pinned', '1', '1']);
  });
});

describe('a server that is killed', () => {
  it('is taken over from without anything being started anew', async () => {
    await stage.create(app('kept', { instances: 2 }));
    await stage.running('kept', 2);
    await stage.create(app('failed', { cmd: 'exit 9', backoffSeconds: 600 }));
    await stage.failureOf('failed');
    const paths = [
      '/v2/apps/kept',
      '/v2/apps/failed',
      '/v2/apps/kept/versions',
      '/v2/tasks',
      '/v2/deployments',
    ];
    const look = async (): Promise<unknown[]> =>
      Promise.all(paths.map(async (path) => (await server.request('GET', path)).body));
    const before = await look();
    const containers = await runningOf(scope);
    await server.end('SIGKILL');
    await server.start();
    expect(await look()).toEqual(before);
    expect(await runningOf(scope)).toEqual(containers);
  });

  it('goes on with what it was doing', async () => {
    const slow = 'trap "" TERM; sleep 100000 & wait; wait';
    await stage.create(app('rolling', { cmd: slow, instances: 2 }));
    const old = await stage.running('rolling', 2);
    const { body } = await server.request('PUT', '/v2/apps/rolling', { env: { V: '2' } });
    await server.until(async () => {
      const states = (await stage.tasks('rolling')).map(({ state }) => state);
      return states.includes('TASK_KILLING') ? true : undefined;
    });
    await server.end('SIGKILL');
    await server.start();
    expect(await stage.deployments()).toEqual([(body as Body).deploymentId]);
    const now = await stage.running('rolling', 2);
    expect(now.some(({ id }) => old.some((former) => former.id === id))).toBe(false);
    expect((await stage.get('/v2/apps/rolling')).app.lastTaskFailure).toBeUndefined();
    expect(await runningOf(scope)).toHaveLength(2);
  });

  it('ends on SIGTERM with 0 and leaves the tasks running', async () => {
    await stage.create(app('stays'));
    await stage.running('stays', 1);
    const containers = await runningOf(scope);
    expect(await server.end('SIGTERM')).toBe(0);
    expect(await runningOf(scope)).toEqual(containers);
    await server.start();
    expect(await stage.running('stays', 1)).toHaveLength(1);
  });
});

describe('many apps', () => {
  it('holds 200, and reads them again', async () => {
    const apps = Array.from({ length: 200 }, (_, index) =>
      app(`/many/app-${index}`, { instances: index < 3 ? 1 : 0 }),
    );
    const { status, body } = await server.request('PUT', '/v2/groups/many', { id: '/many', apps });
    expect(status, JSON.stringify(body)).toBe(200);
    await stage.noDeployment();
    expect(await runningOf(scope)).toHaveLength(3);
    await server.end('SIGKILL');
    await server.start();
    expect((await stage.get('/v2/apps')).apps).toHaveLength(200);
    await server.request('DELETE', '/v2/groups/many?force=true');
    await stage.noDeployment();
    expect(await runningOf(scope)).toEqual([]);
  });
});
