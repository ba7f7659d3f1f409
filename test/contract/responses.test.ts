/** The response and error examples, against what the server answers in the same situation. */
import { describe, expect, it } from 'vitest';
import type { QueueEntry, Task } from '../../src/embedded/orchestrator.js';
import { omit } from '../../src/embedded/api/parse/objects.js';
import { CheckedServer } from './support/checked-server.js';
import { example, exampleText } from './support/schemas.js';

const NOW = '2026-01-02T03:04:05.678Z';
const INSTANCE = 'submitter.instance-4a2f0c0e-5d2f-11ef-9a55-0242ac110002';
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

const TASK: Task = {
  id: `${INSTANCE}._app.1`,
  appId: '/submitter',
  state: 'TASK_RUNNING',
  host: '127.0.0.1',
  ports: [31022],
  ipAddresses: [{ ipAddress: '172.17.0.2', protocol: 'IPv4' }],
  stagedAt: NOW,
  startedAt: '2026-01-02T03:04:07.001Z',
  version: NOW,
  health: [],
};

/** A deployment's id is not the example's. */
const anyId = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value).replace(UUID, (id) => (id.startsWith('97c136bf') ? 'ID' : id)));

async function withSubmitter(): Promise<CheckedServer> {
  const server = new CheckedServer();
  await server.request('POST', '/v2/apps', exampleText('valid/docker-kinc-submitter-legacy.json'));
  server.orchestrator.finish();
  server.orchestrator.setTasks('/submitter', [TASK]);
  return server;
}

const shown = async (server: CheckedServer, url: string): Promise<unknown> =>
  (await server.request('GET', url)).body;

