import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { CrossflockError } from '../../../src/errors/crossflock-error.js';
import type { MarathonEvent } from '../../../src/marathon/answers.js';
import { MarathonClient } from '../../../src/marathon/client.js';
import type { MarathonClientOptions } from '../../../src/marathon/client-options.js';
import { refusalOf } from '../../../src/marathon/refusal.js';
import { FakeMarathon } from '../../fakes/fake-marathon.js';
import { TINY_RETRY, wantedApp } from './apps.js';

const PASSWORD = 'correct horse battery';
const APP = wantedApp('/a');

let fake: FakeMarathon;
let retried: string[];

beforeEach(async () => {
  fake = await FakeMarathon.start();
  retried = [];
});
afterEach(async () => {
  await fake.stop();
});

function client(change: Partial<MarathonClientOptions> = {}): MarathonClient {
  return new MarathonClient({
    url: fake.url,
    retry: TINY_RETRY,
    onRetry: ({ message }) => retried.push(message),
    ...change,
  });
}

async function failure(work: Promise<unknown>): Promise<CrossflockError> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(CrossflockError);
  return error as CrossflockError;
}

function ok(): Promise<unknown> {
  return client().info();
}

describe('MarathonClient', () => {
  it('creates, reads, updates and deletes an app', async () => {
    const deployment = await client().createApp(APP);
    expect(fake.state.deploymentIds).toEqual([deployment]);
    fake.state.startTask('/a', { ip: '172.16.0.2' });
    expect(await client().getApp('a')).toMatchObject({
      id: '/a',
      instances: 1,
      tasks: [{ state: 'TASK_RUNNING', ip: '172.16.0.2', ports: [31022] }],
      deployments: [],
    });
    expect(await client().tasks('/a')).toMatchObject([{ host: 'agent1' }]);
    expect(await client().updateApp(wantedApp('/a', { cpus: 4 }))).toMatch(/^deployment-/);
    expect(await client().deployments()).toMatchObject([
      { affectedApps: ['/a'], currentActions: [{ action: 'RestartApplication', app: '/a' }] },
    ]);
    expect(await client().deleteApp('/a')).toMatch(/^deployment-/);
    expect(await client().getApp('/a')).toBeUndefined();
    expect(await client().deleteApp('/a')).toBeUndefined();
    expect(await client().queue()).toEqual([]);
    await client().ping();
    expect(await client().info()).toEqual({ version: '1.11.24', leader: 'fake:8080' });
    fake.verify();
  });

  it('writes embed once for each value and no brackets', async () => {
    await client().listApps({ label: 'crossflock.deployment==x' });
    expect(fake.requests[0]?.query.toString()).toBe(
      'embed=apps.tasks&embed=apps.deployments&embed=apps.lastTaskFailure&label=crossflock.deployment%3D%3Dx',
    );
  });

  it('replaces an app as a whole, with empty lists written out', async () => {
    fake.state.addRunning({ ...APP });
    await client().updateApp(APP);
    const put = fake.requests.find(({ method }) => method === 'PUT');
    expect(put?.query.get('partialUpdate')).toBe('false');
    expect(put?.body).toMatchObject({ constraints: [], healthChecks: [] });
  });

  it.each(['', '/', '/v2', '/v2/apps', '/v2/apps/'])(
    'accepts a URL that ends in %j',
    async (end) => {
      await client({ url: fake.url + end }).info();
      expect(fake.requests[0]?.path).toBe('/v2/info');
    },
  );

  it('sends the user name and password, also those in the URL', async () => {
    await fake.stop();
    fake = await FakeMarathon.start({ auth: { username: 'kinc', password: PASSWORD } });
    await client({ auth: { username: 'kinc', password: PASSWORD } }).info();
    const url = fake.url.replace('//', `//kinc:${encodeURIComponent(PASSWORD)}@`);
    const inside = client({ url });
    await inside.info();
    expect(inside.url).toBe(fake.url);
  });
});

