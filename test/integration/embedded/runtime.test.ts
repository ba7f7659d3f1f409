import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { cleanScope, docker, lines, runningOf } from './docker-cli.js';
import { ServerProcess, bundleServer, freePort } from './server-process.js';

const scope = `cft-embedded-${process.pid}-${Date.now().toString(36)}`;
const network = `${scope}-net`;
const image = 'debian:trixie-slim';
// Unlike a shell as process 1, it ends as soon as it is asked to.
const wait = 'trap "exit 0" TERM; sleep 100000 & wait';
let server: ServerProcess;
let bundle: string;

/** As far as the tests look into answers. */
interface Body {
  readonly app: { readonly lastTaskFailure?: Failure };
  readonly apps: { readonly id: string }[];
  readonly tasks: TaskView[];
  readonly deploymentId: string;
  readonly queue: {
    readonly delay: { readonly timeLeftSeconds: number };
    readonly processedOffersSummary: {
      readonly rejectSummaryLastOffers: { readonly reason: string; readonly declined: number }[];
    };
  }[];
}

interface Failure {
  readonly message: string;
  readonly state: string;
}

interface TaskView {
  readonly id: string;
  readonly state: string;
  readonly startedAt?: string;
  readonly ports: number[];
  readonly ipAddresses: { readonly ipAddress: string }[];
  readonly healthCheckResults: { readonly alive: boolean }[];
}

function app(id: string, fields: object = {}, dockerFields: object = {}): object {
  return {
    id,
    cmd: wait,
    cpus: 0.1,
    mem: 32,
    networks: [{ mode: 'container/bridge' }],
    container: { type: 'DOCKER', docker: { image, ...dockerFields }, portMappings: [] },
    ...fields,
  };
}

async function get(path: string): Promise<Body> {
  return (await server.request('GET', path)).body as Body;
}

async function deployments(): Promise<string[]> {
  const { body } = await server.request('GET', '/v2/deployments');
  return (body as { id: string }[]).map(({ id }) => id);
}

async function tasks(id: string): Promise<TaskView[]> {
  return (await get(`/v2/apps/${id}/tasks`)).tasks;
}

async function running(id: string, count: number): Promise<TaskView[]> {
  return server.until(async () => {
    const all = await tasks(id);
    const settled = all.length === count && all.every(({ state }) => state === 'TASK_RUNNING');
    return settled && (await deployments()).length === 0 ? all : undefined;
  });
}

async function noDeployment(): Promise<void> {
  await server.until(async () => ((await deployments()).length === 0 ? true : undefined));
}

async function failureOf(id: string): Promise<Failure> {
  return server.until(async () => (await get(`/v2/apps/${id}`)).app.lastTaskFailure);
}

async function create(definition: object): Promise<void> {
  const { status, body } = await server.request('POST', '/v2/apps', definition);
  expect(status, JSON.stringify(body)).toBe(201);
}

beforeAll(async () => {
  await docker(
    'network',
    'create',
    '--subnet',
    '172.29.77.0/24',
    '--label',
    `test=${scope}`,
    network,
  );
  bundle = await bundleServer();
  server = new ServerProcess(bundle, scope, await freePort());
  await server.start();
});

afterEach(async () => {
  for (const { id } of (await get('/v2/apps')).apps) {
    await server.request('DELETE', `/v2/apps${id}`);
  }
  await noDeployment();
});

afterAll(async () => {
  await server.end('SIGKILL');
  await cleanScope(scope);
  await docker('network', 'rm', network);
  await rm(dirname(bundle), { recursive: true });
});

