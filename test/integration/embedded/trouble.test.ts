import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { docker, lines } from './docker-cli.js';
import type { ServerProcess } from './server-process.js';
import { Stage, app, image } from './stage.js';

let stage: Stage;
let server: ServerProcess;
let scope: string;

beforeAll(async () => {
  stage = await Stage.open('embedded');
  ({ server, scope } = stage);
});

afterEach(() => stage.clear());

afterAll(() => stage.close());

describe('what goes wrong', () => {
  it('an image that is nowhere', async () => {
    await stage.create(app('noimage', {}, { image: 'localhost:1/cft-none:1' }));
    const failure = await stage.failureOf('noimage');
    expect(failure).toMatchObject({ state: 'TASK_FAILED' });
    expect(failure.message).toContain('image localhost:1/cft-none:1 could not be pulled');
  });

  it('not enough memory', async () => {
    await stage.create(app('huge', { mem: 999_999 }));
    const [entry] = (await stage.get('/v2/queue')).queue;
    const offers = entry?.processedOffersSummary.rejectSummaryLastOffers ?? [];
    expect(offers.filter(({ declined }) => declined > 0).map(({ reason }) => reason)).toEqual([
      'InsufficientMemory',
    ]);
  });

  it('a task that fails again and again', async () => {
    await stage.create(
      app('crash', { cmd: 'echo "about to fail"; exit 3', backoffSeconds: 1, backoffFactor: 2 }),
    );
    const { message } = await stage.failureOf('crash');
    expect(message).toBe('Container exited with status 3\nend of its output:\nabout to fail');
    const delayed = await server.until(async () => {
      const left = (await stage.get('/v2/queue')).queue[0]?.delay.timeLeftSeconds ?? 0;
      return left > 1 ? left : undefined;
    });
    expect(delayed).toBeLessThanOrEqual(4);
  });

  it('a task that takes more memory than it may', async () => {
    const cmd = 'perl -e \'my @x; push @x, "x" x 1048576 for 1..500; sleep 60\'';
    await stage.create(app('greedy', { cmd, mem: 24 }));
    expect((await stage.failureOf('greedy')).message).toMatch(/out of memory.*\(limit 24 MB\)/);
  });

  it('an address that somebody has', async () => {
    const fields = { networks: [{ mode: 'container', name: stage.network }] };
    const pinned = { parameters: [{ key: 'ip', value: `${stage.prefix}.30` }] };
    await stage.create(app('one', fields, pinned));
    await stage.running('one', 1);
    await stage.create(app('two', fields, pinned));
    expect((await stage.failureOf('two')).message).toMatch(/^IP address in use/);
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
    await stage.create(app('sick', { cmd, healthChecks, container }));
    const [task] = await stage.running('sick', 1);
    expect(task?.healthCheckResults.map(({ alive }) => alive)).toEqual([true, true]);
    const [id] = lines(await docker('ps', '-q', '--filter', `label=crossflock.cluster=${scope}`));
    await docker('exec', id ?? '', 'touch', '/tmp/bad');
    const failure = await stage.failureOf('sick');
    expect(failure).toMatchObject({ state: 'TASK_KILLED' });
    expect(failure.message).toContain('health check failed. Reason: HTTP status 500');
    const [next] = await stage.running('sick', 1);
    expect(next?.id).toBe(task?.id.replace('_app.1', '_app.2'));
  });
});
