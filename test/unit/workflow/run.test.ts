import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { WorkflowSnapshot } from '../../../src/ports/reporter.js';
import { runReport } from '../../../src/report/run-report.js';
import { collectRun } from '../../../src/workflow/collect.js';
import type { Notice } from '../../../src/workflow/monitor/run-monitor.js';
import { readRunRecord, type RunRecord } from '../../../src/workflow/run-record.js';
import { kincRun } from '../../../src/workflow/recipes/kinc-recipe.js';
import { findRun, startKinc } from '../../../src/workflow/start.js';
import { watchRun } from '../../../src/workflow/watch.js';
import { FakeClock } from '../../fakes/fake-clock.js';
import { FakePool, type FakeRun } from '../../fakes/fake-pool.js';
import { fixture, objects, NETWORK_TSV } from './fixture.js';

const never = new AbortController().signal;
const CLUSTERS = new Map([
  ['172.29.0.2', 'chameleon'],
  ['172.29.0.3', 'azure'],
]);
const RECORD = readRunRecord('d2', fixture('run.json'));
const MEASURED = {
  merge: JSON.parse(fixture('result-merge.json')) as {
    readonly chunk_cpu_seconds: readonly number[];
    readonly cpu_seconds: number;
  },
  threshold: JSON.parse(fixture('result-threshold.json')) as { readonly cpu_seconds: number },
  extract: JSON.parse(fixture('result-extract.json')) as { readonly cpu_seconds: number },
};
const EDGES = NETWORK_TSV;

const done: FakeRun = {
  files: {
    'run.json': fixture('run.json'),
    'results/network.tsv': EDGES,
    'results/network.graphml': '<graphml/>',
    'results/merge.json': fixture('result-merge.json'),
    'results/threshold.json': fixture('result-threshold.json'),
    'results/extract.json': fixture('result-extract.json'),
  },
  events: objects(fixture('events-done.ndjson')),
};
const failed: FakeRun = {
  files: { 'logs/similarity_00002.2.err': fixture('similarity-stderr.txt') },
  events: objects(fixture('events-failed.ndjson')),
};

let pool: FakePool;
let clock: FakeClock;
let folder: string;
let snapshots: WorkflowSnapshot[];
let notices: Notice[];

