/** Every request document of the conformance data, sent to the server. */
import { describe, expect, it } from 'vitest';
import type { ServerOptions } from '../../src/embedded/api/server.js';
import { CheckedServer, type Checked } from './support/checked-server.js';
import { type Example, exampleText, manifest } from './support/schemas.js';

type Sender = (server: CheckedServer, text: string) => Promise<Checked>;

const REQUEST_SCHEMAS = [
  'app-create',
  'app-replace',
  'app-update',
  'apps-update',
  'group',
  'delete-tasks',
];

/** What an example needs the server to be started with (`--enable_features`, `--mesos_role`). */
const SERVERS: Readonly<Record<string, Partial<ServerOptions>>> = {
  'valid/gpu-mesos.json': { features: ['gpu_resources'] },
  'valid/secrets.json': { features: ['secrets'] },
  'valid/repo-test-external-volume-mesos-app.json': { features: ['external_volumes'] },
  // Marathon lets apps with persistent volumes have any role but `*`.
  'valid/repo-test-persistent-volume-app.json': { defaultRole: 'agent' },
};

/** How a document is sent, by schema; the update finds an app at its first version. */
const SENDERS: Readonly<Record<string, Sender>> = {
  'app-create': (server, text) => server.request('POST', '/v2/apps', text),
  'app-replace': (server, text) =>
    server.request('PUT', '/v2/apps/replaced?partialUpdate=false', text),
  'app-update': async (server, text) => {
    await server.request('POST', '/v2/apps', { id: 'foo', cmd: 'sleep 60' });
    server.orchestrator.finish();
    return server.request('PATCH', '/v2/apps/foo', text);
  },
  'apps-update': (server, text) => server.request('PUT', '/v2/apps', text),
  group: (server, text) => server.request('POST', '/v2/groups', text),
  'delete-tasks': (server, text) => server.request('POST', '/v2/tasks/delete', text),
};

const SPECIAL: Readonly<Record<string, Sender>> = {
  'valid/update-clear-args.json': async (server, text) => {
    await server.request('POST', '/v2/apps', { id: 'foo', args: ['sleep', '60'] });
    server.orchestrator.finish();
    return server.request('PUT', '/v2/apps/foo', text);
  },
  'valid/repo-apps-patch.json': async (server, text) => {
    await server.request('PUT', '/v2/apps', exampleText('valid/repo-apps-create.json'));
    server.orchestrator.finish();
    return server.request('PATCH', '/v2/apps', text);
  },
  'valid/group-scale.json': putOnGroup,
  'valid/group-rollback.json': putOnGroup,
  // What a GET answers: its groups have a `version`, which Marathon takes only by itself in a request.
  'valid/repo-group.json': async (server, text) => {
    expect((await server.request('PUT', '/v2/groups', text)).status).toBe(422);
    return server.request('PUT', '/v2/groups', withoutVersion(JSON.parse(text) as GroupJson));
  },
};

interface GroupJson {
  readonly groups: readonly GroupJson[];
}

function withoutVersion(group: GroupJson): GroupJson {
  return { ...group, version: null, groups: group.groups.map(withoutVersion) } as GroupJson;
}

async function putOnGroup(server: CheckedServer, text: string): Promise<Checked> {
  await server.request('POST', '/v2/groups', exampleText('valid/group-create.json'));
  server.orchestrator.finish();
  return server.request('PUT', '/v2/groups/kinc', text);
}

function send(server: CheckedServer, { file, schema }: Example): Promise<Checked> {
  const sender = SPECIAL[file] ?? SENDERS[schema[0]!]!;
  return sender(server, exampleText(file));
}

const requests = manifest.filter(({ schema }) => REQUEST_SCHEMAS.includes(schema[0]!));
const accepted = requests.filter(({ valid, expect: refusal }) => valid && refusal === undefined);
const refused = requests.filter(({ expect: refusal }) => refusal !== undefined);

describe('requests of the conformance data', () => {
  it('are all sent', () => {
    expect([accepted.length, refused.length]).toEqual([40, 72]);
    expect(accepted.length + refused.length).toBe(requests.length);
  });

  it.each(accepted)('accepts $file', async (entry) => {
    const server = new CheckedServer(SERVERS[entry.file]);
    const answer = await send(server, entry);
    const created = ['app-create', 'app-replace', 'group'].includes(entry.schema[0]!);
    const put = entry.file in SPECIAL;
    expect(answer.status).toBe(created && !put ? 201 : 200);
    await server.request('GET', '/v2/groups?embed=group.apps&embed=group.groups');
    await server.request('GET', '/v2/apps?embed=apps.tasks&embed=apps.taskStats');
    await server.request('GET', '/v2/deployments');
  });

  it.each(refused)('refuses $file', async (entry) => {
    const server = new CheckedServer();
    const { status, body } = await send(server, entry);
    const wanted = entry.expect!;
    expect(status).toBe(wanted.status);
    const { message, details = [] } = body as {
      message: string;
      details?: { path: string; errors: string[] }[];
    };
    expect(message).toBe(wanted.message);
    if (wanted.path !== undefined) {
      expect(details.map(({ path }) => path)).toContain(wanted.path);
    }
    if (wanted.error !== undefined) {
      const errors = details.filter(({ path }) => path === wanted.path).flatMap((d) => d.errors);
      // The manifest writes the object that Marathon quotes as `{…}`.
      expect(errors.map((error) => error.replace(/\{.*\}/s, '{…}'))).toContain(wanted.error);
    }
    expect(server.orchestrator.apps().filter(({ definition }) => definition.id !== '/foo')).toEqual(
      [],
    );
  });
});
