import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReportEvent } from '../../src/ports/reporter.js';
import type { RunFinding } from '../../src/ports/run-finding.js';
import type { RunSummary } from '../../src/ports/run-summary.js';
import type { RunOverview } from '../../src/ports/workflow-pool.js';
import {
  configLike,
  moveTo,
  containerOf,
  containersOf,
  eventsOf,
  output,
  run,
  start,
  summaryOf,
  type DemoConfig,
  type Ended,
} from './harness.js';

const NAME = 'cft-faults';

/** The demo's pool under another name, on other ports and addresses. */
const elsewhere = moveTo({ name: NAME, port: 19_190, prefix: '172.28.77' });

/** One app of a shell that does nothing, on the first cluster only. */
function oneApp(config: DemoConfig, change: Partial<DemoConfig['containers'][number]>): void {
  elsewhere(config);
  const first = config.clusters[0]!;
  config.clusters = [first];
  const app = { id: 'lone', cluster: first.id, image: 'crossflock/base', n_cpus: 0.1, mem: 32 };
  config.containers = [{ ...app, args: ['sleep', 'infinity'], ...change }];
  config.network.containers = [{ id: 'lone', ip_addr: '172.28.77.9' }];
}

async function pidOf(container: string): Promise<string> {
  return (
    await output(['docker', 'container', 'inspect', '-f', '{{.State.Pid}}', container])
  ).trim();
}

type Progress = Extract<ReportEvent, { type: 'workflow-progress' }>;

const isProgress = (event: ReportEvent): event is Progress => event.type === 'workflow-progress';

function runningOn(event: ReportEvent, cluster: string): number {
  return isProgress(event) ? (event.snapshot.runningByCluster[cluster] ?? 0) : 0;
}

async function analyze(config: string) {
  const ended = await run('crossflock', ['workflow', 'analyze', '-c', config]);
  const { findings } = summaryOf(ended).data as { findings: readonly RunFinding[] };
  return { exitCode: ended.exitCode, findings };
}

const jobsRun = (event: ReportEvent): boolean =>
  event.type === 'workflow-progress' && event.snapshot.running >= 4;

function expectCompleteResult(ended: Ended): RunSummary {
  expect(ended.exitCode, ended.stdout + ended.stderr).toBe(0);
  const { run: summary } = summaryOf(ended).data as { run: RunSummary };
  expect(summary).toMatchObject({ outcome: 'succeeded', problems: [] });
  expect(summary.jobs).toMatchObject({ failed: [], notRun: [], done: summary.jobs.total });
  expect(summary.network).toMatchObject({ pairs: 4_652_775, edges: 1659, positive: 1632 });
  return summary;
}

async function down(config: string): Promise<void> {
  const ended = await run('crossflock', ['down', '-c', config, '--volumes']);
  expect(ended.exitCode, ended.stdout).toBe(0);
}

