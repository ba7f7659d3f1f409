import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { FakeMarathon } from '../../fakes/fake-marathon.js';
import { wantedApp } from '../marathon/apps.js';

let fake: FakeMarathon;

beforeEach(async () => {
  fake = await FakeMarathon.start();
});
afterEach(async () => {
  await fake.stop();
});

async function ask(method: string, path: string, body?: unknown): Promise<Response> {
  return fetch(fake.url + path, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
  });
}

describe('the fake Marathon', () => {
  it('holds an app with its deployment until its task runs', async () => {
    const created = await ask('POST', '/v2/apps?force=false', wantedApp('/a'));
    expect(created.status).toBe(201);
    const { deployments } = (await created.json()) as { deployments: { id: string }[] };
    const locked = await ask('PUT', '/v2/apps/a?partialUpdate=false', wantedApp('/a'));
    expect(locked.status).toBe(409);
    expect(await locked.json()).toMatchObject({ deployments });
    fake.state.startTask('/a', { ip: '172.16.0.9' });
    const { app } = (await (await ask('GET', '/v2/apps/a')).json()) as { app: object };
    expect(app).toMatchObject({
      deployments: [],
      tasks: [{ state: 'TASK_RUNNING' }],
      backoffSeconds: 1,
    });
    expect((await ask('POST', '/v2/apps', wantedApp('/a'))).status).toBe(409);
    fake.verify();
  });

  it('keeps the deployment that stops a deleted app until it is finished', async () => {
    fake.state.addRunning({ ...wantedApp('/a') });
    expect((await ask('DELETE', '/v2/apps/a')).status).toBe(200);
    expect((await ask('GET', '/v2/apps/a')).status).toBe(404);
    expect(await (await ask('GET', '/v2/deployments')).json()).toHaveLength(1);
    expect((await ask('POST', '/v2/apps', wantedApp('/a'))).status).toBe(409);
    fake.state.finish('/a');
    expect(await (await ask('GET', '/v2/deployments')).json()).toEqual([]);
  });

  it('waits for the health checks of an app that has some', async () => {
    await ask('POST', '/v2/apps', wantedApp('/a', { healthChecks: [{ protocol: 'TCP' }] }));
    fake.state.startTask('/a');
    expect(fake.state.deploymentIds).toHaveLength(1);
    fake.state.setHealth('/a', true);
    expect(fake.state.deploymentIds).toHaveLength(0);
  });

  it('lists by label and leaves empty lists out', async () => {
    fake.state.addRunning({ ...wantedApp('/a', { args: [] }) });
    fake.state.addRunning({ ...wantedApp('/b', { labels: { 'crossflock.deployment': 'x' } }) });
    const answer = await ask('GET', '/v2/apps?label=crossflock.deployment%3D%3Dcrossflock');
    const { apps } = (await answer.json()) as { apps: { id: string }[] };
    expect(apps.map(({ id }) => id)).toEqual(['/a']);
    expect(apps[0]).not.toHaveProperty('args');
  });

  it.each([
    ['an unknown path', () => ask('GET', '/v2/pods')],
    ['an unknown parameter', () => ask('GET', '/v2/apps?embed[]=apps.tasks')],
    ['an unknown property', () => ask('POST', '/v2/apps', { ...wantedApp('/a'), gpus: 1 })],
    ['a partial update', () => ask('PUT', '/v2/apps/a', wantedApp('/a'))],
    ['another content type', () => fetch(`${fake.url}/v2/apps`, { method: 'POST', body: '{}' })],
  ])('refuses %s and remembers it', async (_name, request) => {
    expect((await request()).status).toBe(500);
    expect(() => {
      fake.verify();
    }).toThrow('not told about');
  });

  it('sends the events that were asked for, after event_stream_attached', async () => {
    const path = '/v2/events?event_type=deployment_info&event_type=event_stream_attached';
    const response = await fetch(fake.url + path, { headers: { Accept: 'text/event-stream' } });
    fake.state.addRunning({ ...wantedApp('/a') });
    fake.state.lock('/a');
    await fake.until(() => fake.subscribers === 1);
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!text.includes('deployment_info')) text += (await reader.read()).value ?? '';
    expect(text.match(/event: \S+/g)).toEqual([
      'event: event_stream_attached',
      'event: deployment_info',
    ]);
    fake.dropStreams();
    await expect(reader.read()).rejects.toThrow();
    expect(fake.subscribers).toBe(0);
  });

  it('refuses a stream for any other Accept header', async () => {
    const headers = { Accept: 'text/event-stream, */*' };
    expect((await fetch(`${fake.url}/v2/events`, { headers })).status).toBe(405);
  });

  it('fails as announced, and tells of announcements that were never met', async () => {
    fake.fail('GET /v2/info', { status: 503, body: 'no' }).fail('POST /v2/apps', { drop: 'after' });
    expect((await ask('GET', '/v2/info')).status).toBe(503);
    expect((await ask('GET', '/v2/info')).status).toBe(200);
    expect(() => {
      fake.verify();
    }).toThrow('never failed: POST /v2/apps');
    await expect(ask('POST', '/v2/apps', wantedApp('/a'))).rejects.toThrow();
    expect(fake.state.ids).toEqual(['/a']);
    fake.fail('POST /v2/apps', { drop: 'before' });
    await expect(ask('POST', '/v2/apps', wantedApp('/b'))).rejects.toThrow();
    expect(fake.state.ids).toEqual(['/a']);
    fake.verify();
  });

  it('comes back on its port with its state', async () => {
    fake.state.addRunning({ ...wantedApp('/a') });
    const { url } = fake;
    await fake.stop();
    await expect(fetch(`${url}/ping`)).rejects.toThrow();
    await fake.listen();
    expect(fake.url).toBe(url);
    expect((await ask('GET', '/v2/apps/a')).status).toBe(200);
  });

  it('wants the password it was given', async () => {
    const strict = await FakeMarathon.start({ auth: { username: 'u', password: 'p' } });
    expect((await fetch(`${strict.url}/ping`)).status).toBe(401);
    const headers = { Authorization: `Basic ${btoa('u:p')}` };
    expect((await fetch(`${strict.url}/ping`, { headers })).status).toBe(200);
    await strict.stop();
  });
});
