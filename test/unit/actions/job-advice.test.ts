import { beforeEach, describe, expect, it } from 'vitest';

import type { ActionContext } from '../../../src/actions/context.js';
import { adviseJobs, type JobAdviceInput } from '../../../src/actions/job-advice.js';
import { CrossflockError } from '../../../src/errors/crossflock-error.js';
import type { Plan } from '../../../src/plan/types.js';
import { FakeClock } from '../../fakes/fake-clock.js';
import { FakeConnector } from '../../fakes/fake-connector.js';
import { FakeHost } from '../../fakes/fake-host.js';
import { FakePool } from '../../fakes/fake-pool.js';
import { RecordingReporter } from '../../fakes/recording-reporter.js';

const ADDRESSES = ['172.29.0.2', '172.29.0.3'];
const WORKFLOW = {
  type: 'kinc',
  method: 'sc',
  minObs: 30,
  naValue: 'NA',
  threshold: 0.8,
  requestMemoryMb: 1024,
  retries: 2,
} as const;

let pool: FakePool;
let reporter: RecordingReporter;
let stop: AbortController;

beforeEach(() => {
  pool = new FakePool();
  reporter = new RecordingReporter();
  stop = new AbortController();
});

/** Two executors of four CPUs each and a matrix of so many genes, each with a missing value. */
function input(genes: number, more: Partial<JobAdviceInput> = {}): JobAdviceInput {
  const executor = { role: 'executor', app: { cpus: 4, mem: 4096 } };
  const plan = { apps: [{ role: 'submitter', app: {} }, executor, executor] } as unknown as Plan;
  return {
    plan,
    workflow: WORKFLOW,
    matrix: {
      gemPath: '/gem',
      facts: {
        ...{ genes, samples: 200, pairs: (genes * (genes - 1)) / 2, missing: 0 },
        ...{ bytes: genes * 1600, sha256: '', compressed: false },
      },
      profile: {
        ...{ missingShare: 0.01, genesWithMissing: genes, constantGenes: 0, genesWithFewValues: 0 },
        ...{ negative: 0, scale: { kind: 'log', reason: '' } },
      },
    },
    executors: { addresses: ADDRESSES, clusterOfAddress: new Map(), prices: new Map() },
    slots: 8,
    stagedGem: '/staged/gem',
    ...more,
  };
}

function advise(asked: JobAdviceInput) {
  const context: ActionContext = {
    ...{ reporter, clock: new FakeClock(), host: new FakeHost(), signal: stop.signal, env: {} },
    hosts: new FakeConnector(),
    openPool: () => pool,
    readFile: () => Promise.reject(new Error('not here')),
    keepSecret: () => undefined,
  };
  return adviseJobs(context, pool, asked);
}

const measured = (pairs: number) =>
  `{"step": "calibrate", "pairs": ${pairs}, "seconds": 2, "cpu_seconds": 2, "setup_seconds": 1, "bytes_per_pair": 4, "peak_memory_mb": 100}`;
const notices = (level: string) =>
  reporter
    .of('notice')
    .filter((event) => event.level === level)
    .map(({ message }) => message);

describe('the executors are measured', () => {
  it('where that may change the number of jobs', async () => {
    // 200 million pairs: 1,000 s of work at 0.2 million pairs a second.
    pool.calibrations = new Map(ADDRESSES.map((address) => [address, measured(4e5)]));
    const advice = await advise(input(20_000));
    expect(pool.calls).toEqual(['calibrate 172.29.0.2,172.29.0.3 × 4']);
    expect(advice.jobs).toBe(32);
    expect(notices('info')[0]).toMatch(/^measuring 2 executors, \d+ s at most$/);
    expect(notices('info')[1]).toContain('(measured on 2 executors) are 16 min 40 s of work');
    expect(notices('info').at(-1)).toMatch(/^expected: .* to .*; a job takes about 32\.2 s/);
    expect(notices('warning')).toEqual([]);
  });

  it('and not for a matrix that is small at any speed, nor where the number is given', async () => {
    expect((await advise(input(300))).jobs).toBe(8);
    expect((await advise(input(20_000, { workflow: { ...WORKFLOW, jobs: 77 } }))).jobs).toBe(77);
    expect(pool.calls).toEqual([]);
  });

  it('as far as they answer', async () => {
    pool.calibrations = new Map([
      ['172.29.0.2', measured(4e5)],
      ['172.29.0.3', "kinc: error: argument command: invalid choice: 'calibrate'"],
    ]);
    await advise(input(20_000));
    expect(notices('info')[1]).toContain('(measured on 1 executor)');
  });

  it('and where none answers, or the jobs cannot be submitted, it is said what is assumed', async () => {
    await advise(input(20_000));
    pool.calibrations = new CrossflockError('no queue', { code: 'unavailable' });
    await advise(input(20_000));
    expect(notices('warning')).toEqual([
      'no executor could be measured in time',
      'the executors could not be measured: no queue',
    ]);
    expect(notices('info').filter((text) => text.includes('nothing was measured'))).toHaveLength(2);
  });

  it('until a person interrupts it', async () => {
    pool.calibrations = new Error('cut off');
    stop.abort();
    await expect(advise(input(20_000))).rejects.toThrow();
    expect(notices('warning')).toEqual([]);
  });

  it('at most 16 of them, from all over the list', async () => {
    const addresses = Array.from({ length: 64 }, (_, index) => `10.0.0.${index}`);
    const executors = { addresses, clusterOfAddress: new Map(), prices: new Map() };
    await advise(input(20_000, { executors }));
    const asked = /^calibrate (\S+) × 1$/.exec(pool.calls[0] ?? '')?.[1]?.split(',') ?? [];
    expect(asked).toHaveLength(16);
    expect(asked.slice(0, 3)).toEqual(['10.0.0.0', '10.0.0.4', '10.0.0.8']);
  });
});

describe('memory', () => {
  it('of the executors in the configuration limits what runs at once', async () => {
    const workflow = { ...WORKFLOW, requestMemoryMb: 2048 };
    expect(await advise(input(300, { workflow }))).toMatchObject({ jobs: 4, slots: 4 });
    expect(notices('warning')[0]).toContain('4 CPUs of 8 will be idle');
  });

  it('is left out of account where not all of them are there', async () => {
    const workflow = { ...WORKFLOW, requestMemoryMb: 2048 };
    expect(await advise(input(300, { workflow, slots: 4 }))).toMatchObject({ jobs: 4, slots: 4 });
    expect(notices('warning')).toEqual([]);
  });
});
