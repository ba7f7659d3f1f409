import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ActionContext } from '../../../src/actions/context.js';
import { prepareRun } from '../../../src/actions/prepare-run.js';
import type { PreparedRun } from '../../../src/actions/prepared-run.js';
import type { Kinc3Plan, Plan, WorkflowPlan } from '../../../src/plan/types.js';
import { planKinc3 } from '../../../src/plan/kinc3.js';
import { FakeClock } from '../../fakes/fake-clock.js';
import { FakeConnector } from '../../fakes/fake-connector.js';
import { FakeHost } from '../../fakes/fake-host.js';
import { FakePool } from '../../fakes/fake-pool.js';
import { RecordingReporter } from '../../fakes/recording-reporter.js';
import { fixture } from '../workflow/fixture.js';

const SPEC = '/tmp/staged/crossflock-specification.json';
const WORKFLOW: WorkflowPlan = {
  ...{ type: 'kinc3', method: 'sc', minObs: 3, naValue: 'NA', threshold: 'rmt' },
  ...{ requestMemoryMb: 512, retries: 1 },
};
/** Six genes, so 15 pairs. */
const MATRIX = [
  's1\ts2\ts3\ts4',
  ...['a', 'b', 'c', 'd', 'e', 'f'].map((gene, n) => `${gene}\t1.5\t${n}.25\t3\t${9 - n}`),
  '',
].join('\n');

let pool: FakePool;
let reporter: RecordingReporter;
let folder: string;
let gem: string;

beforeEach(async () => {
  pool = new FakePool();
  reporter = new RecordingReporter();
  folder = await mkdtemp(join(tmpdir(), 'crossflock-kinc3-test-'));
  gem = join(folder, 'gem.txt');
  await writeFile(gem, MATRIX);
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

function prepare(plan: Partial<WorkflowPlan>): Promise<PreparedRun | undefined> {
  const context: ActionContext = {
    ...{ reporter, host: new FakeHost(), clock: new FakeClock(), env: {} },
    ...{ signal: new AbortController().signal, hosts: new FakeConnector() },
    openPool: () => pool,
    readFile: (path) => readFile(path),
    keepSecret: () => undefined,
  };
  const workflow = { ...WORKFLOW, gem, ...plan };
  return prepareRun(context, { plan: { workflow } as Plan, folder });
}

/** Starts what was prepared on a pool of eight slots; the specification that was submitted. */
async function submitted(plan: Partial<WorkflowPlan>) {
  pool.onSubmit = () => ({
    id: 'd2',
    run: { files: { 'run.json': fixture('run.json') }, events: [] },
  });
  const prepared = await prepare(plan);
  const executors = {
    addresses: ['172.29.0.2'],
    clusterOfAddress: new Map<string, string>(),
    prices: new Map<string, number>(),
  };
  const record = await prepared?.start({ pool, executors, slots: 8 });
  expect(record?.id).toBe('d2');
  return JSON.parse(pool.texts.get(SPEC) ?? '') as {
    readonly parallel: { readonly variables: readonly object[] };
    readonly details: { readonly gem: object };
  };
}

const said = () => reporter.of('notice').map(({ message }) => message);
const settings = (kinc3: Partial<Kinc3Plan>) => ({ kinc3: { ...planKinc3(), ...kinc3 } });

describe('KINC 3', () => {
  it('is submitted with as many jobs as wanted, and leaves nothing staged', async () => {
    const spec = await submitted({ jobs: 5 });
    expect(spec.parallel.variables).toHaveLength(5);
    expect(spec).toMatchObject({
      workflow: 'kinc3',
      files: { matrix: '/tmp/staged/gem.txt' },
      details: { gem: { file: 'gem.txt', genes: 6, samples: 4 }, pairs: 15 },
    });
    expect(said().filter((text) => text.includes('jobs of'))).toEqual([]);
    expect([...pool.staged]).toEqual([]);
  });

  it('gets fewer jobs where chunks would be empty, or by the slots, and says so', async () => {
    expect((await submitted({ jobs: 11 })).parallel.variables).toHaveLength(8);
    expect(said()).toContain(
      "8 jobs of 2 pairs each: with 11, some of KINC's chunks would be empty",
    );
    expect((await submitted({})).parallel.variables).toHaveLength(8);
    expect(said()).toContain(
      '8 jobs of 2 pairs each, by the 8 slots; how fast KINC 3 is there is not known',
    );
  });

  it('asks the pool nothing while matrix or settings cannot be used', async () => {
    expect(await prepare({ jobs: 1, ...settings({ minClusters: 9 }) })).toBeUndefined();
    expect(reporter.of('problem').map(({ problem }) => problem.path)).toEqual([
      'workflow.kinc3.min_clusters',
      'workflow.jobs',
    ]);
    expect(reporter.of('summary').at(-1)?.message).toContain('nothing was submitted');
    await writeFile(gem, MATRIX.replace('1.5', 'x'));
    expect(await prepare({})).toBeUndefined();
    expect(pool.calls).toEqual([]);
  });
});
