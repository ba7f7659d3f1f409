import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { RunReport } from '../../../src/ports/run-report.js';
import { eventsOf, run } from '../harness.js';
import {
  analyze,
  expectCompleteResult,
  type FailurePool,
  historyOf,
  inSubmitter,
  NETWORK,
  onExecutor,
  resultsOf,
  RUNNERS,
  runOf,
  startsOf,
} from './failure-pool.js';

const KINC = '/usr/local/bin/kinc';
/** KINC counts its jobs from 1, the DAG from 0. */
const JOB_INDEX = 4;
const NODE = 'similarity_00003';
const COMPLAINT = 'kinc: this job was made to fail';

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
const NEVER = 'false';
/** Each try asks for twice the memory, and may run on either executor. */
const FIRST_TRY = `grep -Eq '^RequestMemory *= *1024$' "$_CONDOR_JOB_AD"`;

/** Puts a program in the place of the executor's `kinc`. */
const INSTALL = [
  `test -e ${KINC}.real || mv ${KINC} ${KINC}.real`,
  `printf %s "$1" >${KINC}.new`,
  `chmod 755 ${KINC}.new`,
  `mv ${KINC}.new ${KINC}`,
].join(' && ');

/** HTCondor cannot start it, wherever it is called. */
const NO_INTERPRETER = '#!/opt/no-such-interpreter\n';

/** A job of KINC that fails, and a `kinc` that does. */
export function similarityJob(pool: FailurePool): void {
  let failedRun = '';

  const failWhen = async (condition: string): Promise<void> => {
    for (const runner of RUNNERS) await onExecutor(pool, runner, INSTALL, wrapper(condition));
  };
  const runKinc = (jobs: number, ...more: readonly string[]) =>
    run('run-kinc', [
      ...['-c', pool.config, '--jobs', String(jobs), '--out', resultsOf(pool), ...more],
    ]);

  it('is tried again with more memory, and the run completes', async () => {
    await failWhen(FIRST_TRY);
    const summary = expectCompleteResult(await runKinc(8));
    expect(summary.jobs).toMatchObject({ total: 11, retries: 1, interruptions: 0 });
    expect(await historyOf(pool, summary.runId, NODE, 'RequestMemory')).toEqual([1024, 2048]);
    const noted = await inSubmitter(pool, 'cat', `${folderOf(summary.runId)}/run.json`);
    expect((JSON.parse(noted) as { slots?: number }).slots).toBe(summary.parallel.slots);
  });

  it('is named with its tries and its last words when none of them succeeds', async () => {
    await failWhen(ALWAYS);
    const ended = await runKinc(8);
    expect(ended.exitCode, ended.stdout + ended.stderr).toBe(1);
    const summary = runOf(ended);
    expect(summary.outcome).toBe('failed');
    expect(summary.network).toBeUndefined();
    const failure = {
      ...{ node: NODE, tries: 3, reason: 'exit code 1', exitCode: 1 },
      stderr: ['a line before it', COMPLAINT],
    };
    expect(summary.jobs).toMatchObject({
      ...{ total: 11, done: 7, failed: [failure], retries: 2 },
      notRun: ['merge', 'threshold', 'extract'],
    });
    const report = eventsOf(ended, 'report').flatMap(({ lines }) => lines);
    expect(report).toContainEqual(
      expect.stringMatching(new RegExp(`^failed: ${NODE} on .*: exit code 1 after 3 tries$`)),
    );
    expect(report).toContain(`  | ${COMPLAINT}`);
    expect(await historyOf(pool, summary.runId, NODE, 'RequestMemory')).toEqual([1024, 2048, 4096]);
    failedRun = summary.runId;
  });

  it('is explained by analyze in words', async () => {
    const { exitCode, findings } = await analyze(pool, failedRun);
    expect(exitCode).toBe(1);
    expect(findings).toMatchObject([
      { kind: 'failed', nodes: [NODE], said: ['a line before it', COMPLAINT] },
    ]);
    expect(findings[0]?.what).toContain('exit code 1 (3 tries, ');
  });

  it('runs again in a retry with a chunk that was cut meanwhile, and nothing else does', async () => {
    await failWhen(NEVER);
    const chunk = `${folderOf(failedRun)}/chunks/chunk_00005.kinc`;
    await inSubmitter(pool, 'truncate', '--size=-100', chunk);
    const args = ['-c', pool.config, '--out', resultsOf(pool)];
    const ended = await run('crossflock', ['workflow', 'retry', failedRun, ...args]);
    const { jobs } = expectCompleteResult(ended);
    expect(jobs.total).toBe(11);
    expect(eventsOf(ended, 'notice').map(({ message }) => message)).toEqual([
      expect.stringMatching(/^similarity_00005 runs again: chunks\/chunk_00005.kinc has \d+ bytes/),
      `run ${failedRun}: 6 jobs are done and whole, 5 run again`,
    ]);
    const executions = await executionsOf(failedRun);
    const counts = [...Map.groupBy(executions, ({ node }) => node)];
    const again = counts.filter(([, own]) => own.length > 1).map(([node]) => node);
    expect(again.sort()).toEqual([NODE, 'similarity_00005']);
    // The queue's own history knows of exactly as many executions.
    const starts = [...(await startsOf(pool, failedRun)).values()];
    expect(executions).toHaveLength(starts.reduce((sum, count) => sum + count, 0));
  });

  it('on one executor only, as its program is, succeeds on another, and that executor is named', async () => {
    await onExecutor(pool, 'runner2', INSTALL, NO_INTERPRETER);
    // Enough of them, and long enough elsewhere, that the broken executor gets some.
    const ended = await runKinc(16, '--min-job-seconds', '1');
    await failWhen(NEVER);
    const { runId, network, clusters } = runOf(ended);
    expect(ended.exitCode, ended.stdout + ended.stderr).toBe(0);
    expect(network).toMatchObject(NETWORK);
    expect(clusters.find(({ cluster }) => cluster === 'azure')?.jobs).toBe(0);
    const { findings } = await analyze(pool, runId);
    expect(findings.map(({ what }) => what)).toEqual([
      expect.stringMatching(/^every job fails on the executor [\d.]+\.3 of azure/),
      expect.stringMatching(
        /^\/usr\/local\/bin\/kinc could not be started: no such file or directory \(.*azure.*\), then succeeded$/,
      ),
    ]);
  });

  async function executionsOf(runId: string): Promise<RunReport['executions']> {
    const file = join(resultsOf(pool), 'report.json');
    const args = ['-c', pool.config, '--format', 'json', '--out', file];
    await run('crossflock', ['workflow', 'report', runId, ...args]);
    return (JSON.parse(await readFile(file, 'utf8')) as RunReport).executions;
  }
}

function folderOf(runId: string): string {
  return `/var/lib/crossflock/runs/${runId}`;
}
