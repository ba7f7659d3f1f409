/** The API over the real runtime, on an engine in memory: what only both together can get right. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Harness } from '../unit/embedded-runtime/harness.js';
import { CheckedApi } from './support/checked-server.js';
import { exampleText, problems } from './support/schemas.js';

let harness: Harness;
let api: CheckedApi;

beforeEach(async () => {
  harness = new Harness();
  api = new CheckedApi(await harness.serve(), harness.clock);
});

afterEach(() => harness.close());

const docker = { type: 'DOCKER', docker: { image: 'image' } };
const bridged = {
  id: '/a',
  cmd: 'sleep 1000',
  container: { ...docker, portMappings: [{ containerPort: 80 }, { containerPort: 90 }] },
  networks: [{ mode: 'container/bridge' }],
};
const onHost = { id: '/a', cmd: 'sleep 1000', container: docker };

/** Types of the events since the last call, with what tells them apart. */
function told(): string[] {
  return harness.events.splice(0).map(({ eventType, taskStatus, condition }) => {
    const state = taskStatus ?? condition;
    return typeof state === 'string' ? `${eventType} ${state}` : eventType;
  });
}

async function finished(method: 'POST' | 'PUT' | 'DELETE', url: string, body?: unknown) {
  const answer = await api.request(method, url, body);
  await harness.quiet();
  expect((await api.request('GET', '/v2/deployments')).body).toEqual([]);
  return answer;
}

describe('the same app put again', () => {
  it.each([
    ['with port mappings', bridged],
    ['with ports of the host', onHost],
    ['with ports that the host must have', { ...onHost, requirePorts: true, ports: [8000, 9000] }],
    [
      'as docker-kinc writes it',
      JSON.parse(exampleText('valid/docker-kinc-submitter-legacy.json')),
    ],
  ])('is no change: %s', async (_, wanted: object) => {
    const body = { ...wanted, id: '/a' };
    await api.request('POST', '/v2/apps', body);
    await harness.quiet();
    const before = await api.request('GET', '/v2/apps/a');
    const calls = harness.engine.calls.length;
    told();
    for (const query of ['?partialUpdate=false', '', '?partialUpdate=false&force=true']) {
      expect((await api.request('PUT', `/v2/apps/a${query}`, body)).status).toBe(200);
      await harness.quiet();
      expect((await api.request('GET', '/v2/apps/a')).body).toEqual(before.body);
      expect(told()).toEqual(['deployment_success', 'group_change_success', 'api_post_event']);
    }
    await api.request('PUT', '/v2/groups', { id: '/', apps: [body] });
    expect((await api.request('GET', '/v2/apps/a')).body).toEqual(before.body);
    expect(harness.engine.calls.slice(calls)).toEqual([]);
  });

  it('keeps the ports that stay when one is added', async () => {
    await finished('POST', '/v2/apps', bridged);
    const { portMappings } = bridged.container;
    const container = { ...docker, portMappings: [...portMappings, { containerPort: 70 }] };
    await finished('PUT', '/v2/apps/a?partialUpdate=false', { ...bridged, container });
    const { body } = await api.request('GET', '/v2/apps/a');
    expect(body).toMatchObject({
      app: {
        container: {
          portMappings: [{ servicePort: 10000 }, { servicePort: 10001 }, { servicePort: 10002 }],
        },
      },
    });
  });
});

