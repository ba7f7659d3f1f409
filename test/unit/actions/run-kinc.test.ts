import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ActionContext } from '../../../src/actions/context.js';
import { runKinc, type RunKincOptions } from '../../../src/actions/run-kinc.js';
import { CrossflockError, toCrossflockError } from '../../../src/errors/crossflock-error.js';
import { exitCodeFor, type ExitCode } from '../../../src/errors/exit-codes.js';
import type { RunSummary } from '../../../src/ports/run-summary.js';
import { FakeConnector } from '../../fakes/fake-connector.js';
import { FakeClock } from '../../fakes/fake-clock.js';
import { FakeHost } from '../../fakes/fake-host.js';
import { FakePool, type FakeRun } from '../../fakes/fake-pool.js';
import { RecordingReporter } from '../../fakes/recording-reporter.js';
import { fixture, objects, NETWORK_TSV } from '../workflow/fixture.js';

/** The matrix that the captured runs were made from. */
const GEM = fileURLToPath(new URL('../../../data/golub-gem.txt.gz', import.meta.url));
const CONFIG = '/x/config.json';
/** Addresses of the executors in the captured runs. */
const RUNNERS = [
  { id: 'runner1', cluster: 'chameleon', ip: '172.29.0.2' },
  { id: 'runner2', cluster: 'azure', ip: '172.29.0.3' },
];

const finished: FakeRun = {
  files: {
    'run.json': fixture('run.json'),
    'results/network.tsv': NETWORK_TSV,
    'results/network.graphml': '<graphml/>',
    'results/merge.json': fixture('result-merge.json'),
    'results/threshold.json': fixture('result-threshold.json'),
    'results/extract.json': fixture('result-extract.json'),
  },
  events: objects(fixture('events-done.ndjson')),
};
const SIX_JOBS = {
  before: [],
  parallel: { prefix: 'similarity_', count: 6, phase: 'correlating' },
  after: [{ node: 'merge', phase: 'merging' }],
};
const failed: FakeRun = {
  files: {
    'run.json': runJson({ shape: SIX_JOBS, dagman_cluster: 291 }),
    'logs/similarity_00002.2.err': fixture('similarity-stderr.txt'),
  },
  events: objects(fixture('events-failed.ndjson')),
};

function runJson(changes: object): string {
  return JSON.stringify({ ...(JSON.parse(fixture('run.json')) as object), ...changes });
}

let pool: FakePool;
let clock: FakeClock;
let host: FakeHost;
let reporter: RecordingReporter;
let stop: AbortController;
let folder: string;
/** Deployments whose pool was opened. */
let opened: string[];
/** `workflow.jobs` of the configuration. */
let configuredJobs: number | undefined;

beforeEach(async () => {
  pool = new FakePool();
  pool.onSubmit = () => ({ id: 'd2', run: finished });
  clock = new FakeClock();
  host = new FakeHost()
    .on(['ip', '-json', 'route'], { stdout: '[]' })
    .on((argv) => argv[0] === 'test', { exitCode: 0 })
    .on((argv) => argv[1] === 'network' && argv[2] === 'inspect', { exitCode: 1 });
  reporter = new RecordingReporter();
  stop = new AbortController();
  folder = await mkdtemp(join(tmpdir(), 'crossflock-run-kinc-'));
  opened = [];
  configuredJobs = undefined;
});
afterEach(async () => {
  expect(host.strays).toEqual([]);
  await rm(folder, { recursive: true });
});

function configuration(gem: string | undefined, runners: typeof RUNNERS) {
  const container = { n_cpus: 1, mem: 2048 };
  return {
    name: 'demo',
    clusters: ['chameleon', 'azure'].map((id) => ({ id, engine: 'embedded' })),
    containers: [
      { id: 'submitter', cluster: 'chameleon', image: 'crossflock/submitter', ...container },
      ...runners.map(({ id, cluster }) => ({
        ...{ id, cluster, image: 'crossflock/executor' },
        ...container,
      })),
    ],
    network: {
      cidr: '172.29.0.0/24',
      containers: [
        { id: 'submitter', ip_addr: '172.29.0.1' },
        ...runners.map(({ id, ip }) => ({ id, ip_addr: ip })),
      ],
    },
    workflow: {
      ...(gem === undefined ? {} : { gem }),
      ...(configuredJobs === undefined ? {} : { jobs: configuredJobs }),
      threshold: 0.8,
    },
  };
}

interface Scene extends Partial<RunKincOptions> {
  readonly configured?: string;
  readonly runners?: typeof RUNNERS;
}

