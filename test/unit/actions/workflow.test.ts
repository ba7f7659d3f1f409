import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ActionContext } from '../../../src/actions/context.js';
import { analyzeRun } from '../../../src/actions/workflow-analyze.js';
import { fetchRun } from '../../../src/actions/workflow-fetch.js';
import { holdRun } from '../../../src/actions/workflow-hold.js';
import { listRuns } from '../../../src/actions/workflow-list.js';
import { reportRun, runHistogram } from '../../../src/actions/workflow-report.js';
import { releaseRun } from '../../../src/actions/workflow-release.js';
import { retryRun } from '../../../src/actions/workflow-retry.js';
import { runStatus } from '../../../src/actions/workflow-status.js';
import { stopRun } from '../../../src/actions/workflow-stop.js';
import { watchWorkflow } from '../../../src/actions/workflow-watch.js';
import { toCrossflockError } from '../../../src/errors/crossflock-error.js';
import { exitCodeFor, type ExitCode } from '../../../src/errors/exit-codes.js';
import type { RunReport } from '../../../src/ports/run-report.js';
import type { RunState } from '../../../src/ports/workflow-pool.js';
import { FakeClock } from '../../fakes/fake-clock.js';
import { FakeConnector } from '../../fakes/fake-connector.js';
import { FakeHost } from '../../fakes/fake-host.js';
import { FakePool, type FakeRun } from '../../fakes/fake-pool.js';
import { RecordingReporter } from '../../fakes/recording-reporter.js';
import { fixture, objects, NETWORK_TSV } from '../workflow/fixture.js';

const CONFIG = '/x/config.json';
const POOL_THEN = {
  executors: {
    '172.29.0.2': { cluster: 'chameleon', slots: 8 },
    '172.29.0.9': { cluster: 'cloudlab', slots: 2 },
  },
  price_per_core_hour: { chameleon: 0.05 },
};
const CONTAINER = { n_cpus: 1, mem: 2048, cluster: 'chameleon' };
const CONFIGURATION = {
  name: 'demo',
  clusters: [
    { id: 'chameleon', engine: 'embedded' },
    { id: 'azure', engine: 'embedded' },
  ],
  containers: [
    { ...CONTAINER, id: 'submitter', image: 'crossflock/submitter' },
    { ...CONTAINER, id: 'runner1', image: 'crossflock/executor' },
    { ...CONTAINER, id: 'runner2', image: 'crossflock/executor', cluster: 'azure' },
  ],
  network: {
    cidr: '172.29.0.0/24',
    containers: [
      { id: 'submitter', ip_addr: '172.29.0.1' },
      { id: 'runner1', ip_addr: '172.29.0.2' },
      { id: 'runner2', ip_addr: '172.29.0.3' },
    ],
  },
};
const EVENTS = objects(fixture('events-done.ndjson'));
const finished: FakeRun = {
  files: {
    'run.json': fixture('run.json'),
    'results/network.tsv': NETWORK_TSV,
    'results/network.graphml': '<graphml/>',
    'results/merge.json': fixture('result-merge.json'),
    'results/threshold.json': fixture('result-threshold.json'),
    'results/extract.json': fixture('result-extract.json'),
  },
  events: EVENTS,
};
/** The same run while its jobs run. */
const underWay: FakeRun = { ...finished, events: EVENTS.slice(0, 60), goesOn: true };

let pool: FakePool;
let clock: FakeClock;
let host: FakeHost;
let reporter: RecordingReporter;
let stop: AbortController;
let folder: string;

beforeEach(async () => {
  pool = new FakePool();
  clock = new FakeClock();
  host = new FakeHost()
    .on(['ip', '-json', 'route'], { stdout: '[]' })
    .on((argv) => argv[1] === 'network' && argv[2] === 'inspect', { exitCode: 1 });
  reporter = new RecordingReporter();
  stop = new AbortController();
  folder = await mkdtemp(join(tmpdir(), 'crossflock-workflow-'));
});
afterEach(async () => {
  expect(host.strays).toEqual([]);
  await rm(folder, { recursive: true });
});

type Action = (
  context: ActionContext,
  options: { config: string; run?: string; out: string },
) => Promise<ExitCode>;

