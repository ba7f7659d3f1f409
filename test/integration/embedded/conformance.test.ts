/**
 * The requests of the conformance data against the real server on a real engine, every answer held
 * against the strict schemas. Images are replaced by one that this machine has; everything else is
 * sent as it stands, so that much of it cannot run here, and the server has to say why.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Example, exampleText, manifest } from '../../contract/support/schemas.js';
import { type Method, checkedRequest } from './checked-process.js';
import { docker } from './docker-cli.js';
import { Stage, image } from './stage.js';

let stage: Stage;
/** Takes any arguments, and ends when asked to. */
let anyImage: string;

beforeAll(async () => {
  stage = await Stage.open('conformance', { CROSSFLOCK_CPUS: '32', CROSSFLOCK_MEM: '32768' });
  anyImage = `${stage.scope}-any`;
  const run = 'trap "exit 0" TERM; sleep 100000 & wait';
  const entry = `ENTRYPOINT ${JSON.stringify(['/bin/sh', '-c', run, 'any'])}`;
  await docker('create', '--name', anyImage, image, 'true');
  await docker('commit', '--change', entry, anyImage, anyImage);
  await docker('rm', anyImage);
});

afterEach(async () => {
  await call('DELETE', '/v2/groups?force=true');
  await stage.noDeployment();
});

afterAll(async () => {
  await stage.close();
  await docker('rmi', anyImage);
  // An example's host path is relative, which Docker takes for the name of a volume.
  await docker('volume', 'rm', '--force', 'pinger.py');
});

async function call(method: Method, path: string, body?: unknown) {
  return checkedRequest(stage.server.url, method, path, { body });
}

/** The document with images that are here, and no pulling. */
function localized(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(localized);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, localized(item)] as const);
  const copy = Object.fromEntries(entries);
  if (!('image' in copy)) return copy;
  return { ...copy, image: anyImage, forcePullImage: false };
}

/** What became of each app: `runs`, `waits …` or `fails: <message>`. */
async function outcomes(
  // What fails soon may be seen running before.
  expected: (found: readonly string[]) => boolean = () => true,
): Promise<readonly string[]> {
  return stage.server.until(async () => {
    const list = await call('GET', '/v2/apps?embed=apps.lastTaskFailure');
    const { apps } = list.body as { apps: App[] };
    const { queue } = (await call('GET', '/v2/queue?embed=lastUnusedOffers')).body as Queue;
    const { body } = await call('GET', '/v2/deployments');
    const acting = (body as Deployment[]).flatMap(({ currentActions }) => currentActions);
    const busy = new Set(acting.map(({ app }) => app));
    const found = apps.map((app) => outcomeOf(app, queue, busy));
    return found.every((outcome) => outcome !== '') && expected(found) ? found : undefined;
  });
}

interface App {
  readonly id: string;
  readonly instances: number;
  readonly tasksRunning: number;
  readonly lastTaskFailure?: { readonly message: string };
  readonly deployments: unknown[];
}

interface Deployment {
  readonly currentActions: { readonly app: string }[];
}

interface Queue {
  readonly queue: {
    readonly app: { readonly id: string };
    readonly lastUnusedOffers: { readonly reason: string[] }[];
  }[];
}

function outcomeOf(app: App, queue: Queue['queue'], busy: ReadonlySet<string>): string {
  if (app.instances === 0) return 'is suspended';
  const [message = ''] = app.lastTaskFailure?.message.split('\n') ?? [];
  if (message !== '') return `fails: ${message}`;
  if (app.tasksRunning > 0) return 'runs';
  if (app.deployments.length > 0 && !busy.has(app.id)) return 'waits for others';
  const reasons = queue
    .filter(({ app: { id } }) => id === app.id)
    .flatMap(({ lastUnusedOffers }) => lastUnusedOffers.flatMap(({ reason }) => reason));
  return reasons.length === 0 ? '' : `waits: ${reasons.join(', ')}`;
}