beforeEach(async () => {
  pool = new FakePool();
  clock = new FakeClock();
  folder = await mkdtemp(join(tmpdir(), 'crossflock-run-'));
  await mkdir(join(folder, 'deep'));
  snapshots = [];
  notices = [];
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

function watch(record: RunRecord, signal = never) {
  return watchRun(
    pool,
    record,
    {
      clusters: CLUSTERS,
      clock,
      onSnapshot: (snapshot) => snapshots.push(snapshot),
      onNotice: (notice) => notices.push(notice),
    },
    signal,
  );
}

async function finish(record: RunRecord) {
  const monitor = await watch(record);
  return collectRun(pool, { record, monitor, clusters: CLUSTERS, slots: 8, folder }, never);
}

describe('starting', () => {
  const input = {
    plan: {
      type: 'kinc',
      method: 'sc',
      minObs: 30,
      naValue: 'NA',
      threshold: 0.8,
      requestMemoryMb: 1024,
      retries: 2,
    },
    gemPath: '/data/golub-gem.txt.gz',
    facts: {
      genes: 3051,
      samples: 38,
      pairs: 4_652_775,
      missing: 0,
      bytes: 1,
      sha256: kincRun(RECORD).gem.sha256,
      compressed: true,
    },
    slots: 5,
    advise: (stagedGem: string) => {
      advised = stagedGem;
      return Promise.resolve(ADVICE);
    },
  } as const;
  const ADVICE = {
    jobs: 20,
    slots: 5,
    secondsPerJob: 1,
    outputBytesPerJob: 2,
    memoryMbPerJob: 3,
    wallSeconds: { low: 4, high: 5 },
    reasons: ['20 jobs'],
    warnings: [],
  };
  let advised: string | undefined;

  it('stages, submits and takes the staged file away', async () => {
    pool.onSubmit = () => ({ id: 'd2', run: done });
    expect(await startKinc(pool, input, never)).toEqual(RECORD);
    expect(pool.calls.map((call) => call.split(' ').slice(0, 2).join(' '))).toEqual([
      'stage /data/golub-gem.txt.gz',
      expect.stringMatching(/^stage .*context\.json$/),
      'submit 20',
      'read d2',
      'unstage /tmp/staged/golub-gem.txt.gz',
      'unstage /tmp/staged/context.json',
    ]);
    expect(advised).toBe('/tmp/staged/golub-gem.txt.gz');
    expect(pool.calls[2]).toContain(' --slots 5 --context /tmp/staged/context.json');
    expect(JSON.parse(pool.texts.get('/tmp/staged/context.json') ?? '')).toEqual({
      estimate: {
        jobs: 20,
        slots: 5,
        seconds_per_job: 1,
        output_bytes_per_job: 2,
        memory_mb_per_job: 3,
        wall_seconds: { low: 4, high: 5 },
        reasons: ['20 jobs'],
      },
    });
    expect(pool.staged.size).toBe(0);
  });

  it('leaves nothing behind when the submission is refused', async () => {
    await expect(startKinc(pool, input, never)).rejects.toThrow('prepared no run');
    expect(pool.staged.size).toBe(0);
    const advise = () => Promise.reject(new Error('no advice'));
    await expect(startKinc(pool, { ...input, advise }, never)).rejects.toThrow('no advice');
    expect(pool.staged.size).toBe(0);
  });

  it('removes a run over another matrix than was checked', async () => {
    pool.onSubmit = () => ({ id: 'd2', run: done });
    const facts = { ...input.facts, sha256: 'other' };
    await expect(startKinc(pool, { ...input, facts }, never)).rejects.toThrow('another matrix');
    expect(pool.calls).toContain('remove d2');
  });

  it('finds the run to attach to', async () => {
    await expect(findRun(pool, undefined, never)).rejects.toThrow('there is no run');
    pool.held.set('old', failed);
    pool.held.set('d2', done);
    expect((await findRun(pool, undefined, never)).id).toBe('d2');
    await expect(findRun(pool, 'x', never)).rejects.toThrow('there is no run x');
  });
});

describe('a run that goes well', () => {
  it('is compared with what was expected of it', async () => {
    pool.held.set('d2', done);
    expect((await finish(RECORD)).estimate).toBeUndefined();
    const text = runReport(await finish(RECORD)).find((line) => line.startsWith('wall time'));
    expect(text).toMatch(/^wall time +10\.2 s$/);
    const expected = async (low: number, high: number) => {
      const context = { estimate: { wall_seconds: { low, high } } };
      const summary = await finish({ ...RECORD, context });
      expect(summary.estimate).toEqual({
        lowSeconds: low,
        highSeconds: high,
        actualSeconds: summary.wallSeconds,
      });
      return runReport(summary).find((line) => line.startsWith('wall time'));
    };
    expect(await expected(5, 20)).toContain('10.2 s, expected 5.0 s to 20.0 s');
    expect(await expected(12, 20)).toContain('10.2 s, faster than the expected 12.0 s to 20.0 s');
    expect(await expected(2, 8)).toContain('10.2 s, slower than the expected 2.0 s to 8.0 s');
  });

  it('ends with a network and its numbers', async () => {
    pool.held.set('d2', done);
    const summary = await finish(RECORD);
    expect(summary).toMatchObject({
      runId: 'd2',
      outcome: 'succeeded',
      problems: [],
      jobs: { total: 23, done: 23, failed: [], notRun: [] },
      network: { edges: 1659 },
    });
    expect(summary.clusters.map(({ cluster, jobs }) => [cluster, jobs])).toEqual([
      ['chameleon', 14],
      ['azure', 9],
    ]);
    expect(summary.results.files).toHaveLength(5);
    // HTCondor says 0 of all these jobs; the payload's own figures are what is summed up.
    const { merge, threshold, extract } = MEASURED;
    const chunks = merge.chunk_cpu_seconds.reduce((sum, seconds) => sum + seconds, 0);
    const others = merge.cpu_seconds + threshold.cpu_seconds + extract.cpu_seconds;
    expect(summary.cpuSeconds).toBeCloseTo(chunks + others);
    const shares = summary.clusters.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
    expect(shares).toBeCloseTo(summary.cpuSeconds);
    expect(snapshots.at(-1)).toMatchObject({ done: 23, phase: 'succeeded' });
    expect(notices).toEqual([]);
    const text = runReport(summary).join('\n');
    expect(text).toContain('run d2 finished after 10.2 s');
    expect(text).toContain('3,051 genes × 38 samples, 4,652,775 pairs');
    expect(text).toContain('1,659 edges between 520 genes');
    expect(text).toMatch(/ {2}chameleon +█{30} {2}14 \(61 %\)/);
    expect(text).toMatch(/ {2}azure +█{19}▎ +9 \(39 %\)/);
    expect(text).toMatch(/efficiency {2}\d+ % = .* of work ÷ \(8 slots × .* s\)/);
    const files = Array.from({ length: 1012 }, (_, index) => ({ name: `job_${index}`, bytes: 1 }));
    const many = runReport({ ...summary, results: { folder: 'r', files } });
    expect(many.at(-1)).toMatch(/^results +r \(job_0, .*, job_9, 1,002 more\)$/);
  });

  it('is measured by the slots at its submission, whatever there is later', async () => {
    pool.held.set('d2', done);
    expect((await finish(RECORD)).parallel.slots).toBe(8);
    expect((await finish({ ...RECORD, slots: 4 })).parallel.slots).toBe(4);
  });

  it.each([
    [
      'a result is missing',
      { 'results/merge.json': undefined },
      'the result merge.json is missing',
    ],
    [
      'edges are missing',
      { 'results/network.tsv': 'gene1\tgene2\n' },
      'network.tsv has 0 edges, expected 1659',
    ],
  ])('is invalid when %s', async (_, changes, problem) => {
    const files = Object.fromEntries(
      Object.entries({ ...done.files, ...changes }).filter(([, text]) => text !== undefined),
    ) as Record<string, string>;
    pool.held.set('d2', { ...done, files });
    const summary = await finish(RECORD);
    expect(summary.outcome).toBe('invalid');
    expect(summary.problems).toEqual([problem]);
    expect(runReport(summary).join('\n')).toContain(`wrong result: ${problem}`);
  });
});

describe('a run that fails', () => {
  const parallel = { ...RECORD.shape.parallel, count: 6 };
  const record = { ...RECORD, shape: { ...RECORD.shape, parallel }, dagmanCluster: 291 };

  it('names the failed job with the end of its stderr, and fetches no results', async () => {
    pool.held.set('d2', failed);
    const summary = await finish(record);
    expect(summary.outcome).toBe('failed');
    expect(summary.network).toBeUndefined();
    expect(summary.jobs.failed).toEqual([
      {
        node: 'similarity_00002',
        tries: 3,
        reason: 'exit code 1',
        exitCode: 1,
        address: '172.29.0.3',
        cluster: 'azure',
        stderr: ['kinc similarity: --job_index is 99: give a number from 1 to 6'],
      },
    ]);
    expect(notices).toHaveLength(3);
    expect(pool.calls.filter((call) => call.startsWith('fetch'))).toEqual([]);
    const lines = runReport(summary);
    expect(lines).toContain(
      'failed: similarity_00002 on azure (172.29.0.3): exit code 1 after 3 tries',
    );
    expect(lines).toContain('  | kinc similarity: --job_index is 99: give a number from 1 to 6');
    expect(lines).toContain('never run: merge, threshold, extract');
    expect(lines.join('\n')).toMatch(/CPU time +less than a second for each job/);
  });

  it('has the CPU time of what was merged before it failed', async () => {
    const merge = fixture('result-merge.json');
    pool.held.set('d2', { ...failed, files: { ...failed.files, 'results/merge.json': merge } });
    const summary = await finish(record);
    expect(summary.cpuSeconds).toBeGreaterThan(0);
  });
});

describe('watching', () => {
  it('refreshes with the clock and detaches without touching the run', async () => {
    const stop = new AbortController();
    pool.held.set('d2', { files: {}, events: done.events.slice(0, 30), goesOn: true });
    const watching = watch(RECORD, stop.signal);
    watching.catch(() => undefined);
    await clock.advance(1600);
    // Once for the events, then with the time alone.
    expect(snapshots).toHaveLength(2);
    expect(snapshots[1]).toMatchObject({ runId: 'd2', total: 23 });
    await clock.advance(1000);
    expect(snapshots).toHaveLength(3);
    stop.abort();
    await expect(watching).rejects.toMatchObject({ code: 'aborted' });
    expect(clock.sleeping).toBe(0);
    expect(pool.calls.toSorted()).toEqual(['follow d2', 'watch 172.29.0.2,172.29.0.3']);
  });

  it('names a pool that is gone, and shows its jobs as waiting', async () => {
    const stop = new AbortController();
    pool.held.set('d2', { files: {}, events: done.events.slice(0, 55), goesOn: true });
    const watching = watch(RECORD, stop.signal);
    watching.catch(() => undefined);
    await clock.advance(250);
    const [before] = snapshots as [WorkflowSnapshot];
    expect(before.executors.map(({ slots }) => slots)).toEqual([4, 4]);
    const { running, idle, runningByCluster } = before;
    const there = runningByCluster['chameleon'] as number;
    expect(there).toBeGreaterThan(0);
    for (const named of [0, 1]) {
      await clock.advance(15_000);
      pool.onAnswer?.({ address: '172.29.0.2' });
      expect(notices).toHaveLength(named);
    }
    await clock.advance(250);
    expect(notices[0]?.message).toMatch(/^chameleon: the pool 172\.29\.0\.2 is gone since \d\d:/);
    expect(snapshots.at(-1)).toMatchObject({
      queue: { lost: there },
      running: running - there,
      idle: idle + there,
      executors: [{ running: 0, goneSeconds: expect.any(Number) as number }, {}],
    });
    pool.onAnswer?.({ address: '172.29.0.2', slots: 4 });
    await clock.advance(250);
    expect(snapshots.at(-1)).toMatchObject({ running, queue: { lost: 0 } });
    stop.abort();
    await expect(watching).rejects.toMatchObject({ code: 'aborted' });
  });

  it('leaves an unreadable event out and says so', async () => {
    pool.held.set('d2', { files: {}, events: [{ EventTypeNumber: 0 }, ...done.events] });
    const monitor = await watch(RECORD);
    expect(monitor.counts.done).toBe(23);
    expect(notices.map((notice) => notice.message)).toEqual([
      'an event was left out: it has the unreadable EventTime undefined',
    ]);
  });
});
