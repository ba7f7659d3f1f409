/** What holds for every request: paths, methods, authentication, system endpoints. */
import { describe, expect, it } from 'vitest';
import { CheckedServer } from './support/checked-server.js';

describe('paths and methods', () => {
  it.each(['/v2/nope', '/v3', '/v2/apps/../../etc'])('%s: 500 as since 1.7', async (url) => {
    const answer = await new CheckedServer().request('GET', url);
    expect(answer.status).toBe(500);
    expect(answer.body).toEqual({ message: 'URI not found' });
  });

  it.each([
    ['POST', '/v2/apps/a'],
    ['DELETE', '/v2/apps'],
    ['PUT', '/ping'],
  ] as const)('%s %s: 405', async (method, url) => {
    expect((await new CheckedServer().request(method, url)).status).toBe(405);
  });

  it('takes ids of several segments, encoded or not, with a slash at the end', async () => {
    const server = new CheckedServer();
    await server.request('POST', '/v2/apps', { id: '/a/b.c/d-1', cmd: 'sleep 1' });
    for (const url of ['a/b.c/d-1', 'a%2Fb.c%2Fd-1', '/a/b.c/d-1', 'a/b.c/d-1/']) {
      expect((await server.request('GET', `/v2/apps/${url}`)).body).toHaveProperty(
        'app.id',
        '/a/b.c/d-1',
      );
      expect((await server.request('GET', `/v2/apps/${url}/tasks`)).status).toBe(200);
    }
    expect((await server.request('GET', '/v2/apps/%E0%A4%A')).status).toBe(400);
  });

  it('answers HEAD without a body', async () => {
    expect((await new CheckedServer().request('HEAD', '/v2/apps')).status).toBe(200);
  });

  it('leads from / to a page of text', async () => {
    const server = new CheckedServer();
    const { status, headers } = await server.request('GET', '/');
    expect([status, headers['location']]).toEqual([302, '/ui/']);
    expect((await server.request('GET', '/ui/')).text).toContain('Marathon');
  });

  it('refuses a body beyond all reason with 413', async () => {
    const answer = await new CheckedServer().request('POST', '/v2/apps', 'x'.repeat(17 << 20));
    expect(answer.status).toBe(413);
  });

  it('does not let a property name reach a prototype', async () => {
    const server = new CheckedServer();
    const text = '{"id":"a","cmd":"sleep 1","env":{"__proto__":"x","constructor":"y"}}';
    expect((await server.request('POST', '/v2/apps', text)).status).toBe(201);
    const { env } = server.orchestrator.app('/a')!.definition;
    expect(Object.entries(env!)).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
  });
});

describe('system', () => {
  it.each([
    [undefined, 200, 'pong'],
    ['*/*', 200, 'pong'],
    ['text/plain', 200, 'pong'],
    ['text/html', 200, 'pong'],
    ['application/json', 200, '"pong"'],
    ['image/png', 204, ''],
  ])('ping accepting %s', async (accept, status, text) => {
    const headers = accept === undefined ? {} : { accept };
    const answer = await new CheckedServer().request('GET', '/ping', undefined, headers);
    expect([answer.status, answer.text]).toEqual([status, text]);
  });

  it('metrics, leader, pods, plugins', async () => {
    const server = new CheckedServer();
    await server.request('POST', '/v2/apps', { id: 'a', cmd: 'sleep 1' });
    const { body } = await server.request('GET', '/metrics');
    expect((body as { gauges: object }).gauges).toMatchObject({
      'marathon.apps.active.gauge': { value: 1 },
      'marathon.deployments.active.gauge': { value: 1 },
    });
    expect((await server.request('GET', '/metrics/prometheus')).status).toBe(404);
    expect((await server.request('DELETE', '/v2/leader')).status).toBe(200);
    expect((await server.request('GET', '/v2/pods')).body).toEqual([]);
    expect((await server.request('POST', '/v2/pods', {})).status).toBe(501);
    expect((await server.request('GET', '/v2/plugins')).body).toEqual({ plugins: [] });
  });
});

describe('authentication', () => {
  const credentials = { username: 'user', password: 'pa:ss' };
  const basic = (text: string): Record<string, string> => ({
    authorization: `Basic ${Buffer.from(text).toString('base64')}`,
  });

  it.each(['/ping', '/v2/apps', '/ui/', '/nope'])('is wanted for %s', async (url) => {
    const server = new CheckedServer({ credentials });
    const answer = await server.request('GET', url);
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('basic realm="Mesosphere"');
  });

  it('admits the right credentials only', async () => {
    const server = new CheckedServer({ credentials, realm: 'crossflock' });
    const get = (headers: Record<string, string>) =>
      server.request('GET', '/ping', undefined, headers);
    expect((await get(basic('user:pa:ss'))).status).toBe(200);
    for (const wrong of ['user:pass', 'user', ':', 'user:pa:ss2', '']) {
      const answer = await get(basic(wrong));
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toBe('basic realm="crossflock"');
    }
    const bearer = basic('user:pa:ss')['authorization']!.replace('Basic', 'Bearer');
    expect((await get({ authorization: bearer })).status).toBe(401);
  });
});

describe('web pages', () => {
  const send = async (origin: string, host: string): Promise<number> => {
    const server = new CheckedServer();
    const body = { id: 'a', cmd: 'sleep 1' };
    const answer = await server.request('POST', '/v2/apps', body, { origin, host });
    expect(server.orchestrator.apps()).toHaveLength(answer.status === 201 ? 1 : 0);
    return answer.status;
  };

  it.each([
    ['http://evil.example', 'localhost:8080'],
    ['null', 'localhost:8080'],
    ['http://localhost:3000', 'localhost:8080'],
    // A name that was made to point here.
    ['http://evil.example:8080', 'evil.example:8080'],
  ])('of %s may not write to %s', async (origin, host) => {
    expect(await send(origin, host)).toBe(403);
  });

  it.each(['localhost:8080', '127.0.0.1:8080', '[::1]:8080'])('of %s itself may', async (host) => {
    expect(await send(`http://${host}`, host)).toBe(201);
  });
});