/** Runs the action and turns what it throws into an event and an exit code, as the program does. */
async function run({ configured = GEM, runners = RUNNERS, ...options }: Scene): Promise<ExitCode> {
  const text = JSON.stringify(configuration(configured === '' ? undefined : configured, runners));
  const context: ActionContext = {
    ...{ reporter, clock, host, signal: stop.signal, env: {} },
    hosts: new FakeConnector(),
    openPool: (_on, deployment) => {
      opened.push(deployment);
      return pool;
    },
    readFile: () => Promise.resolve(new TextEncoder().encode(text)),
    keepSecret: () => undefined,
  };
  try {
    return await runKinc(context, { config: CONFIG, out: folder, ...options });
  } catch (thrown) {
    const { code, message } = toCrossflockError(thrown);
    reporter.emit({ type: 'failed', error: { code, message } });
    return exitCodeFor(code);
  }
}

const end = () => reporter.of('summary').at(-1);
const failure = () => reporter.of('failed').at(-1)?.error;
const warnings = () =>
  reporter
    .of('notice')
    .filter(({ level }) => level === 'warning')
    .map(({ message }) => message);
const calls = (verb: string) => pool.calls.filter((call) => call.split(' ')[0] === verb);

function summaryFile(): RunSummary {
  const [put] = host.puts;
  expect(put?.path).toBe(join(folder, 'd2', 'run-summary.json'));
  return JSON.parse(put?.content ?? '') as RunSummary;
}

describe('the matrix', () => {
  it('is asked for where none is given, before anything is done', async () => {
    expect(await run({ configured: '' })).toBe(2);
    expect(end()).toMatchObject({
      ok: false,
      message:
        'no expression matrix is given: write workflow.gem, or give --gem FILE; nothing was submitted',
    });
    expect(pool.calls).toEqual([]);
  });

  it('is refused with all its problems, before anything is done', async () => {
    const gem = join(folder, 'broken.tsv');
    await writeFile(gem, 's1\ts2\ts3\na\t1\t2\ty\nb\t1\tx\t3\n');
    expect(await run({ gem })).toBe(2);
    expect(reporter.of('problem').map(({ problem }) => problem.path)).toHaveLength(2);
    expect(end()?.message).toBe(`${gem} cannot be used: 2 errors; nothing was submitted`);
    expect(pool.calls).toEqual([]);
  });

  it('is refused where it does not fit the options', async () => {
    expect(await run({ jobs: 5_000_000 })).toBe(2);
    expect(reporter.of('problem')).toHaveLength(1);
    expect(end()?.message).toBe(`${GEM} does not fit the options; nothing was submitted`);
    expect(pool.calls).toEqual([]);
  });
});

describe('a run', () => {
  it('that succeeds ends with 0, its results and its summary', async () => {
    expect(await run({ jobs: 20 })).toBe(0);
    expect(opened).toEqual(['demo']);
    expect(calls('submit')).toEqual([expect.stringMatching(/^submit 20 /)]);
    expect(reporter.of('notice').map(({ message }) => message)).toEqual([
      `${GEM}: 3051 genes × 38 samples, 4652775 pairs`,
      expect.stringMatching(
        /^4652775 pairs at 31 million pairs\/s \(assumed: nothing was measured\)/,
      ),
      '20 jobs, as asked for',
      expect.stringMatching(/^expected: .* s; a job takes about 575 ms and leaves 931 kB$/),
      'run d2: 20 similarity jobs submitted to 8 slots',
    ]);
    expect(reporter.of('workflow-progress').at(-1)?.snapshot).toMatchObject({ done: 23 });
    const summary = summaryFile();
    expect(summary).toMatchObject({ outcome: 'succeeded', parallel: { slots: 8 } });
    expect(end()).toEqual({
      type: 'summary',
      ok: true,
      message: 'run d2 finished after 10.2 s',
      data: { run: summary },
    });
    const fetched = await readFile(join(folder, 'd2', 'merge.json'), 'utf8');
    expect(fetched).toBe(fixture('result-merge.json'));
    expect(pool.staged.size).toBe(0);
  });

  it('has as many jobs as the command line says, before the configuration', async () => {
    configuredJobs = 5;
    await run({});
    await run({ jobs: 'auto' });
    await run({ jobs: 3 });
    expect(calls('submit').map((call) => call.split(' ')[1])).toEqual(['5', '8', '3']);
  });

  it('that fails ends with 1 and names the job with the end of its standard error', async () => {
    pool.onSubmit = () => ({ id: 'd2', run: failed });
    expect(await run({})).toBe(1);
    expect(end()?.ok).toBe(false);
    expect(end()?.message).toMatch(/^run d2 failed after /);
    const lines = reporter.of('report')[0]?.lines;
    expect(lines).toContain(
      'failed: similarity_00002 on azure (172.29.0.3): exit code 1 after 3 tries',
    );
    expect(lines).toContain('  | kinc similarity: --job_index is 99: give a number from 1 to 6');
    expect(summaryFile()).toMatchObject({
      outcome: 'failed',
      jobs: { failed: [{ node: 'similarity_00002' }] },
    });
  });
});