describe('errors of MarathonClient', () => {
  it.each([
    [401, '<html><title>x</title></html>', 'unauthorized', 'wants a user name and a password'],
    [403, '{"message":"Not Authorized"}', 'unauthorized', 'does not allow it: Not Authorized'],
    [404, '<html><title>Not Found</title></html>', 'refused', 'no marathon behind this address'],
    [
      400,
      '{"message":"Invalid JSON","details":"Unexpected\\nend"}',
      'refused',
      '(400): Unexpected end',
    ],
    [500, '{"message":"URI not found"}', 'refused', '(500): URI not found'],
    [418, '<html><body>long page</body></html>', 'refused', '(418): no reason given'],
  ])(
    'HTTP %i is not retried and says in one line what is wrong',
    async (status, body, code, text) => {
      fake.fail('GET /v2/info', { status, body });
      const error = await failure(ok());
      expect(error).toMatchObject({ code, retryable: false });
      expect(error.message).toContain(text);
      expect(error.message).toContain(fake.url);
      expect(error.message).not.toMatch(/[\n<]/);
      expect(fake.requests).toHaveLength(1);
    },
  );

  it('flattens the details of a refusal', async () => {
    const details = [
      { path: '/container/docker', errors: ['not defined'] },
      { path: '/cpus', errors: ['error.expected.jsnumber'] },
      { path: '/', errors: [`'image' is undefined on object: {"env":{"TOKEN":"hunter2"}}`] },
    ];
    const body = JSON.stringify({ message: 'Object is not valid', details });
    fake.fail('POST /v2/apps', { status: 422, body });
    expect((await failure(client().createApp(APP))).message).toBe(
      `marathon at ${fake.url} refused /a (422): ` +
        "/container/docker: not defined; /cpus: must be a number; 'image' is missing",
    );
  });

  it.each([
    [{ status: 503, body: '{"message":"starting"}' }, 'unavailable', '(503: starting)'],
    [
      {
        status: 502,
        body: '<html><title>Error 502 Could not determine the current leader</title></html>',
      },
      'unavailable',
      '(502: Error 502 Could not determine the current leader)',
    ],
    [
      { status: 403, body: '{"message":"Max number (100) of running…"}' },
      'unavailable',
      'too many',
    ],
    [{ drop: 'before' } as const, 'unreachable', 'dropped the connection'],
  ])('retries %j with a limit', async (fault, code, text) => {
    fake.fail('GET /v2/info', fault, 3);
    await ok();
    expect(fake.requests).toHaveLength(4);
    expect(retried).toHaveLength(3);
    fake.fail('GET /v2/info', fault, 4);
    const error = await failure(ok());
    expect(error).toMatchObject({ code, retryable: true });
    expect(error.message).toContain(text);
    expect(fake.requests).toHaveLength(8);
    fake.verify();
  });

  it('asks once when told to', async () => {
    fake.fail('GET /v2/info', { status: 503 });
    await failure(client().info({ once: true }));
    expect(fake.requests).toHaveLength(1);
  });

  it('retries a refused connection until the server is there', async () => {
    await fake.stop();
    const patient = client({
      retry: { ...TINY_RETRY, retries: 1000 },
      onRetry: ({ message }) => {
        retried.push(message);
        if (retried.length === 3) void fake.listen();
      },
    });
    expect(await patient.info()).toMatchObject({ version: '1.11.24' });
    expect(retried[0]).toBe(`marathon at ${fake.url} refused the connection`);
  });

  it('gives up on an answer that does not come', async () => {
    const never = Promise.withResolvers<undefined>();
    fake.fail('GET /v2/info', { holdUntil: never.promise });
    const error = await failure(client({ timeoutMs: 20 }).info({ once: true }));
    expect(error).toMatchObject({ code: 'timeout', retryable: true });
    expect(error.message).toBe(`marathon at ${fake.url} did not answer in time`);
    never.resolve(undefined);
  });

  it('stops at once when its signal fires, in a request as between two', async () => {
    const never = Promise.withResolvers<undefined>();
    const controller = new AbortController();
    fake.fail('GET /v2/info', { holdUntil: never.promise });
    const asked = failure(client().info({ signal: controller.signal }));
    await fake.until(() => true);
    controller.abort();
    expect(await asked).toMatchObject({ code: 'aborted', message: 'interrupted' });
    never.resolve(undefined);
    const reason = new CrossflockError('the deadline has passed', { code: 'timeout' });
    const slow = { ...TINY_RETRY, minTimeout: 60_000, maxTimeout: 60_000 };
    const waiting = new AbortController();
    fake.fail('GET /v2/queue', { status: 503 });
    const onRetry = (): void => {
      waiting.abort(reason);
    };
    const between = failure(client({ retry: slow, onRetry }).queue({ signal: waiting.signal }));
    expect(await between).toBe(reason);
  });

  it('says what is locked and by what, and does not retry it', async () => {
    fake.state.addRunning({ ...APP });
    const lock = fake.state.lock('/a');
    const error = await failure(client().updateApp(APP));
    expect(error).toMatchObject({
      code: 'unavailable',
      message: `marathon at ${fake.url}: /a is locked by deployment ${lock}`,
    });
    expect(refusalOf(error)).toMatchObject({ kind: 'locked', deployments: [lock] });
    expect(fake.requests).toHaveLength(1);
  });

  it('takes a page with status 200 and foreign JSON for what they are', async () => {
    fake.fail('GET /v2/apps', { status: 200, body: '<html>\nhello</html>', type: 'text/html' });
    expect((await failure(client().listApps())).message).toBe(
      'expected JSON, got "<html> hello</html>"',
    );
    fake.fail('GET /v2/apps', { status: 200, body: '{"items":[]}' });
    expect(await failure(client().listApps())).toMatchObject({
      code: 'refused',
      message: 'expected {"apps":[…]}, got {"items":[]}',
      hint: 'check that marathon_uri is the address of a marathon',
    });
  });

  it('never contains the password, whatever the error', async () => {
    await fake.stop();
    fake = await FakeMarathon.start({ auth: { username: 'kinc', password: 'other' } });
    const auth = { username: 'kinc', password: PASSWORD };
    const errors = [await failure(client({ auth }).info())];
    expect(errors[0]).toMatchObject({ code: 'unauthorized' });
    expect(errors[0]?.message).toBe(
      `marathon at ${fake.url} does not accept this user name and password`,
    );
    fake.fail('GET /v2/info', { drop: 'before' }, 9);
    errors.push(await failure(client({ auth }).info()));
    const text = inspect(errors, { depth: 20, showHidden: true });
    expect(text).not.toContain(PASSWORD);
    expect(text).not.toContain(Buffer.from(`kinc:${PASSWORD}`).toString('base64'));
    const wrong = `ftp://kinc:${encodeURIComponent(PASSWORD)}@host/`;
    expect(() => client({ url: wrong })).toThrow('"ftp://host/" is not the address of a marathon');
  });
});