describe('events', () => {
  const started = [
    'status_update_event TASK_STAGING',
    'instance_changed_event Staging',
    'status_update_event TASK_STARTING',
    'instance_changed_event Starting',
    'status_update_event TASK_RUNNING',
    'instance_changed_event Running',
  ];
  const killed = [
    'status_update_event TASK_KILLING',
    'instance_changed_event Killing',
    'status_update_event TASK_KILLED',
    'instance_changed_event Killed',
  ];
  const ended = ['deployment_step_success', 'deployment_success'];
  // Marathon promises no order between what a write says and what comes of it.
  const OF_WRITES = ['api_post_event', 'group_change_success', 'group_change_failed'];

  /** What was told since the last call: by the write, in any order, and by the deployment. */
  function seen(): { write: string[]; deployment: string[] } {
    for (const event of harness.events) expect(problems('event', event)).toBeUndefined();
    const all = told();
    return {
      write: all.filter((type) => OF_WRITES.includes(type)).sort(),
      deployment: all.filter((type) => !OF_WRITES.includes(type)),
    };
  }

  it('tell a whole life, each thing once', async () => {
    const write = ['api_post_event', 'group_change_success'];
    await finished('POST', '/v2/apps', onHost);
    // Registering the app is a step of its own.
    const registered = ['deployment_info', 'deployment_step_success'];
    expect(seen()).toEqual({
      write,
      deployment: [...registered, 'deployment_info', ...started, ...ended],
    });
    await finished('PUT', '/v2/apps/a', { env: { A: '1' } });
    const { deployment, ...rest } = seen();
    expect(rest).toEqual({ write });
    expect([deployment[0], ...deployment.slice(-2)]).toEqual(['deployment_info', ...ended]);
    // The old task goes when the new one runs, while either is told about.
    const tasks = deployment.slice(1, -2);
    expect(tasks.filter((type) => started.includes(type))).toEqual(started);
    expect(tasks.filter((type) => !started.includes(type))).toEqual(killed);
    await finished('PUT', '/v2/apps/a', { instances: 0 });
    expect(seen()).toEqual({ write, deployment: ['deployment_info', ...killed, ...ended] });
    await finished('DELETE', '/v2/apps/a');
    expect(seen()).toEqual({
      write: ['group_change_success'],
      deployment: ['deployment_info', 'app_terminated_event', ...ended],
    });
  });

  it('tell what is overridden and what is refused, each once', async () => {
    harness.engine.holdPulls();
    const slow = { ...docker, docker: { image: 'elsewhere' } };
    await api.request('POST', '/v2/apps', { ...onHost, container: slow });
    await harness.quiet();
    told();
    expect((await api.request('PUT', '/v2/apps/a', { mem: 64 })).status).toBe(409);
    expect(seen()).toEqual({ write: ['group_change_failed'], deployment: [] });
    await api.request('DELETE', '/v2/apps/a');
    await harness.quiet();
    expect(seen()).toEqual({
      write: ['group_change_success'],
      deployment: [
        'deployment_step_failure',
        'deployment_failed',
        'deployment_info',
        ...killed,
        'app_terminated_event',
        ...ended,
      ],
    });
    harness.engine.releasePulls();
    await harness.quiet();
    expect(told()).toEqual([]);
  });

  it('tell of the write that takes a deployment back', async () => {
    harness.engine.holdPulls();
    const slow = { ...docker, docker: { image: 'elsewhere' } };
    await api.request('POST', '/v2/apps', { ...onHost, container: slow });
    const { body } = await api.request('GET', '/v2/deployments');
    const [{ id = '' } = {}] = body as { id?: string }[];
    told();
    expect((await api.request('DELETE', `/v2/deployments/${id}`)).status).toBe(200);
    expect(seen().write).toEqual(['group_change_success']);
    harness.engine.releasePulls();
  });
});

describe('the queue', () => {
  it('shows the most that there was of what is missing', async () => {
    await finished('POST', '/v2/apps', { ...onHost, cpus: 1, mem: 1000 });
    await api.request('POST', '/v2/apps', { ...onHost, id: '/b', cpus: 1, mem: 600 });
    await harness.quiet();
    const { body } = await api.request('GET', '/v2/queue?embed=lastUnusedOffers');
    const { queue } = body as { queue: { lastUnusedOffers: object[] }[] };
    expect(queue[0]?.lastUnusedOffers).toMatchObject([
      {
        offer: {
          hostname: 'host1',
          resources: expect.arrayContaining([
            { name: 'cpus', role: '*', scalar: 3 },
            { name: 'mem', role: '*', scalar: 24 },
          ]) as unknown,
        },
        reason: ['InsufficientMemory'],
      },
    ]);
    expect((await api.request('GET', '/v2/queue')).text).not.toContain('lastUnusedOffers');
  });
});

describe('groups', () => {
  it('that nobody made may be removed', async () => {
    await finished('POST', '/v2/apps', { ...onHost, id: '/g/h/a' });
    await finished('DELETE', '/v2/groups/g');
    expect((await api.request('GET', '/v2/groups/g')).status).toBe(404);
    const server = await harness.serve();
    await expect(
      server.deploy({ put: [], remove: [], groupsRemoved: ['/never', '/never/made'] }, false),
    ).resolves.toMatchObject({ steps: [] });
  });
});