describe('Ctrl-C', () => {
  it('while following leaves the run to itself and says how to go on', async () => {
    pool.onSubmit = () => ({ id: 'd2', run: { ...finished, events: [], goesOn: true } });
    const ending = run({});
    await clock.untilSleepOf(250);
    stop.abort();
    expect(await ending).toBe(130);
    expect(end()).toEqual({
      type: 'summary',
      ok: true,
      message: `detached: run d2 goes on; watch it again with crossflock workflow watch d2 -c ${CONFIG}`,
      data: { runId: 'd2', detached: true },
    });
    expect(calls('follow')).toEqual(['follow d2']);
    expect(calls('remove')).toEqual([]);
    expect(clock.sleeping).toBe(0);
    expect(host.puts).toEqual([]);
  });

  it('while waiting for executors ends before anything is staged', async () => {
    pool.offers.set('172.29.0.3', 0);
    const ending = run({});
    await clock.untilSleepOf(1000);
    stop.abort();
    expect(await ending).toBe(130);
    expect(failure()?.code).toBe('aborted');
    expect([...calls('stage'), ...calls('submit')]).toEqual([]);
  });

  it('while submitting leaves no staged file', async () => {
    pool.onSubmit = () => {
      throw new CrossflockError('interrupted', { code: 'aborted' });
    };
    expect(await run({})).toBe(130);
    expect(calls('stage')).toHaveLength(2);
    expect(pool.staged.size).toBe(0);
    expect(calls('follow')).toEqual([]);
  });
});

describe('executors', () => {
  it('that do not answer within a minute are named, and the run goes on with the others', async () => {
    pool.offers.set('172.29.0.3', new CrossflockError('no route', { code: 'unreachable' }));
    const ending = run({});
    await clock.untilSleepOf(1000);
    await clock.advance(59_000);
    expect(warnings()).toEqual([]);
    await clock.advance(1000);
    expect(await ending).toBe(0);
    expect(warnings()).toEqual(['the executor 172.29.0.3 on azure does not answer: no route']);
    expect(calls('submit')).toEqual([expect.stringMatching(/^submit 4 /)]);
  });

  it('that all offer nothing end it, and nothing is staged', async () => {
    for (const { ip } of RUNNERS) pool.offers.set(ip, 0);
    const ending = run({});
    await clock.untilSleepOf(1000);
    await clock.advance(60_000);
    expect(await ending).toBe(1);
    expect(failure()?.message).toBe(
      'no slot to run on: the executor 172.29.0.2 on chameleon offers no slots; the executor 172.29.0.3 on azure offers no slots',
    );
    expect(calls('stage')).toEqual([]);
  });

  it('that are not in the configuration are not waited for', async () => {
    expect(await run({ runners: [] })).toBe(1);
    expect(failure()?.message).toBe('no slot to run on: the configuration has no executor');
    expect(pool.calls).toEqual([]);
  });
});

describe('--attach', () => {
  beforeEach(() => {
    for (const { ip } of RUNNERS) pool.offers.set(ip, new Error('gone'));
    pool.held.set('d2', finished);
  });

  it.each(['d2', ''])('collects a finished run (%o) whose executors are gone', async (attach) => {
    expect(await run({ attach, configured: '' })).toBe(0);
    expect(calls('slots')).toHaveLength(2);
    expect(warnings()).toHaveLength(2);
    const { parallel } = summaryFile();
    expect(parallel.slots).toBe(0);
    expect(parallel.efficiency).toBeUndefined();
    expect([...calls('stage'), ...calls('submit')]).toEqual([]);
  });

  it('asks nobody else before the run is found', async () => {
    expect(await run({ attach: 'd3' })).toBe(1);
    expect(failure()?.message).toBe('there is no run d3 on the submitter');
    expect(pool.calls).toEqual(['read d3 run.json']);
  });
});
