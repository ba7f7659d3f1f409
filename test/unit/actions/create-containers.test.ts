import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ActionContext } from '../../../src/actions/context.js';
import { createContainers } from '../../../src/actions/create-containers.js';
import { status } from '../../../src/actions/status.js';
import { validate } from '../../../src/actions/validate.js';
import { FakeConnector } from '../../fakes/fake-connector.js';
import { FakeClock } from '../../fakes/fake-clock.js';
import { FakeHost } from '../../fakes/fake-host.js';
import { FakeMarathon } from '../../fakes/fake-marathon.js';
import { FakePool } from '../../fakes/fake-pool.js';
import { RecordingReporter } from '../../fakes/recording-reporter.js';
import { surveyAnswer } from '../../fakes/survey-answer.js';

const KEY = 'k'.repeat(64);
const OPTIONS = {
  config: '/x/config.json',
  dryRun: false,
  recreate: false,
  prune: false,
  force: false,
  timeout: 60,
};

let fake: FakeMarathon;
let files: Map<string, string>;
let host: FakeHost;

beforeEach(async () => {
  fake = await FakeMarathon.start();
  fake.state.isAutomatic = true;
  files = new Map([['/state/crossflock/demo/secrets/pool-key', `${KEY}\n`]]);
  files.set('/x/config.json', JSON.stringify(configuration()));
  host = new FakeHost()
    .on(['ip', '-json', 'route'], { stdout: '[]' })
    .on((argv) => argv[0] === 'test', { exitCode: 0 })
    .on(['sha256sum', '/state/crossflock/demo/secrets/pool-key'], {
      stdout: `${'a'.repeat(64)}  /state/crossflock/demo/secrets/pool-key\n`,
    })
    .on((argv) => argv[1] === 'network' && argv[2] === 'inspect', { exitCode: 1 })
    .on(['sh', '-s'], surveyAnswer({ bridge: '[]\nError: No such network: demo\n' }))
    .on((argv) => argv[1] === 'network' && argv[2] === 'create', { stdout: 'abc\n' });
});
afterEach(async () => {
  await fake.stop();
});

function configuration() {
  const container = { cluster: 'far', n_cpus: 1, mem: 2048, disk: 100, ports: [], args: [] };
  return {
    name: 'demo',
    clusters: [{ id: 'far', marathon_uri: fake.url }],
    containers: [
      { id: 'submitter', image: 'crossflock/submitter', ...container },
      { id: 'runner', image: 'crossflock/executor', ...container },
    ],
    network: {
      cidr: '10.77.0.0/24',
      containers: [
        { id: 'submitter', ip_addr: '10.77.0.1' },
        { id: 'runner', ip_addr: '10.77.0.2' },
      ],
    },
  };
}

function world() {
  const reporter = new RecordingReporter();
  const kept: string[] = [];
  const context: ActionContext = {
    reporter,
    clock: new FakeClock(),
    signal: new AbortController().signal,
    host,
    hosts: new FakeConnector(),
    env: { XDG_STATE_HOME: '/state' },
    readFile: (path) => {
      const text = files.get(path);
      if (text !== undefined) return Promise.resolve(new TextEncoder().encode(text));
      return Promise.reject(Object.assign(new Error('no file'), { code: 'ENOENT' }));
    },
    openPool: () => new FakePool(),
    keepSecret: (value) => kept.push(value),
  };
  return { reporter, kept, context };
}

function writes(): number {
  return fake.requests.filter(({ method }) => method !== 'GET').length;
}