describe('responses', () => {
  it.each(['legacy', 'canonical', '1.4-form'])(
    'creates docker-kinc-submitter-%s as the example says',
    async (form) => {
      const server = new CheckedServer();
      const text = exampleText(`valid/docker-kinc-submitter-${form}.json`);
      const { status, body, headers } = await server.request('POST', '/v2/apps', text);
      expect(status).toBe(201);
      expect(anyId(body)).toEqual(anyId(example('valid/response-app-created.json')));
      expect(headers['location']).toBe('http://localhost:8080/submitter');
      expect(headers['marathon-deployment-id']).toMatch(UUID);
    },
  );

  it('shows an app, its version, the list, its tasks', async () => {
    const server = await withSubmitter();
    expect(await shown(server, '/v2/apps/submitter')).toEqual(example('valid/response-app.json'));
    expect(await shown(server, '/v2/apps')).toEqual(example('valid/response-apps.json'));
    expect(await shown(server, `/v2/apps/submitter/versions/${NOW}`)).toEqual(
      example('valid/response-app-version.json'),
    );
    expect(await shown(server, '/v2/apps/submitter/versions')).toEqual({ versions: [NOW] });
    const killed = await server.request('DELETE', `/v2/apps/submitter/tasks/${TASK.id}`);
    expect(killed.body).toEqual(example('valid/response-task-single.json'));
  });

  it('shows service ports and health among all tasks', async () => {
    const server = await withSubmitter();
    server.orchestrator.setTasks('/submitter', [
      {
        ...TASK,
        health: [{ alive: true, consecutiveFailures: 0, firstSuccess: NOW, lastSuccess: NOW }],
      },
    ]);
    expect(await shown(server, '/v2/tasks')).toEqual(example('valid/response-tasks.json'));
  });

  it('shows a staging task', async () => {
    const server = await withSubmitter();
    const rest = omit(TASK, 'startedAt');
    const id = `${INSTANCE}._app.2`;
    const staging: Task = { ...rest, id, state: 'TASK_STAGING', ipAddresses: [] };
    server.orchestrator.setTasks('/submitter', [staging]);
    expect(await shown(server, '/v2/apps/submitter/tasks')).toEqual(
      example('valid/response-task-staging.json'),
    );
  });

  it('hides the ports and times of a task that is over', async () => {
    const server = await withSubmitter();
    server.orchestrator.setTasks('/submitter', [{ ...TASK, state: 'TASK_FAILED' }]);
    const { tasks } = (await shown(server, '/v2/tasks')) as { tasks: Record<string, unknown>[] };
    expect(tasks[0]).toMatchObject({ ports: [], state: 'TASK_FAILED' });
    expect(Object.keys(tasks[0]!)).not.toContain('stagedAt');
  });

  it('shows the last failure', async () => {
    const server = await withSubmitter();
    server.orchestrator.setFailure({
      appId: '/submitter',
      taskId: TASK.id,
      host: '127.0.0.1',
      message: 'Container exited with status 137',
      state: 'TASK_FAILED',
      timestamp: NOW,
      version: NOW,
    });
    const wanted = example('valid/response-app-with-failure.json') as {
      app: { lastTaskFailure: unknown };
    };
    const { app } = (await shown(server, '/v2/apps/submitter')) as { app: object };
    expect(app).toMatchObject({ lastTaskFailure: wanted.app.lastTaskFailure });
    const list = (await shown(server, '/v2/apps')) as { apps: object[] };
    expect(list.apps[0]).not.toHaveProperty('lastTaskFailure');
  });

  it('shows deployments, the queue, groups, the leader', async () => {
    const server = await withSubmitter();
    expect(await shown(server, '/v2/groups')).toEqual(example('valid/response-group-root.json'));
    expect(await shown(server, '/v2/leader')).toEqual(example('valid/response-leader.json'));
    expect(await shown(server, '/v2/queue')).toEqual(example('valid/response-queue-empty.json'));
    const entry: QueueEntry = {
      app: server.orchestrator.app('/submitter')!,
      count: 1,
      since: NOW,
      delay: { timeLeftSeconds: 0, overdue: true },
      processedOffers: 4,
      unusedOffers: 4,
      rejections: [{ reason: 'InsufficientCpus', declined: 1 }],
      lastUnusedOffer: {
        timestamp: NOW,
        reason: 'InsufficientCpus',
        cpus: 0.5,
        mem: 1024,
        disk: 0,
        ports: [{ begin: 31000, end: 31999 }],
      },
    };
    server.orchestrator.setQueue([entry]);
    const wanted = example('valid/response-queue.json') as {
      queue: { processedOffersSummary: { rejectSummaryLastOffers: object[] } }[];
    };
    const queue = (await shown(server, '/v2/queue')) as typeof wanted;
    const steps = queue.queue[0]!.processedOffersSummary.rejectSummaryLastOffers;
    expect(steps).toEqual(
      expect.arrayContaining(
        wanted.queue[0]!.processedOffersSummary.rejectSummaryLastOffers as unknown[],
      ),
    );
    expect(steps.slice(5, 7)).toEqual([
      { reason: 'InsufficientMemory', declined: 0, processed: 0 },
      { reason: 'InsufficientDisk', declined: 0, processed: 0 },
    ]);
    const rest = { ...queue.queue[0], processedOffersSummary: 0 };
    expect(rest).toEqual({ ...wanted.queue[0], processedOffersSummary: 0 });
    const embedded = await shown(server, '/v2/queue?embed=lastUnusedOffers');
    expect(embedded).toMatchObject({
      queue: [
        {
          lastUnusedOffers: [
            {
              offer: {
                hostname: '127.0.0.1',
                resources: [
                  { name: 'cpus', role: '*', scalar: 0.5 },
                  { name: 'mem', role: '*', scalar: 1024 },
                  { name: 'ports', role: '*', ranges: [{ begin: 31000, end: 31999 }] },
                ],
              },
              reason: ['InsufficientCpus'],
              timestamp: NOW,
            },
          ],
        },
      ],
    });
  });

  it('shows a running deployment', async () => {
    const server = new CheckedServer();
    await server.request('POST', '/v2/apps', { id: 'submitter', cmd: 'sleep 1' });
    const wanted = example('valid/response-deployments.json') as object[];
    const body = (await shown(server, '/v2/deployments')) as object[];
    expect(anyId(body)).toEqual(
      anyId([
        {
          ...wanted[0],
          currentStep: 1,
          currentActions: [
            { action: 'StartApplication', app: '/submitter', readinessCheckResults: [] },
          ],
        },
      ]),
    );
  });

  it('says what it is in /v2/info', async () => {
    const server = new CheckedServer();
    const wanted = example('valid/response-info.json') as Record<string, object>;
    const info = (await shown(server, '/v2/info')) as Record<string, object>;
    expect(Object.keys(info).sort()).toEqual(Object.keys(wanted).sort());
    expect(info).toMatchObject({ version: '1.11.24', leader: 'localhost:8080', elected: true });
  });
});