describe('the life of an app', () => {
  it('is created, scaled, changed, restarted and deleted', async () => {
    await create(app('life'));
    const [first] = await running('life', 1);
    await server.request('PUT', '/v2/apps/life', { instances: 3 });
    const scaled = await running('life', 3);
    expect(scaled.map(({ id }) => id)).toContain(first?.id);
    await server.request('PUT', '/v2/apps/life', { env: { COLOUR: 'red' } });
    const changed = await running('life', 3);
    expect(changed.some(({ id }) => scaled.some((old) => old.id === id))).toBe(false);
    const [container] = lines(
      await docker('ps', '-q', '--filter', `label=crossflock.cluster=${scope}`),
    );
    const env = await docker('inspect', '--format', '{{json .Config.Env}}', container ?? '');
    expect(JSON.parse(env)).toEqual(
      expect.arrayContaining(['COLOUR=red', 'MARATHON_APP_ID=/life', 'HOST=cft-host']),
    );
    await server.request('POST', '/v2/apps/life/restart');
    const restarted = await running('life', 3);
    expect(restarted.some(({ id }) => changed.some((old) => old.id === id))).toBe(false);
    await server.request('DELETE', '/v2/apps/life');
    await noDeployment();
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
    await create(app('limits', { cpus: 0.5, mem: 48, container }));
    const [task] = await running('limits', 1);
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
      networks: [{ mode: 'container', name: network }],
      upgradeStrategy: { minimumHealthCapacity: 0, maximumOverCapacity: 0 },
    };
    const parameters = [
      { key: 'ip', value: '172.29.77.20' },
      { key: 'hostname', value: 'pinned' },
      // Not nofile: the Go runtime of Docker's own helpers changes that one on its way.
      { key: 'ulimit', value: 'msgqueue=2048:4096' },
      { key: 'tmpfs', value: '/scratch:size=1m' },
      { key: 'cap-add', value: 'NET_ADMIN' },
    ];
    await create(app('pinned', fields, { parameters }));
    const [first] = await running('pinned', 1);
    expect(first?.ipAddresses).toMatchObject([{ ipAddress: '172.29.77.20' }]);
    await server.request('PUT', '/v2/apps/pinned', { mem: 40 });
    const [second] = await running('pinned', 1);
    expect(second?.id).not.toBe(first?.id);
    expect(second?.ipAddresses).toMatchObject([{ ipAddress: '172.29.77.20' }]);
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

describe('what goes wrong', () => {
  it('an image that is nowhere', async () => {
    await create(app('noimage', {}, { image: 'localhost:1/cft-none:1' }));
    const failure = await failureOf('noimage');
    expect(failure).toMatchObject({ state: 'TASK_FAILED' });
    expect(failure.message).toContain('image localhost:1/cft-none:1 could not be pulled');
  });

  it('not enough memory', async () => {
    await create(app('huge', { mem: 999_999 }));
    const [entry] = (await get('/v2/queue')).queue;
    const offers = entry?.processedOffersSummary.rejectSummaryLastOffers ?? [];
    expect(offers.filter(({ declined }) => declined > 0).map(({ reason }) => reason)).toEqual([
      'InsufficientMemory',
    ]);
  });

  it('a task that fails again and again', async () => {
    await create(
      app('crash', { cmd: 'echo "about to fail"; exit 3', backoffSeconds: 1, backoffFactor: 2 }),
    );
    const { message } = await failureOf('crash');
    expect(message).toBe('Container exited with status 3\nend of its output:\nabout to fail');
    const delayed = await server.until(async () => {
      const left = (await get('/v2/queue')).queue[0]?.delay.timeLeftSeconds ?? 0;
      return left > 1 ? left : undefined;
    });
    expect(delayed).toBeLessThanOrEqual(4);
  });

  it('a task that takes more memory than it may', async () => {
    const cmd = 'perl -e \'my @x; push @x, "x" x 1048576 for 1..500; sleep 60\'';
    await create(app('greedy', { cmd, mem: 24 }));
    expect((await failureOf('greedy')).message).toMatch(/out of memory.*\(limit 24 MB\)/);
  });

  it('an address that somebody has', async () => {
    const fields = { networks: [{ mode: 'container', name: network }] };
    const pinned = { parameters: [{ key: 'ip', value: '172.29.77.30' }] };
    await create(app('one', fields, pinned));
    await running('one', 1);
    await create(app('two', fields, pinned));
    expect((await failureOf('two')).message).toMatch(/^IP address in use/);
  });

  it('a task that is unhealthy is replaced', async () => {
    const cmd = `perl -MIO::Socket::INET -e '$s=IO::Socket::INET->new(LocalPort=>80,Listen=>5,ReuseAddr=>1);while($c=$s->accept){<$c>;$n=-e "/tmp/bad"?500:200;print $c "HTTP/1.0 $n X\\r\\n\\r\\n";close $c}'`;
    const healthChecks = [
      {
        protocol: 'HTTP',
        path: '/',
        gracePeriodSeconds: 10,
        intervalSeconds: 1,
        timeoutSeconds: 1,
        maxConsecutiveFailures: 2,
      },
      {
        protocol: 'COMMAND',
        command: { value: 'test ! -e /tmp/never' },
        delaySeconds: 0,
        intervalSeconds: 1,
        timeoutSeconds: 5,
      },
    ];
    const container = {
      type: 'DOCKER',
      docker: { image },
      portMappings: [{ containerPort: 80, hostPort: 0 }],
    };
    await create(app('sick', { cmd, healthChecks, container }));
    const [task] = await running('sick', 1);
    expect(task?.healthCheckResults.map(({ alive }) => alive)).toEqual([true, true]);
    const [id] = lines(await docker('ps', '-q', '--filter', `label=crossflock.cluster=${scope}`));
    await docker('exec', id ?? '', 'touch', '/tmp/bad');
    const failure = await failureOf('sick');
    expect(failure).toMatchObject({ state: 'TASK_KILLED' });
    expect(failure.message).toContain('health check failed. Reason: HTTP status 500');
    const [next] = await running('sick', 1);
    expect(next?.id).toBe(task?.id.replace('_app.1', '_app.2'));
  });
});

describe('a server that is killed', () => {
  it('is taken over from without anything being started anew', async () => {
    await create(app('kept', { instances: 2 }));
    await running('kept', 2);
    await create(app('failed', { cmd: 'exit 9', backoffSeconds: 600 }));
    await failureOf('failed');
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
    await create(app('rolling', { cmd: slow, instances: 2 }));
    const old = await running('rolling', 2);
    const { body } = await server.request('PUT', '/v2/apps/rolling', { env: { V: '2' } });
    await server.until(async () => {
      const states = (await tasks('rolling')).map(({ state }) => state);
      return states.includes('TASK_KILLING') ? true : undefined;
    });
    await server.end('SIGKILL');
    await server.start();
    expect(await deployments()).toEqual([(body as Body).deploymentId]);
    const now = await running('rolling', 2);
    expect(now.some(({ id }) => old.some((former) => former.id === id))).toBe(false);
    expect((await get('/v2/apps/rolling')).app.lastTaskFailure).toBeUndefined();
    expect(await runningOf(scope)).toHaveLength(2);
  });

  it('ends on SIGTERM with 0 and leaves the tasks running', async () => {
    await create(app('stays'));
    await running('stays', 1);
    const containers = await runningOf(scope);
    expect(await server.end('SIGTERM')).toBe(0);
    expect(await runningOf(scope)).toEqual(containers);
    await server.start();
    expect(await running('stays', 1)).toHaveLength(1);
  });
});

describe('many apps', () => {
  it('holds 200, and reads them again', async () => {
    const apps = Array.from({ length: 200 }, (_, index) =>
      app(`/many/app-${index}`, { instances: index < 3 ? 1 : 0 }),
    );
    const { status, body } = await server.request('PUT', '/v2/groups/many', { id: '/many', apps });
    expect(status, JSON.stringify(body)).toBe(200);
    await noDeployment();
    expect(await runningOf(scope)).toHaveLength(3);
    await server.end('SIGKILL');
    await server.start();
    expect((await get('/v2/apps')).apps).toHaveLength(200);
    await server.request('DELETE', '/v2/groups/many?force=true');
    await noDeployment();
    expect(await runningOf(scope)).toEqual([]);
  });
});