/** All that a client can ask; each answer is checked by the way. */
async function askEverything(): Promise<void> {
  const { body } = await call('GET', '/v2/apps?embed=apps.tasks&embed=apps.taskStats');
  for (const { id } of (body as { apps: App[] }).apps) {
    await call('GET', `/v2/apps${id}?embed=app.taskStats`);
    await call('GET', `/v2/apps${id}/tasks`);
    const versions = await call('GET', `/v2/apps${id}/versions`);
    const [version = ''] = (versions.body as { versions: string[] }).versions;
    await call('GET', `/v2/apps${id}/versions/${version}`);
  }
  const rest = [
    '/v2/tasks',
    '/v2/deployments',
    '/v2/queue',
    '/v2/groups',
    '/v2/apps/*',
    '/v2/info',
  ];
  for (const path of [...rest, '/v2/leader', '/metrics', '/ping']) await call('GET', path);
  await call('GET', '/v2/groups?embed=group.apps&embed=group.groups&embed=group.apps.tasks');
}

const SENT = ['app-create', 'app-replace', 'app-update', 'apps-update', 'group'];
const examples = manifest.filter(
  ({ schema, valid, expect: refusal }) =>
    SENT.includes(schema[0]!) && valid && refusal === undefined,
);

/** What has to be there before an example can be sent; answers the version of it. */
async function prepare({ file, schema }: Example): Promise<string> {
  const before = (name: string) => localized(JSON.parse(exampleText(`valid/${name}.json`)));
  if (file.endsWith('repo-apps-patch.json')) {
    await call('PUT', '/v2/apps', before('repo-apps-create'));
  } else if (/group-(scale|rollback)/.test(file)) {
    await call('PUT', '/v2/groups/kinc', before('group-create'));
  } else if (schema[0] === 'app-update') {
    const container = { docker: { image: anyImage } };
    await call('POST', '/v2/apps', { id: 'foo', args: ['any'], container });
  } else {
    return '';
  }
  await outcomes();
  const { body } = await call('GET', '/v2/groups/versions');
  return (body as string[])[0] ?? '';
}

async function send({ file, schema }: Example, version: string) {
  const text = exampleText(file).replace(/"version": *"[^"]*"/, `"version": "${version}"`);
  const body = localized(JSON.parse(text));
  switch (schema[0]) {
    case 'app-create':
      return call('POST', '/v2/apps?force=true', body);
    case 'app-replace':
      return call('PUT', '/v2/apps/replaced?partialUpdate=false', body);
    case 'apps-update':
      return call(file.includes('patch') ? 'PATCH' : 'PUT', '/v2/apps?force=true', body);
    case 'group':
      return call('PUT', `/v2/groups${file.includes('/group-') ? '/kinc' : ''}?force=true`, body);
    default:
      return call('PATCH', '/v2/apps/foo?force=true', body);
  }
}

const NO_IMAGE = /^fails: the app names no Docker image, and this cluster runs containers only$/;
// The image that takes the place of the example's has no Python.
const NO_PROGRAM = /^fails: Container exited with status 127$/;
const RUNS = /^runs$/;
// Not every machine lets a container be privileged.
const PRIVILEGED = /^(runs|fails: this host refuses the capabilities .*privileged)/;