interface Failing {
  readonly name: string;
  readonly file: string;
  readonly status: number;
  readonly request: readonly ['GET' | 'POST' | 'PUT' | 'DELETE', string, unknown?];
  readonly before?: readonly (readonly ['POST' | 'PUT', string, unknown])[];
}

const sleep = { id: 'submitter', cmd: 'sleep 1' };

const FAILURES: readonly Failing[] = [
  {
    name: 'an app that exists',
    file: '409-exists',
    status: 409,
    before: [['POST', '/v2/apps', sleep]],
    request: ['POST', '/v2/apps', sleep],
  },
  {
    name: 'a locked app',
    file: '409-locked',
    status: 409,
    before: [['POST', '/v2/apps', sleep]],
    request: ['PUT', '/v2/apps/submitter', { instances: 3 }],
  },
  { name: 'no app', file: '404-app', status: 404, request: ['GET', '/v2/apps/submitter'] },
  {
    name: 'no deployment',
    file: '404-deployment',
    status: 404,
    request: ['DELETE', '/v2/deployments/nope'],
  },
  {
    name: 'no task',
    file: '404-task',
    status: 404,
    before: [['POST', '/v2/apps', sleep]],
    request: ['DELETE', '/v2/apps/submitter/tasks/nope'],
  },
  { name: 'no group', file: '404-group', status: 404, request: ['GET', '/v2/groups/nope'] },
  {
    name: 'nothing queued',
    file: '404-queue-delay',
    status: 404,
    request: ['DELETE', '/v2/queue/nope/delay'],
  },
  {
    name: 'a group that exists',
    file: '409-group',
    status: 409,
    before: [['POST', '/v2/groups', { id: '/kinc' }]],
    request: ['POST', '/v2/groups', { id: '/kinc' }],
  },
  {
    name: 'a broken rule',
    file: '422-validation',
    status: 422,
    request: ['POST', '/v2/apps', { id: 'a' }],
  },
  {
    name: 'a wrong type',
    file: '422-json',
    status: 422,
    request: ['POST', '/v2/apps', { id: 1, cmd: 'sleep 1' }],
  },
  { name: 'no body', file: '400-empty', status: 400, request: ['POST', '/v2/apps', ''] },
  {
    name: 'a contradiction found in translation',
    file: '500-normalization',
    status: 500,
    request: [
      'POST',
      '/v2/apps',
      { id: 'a', container: { docker: { image: 'nginx', network: 'NONE' } } },
    ],
  },
];

describe('errors', () => {
  it.each(FAILURES)('$name: $status as in the example', async (failing) => {
    const server = new CheckedServer();
    for (const [method, url, body] of failing.before ?? []) await server.request(method, url, body);
    const [method, url, body] = failing.request;
    const answer = await server.request(method, url, body);
    expect(answer.status).toBe(failing.status);
    expect(anyId(answer.body)).toEqual(anyId(example(`valid/error-${failing.file}.json`)));
  });

  it('400 for text that is not JSON, with what is wrong as text', async () => {
    const answer = await new CheckedServer().request('POST', '/v2/apps', '{"id":"/test"');
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ message: 'Invalid JSON' });
  });

  it('403 for the hundred-and-first deployment, unless forced', async () => {
    const server = new CheckedServer();
    for (let index = 0; index < 100; index += 1) {
      await server.request('POST', '/v2/apps', { id: `app-${index}`, cmd: 'sleep 1' });
    }
    const more = { id: 'one-more', cmd: 'sleep 1' };
    const answer = await server.request('POST', '/v2/apps', more);
    expect(answer.status).toBe(403);
    expect(answer.body).toEqual(example('valid/error-403-too-many.json'));
    expect((await server.request('POST', '/v2/apps?force=true', more)).status).toBe(201);
  });
});