/** Runs the action and turns what it throws into an event and an exit code, as the program does. */
async function act(action: Action, run?: string): Promise<ExitCode> {
  const context: ActionContext = {
    reporter,
    clock,
    signal: stop.signal,
    host,
    hosts: new FakeConnector(),
    env: {},
    readFile: () => Promise.resolve(Buffer.from(JSON.stringify(CONFIGURATION))),
    openPool: () => pool,
    keepSecret: () => undefined,
  };
  try {
    return await action(context, {
      config: CONFIG,
      out: folder,
      ...(run === undefined ? {} : { run }),
    });
  } catch (thrown) {
    const { code, message, hint } = toCrossflockError(thrown);
    reporter.emit({
      type: 'failed',
      error: { code, message, ...(hint === undefined ? {} : { hint }) },
    });
    return exitCodeFor(code);
  }
}

const end = () => reporter.of('summary').at(-1);
const failure = () => reporter.of('failed').at(-1)?.error;

/** Runs of these names and states, the oldest first. */
function runs(states: Readonly<Record<string, RunState>>): void {
  for (const [id, state] of Object.entries(states)) {
    pool.held.set(id, finished);
    pool.glances.set(id, { state });
  }
}

describe('workflow list', () => {
  it('shows every run with one question to the submitter, the newest first', async () => {
    runs({ k1: 'removed', k2: 'running' });
    const going = { total: 23, done: 4, failed: 1, created: '2026-01-02T03:00:05.678Z' };
    pool.glances.set('k2', { state: 'running', ...going });
    expect(await act(listRuns)).toBe(0);
    expect(pool.calls).toEqual(['overview']);
    expect(reporter.of('table')[0]?.rows[0]?.slice(0, 6)).toEqual([
      ...['k2', 'kinc', 'running', '4/23', 1, '2026-01-02 03:00:05'],
    ]);
    expect(reporter.of('table')[0]?.rows[1]).toEqual([
      ...['k1', 'kinc', 'stopped', '23/23', 0, '2026-01-02 03:00:00', '1 min 00 s'],
    ]);
    expect(end()).toMatchObject({ ok: true, message: '2 runs, 1 under way' });
  });

  it('says so where there is none', async () => {
    expect(await act(listRuns)).toBe(0);
    expect(end()).toMatchObject({ message: 'there is no run yet', data: { runs: [] } });
    expect(reporter.of('table')).toEqual([]);
  });
});

describe('workflow status', () => {
  it('is that of the latest run, and asks for its events once', async () => {
    pool.held.set('old', finished);
    pool.held.set('d2', underWay);
    expect(await act(runStatus)).toBe(0);
    expect(pool.calls).toEqual(['runs', 'read d2 run.json', 'events d2']);
    expect(end()?.message).toMatch(/^run d2: .+, \d+ of 23 jobs done$/);
    expect(reporter.of('workflow-status')).toHaveLength(1);
  });

  it('ends with 1 where the run failed', async () => {
    pool.held.set('d2', failed());
    expect(await act(runStatus, 'd2')).toBe(1);
    expect(end()).toMatchObject({ ok: false, message: 'run d2: failed, 5 of 6 jobs done' });
  });
});

/** A run of six jobs, of which one failed for good. */
function failed(): FakeRun {
  const shape = {
    before: [],
    parallel: { prefix: 'similarity_', count: 6, phase: 'correlating' },
    after: [],
  };
  const record = { ...(JSON.parse(fixture('run.json')) as object), shape, dagman_cluster: 291 };
  return {
    files: {
      'run.json': JSON.stringify(record),
      'logs/similarity_00002.2.err': fixture('similarity-stderr.txt'),
    },
    events: objects(fixture('events-failed.ndjson')),
  };
}

