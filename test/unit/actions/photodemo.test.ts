import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ActionContext } from '../../../src/actions/context.js';
import { runWorkflow } from '../../../src/actions/workflow-run.js';
import type { ExitCode } from '../../../src/errors/exit-codes.js';
import { FakeClock } from '../../fakes/fake-clock.js';
import { FakeConnector } from '../../fakes/fake-connector.js';
import { FakeHost } from '../../fakes/fake-host.js';
import { FakePool } from '../../fakes/fake-pool.js';
import { RecordingReporter } from '../../fakes/recording-reporter.js';
import { fixture, objects } from '../workflow/fixture.js';

const SPEC = '/tmp/staged/crossflock-specification.json';
const TESTED =
  '/* Running on host: s */\n[1900, 0.500000],\n/* 1 photos analyzed in 0.1s (10/s) */\n';

let pool: FakePool;
let host: FakeHost;
let reporter: RecordingReporter;
let folder: string;

beforeEach(async () => {
  pool = new FakePool();
  pool.tried = { exitCode: 0, stdout: TESTED, stderr: '' };
  reporter = new RecordingReporter();
  folder = await mkdtemp(join(tmpdir(), 'crossflock-photodemo-'));
  await mkdir(join(folder, 'photos'));
  await writeFile(join(folder, 'photos/1900 a.jpg'), 'a');
  await writeFile(join(folder, 'photos/1901.jpg'), 'b');
});
afterEach(() => rm(folder, { recursive: true }));

async function run(photodemo: object): Promise<ExitCode> {
  const config = join(folder, 'config.json');
  await writeFile(
    config,
    JSON.stringify({
      clusters: [{ id: 'here', engine: 'embedded' }],
      containers: ['submitter', 'executor'].map((id) => ({
        ...{ id, cluster: 'here', image: `crossflock/${id}`, n_cpus: 1, mem: 2048 },
      })),
      network: { cidr: '172.29.0.0/24' },
      workflow: { photodemo },
    }),
  );
  host = new FakeHost()
    .on(['ip', '-json', 'route'], { stdout: '[]' })
    .on((argv) => argv[1] === 'network' && argv[2] === 'inspect', { exitCode: 1 });
  const context: ActionContext = {
    ...{ reporter, host, clock: new FakeClock(), signal: new AbortController().signal, env: {} },
    hosts: new FakeConnector(),
    openPool: () => pool,
    readFile: (path) => readFile(path),
    keepSecret: () => undefined,
  };
  return runWorkflow(context, { config, out: join(folder, 'out') });
}

const problems = () => reporter.of('problem').map(({ problem }) => problem.path);
const end = () => reporter.of('summary').at(-1);
const submitted = () => pool.calls.filter((call) => /^(?:try|submit)/.test(call));

describe('workflow run with photodemo', () => {
  it('sends the photos, tests, submits, and draws the result', async () => {
    const record = JSON.parse(fixture('run.json')) as object;
    const photos = {
      ...{ seconds: 1, rate: 2, formula: 'bt601', failures: [], jobs: [] },
      points: [
        [1900, 0.25],
        [1901, 0.5],
      ],
      urls: ['photos/1900%20a.jpg', 'photos/1901.jpg'],
    };
    const told = { source: 'photos', photos: 2, luminance: 'bt601' };
    pool.onSubmit = () => ({
      id: 'd2',
      run: {
        files: {
          'run.json': JSON.stringify({
            ...{ ...record, workflow: 'photodemo', results: ['photos.json'], photodemo: told },
          }),
          'results/photos.json': JSON.stringify(photos),
        },
        events: objects(fixture('events-done.ndjson')),
      },
    });
    expect(await run({ photos: 'photos', chunk: 1 })).toBe(0);
    expect(pool.calls).toContain('stage-folder 1900 a.jpg 1901.jpg');
    expect(submitted()).toEqual([`try ${SPEC}`, `submit-spec ${SPEC}`]);
    expect(JSON.parse(pool.texts.get(SPEC) ?? '')).toMatchObject({
      parallel: { variables: [{ first: '0' }, { first: '1' }] },
      folders: { photos: '/tmp/staged/photos' },
    });
    expect([...pool.staged]).toEqual([]);
    expect(reporter.of('notice').map(({ message }) => message)).toContain('[1900, 0.500000],');
    expect(end()).toMatchObject({ ok: true, data: { run: { problems: [] } } });
    const lines = reporter.of('report').flatMap((report) => report.lines);
    expect(lines).toContainEqual(
      expect.stringMatching(/^rate .*2\.00 photos\/s a core .*1\.39\/s/),
    );
    expect(lines.at(-1)).toBe(`scatter     ${join(folder, 'out/d2/scatter.html')}`);
    const page = host.puts.find(({ path }) => path.endsWith('/scatter.html'))?.content;
    expect(page).toContain('<title>1900: 0.25, 1900 a.jpg</title>');
  });

  it('submits nothing when the test fails, and says why', async () => {
    pool.tried = { exitCode: 1, stdout: '', stderr: 'Traceback\nModuleNotFoundError: PIL\n' };
    await expect(run({ photos: 'photos' })).rejects.toThrow(
      'nothing was submitted: exit code 1: ModuleNotFoundError: PIL',
    );
    expect(submitted()).toEqual([`try ${SPEC}`]);
    expect([...pool.staged]).toEqual([]);
  });

  it('takes a test without any photo analyzed as failed', async () => {
    const stdout = '/* Running on host: s */\n/* photos/1901.jpg: is no JPEG */\n/* 0 photos */\n';
    pool.tried = { exitCode: 0, stdout, stderr: '' };
    await expect(run({ photos: 'photos' })).rejects.toThrow(
      'no photo could be analyzed: photos/1901.jpg: is no JPEG',
    );
  });

  it('leaves the test out where none is wanted', async () => {
    await writeFile(join(folder, 'm.txt'), 'http://a/b.jpg 1900\n');
    await expect(run({ manifest: 'm.txt', test: 0 })).rejects.toThrow('the test prepared no run');
    expect(submitted()).toEqual([`submit-spec ${SPEC}`]);
    expect(pool.calls.some((call) => call.startsWith('stage-folder'))).toBe(false);
  });

  it('names every problem before it asks the pool for anything', async () => {
    await writeFile(join(folder, 'm.txt'), 'http://a/b.jpg\nb.jpg 1900\n');
    expect(await run({ manifest: 'm.txt' })).toBe(2);
    expect(await run({ manifest: 'none.txt' })).toBe(2);
    expect(await run({ manifest: 'm.txt', photos: 'photos' })).toBe(2);
    expect(await run({})).toBe(2);
    expect(problems()).toEqual([
      'workflow.photodemo.manifest line 1',
      'workflow.photodemo.manifest line 2',
      'workflow.photodemo.manifest',
      'workflow.photodemo',
      'workflow.photodemo',
    ]);
    expect(pool.calls).toEqual([]);
  });
});