/** What comes of an example's apps, in the order of their ids, or the status of its refusal. */
const EXPECTED: Readonly<Record<string, readonly RegExp[] | number>> = {
  'repo-app-patch': [RUNS],
  'repo-apps-create': [NO_IMAGE, /^waits for others$/],
  'repo-apps-patch': [NO_IMAGE, /^waits for others$/],
  // What a GET answers: not a request as it stands.
  'repo-group': 422,
  'repo-test-docker-http-server': [NO_PROGRAM],
  'repo-test-pinger-bridge-app': [NO_PROGRAM],
  // Features that this server does not have are not enabled.
  'repo-test-persistent-volume-app': 422,
  'repo-test-external-volume-mesos-app': 422,
  'gpu-mesos': 422,
  secrets: 422,
  'repo-test-ipv6-healthcheck': [
    /^fails: network missing: network mesos-docker-ipv6-test not found$/,
  ],
  'repo-benchmark-155-first6': Array.from({ length: 6 }, () => /^is suspended$/),
  'min-docker': [RUNS],
  'enum-case-insensitive': [RUNS],
  'all-constraints': [/^waits: UnfulfilledConstraint$/],
  'all-healthchecks': [RUNS],
  'update-scale': [RUNS],
  'update-rollback': [RUNS],
  'update-suspend': [/^is suspended$/],
  'update-clear-args': [RUNS],
  'group-create': [RUNS, NO_IMAGE],
  'group-scale': [RUNS, NO_IMAGE],
  'group-rollback': [RUNS, NO_IMAGE],
  'docker-kinc-submitter-legacy': [PRIVILEGED],
  'docker-kinc-submitter-canonical': [PRIVILEGED],
  'docker-kinc-submitter-1.4-form': [PRIVILEGED],
  'docker-kinc-runner1-legacy': [PRIVILEGED],
  'docker-kinc-runner1-canonical': [PRIVILEGED],
};

describe('requests of the conformance data', () => {
  it('are all expected', () => {
    const files = examples.map(({ file }) => nameOf(file));
    expect(files).toEqual(expect.arrayContaining(Object.keys(EXPECTED)));
  });

  it.each(examples)('$file', async (entry) => {
    const version = await prepare(entry);
    const { status, text } = await send(entry, version);
    const wanted = EXPECTED[nameOf(entry.file)] ?? [NO_IMAGE];
    if (typeof wanted === 'number') {
      expect(status, text).toBe(wanted);
      return;
    }
    expect(status, text).toBe(/^app-(create|replace)$/.test(entry.schema[0]!) ? 201 : 200);
    let last: readonly string[] = [];
    const matches = (found: readonly string[]): boolean => {
      last = found;
      return (
        found.length === wanted.length &&
        found.every((outcome, index) => wanted[index]?.test(outcome) === true)
      );
    };
    await outcomes(matches).catch((thrown: unknown) => {
      throw new Error(`became of it: ${last.join('; ')}`, { cause: thrown });
    });
    await askEverything();
  });
});

function nameOf(file: string): string {
  return file.replace(/^valid\/|\.json$/g, '');
}

describe('what the original script does', () => {
  const script = JSON.parse(exampleText('valid/docker-kinc-submitter-legacy.json')) as Script;

  interface Script {
    readonly id: string;
    readonly container: { readonly docker: object };
  }

  /** Its body on the pinned network, where `docker.network` says nothing but USER. */
  function pinned(): object {
    const { container, ...rest } = localized({ ...script, cpus: 1, mem: 64 }) as Script;
    const parameters = [{ key: 'ip', value: `${stage.prefix}.40` }];
    const user = { ...container.docker, network: 'USER', privileged: false, parameters };
    const ipAddress = { networkName: stage.network };
    return { ...rest, container: { ...container, docker: user }, ipAddress };
  }

  it('works: DELETE, then POST until the lock is gone, and the address is the same', async () => {
    expect((await call('DELETE', '/v2/apps/submitter')).status).toBe(404);
    expect((await call('POST', '/v2/apps', pinned())).status).toBe(201);
    const [first] = await stage.running('submitter', 1);
    expect(first?.ipAddresses).toMatchObject([{ ipAddress: `${stage.prefix}.40` }]);
    expect((await call('DELETE', '/v2/apps/submitter')).status).toBe(200);
    const statuses: number[] = [];
    await stage.server.until(async () => {
      const { status } = await call('POST', '/v2/apps', pinned());
      statuses.push(status);
      return status === 201 ? true : undefined;
    });
    // At once, the app that is going holds the id; then it is free.
    expect(statuses[0]).toBe(409);
    expect(new Set(statuses)).toEqual(new Set([409, 201]));
    const [second] = await stage.running('submitter', 1);
    expect(second?.ipAddresses).toEqual(first?.ipAddresses);
    expect(second?.id).not.toBe(first?.id);
  });
});