describe('workflow analyze', () => {
  it('says which job failed, where and why, and how to go on', async () => {
    pool.held.set('d2', failed());
    expect(await act(analyzeRun)).toBe(1);
    expect(reporter.of('report')[0]?.lines).toEqual([
      'error: similarity_00002: exit code 1 (3 tries, on azure (172.29.0.3), chameleon (172.29.0.2))',
      '  | kinc similarity: --job_index is 99: give a number from 1 to 6',
    ]);
    expect(end()?.message).toBe(
      'run d2: 5 of 6 jobs done, one finding; crossflock workflow retry d2 runs what is missing',
    );
    expect(pool.calls).not.toContain('queue d2');
  });

  it('finds nothing where all is well', async () => {
    pool.held.set('d2', finished);
    expect(await act(analyzeRun)).toBe(0);
    expect(end()?.message).toBe('run d2: 23 of 23 jobs done, nothing is wrong');
  });

  it('asks the queue and the executors while the run goes on', async () => {
    pool.held.set('d2', underWay);
    pool.offers.set('172.29.0.3', new Error('no answer'));
    const since = new Date(clock.now().getTime() - 100_000);
    const job = { job: '9.0', node: 'merge', state: 'idle', starts: 0, cpus: 1, since } as const;
    pool.queued.set('d2', [
      { ...job, memoryMb: 999_999 },
      { ...job, job: '8.0', node: 'threshold', memoryMb: 100 },
    ]);
    pool.analyses.set('8.0', fixture('better-analyze-requirement.txt'));
    expect(await act(analyzeRun)).toBe(1);
    const lines = reporter.of('report')[0]?.lines.join('\n') ?? '';
    expect(lines).toContain('merge: no executor is large enough: asks for 999999 MB of memory');
    expect(lines).toContain('the executor 172.29.0.3 of azure does not answer');
    expect(lines).toContain('  | no slot fulfils TARGET.Color == "red"');
    expect(pool.calls).toContain('explain 8.0 172.29.0.2');
  });
});

describe('workflow report', () => {
  const reported = async (files: FakeRun['files']): Promise<RunReport> => {
    pool.held.set('d2', { ...finished, files: { ...finished.files, ...files } });
    const out = join(folder, 'report.json');
    const report: Action = (context, { config }) =>
      reportRun(context, { config, format: 'json', out });
    expect(await act(report), failure()?.message).toBe(0);
    return JSON.parse(host.puts.at(-1)?.content ?? '') as RunReport;
  };

  it('has prices, slots and executors as they were at the submission', async () => {
    const { clusters, kinc } = await reported({ 'pool.json': JSON.stringify(POOL_THEN) });
    expect(clusters).toEqual([
      {
        cluster: 'chameleon',
        executors: [{ address: '172.29.0.2', slots: 8 }],
        pricePerCoreHour: 0.05,
      },
      { cluster: 'azure', executors: [{ address: '172.29.0.3', slots: 4 }] },
      { cluster: 'cloudlab', executors: [{ address: '172.29.0.9', slots: 2 }] },
    ]);
    expect(kinc?.network?.edges).toBe(1659);
  });

  it('has those of now where nothing was noted', async () => {
    const { clusters } = await reported({});
    expect(clusters.map(({ executors }) => executors)).toEqual([
      [{ address: '172.29.0.2', slots: 4 }],
      [{ address: '172.29.0.3', slots: 4 }],
    ]);
  });
});

describe('workflow histogram', () => {
  const histogram = async (last: boolean, run?: string): Promise<unknown> => {
    const by = 'cluster';
    const code = await act((context, { config }) =>
      runHistogram(context, { config, by, last, run }),
    );
    return code === 0 ? (end()?.data as { runId: string }).runId : failure()?.message;
  };

  /** Each with its own name in its record. */
  const named = (states: Readonly<Record<string, RunState>>): void => {
    runs(states);
    for (const id of Object.keys(states)) {
      const record = { ...(JSON.parse(fixture('run.json')) as object), id };
      const files = { ...finished.files, 'run.json': JSON.stringify(record) };
      pool.held.set(id, { ...finished, files });
    }
  };

  it('is of the run under way, or where none is, of the latest', async () => {
    named({ d1: 'succeeded', d2: 'running', d3: 'failed' });
    expect(await histogram(false)).toBe('d2');
    pool.glances.set('d2', { state: 'removed' });
    expect(await histogram(false)).toBe('d3');
    expect(await histogram(false, 'd1')).toBe('d1');
  });

  it('is of the latest that is over with --last', async () => {
    named({ d1: 'succeeded', d2: 'removed', d3: 'held' });
    expect(await histogram(true)).toBe('d2');
    named({ d1: 'running', d2: 'waiting', d3: 'held' });
    expect(await histogram(true)).toBe('no run is over yet');
  });
});

describe('workflow retry', () => {
  it('runs what is missing, says what was damaged, and collects the run', async () => {
    runs({ d2: 'failed' });
    const damaged = { similarity_00003: ['chunks/chunk_00003.kinc is empty'] };
    pool.onRetry = (runId) => ({ runId, done: 19, again: 4, damaged });
    expect(await act(retryRun, 'd2')).toBe(0);
    expect(reporter.of('notice').map(({ message }) => message)).toEqual([
      'similarity_00003 runs again: chunks/chunk_00003.kinc is empty',
      'run d2: 19 jobs are done and whole, 4 run again',
    ]);
    expect(end()?.message).toMatch(/^run d2 finished/);
  });

  it.each(['running', 'waiting', 'held'] as const)(
    'leaves a run that is %s alone',
    async (state) => {
      runs({ d2: state });
      expect(await act(retryRun, 'd2')).toBe(1);
      expect(failure()).toMatchObject({ code: 'refused' });
      expect(pool.calls).toEqual(['overview']);
    },
  );
});