describe('MarathonClient.createApp', () => {
  it('does not create twice when the answer is lost', async () => {
    fake.fail('POST /v2/apps', { drop: 'after' });
    const deployment = await client().createApp(APP);
    expect(fake.state.deploymentIds).toEqual([deployment]);
    expect(fake.count('POST /v2/apps')).toBe(1);
  });

  it('creates again when the request was lost', async () => {
    fake.fail('POST /v2/apps', { drop: 'before' });
    const deployment = await client().createApp(APP);
    expect(fake.state.deploymentIds).toEqual([deployment]);
    expect(fake.count('POST /v2/apps')).toBe(2);
  });

  it('does not take somebody else’s app of that id for its own', async () => {
    fake.state.addRunning({ ...wantedApp('/a', { cpus: 9 }) });
    fake.fail('POST /v2/apps', { drop: 'before' });
    const error = await failure(client().createApp(APP));
    expect(error).toMatchObject({
      code: 'refused',
      message: `marathon at ${fake.url}: /a exists already`,
    });
    expect(refusalOf(error)?.kind).toBe('exists');
  });
});

describe('MarathonClient.events', () => {
  async function take(
    events: AsyncIterable<MarathonEvent>,
    count: number,
  ): Promise<MarathonEvent[]> {
    const taken: MarathonEvent[] = [];
    for await (const event of events) {
      if (taken.push(event) === count) break;
    }
    return taken;
  }

  it('streams the events asked for, with the one Accept header that Marathon takes', async () => {
    const { signal } = new AbortController();
    const types = ['event_stream_attached', 'deployment_info'];
    let isOpen = false;
    const onOpen = (): void => {
      isOpen = true;
      fake.state.addRunning({ ...APP });
      fake.state.lock('/a');
    };
    const events = await take(client().events({ signal, types, onOpen }), 2);
    expect(isOpen).toBe(true);
    expect(events.map(({ eventType }) => eventType)).toEqual(types);
    const raw = fake.requests[0]?.rawHeaders ?? [];
    expect(raw[raw.findIndex((name) => name.toLowerCase() === 'accept') + 1]).toBe(
      'text/event-stream',
    );
    // Leaving the loop closes the stream.
    await fake.until(() => fake.subscribers === 0);
  });

  it('throws when the stream breaks, when there is none, and when its signal fires', async () => {
    const { signal } = new AbortController();
    const broken = take(client().events({ signal, types: [] }), 2);
    await fake.until(() => fake.subscribers === 1);
    fake.dropStreams();
    expect(await failure(broken)).toMatchObject({ code: 'unreachable', retryable: true });
    fake.fail('GET /v2/events', { status: 404, body: '<html><title>Not Found</title></html>' });
    expect(await failure(take(client().events({ signal, types: [] }), 1))).toMatchObject({
      code: 'refused',
    });
    fake.fail('GET /v2/events', { status: 200, body: '{}' });
    expect(await failure(take(client().events({ signal, types: [] }), 1))).toMatchObject({
      message: 'expected an event stream, got "application/json"',
    });
    const controller = new AbortController();
    const stopped = take(client().events({ signal: controller.signal, types: [] }), 2);
    await fake.until(() => fake.subscribers === 1);
    controller.abort();
    expect(await failure(stopped)).toMatchObject({ code: 'aborted' });
  });
});
