import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunReport } from '../../src/ports/run-report.js';
import type { RunSummary } from '../../src/ports/run-summary.js';
import {
  configLike,
  moveTo,
  containerOf,
  containersOf,
  eventsOf,
  output,
  run,
  summaryOf,
  type Ended,
} from './harness.js';

const NAME = 'cft-failures';
const KINC = '/usr/local/bin/kinc';
/** KINC counts its jobs from 1, the DAG from 0. */
const JOB_INDEX = 4;
const NODE = 'similarity_00003';
const COMPLAINT = 'kinc: this job was made to fail';

/** The demo's pool under another name, on other ports and addresses. */
const elsewhere = moveTo({ name: NAME, port: 19_590, prefix: '172.28.78' });

/** Fails the one job when `condition`, a command of the shell, does; hands all else on. */
function wrapper(condition: string): string {
  return [
    '#!/bin/sh',
    `case " $* " in *" --job_index ${JOB_INDEX} "*)`,
    `  if ${condition}; then`,
    '    echo "a line before it" >&2',
    `    echo "${COMPLAINT}" >&2`,
    '    exit 1',
    '  fi;;',
    'esac',
    `exec ${KINC}.real "$@"`,
    '',
  ].join('\n');
}

const ALWAYS = 'true';
/** Each try asks for twice the memory, and may run on either executor. */
const FIRST_TRY = `grep -Eq '^RequestMemory *= *1024$' "$_CONDOR_JOB_AD"`;

async function failWhen(condition: string): Promise<void> {
  for (const runner of ['runner1', 'runner2']) await install(runner, wrapper(condition));
}

/** Puts a program in the place of the executor's `kinc`. */
async function install(runner: string, program: string): Promise<void> {
  const script = [
    `test -e ${KINC}.real || mv ${KINC} ${KINC}.real`,
    `printf %s "$1" >${KINC}.new`,
    `chmod 755 ${KINC}.new`,
    `mv ${KINC}.new ${KINC}`,
  ].join(' && ');
  const shell = ['sh', '-c', script, 'sh', program];
  await output(['docker', 'exec', '--user', 'root', await containerOf(NAME, runner), ...shell]);
}

/** Fails every job at once, as a broken executor does. */
const POISON = `#!/bin/sh\necho "kinc: no such library" >&2\nexit 127\n`;

/** Memory in MB that each try of the failing job asked for, from the history of the queue. */
async function memoryAsked(runId: string): Promise<readonly number[]> {
  const query = [
    ...['condor_history', '-backwards', '-constraint'],
    `CrossflockRun == "${runId}" && DAGNodeName == "${NODE}"`,
    ...['-autoformat', 'RequestMemory'],
  ];
  const submitter = await containerOf(NAME, 'submitter');
  const text = await output(['docker', 'exec', '--user', 'condor_pool', submitter, ...query]);
  return text.trim().split('\n').map(Number).reverse();
}

/** Slots at the submission, as the run's own record has them. */
async function slotsNoted(runId: string): Promise<number | undefined> {
  const file = `/var/lib/crossflock/runs/${runId}/run.json`;
  const submitter = await containerOf(NAME, 'submitter');
  const text = await output(['docker', 'exec', '--user', 'condor_pool', submitter, 'cat', file]);
  return (JSON.parse(text) as { slots?: number }).slots;
}

function runOf(ended: Ended): RunSummary {
  return (summaryOf(ended).data as { run: RunSummary }).run;
}

/** Runs a command as the pool's user in the submitter. */
async function inSubmitter(...argv: readonly string[]): Promise<string> {
  const submitter = await containerOf(NAME, 'submitter');
  return output(['docker', 'exec', '--user', 'condor_pool', submitter, ...argv]);
}

interface Analysis {
  readonly findings: readonly { kind: string; nodes: string[]; what: string; said: string[] }[];
}