describe('workflow watch', () => {
  it('follows the latest run to its end and collects it', async () => {
    pool.held.set('d2', finished);
    expect(await act(watchWorkflow)).toBe(0);
    expect(end()?.message).toBe('run d2 finished after 10.2 s');
    const files = ['run-summary.json', 'report.html'].map((name) => join(folder, 'd2', name));
    expect(host.puts.map(({ path }) => path)).toEqual(files);
  });

  it('leaves the run to itself on Ctrl-C', async () => {
    pool.held.set('d2', underWay);
    const watching = act(watchWorkflow, 'd2');
    await clock.until(() => clock.sleeping > 0);
    stop.abort();
    expect(await watching).toBe(130);
    expect(end()?.message).toBe(
      `detached: run d2 goes on; watch it again with crossflock workflow watch d2 -c ${CONFIG}`,
    );
    expect(clock.sleeping).toBe(0);
  });
});

describe('workflow fetch', () => {
  it('collects what a run left, as run-kinc does', async () => {
    pool.held.set('d2', finished);
    expect(await act(fetchRun)).toBe(0);
    expect(end()?.message).toBe('run d2 finished after 10.2 s');
    const fetched = await readFile(join(folder, 'd2', 'merge.json'), 'utf8');
    expect(fetched).toBe(fixture('result-merge.json'));
  });

  it('refuses a run that goes on, and fetches nothing', async () => {
    pool.held.set('d2', underWay);
    expect(await act(fetchRun, 'd2')).toBe(1);
    expect(failure()?.message).toBe('run d2 has not ended yet');
    expect(pool.calls.filter((call) => /^(fetch|list|tail)/.test(call))).toEqual([]);
  });
});

describe('steering', () => {
  it.each<[string, Action, string]>([
    ['hold', holdRun, 'hold k1'],
    ['release', releaseRun, 'release k2'],
  ])('%s takes the only run it can mean', async (_, action, call) => {
    runs({ k0: 'failed', k1: 'running', k2: 'held' });
    expect(await act(action)).toBe(0);
    expect(pool.calls).toEqual(['overview', call]);
  });

  it.each<[string, Action]>([
    ['hold', holdRun],
    ['stop', stopRun],
  ])('%s names the runs where there are several, and changes none', async (verb, action) => {
    runs({ k1: 'running', k2: 'waiting', k3: 'succeeded' });
    expect(await act(action)).toBe(2);
    expect(failure()).toMatchObject({
      message: 'which run? k2 (waiting), k1 (running)',
      hint: `name it: crossflock workflow ${verb} k2`,
    });
    expect(pool.calls).toEqual(['overview']);
  });

  it('stop wants the name even of the only one', async () => {
    runs({ k1: 'running' });
    expect(await act(stopRun)).toBe(2);
    expect(failure()?.message).toBe('which run? k1 (running)');
    expect(pool.calls).toEqual(['overview']);
    expect(await act(stopRun, 'k1')).toBe(0);
    expect(pool.calls.at(-1)).toBe('remove k1');
    expect(end()?.message).toContain('run k1 is stopped');
  });

  it.each<[string, Action, string | undefined, string]>([
    ['a run that is over', stopRun, 'k1', 'run k1: succeeded, there is nothing to stop'],
    ['a run that is not there', holdRun, 'k9', 'there is no run k9 on the submitter'],
    ['no run at all', holdRun, undefined, 'there is no run to hold'],
  ])('refuses %s', async (_, action, named, message) => {
    runs({ k1: 'succeeded' });
    expect(await act(action, named)).toBe(1);
    expect(failure()?.message).toBe(message);
    expect(pool.calls).toEqual(['overview']);
  });

  it('releases the jobs of a run whose DAGMan is not held', async () => {
    runs({ k1: 'running' });
    expect(await act(releaseRun, 'k1')).toBe(0);
    expect(pool.calls.at(-1)).toBe('release k1');
  });
});
