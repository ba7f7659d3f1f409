import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { eventsOf, run, start, summaryOf, type Running } from '../harness.js';
import { withWorkflow } from '../recipes/recipe-pool.js';
import {
  analyze,
  type FailurePool,
  historyOf,
  onExecutor,
  resultsOf,
  RUNNERS,
  runOf,
  startsOf,
} from './failure-pool.js';

const ASKED_MB = 150;
const USED_MB = 250;

/** Needs more than the first try asks for, and lasts only where it must be noticed. */
const GREEDY = `#!/usr/bin/python3
import os, re, time
eaten = bytearray(b"x") * (${USED_MB} * 2**20)
asked = re.search(r"^RequestMemory *= *(\\d+)$", open(os.environ["_CONDOR_JOB_AD"]).read(), re.M)
if int(asked[1]) < len(eaten) / 2**20:
    time.sleep(120)
print(len(eaten))
`;

/** Programs that are no part of the project, each with its own way not to work. */
export function anyProgram(pool: FailurePool): void {
  const withCommand = async (
    files: Readonly<Record<string, string>>,
    { request_memory_mb, ...command }: Readonly<Record<string, unknown>>,
  ) => {
    const workflow = { type: 'command', command, request_memory_mb, retries: 1 };
    const made = await withWorkflow(pool, workflow);
    for (const [name, text] of Object.entries(files)) {
      await writeFile(join(made.folder, name), text);
    }
    return ['-c', made.config, '--out', resultsOf(pool)];
  };
  const submitted = async (running: Running): Promise<string> => {
    const event = await running.event((e) => e.type === 'workflow-progress');
    return event.type === 'workflow-progress' ? event.snapshot.runId : '';
  };
  const stop = (runId: string) => run('crossflock', ['workflow', 'stop', runId, '-c', pool.config]);

  it('over a manifest shares the pool with KINC', async () => {
    const words = `it's "one" $(word) of 100%`;
    const args = await withCommand(
      {
        'lines.csv': 'text\none\ntwo words\n"a, b"\nc d\n\ne\n""\n',
        'count.sh': '#!/bin/sh\necho "$(tail -n +2 "$1" | wc -w) $3" >"$2"\n',
      },
      {
        request_memory_mb: 256,
        manifest: 'lines.csv',
        chunk: 2,
        program: ['./count.sh', 'rows.csv', '{job}.count', words],
        outputs: ['{job}.count'],
        gather: { program: ['sh', '-c', 'cat results/*.count'], outputs: [] },
      },
    );
    const ended = await run('crossflock', ['workflow', 'run', ...args]);
    expect(ended.exitCode, ended.stdout + ended.stderr).toBe(0);
    const { runId, workflow, jobs } = runOf(ended);
    expect({ workflow, jobs }).toMatchObject({ workflow: 'command', jobs: { total: 4, done: 4 } });
    expect(await readFile(join(resultsOf(pool), runId, 'gather.txt'), 'utf8')).toBe(
      [`3 ${words}`, `4 ${words}`, `2 ${words}`, ''].join('\n'),
    );
  });

  it('that no executor is large enough for is named while it waits; the others go on', async () => {
    const one = { 'one.csv': 'n\n1\n' };
    const huge = await withCommand(one, {
      ...{ program: ['true'], manifest: 'one.csv', outputs: [] },
      ...{ cpus: 6, request_memory_mb: 64 },
    });
    const waiting = start('crossflock', ['workflow', 'run', ...huge]);
    const hugeRun = await submitted(waiting);
    const greedy = await withCommand(
      { ...one, 'greedy.py': GREEDY },
      {
        ...{ program: ['./greedy.py'], manifest: 'one.csv', outputs: [] },
        request_memory_mb: ASKED_MB,
      },
    );
    const eating = start('crossflock', ['workflow', 'run', ...greedy]);
    const { exitCode, findings } = await analyze(pool, hugeRun);
    expect(exitCode).toBe(1);
    expect(findings).toMatchObject([{ kind: 'unmatched', nodes: ['job_00000'] }]);
    expect(findings[0]?.what).toContain('asks for 6 CPUs, the largest slot has 4 CPUs, on ');
    expect((await stop(hugeRun)).exitCode).toBe(0);
    const stopped = await waiting.ended;
    expect(stopped.exitCode).toBe(1);
    // It has not failed: it was never tried.
    expect(runOf(stopped).jobs).toMatchObject({ failed: [], notRun: ['job_00000'] });

    const ended = await eating.ended;
    expect(ended.exitCode, ended.stdout + ended.stderr).toBe(0);
    const { runId, jobs } = runOf(ended);
    expect(jobs).toMatchObject({ done: 1, retries: 1 });
    const what = `used more memory than it asked for: \\d+ MB of ${String(ASKED_MB)} MB`;
    expect(eventsOf(ended, 'workflow-event').map(({ message }) => message)).toContainEqual(
      expect.stringMatching(new RegExp(`^job_00000 failed \\(try 1\\): ${what}; 1 try left$`)),
    );
    const asked = await historyOf(pool, runId, 'job_00000', 'RequestMemory');
    expect(asked).toEqual([ASKED_MB, 2 * ASKED_MB]);
    const [memory] = (await analyze(pool, runId)).findings;
    expect(memory).toMatchObject({ kind: 'out-of-memory', severity: 'info' });
    const [, used] =
      /^out of memory: used (\d+) MB, asked for 150 MB \(/.exec(memory?.what ?? '') ?? [];
    expect(Number(used)).toBeGreaterThanOrEqual(USED_MB);
  });

  it('that cannot be run is named with the reason; mended on the executors, a retry runs it', async () => {
    const plain = '/usr/local/bin/cft-plain';
    const everywhere = async (script: string): Promise<void> => {
      for (const runner of RUNNERS) await onExecutor(pool, runner, script);
    };
    await everywhere(`echo 'echo plain' >${plain}`);
    const programs = { 'programs.csv': `program\n${plain}\ncft-nowhere\nhostname\n` };
    const args = await withCommand(programs, {
      ...{ program: ['{program}'], manifest: 'programs.csv', outputs: [], request_memory_mb: 64 },
    });
    const failed = await run('crossflock', ['workflow', 'run', ...args]);
    expect(failed.exitCode).toBe(1);
    const { runId } = runOf(failed);
    const { findings } = await analyze(pool, runId);
    expect(findings).toMatchObject([
      { kind: 'failed', severity: 'error', nodes: ['job_00000'] },
      { kind: 'failed', severity: 'error', nodes: ['job_00001'] },
    ]);
    expect(findings[0]?.what).toContain(`its program ${plain} cannot be run: it is not executable`);
    expect(findings[1]?.what).toContain('cft-nowhere cannot be run: there is no such program');

    await everywhere(
      `sed -i '1i #!/bin/sh' ${plain}; chmod +x ${plain}; cp ${plain} /usr/bin/cft-nowhere`,
    );
    const retried = await run('crossflock', ['workflow', 'retry', runId, ...args]);
    expect(retried.exitCode, retried.stdout + retried.stderr).toBe(0);
    expect(summaryOf(retried).ok).toBe(true);
    const folder = join(resultsOf(pool), runId);
    expect(await readFile(join(folder, 'job_00001.txt'), 'utf8')).toBe('plain\n');
    expect(await readFile(join(folder, 'job_00002.txt'), 'utf8')).toMatch(/\S/);
    const starts = await startsOf(pool, runId);
    expect(Object.fromEntries(starts)).toEqual({ job_00000: 3, job_00001: 3, job_00002: 1 });
  });
}
