import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
  const script = [
    `test -e ${KINC}.real || mv ${KINC} ${KINC}.real`,
    `printf %s "$1" >${KINC}.new`,
    `chmod 755 ${KINC}.new`,
    `mv ${KINC}.new ${KINC}`,
  ].join(' && ');
  for (const runner of ['runner1', 'runner2']) {
    const id = await containerOf(NAME, runner);
    const shell = ['sh', '-c', script, 'sh', wrapper(condition)];
    await output(['docker', 'exec', '--user', 'root', id, ...shell]);
  }
}

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

describe('a similarity job that fails', () => {
  let flags: readonly string[] = [];
  let config = '';

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
  });
});