describe('create-containers', () => {
  it('creates what is missing; a second run changes nothing and says so', async () => {
    const first = world();
    expect(await createContainers(first.context, OPTIONS)).toBe(0);
    expect(first.reporter.of('summary')[0]).toMatchObject({ ok: true, data: { changes: 3 } });
    expect(first.reporter.of('table')[0]?.rows.map((row) => row.slice(0, 2))).toEqual([
      ['submitter', 'far'],
      ['runner', 'far'],
    ]);
    const before = writes();
    const second = world();
    host.once(['sh', '-s'], networkAnswer());
    expect(await createContainers(second.context, OPTIONS)).toBe(0);
    expect(writes()).toBe(before);
    expect(second.reporter.of('summary')[0]?.message).toBe(
      'nothing to change: 2 containers on 1 cluster as wanted',
    );
  });

  it('hands the pool key to a Marathon that is not ours, and shows it nowhere', async () => {
    const { context, kept, reporter } = world();
    await createContainers(context, OPTIONS);
    const posted = fake.requests.filter(({ method }) => method === 'POST');
    expect(posted.map(({ body }) => (body as { env: object }).env)).toEqual([
      expect.objectContaining({ CROSSFLOCK_POOL_KEY: KEY }),
      expect.objectContaining({ CROSSFLOCK_POOL_KEY: KEY }),
    ]);
    expect(kept).toContain(KEY);
    expect(JSON.stringify(reporter.events)).not.toContain(KEY);
  });

  it('changes nothing in a dry run, and shows what would change', async () => {
    const { context, reporter } = world();
    expect(await createContainers(context, { ...OPTIONS, dryRun: true })).toBe(0);
    expect(writes()).toBe(0);
    expect(host.puts).toEqual([]);
    expect(host.runs.filter(({ argv }) => argv.includes('create'))).toEqual([]);
    expect(reporter.of('change').map(({ state, change }) => `${state} ${change.kind}`)).toEqual([
      'planned network',
      'planned app',
      'planned app',
    ]);
    expect(reporter.of('summary')[0]?.message).toBe('3 changes to make, nothing was changed');
  });

  it('does not call a dry run fine when a cluster could not be asked', async () => {
    fake.fail('GET /ping', { status: 503 });
    const { context, reporter } = world();
    expect(await createContainers(context, { ...OPTIONS, dryRun: true })).toBe(1);
    expect(reporter.of('step-finished').at(-1)).toMatchObject({
      outcome: 'incomplete',
      message: expect.stringMatching(/^far: /) as string,
    });
    expect(fake.count('GET /ping')).toBe(1);
    expect(reporter.of('summary')[0]?.message).toBe(
      '1 change to make, nothing was changed; 1 cluster could not be asked',
    );
  });

  it('ends with 1 and the reason when an app is refused; the other one runs', async () => {
    fake.fail('POST /v2/apps', { status: 422, body: '{"message":"Object is not valid"}' });
    const { context, reporter } = world();
    expect(await createContainers(context, OPTIONS)).toBe(1);
    expect(reporter.of('step-failed')[0]?.error.message).toMatch(/is failed: .*not valid/i);
    expect(
      reporter
        .of('table')[0]
        ?.rows.map((row) => row[4])
        .sort(),
    ).toEqual(['failed', 'running']);
  });

  it('says that the credentials are wrong, and tries once', async () => {
    fake.fail('GET /v2/apps', { status: 401 });
    const { context, reporter } = world();
    expect(await createContainers(context, OPTIONS)).toBe(1);
    expect(reporter.of('step-failed')[0]?.error.message).toMatch(/^far: /);
    expect(fake.count('GET /v2/apps')).toBe(1);
  });

  it('touches nothing when the configuration is wrong', async () => {
    const broken = configuration();
    broken.containers[1]!.cluster = 'fra';
    files.set('/x/config.json', JSON.stringify(broken));
    const { context, reporter } = world();
    expect(await createContainers(context, OPTIONS)).toBe(2);
    expect(reporter.of('problem').map(({ problem }) => problem.path)).toEqual([
      'containers[1].cluster',
    ]);
    expect(fake.requests).toEqual([]);
  });
});

describe('status', () => {
  it('ends with 1 while something is missing, and changes nothing', async () => {
    const { context, reporter } = world();
    expect(await status(context, OPTIONS)).toBe(1);
    expect(reporter.of('summary')[0]?.message).toBe('0 of 2 containers running and healthy');
    expect(writes()).toBe(0);
  });

  it('refuses a configuration without containers before it asks anybody', async () => {
    const document = { ...configuration(), containers: [], network: { cidr: '10.77.0.0/24' } };
    files.set('/x/config.json', JSON.stringify(document));
    const { context } = world();
    await expect(createContainers(context, OPTIONS)).rejects.toMatchObject({
      code: 'invalid-input',
      message: '/x/config.json has no containers to start',
    });
  });
});

describe('validate', () => {
  it('tells a configuration that is ready from one that is not', async () => {
    const good = world();
    expect(await validate(good.context, OPTIONS)).toBe(0);
    expect(good.reporter.of('summary')[0]?.message).toBe(
      '/x/config.json is valid and ready to deploy',
    );
    files.set(
      '/x/config.json',
      JSON.stringify({ ...configuration(), workflow: { type: 'kinc', gem: 'gone.txt' } }),
    );
    host.once(['test', '-f', '/x/gone.txt'], { exitCode: 1 });
    const gone = world();
    expect(await validate(gone.context, OPTIONS)).toBe(0);
    expect(gone.reporter.of('problem').map(({ problem }) => problem.path)).toContain(
      'workflow.gem',
    );
    files.set('/x/config.json', '{"clusters": [}');
    const bad = world();
    expect(await validate(bad.context, OPTIONS)).toBe(2);
    expect(bad.reporter.of('problem')[0]?.problem.path).toContain('line 1, column 15');
  });
});

/** As `docker network inspect demo` prints the network that these tests' configuration wants. */
function networkAnswer() {
  return surveyAnswer({
    bridge: JSON.stringify([
      {
        Name: 'demo',
        Id: 'a'.repeat(64),
        Driver: 'bridge',
        IPAM: { Config: [{ Subnet: '10.77.0.0/24', Gateway: '10.77.0.254' }] },
        Containers: {},
        Options: {},
        Labels: { 'crossflock.deployment': 'demo' },
      },
    ]),
  });
}