/** The configuration with this `workflow.command`, and its files, in a folder of its own. */
async function withCommand(config: string, command: object) {
  const folder = join(dirname(config), 'command');
  await mkdir(folder);
  const mine = join(folder, 'config.json');
  const all = JSON.parse(await readFile(config, 'utf8')) as object;
  await writeFile(mine, JSON.stringify({ ...all, workflow: { command, request_memory_mb: 256 } }));
  await writeFile(join(folder, 'lines.csv'), 'text\none\ntwo words\n"a, b"\nc d\n\ne\n""\n');
  const count = '#!/bin/sh\necho "$(tail -n +2 "$1" | wc -w) $3" >"$2"\n';
  await writeFile(join(folder, 'count.sh'), count);
  return { mine, folder };
}

describe('a similarity job that fails', () => {
  let flags: readonly string[] = [];
  let config = '';
  let failedRun = '';

  async function analyze(runId: string): Promise<Ended & Analysis> {
    const ended = await run('crossflock', ['workflow', 'analyze', runId, '-c', config]);
    return { ...ended, ...(summaryOf(ended).data as unknown as Analysis) };
  }

  beforeAll(async () => {
    config = await configLike(elsewhere);
    flags = ['-c', config, '--jobs', '8', '--out', join(dirname(config), 'results')];
    const created = await run('create-containers', ['-c', config]);
    expect(created.exitCode, created.stdout).toBe(0);
  });

  afterAll(async () => {
    const ended = await run('crossflock', ['down', '-c', config, '--volumes']);
    expect(ended.exitCode, ended.stdout).toBe(0);
    expect(await containersOf(NAME)).toEqual([]);
  });

  it('is tried again with more memory, and the run completes', async () => {
    await failWhen(FIRST_TRY);
    const ended = await run('run-kinc', flags);
    expect(ended.exitCode, ended.stdout + ended.stderr).toBe(0);
    const summary = runOf(ended);
    expect(summary).toMatchObject({
      outcome: 'succeeded',
      jobs: { total: 11, done: 11, failed: [], retries: 1, interruptions: 0 },
      network: { pairs: 4_652_775, edges: 1659, positive: 1632 },
      problems: [],
    });
    expect(await memoryAsked(summary.runId)).toEqual([1024, 2048]);
    expect(await slotsNoted(summary.runId)).toBe(summary.parallel.slots);
  });

  it('is named with its tries and its last words when none of them succeeds', async () => {
    await failWhen(ALWAYS);
    const ended = await run('run-kinc', flags);
    expect(ended.exitCode, ended.stdout + ended.stderr).toBe(1);
    const summary = runOf(ended);
    expect(summary.outcome).toBe('failed');
    expect(summary.network).toBeUndefined();
    expect(summary.jobs).toMatchObject({
      total: 11,
      done: 7,
      failed: [
        {
          node: NODE,
          tries: 3,
          reason: 'exit code 1',
          exitCode: 1,
          stderr: ['a line before it', COMPLAINT],
        },
      ],
      notRun: ['merge', 'threshold', 'extract'],
      retries: 2,
    });
    const report = eventsOf(ended, 'report').flatMap(({ lines }) => lines);
    expect(report).toContainEqual(
      expect.stringMatching(new RegExp(`^failed: ${NODE} on .*: exit code 1 after 3 tries$`)),
    );
    expect(report).toContain(`  | ${COMPLAINT}`);
    expect(await memoryAsked(summary.runId)).toEqual([1024, 2048, 4096]);
    failedRun = summary.runId;
  });

  it('is explained by analyze in words', async () => {
    const { exitCode, findings } = await analyze(failedRun);
    expect(exitCode).toBe(1);
    expect(findings).toMatchObject([
      { kind: 'failed', nodes: [NODE], said: ['a line before it', COMPLAINT] },
    ]);
    expect(findings[0]?.what).toContain('exit code 1 (3 tries, ');
  });

  it('runs again in a retry with a chunk that was cut meanwhile, and nothing else does', async () => {
    await failWhen('false');
    const folder = `/var/lib/crossflock/runs/${failedRun}`;
    await inSubmitter('truncate', '--size=-100', `${folder}/chunks/chunk_00005.kinc`);
    const out = join(dirname(config), 'results');
    const ended = await run('crossflock', [
      ...['workflow', 'retry', failedRun, '-c', config, '--out', out],
    ]);
    expect(ended.exitCode, ended.stdout + ended.stderr).toBe(0);
    expect(eventsOf(ended, 'notice').map(({ message }) => message)).toEqual([
      expect.stringMatching(/^similarity_00005 runs again: chunks\/chunk_00005.kinc has \d+ bytes/),
      `run ${failedRun}: 6 jobs are done and whole, 5 run again`,
    ]);
    const { network, jobs } = runOf(ended);
    expect(network).toMatchObject({ pairs: 4_652_775, edges: 1659, positive: 1632 });
    expect(jobs).toMatchObject({ total: 11, done: 11, failed: [], notRun: [] });
    const report = join(out, 'report.json');
    await run('crossflock', [
      ...['workflow', 'report', failedRun, '-c', config, '--format', 'json', '--out', report],
    ]);
    const { executions } = JSON.parse(await readFile(report, 'utf8')) as RunReport;
    const counts = Map.groupBy(executions, ({ node }) => node);
    const again = [...counts].filter(([, own]) => own.length > 1).map(([node]) => node);
    expect(again.sort()).toEqual([NODE, 'similarity_00005']);
    // The queue's own history knows of exactly as many executions.
    const history = await inSubmitter(
      ...['condor_history', '-constraint', `CrossflockRun == "${failedRun}"`],
      ...['-autoformat', 'DAGNodeName', 'NumJobStarts'],
    );
    const starts = history
      .trim()
      .split('\n')
      .reduce((sum, line) => sum + Number(line.split(' ')[1]), 0);
    expect(executions).toHaveLength(starts);
  });

  it('shares its pool with any program over a manifest', async () => {
    const words = `it's "one" $(word) of 100%`;
    const { mine, folder } = await withCommand(config, {
      manifest: 'lines.csv',
      chunk: 2,
      program: ['./count.sh', 'rows.csv', '{job}.count', words],
      outputs: ['{job}.count'],
      gather: { program: ['sh', '-c', 'cat results/*.count'], outputs: [] },
    });
    const out = join(folder, 'results');
    const ended = await run('crossflock', ['workflow', 'run', '-c', mine, '--out', out]);
    expect(ended.exitCode, ended.stdout + ended.stderr).toBe(0);
    const { runId, workflow, jobs } = runOf(ended);
    expect({ workflow, jobs }).toMatchObject({ workflow: 'command', jobs: { total: 4, done: 4 } });
    expect(await readFile(join(out, runId, 'gather.txt'), 'utf8')).toBe(
      [`3 ${words}`, `4 ${words}`, `2 ${words}`, ''].join('\n'),
    );
  });

  it('on one executor only succeeds on another, and that executor is named', async () => {
    await install('runner2', POISON);
    // Enough of them, and long enough elsewhere, that the broken executor gets some.
    const long = ['--jobs', '32', '--min-job-seconds', '1.5'];
    const out = join(dirname(config), 'results');
    const ended = await run('run-kinc', ['-c', config, ...long, '--out', out]);
    expect(ended.exitCode, ended.stdout + ended.stderr).toBe(0);
    const { runId, network, clusters } = runOf(ended);
    expect(network).toMatchObject({ edges: 1659 });
    expect(clusters.find(({ cluster }) => cluster === 'azure')?.jobs).toBe(0);
    const { findings } = await analyze(runId);
    expect(findings[0]?.what).toMatch(/^every job fails on the executor 172\.28\.78\.3 of azure/);
  });
});
