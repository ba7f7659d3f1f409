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

let pool: FakePool;
let reporter: RecordingReporter;
let folder: string;

beforeEach(async () => {
  pool = new FakePool();
  reporter = new RecordingReporter();
  folder = await mkdtemp(join(tmpdir(), 'crossflock-workflow-run-'));
  await mkdir(join(folder, 'bin'));
  await writeFile(join(folder, 'bin/count.sh'), '#!/bin/sh\n');
  await writeFile(join(folder, 'lines.csv'), 'id,text\na,one two\n\nb,"x, y"\nc,\n');
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** Runs the action with this `workflow` in the configuration. */
async function run(workflow: object): Promise<ExitCode> {
  const config = join(folder, 'config.json');
  await writeFile(
    config,
    JSON.stringify({
      clusters: [{ id: 'chameleon', engine: 'embedded', price_per_core_hour: 0.05 }],
      containers: ['submitter', 'executor'].map((id) => ({
        ...{ id, cluster: 'chameleon', image: `crossflock/${id}`, n_cpus: 1, mem: 2048 },
      })),
      network: {
        cidr: '172.29.0.0/24',
        containers: [
          { id: 'submitter', ip_addr: '172.29.0.1' },
          { id: 'executor', ip_addr: '172.29.0.2' },
        ],
      },
      workflow,
    }),
  );
  const host = new FakeHost()
    .on(['ip', '-json', 'route'], { stdout: '[]' })
    .on((argv) => argv[1] === 'network' && argv[2] === 'inspect', { exitCode: 1 });
  const context: ActionContext = {
    ...{ reporter, host, clock: new FakeClock(), signal: new AbortController().signal, env: {} },
    hosts: new FakeConnector(),
    openPool: () => pool,
    readFile: (path) => readFile(path),
    keepSecret: () => undefined,
  };
  const code = await runWorkflow(context, { config, out: join(folder, 'out') });
  expect(host.strays).toEqual([]);
  return code;
}

const problems = () => reporter.of('problem').map(({ problem }) => problem.path);
const end = () => reporter.of('summary').at(-1);

describe('workflow run', () => {
  it('stages the files, submits the specification, and collects the results', async () => {
    const record = JSON.parse(fixture('run.json')) as object;
    const results = ['0.txt', '1.txt'];
    pool.onSubmit = () => ({
      id: 'd2',
      run: {
        files: {
          'run.json': JSON.stringify({ ...record, workflow: 'command', results }),
          'results/0.txt': '1\n',
          'results/1.txt': '',
        },
        events: objects(fixture('events-done.ndjson')),
      },
    });
    const command = {
      program: ['./bin/count.sh', 'rows.csv'],
      manifest: 'lines.csv',
      chunk: 2,
      inputs: ['lines.csv'],
    };
    expect(await run({ command, retries: 5 })).toBe(0);
    expect(pool.calls.filter((call) => call.startsWith('submit'))).toEqual([`submit-spec ${SPEC}`]);
    expect(JSON.parse(pool.texts.get(SPEC) ?? '')).toMatchObject({
      retries: 5,
      slots: 4,
      results: ['job_00000.txt', 'job_00001.txt'],
      files: {
        'inputs/count.sh': '/tmp/staged/count.sh',
        'inputs/lines.csv': '/tmp/staged/lines.csv',
        'inputs/rows.csv': '/tmp/staged/rows.csv',
      },
    });
    expect(pool.calls).toContain(`stage ${join(folder, 'bin/count.sh')}`);
    expect([...pool.staged]).toEqual([]);
    expect(JSON.parse(pool.held.get('d2')?.files['pool.json'] ?? '')).toEqual({
      executors: { '172.29.0.2': { cluster: 'chameleon', slots: 4 } },
      price_per_core_hour: { chameleon: 0.05 },
    });
    expect(end()).toMatchObject({
      ok: true,
      data: { run: { workflow: 'command', outcome: 'succeeded', problems: [] } },
    });
    expect(await readFile(join(folder, 'out/d2/0.txt'), 'utf8')).toBe('1\n');
  });

  it('asks the pool nothing while there are problems, and names all of them', async () => {
    const command = { program: ['./none.sh', '{no}'], manifest: 'lines.csv', inputs: ['gone'] };
    expect(await run({ command })).toBe(2);
    expect(problems()).toEqual([
      'workflow.command.inputs',
      'workflow.command.program',
      'workflow.command.program[1]',
    ]);
    expect(end()?.message).toBe(
      'workflow.command cannot be run: 3 problems; nothing was submitted',
    );
    expect(pool.calls).toEqual([]);
  });

  it('needs a manifest that is there, and something to run', async () => {
    expect(await run({ command: { program: ['wc'], manifest: 'none.tsv' } })).toBe(2);
    expect(problems()).toEqual(['workflow.command.manifest']);
    expect(await run({ type: 'command' })).toBe(2);
    expect(end()?.message).toContain('has no workflow.command');
  });

  it('leaves nothing staged when the submitter refuses', async () => {
    const command = { program: ['wc'], manifest: 'lines.csv', inputs: ['lines.csv'] };
    await expect(run({ command })).rejects.toThrow('the test prepared no run');
    expect(pool.calls).toContain('unstage /tmp/staged/lines.csv');
    expect([...pool.staged]).toEqual([]);
  });
});
