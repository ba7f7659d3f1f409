/** A real server that asks for credentials. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Method, checkedRequest } from './checked-process.js';
import { Stage } from './stage.js';

let stage: Stage;

beforeAll(async () => {
  // Its password holds a colon.
  stage = await Stage.open('credentials', { CROSSFLOCK_CREDENTIALS: 'someone:pass:word' });
});

afterAll(() => stage.close());

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
const RIGHT = { authorization: basic('someone:pass:word') };

const READ = [
  ...['/v2/apps', '/v2/apps/a', '/v2/apps/a/tasks', '/v2/apps/a/versions', '/v2/apps/*'],
  ...['/v2/tasks', '/v2/deployments', '/v2/queue', '/v2/groups', '/v2/groups/a', '/v2/info'],
  ...['/v2/leader', '/v2/events', '/v2/pods', '/v2/plugins', '/metrics', '/ping', '/ui', '/'],
  ...['/nothing/here', '/v2/apps/%zz'],
];

const ROUTES: readonly (readonly [Method, string])[] = [
  ...READ.map((path) => ['GET', path] as const),
  ['POST', '/v2/apps'],
  ['PUT', '/v2/apps'],
  ['PUT', '/v2/apps/a'],
  ['PATCH', '/v2/apps/a'],
  ['DELETE', '/v2/apps/a'],
  ['POST', '/v2/apps/a/restart'],
  ['DELETE', '/v2/apps/a/tasks'],
  ['POST', '/v2/tasks/delete'],
  ['PUT', '/v2/groups'],
  ['DELETE', '/v2/groups/a'],
  ['DELETE', '/v2/deployments/a'],
  ['DELETE', '/v2/queue/a/delay'],
  ['DELETE', '/v2/leader'],
];

/** No credentials, wrong ones, ones of another kind. */
const WRONG: readonly Readonly<Record<string, string>>[] = [
  {},
  ...['someone:wrong', 'other:pass:word', 'someone', ''].map((text) => ({
    authorization: basic(text),
  })),
  { authorization: 'Bearer x' },
];

describe('without the right credentials', () => {
  it.each(ROUTES)('%s %s is 401', async (method, path) => {
    for (const headers of WRONG) {
      const answer = await checkedRequest(stage.server.url, method, path, { headers });
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toBe('basic realm="Mesosphere"');
      expect(answer.text).not.toContain('pass');
    }
  });
});

describe('with them', () => {
  it('everything answers', async () => {
    for (const [method, path] of ROUTES.filter(([, route]) => route !== '/v2/events')) {
      const response = await fetch(`${stage.server.url}${path}`, { method, headers: RIGHT });
      await response.text();
      expect(response.status, `${method} ${path}`).not.toBe(401);
    }
  });
});