describe('a pool in trouble', () => {
  let config = '';
  let out = '';
  let runFlags: readonly string[] = [];

  beforeAll(async () => {
    config = await configLike(elsewhere);
    out = join(dirname(config), 'results');
    // Two rounds over the eight slots, with jobs long enough to be met in the middle.
    runFlags = ['-c', config, '--jobs', '16', '--min-job-seconds', '4'];
    const created = await run('create-containers', ['-c', config]);
    expect(created.exitCode, created.stdout).toBe(0);
  });

  afterAll(async () => {
    await down(config);
    expect(await containersOf(NAME)).toEqual([]);
  });

  it('comes up although a Marathon is killed in mid-deployment', async () => {
    const creating = start('create-containers', ['-c', config, '--recreate']);
    await creating.event((e) => e.type === 'step-progress' && e.step === 'apps');
    process.kill(Number(await pidOf(`${NAME}-marathon-chameleon`)), 'SIGKILL');
    const ended = await creating.ended;
    expect(ended.exitCode, ended.stdout).toBe(0);
    // Two servers and three tasks, each once.
    expect(await containersOf(NAME)).toHaveLength(5);
    const again = await run('create-containers', ['-c', config]);
    expect(summaryOf(again).data).toEqual({ changes: 0 });
  });

  it('says what is there on Ctrl-C, and the next run goes on from it', async () => {
    const creating = start('create-containers', ['-c', config, '--recreate']);
    await creating.event((e) => e.type === 'step-progress' && e.step === 'apps');
    creating.signal('SIGINT');
    const interrupted = await creating.ended;
    expect(interrupted.exitCode, interrupted.stdout).toBe(130);
    expect(eventsOf(interrupted, 'table')[0]?.rows).toHaveLength(3);
    expect(summaryOf(interrupted).message).toMatch(/^interrupted: /);
    const again = await run('create-containers', ['-c', config]);
    expect(again.exitCode, again.stdout).toBe(0);
    expect(await containersOf(NAME)).toHaveLength(5);
  });

  it('completes every job although one executor is killed in mid-job, and one is gone for good', async () => {
    const running = start('run-kinc', [...runFlags, '--out', out]);
    await running.event((e) => runningOn(e, 'chameleon') >= 3 && runningOn(e, 'azure') >= 3);
    const [back, gone] = [await containerOf(NAME, 'runner1'), await containerOf(NAME, 'runner2')];
    // Without its Marathon nothing brings an executor back: a whole cloud is gone.
    await output(['docker', 'kill', `${NAME}-marathon-azure`, back, gone]);
    const told = await running.event(
      (e) => e.type === 'workflow-event' && / is gone since /.test(e.message),
    );
    expect(told.type === 'workflow-event' ? told.message : '').toMatch(
      /^azure: the pool 172\.28\.77\.3 is gone since .*, its jobs wait$/,
    );
    const { exitCode, findings } = await analyze(config);
    expect(exitCode).toBe(0);
    expect(findings[0]).toMatchObject({
      kind: 'pool-gone',
      what: 'the executor 172.28.77.3 of azure does not answer',
    });
    const ended = await running.ended;
    const { jobs, clusters } = expectCompleteResult(ended);
    expect(jobs.interruptions).toBeGreaterThan(0);
    const later = ended.events.slice(ended.events.indexOf(told) + 1).filter(isProgress);
    expect(later.filter((e) => runningOn(e, 'azure') > 0)).toEqual([]);
    expect(later[0]?.snapshot.executors[1]?.goneSeconds).toBeGreaterThanOrEqual(30);
    expect(clusters.find(({ cluster }) => cluster === 'chameleon')?.jobs).toBe(jobs.total);
    const again = await run('create-containers', ['-c', config]);
    expect(again.exitCode, again.stdout).toBe(0);
    expect(await containersOf(NAME)).toHaveLength(5);
  });

  it('goes on although the submitter is killed in mid-workflow', async () => {
    const running = start('run-kinc', [...runFlags, '--out', out]);
    await running.event(jobsRun);
    const before = await containerOf(NAME, 'submitter');
    await output(['docker', 'kill', before]);
    expectCompleteResult(await running.ended);
    expect(await containerOf(NAME, 'submitter')).not.toBe(before);
  });

  it('leaves a run alone on Ctrl-C, and another terminal watches it to its end', async () => {
    const watching = start('run-kinc', [...runFlags, '--out', out]);
    await watching.event(jobsRun);
    watching.signal('SIGINT');
    const detached = await watching.ended;
    expect(detached.exitCode).toBe(130);
    const { runId } = summaryOf(detached).data as { runId: string };
    // Another machine, which has the configuration and nothing else.
    const stateHome = await mkdtemp(join(tmpdir(), 'crossflock-e2e-elsewhere-'));
    const workflow = (...args: readonly string[]) =>
      run('crossflock', ['workflow', ...args, '-c', config], stateHome);
    const { runs } = summaryOf(await workflow('list')).data as { runs: RunOverview[] };
    expect(runs[0]).toMatchObject({ id: runId, state: 'running' });
    const summary = expectCompleteResult(await workflow('watch', '--out', join(out, 'elsewhere')));
    expect(summary).toMatchObject({ runId, jobs: { retries: 0, interruptions: 0 } });
    const here = await run('run-kinc', ['-c', config, '--attach', runId, '--out', out]);
    const numbers = ({ results, ...rest }: RunSummary) => ({ ...rest, files: results.files });
    expect(numbers(summary)).toEqual(numbers(expectCompleteResult(here)));
    expect(await readdir(stateHome)).toEqual([]);
  });
});

describe('a container that cannot run', () => {
  it('is named with the reason when its image does not exist', async () => {
    const config = await configLike((demo) => {
      // Of a registry that answers at once that it is not there.
      oneApp(demo, { image: 'localhost:1/crossflock/no-such-image' });
    });
    const ended = await run('create-containers', ['-c', config, '--timeout', '10']);
    expect(ended.exitCode, ended.stdout).toBe(1);
    expect(ended.stdout).toMatch(/\/lone is (failed|pending): .*crossflock\/no-such-image/);
    await down(config);
  });

  it('is named with what it lacks when there is not enough memory', async () => {
    const config = await configLike((demo) => {
      oneApp(demo, { mem: 900_000 });
    });
    const ended = await run('create-containers', ['-c', config, '--timeout', '10']);
    expect(ended.exitCode, ended.stdout).toBe(1);
    expect(ended.stdout).toMatch(/\/lone is (failed|pending): .*900000 MB of memory/);
    await down(config);
  });

  it('does not stop another cluster when its own Marathon is unreachable', async () => {
    const config = await configLike((demo) => {
      oneApp(demo, {});
      demo.clusters.push({ id: 'gone', marathon_uri: 'http://127.0.0.1:9' });
      demo.containers.push({ ...demo.containers[0]!, id: 'other', cluster: 'gone' });
      demo.network.containers.push({ id: 'other', ip_addr: '172.28.77.10' });
    });
    const ended = await run('create-containers', ['-c', config, '--timeout', '15']);
    expect(ended.exitCode, ended.stdout).toBe(1);
    expect(ended.stdout).toContain('gone: marathon at http://127.0.0.1:9 refused the connection');
    expect(await containerOf(NAME, 'lone')).not.toBe('');
    await output(['docker', 'rm', '--force', await containerOf(NAME, 'lone')]).catch(() => '');
    const alone = await configLike((demo) => {
      oneApp(demo, {});
    });
    await down(alone);
  });
});
