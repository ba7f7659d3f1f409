import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RunReport } from '../../../src/ports/run-report.js';
import type { RunSummary } from '../../../src/ports/run-summary.js';
import { containerOf, eventsOf, output, ROOT, run, summaryOf } from '../harness.js';
import { type RecipePool, withWorkflow } from './recipe-pool.js';

/** Beside the image's own OSG-KINC, which is crossflock's. */
const FOLDER = '/home/condor_pool/osg-kinc';
const JOBS = 4;
const FAILING = 'kinc-wrapper_ID0000002';
const COMPLAINT = 'kinc: cannot read the matrix <made to fail>';

/** As the stand-in's README specifies it; `pegasus-run` is on everybody's path, as Pegasus is. */
const INSTALL = [
  'set -e; mkdir -p "$1/bin" "$1/task-files"',
  'cp /tmp/osg_kinc.py "$1/submit"; chmod 755 "$1/submit"',
  'cp "$1/submit" "$1/bin/pegasus-exitcode"; cp "$1/submit" /usr/local/bin/pegasus-run',
  'echo "dagman.retry = 1" > "$1/pegasus.conf"; echo 2 > "$1/failing-jobs"',
  'printf "s1\\ts2\\ng1\\t1\\t2\\n" > "$1/task-files/tiny.txt"',
  'tar -C "$1/task-files" -czf "$1/task-files/tiny.tar.gz" tiny.txt',
  'chown -R condor_pool: "$1"',
].join('\n');

/** OSG-KINC's way on the shared pool: one run that fails, is explained, goes on and completes. */
export function osgKinc(pool: RecipePool): void {
  describe('osg-kinc', () => {
    let config = '';
    let out: readonly string[] = [];
    let runId = '';

    const submitter = (): Promise<string> => containerOf(pool.name, 'submitter');

    async function asPoolUser(...argv: readonly string[]): Promise<string> {
      return output(['docker', 'exec', '--user', 'condor_pool', await submitter(), ...argv]);
    }

    /** `DAGNodeName NumJobStarts ExitCode` of each job of the run, from the queue's history. */
    async function history(): Promise<readonly (readonly string[])[]> {
      const dagman = `pegasus_wf_name == "kinc-0" && regexp("${runId.replace('osg-', '')}$", Iwd)`;
      const ids = await asPoolUser('condor_history', '-constraint', dagman, '-af', 'ClusterId');
      const own = ids.trim().split('\n').join(', ');
      const jobs = await asPoolUser(
        ...['condor_history', '-constraint', `member(DAGManJobId, {${own}})`],
        ...['-autoformat', 'DAGNodeName', 'NumJobStarts', 'ExitCode', 'JobUniverse'],
      );
      return jobs
        .trim()
        .split('\n')
        .map((line) => line.split(' '));
    }

    async function data(...words: readonly string[]): Promise<Record<string, unknown>> {
      const ended = await run('crossflock', ['workflow', ...words, '-c', config]);
      return summaryOf(ended).data as Record<string, unknown>;
    }

    beforeAll(async () => {
      const settings = { type: 'osg-kinc', jobs: JOBS, osg_kinc: { directory: FOLDER } };
      const own = await withWorkflow(pool, settings);
      config = own.config;
      out = ['--out', join(own.folder, 'results')];
      const program = join(ROOT, 'test/fakes/osg-kinc/osg_kinc.py');
      const container = await submitter();
      await output(['docker', 'cp', '--quiet', program, `${container}:/tmp/osg_kinc.py`]);
      const shell = ['sh', '-c', INSTALL, 'sh', FOLDER];
      await output(['docker', 'exec', '--user', 'root', container, ...shell]);
    });

    it('has Pegasus plan a run, whose failing job is named with its own words', async () => {
      const ended = await run('run-kinc', ['-c', config, ...out]);
      expect(ended.exitCode, ended.stdout + ended.stderr).toBe(1);
      const summary = (summaryOf(ended).data as { run: RunSummary }).run;
      runId = summary.runId;
      expect(runId).toMatch(/^osg-kinc-\d+$/);
      expect(summary).toMatchObject({
        workflow: 'osg-kinc',
        outcome: 'failed',
        jobs: {
          total: JOBS + 2,
          done: JOBS,
          failed: [{ node: FAILING, tries: 2, exitCode: 3, stderr: [COMPLAINT] }],
          notRun: ['stage_out_local_local_0_0'],
          retries: 1,
        },
        parallel: { jobs: JOBS },
      });
      const { findings } = await data('analyze', runId);
      expect(findings).toMatchObject([{ kind: 'failed', nodes: [FAILING], said: [COMPLAINT] }]);
    });

    it('goes on from DAGMan’s rescue DAG to the end, with nothing twice', async () => {
      await asPoolUser('truncate', '--size=0', `${FOLDER}/failing-jobs`);
      const ended = await run('crossflock', ['workflow', 'retry', runId, '-c', config, ...out]);
      expect(ended.exitCode, ended.stdout + ended.stderr).toBe(0);
      expect(eventsOf(ended, 'notice').map(({ message }) => message)).toContain(
        `run ${runId}: ${JOBS} jobs are done and whole, 2 run again`,
      );
      const summary = (summaryOf(ended).data as { run: RunSummary }).run;
      expect(summary).toMatchObject({ outcome: 'succeeded', problems: [] });
      const folder = summary.results.folder;
      expect(summary.results.files).toHaveLength(2 * JOBS);
      expect(await readFile(join(folder, 'kinc.out.2'), 'utf8')).toContain('job 2 of 4');
    });

    it('is listed and reported as HTCondor’s own history has it', async () => {
      const jobs = await history();
      const nodes = new Set(jobs.map(([node]) => node));
      const { runs } = await data('list');
      expect((runs as { id: string }[]).find(({ id }) => id === runId)).toMatchObject({
        workflow: 'osg-kinc',
        state: 'succeeded',
        total: nodes.size,
        done: nodes.size,
        failed: 0,
      });
      const file = join(config, '../report.json');
      await run('crossflock', [
        ...['workflow', 'report', runId, '-c', config, '--format', 'json', '--out', file],
      ]);
      const { executions } = JSON.parse(await readFile(file, 'utf8')) as RunReport;
      const told = executions.map(({ node, exitCode }) => `${node} ${exitCode ?? '?'}`);
      const known = jobs.map(([node = '', , code = '']) => `${node} ${code}`);
      expect(told.sort()).toEqual(known.sort());
      expect(executions).toHaveLength(JOBS + 2 + 2);
      const bars = await run('crossflock', ['workflow', 'histogram', runId, '-c', config]);
      const text = eventsOf(bars, 'report').flatMap(({ lines }) => lines);
      const elsewhere = jobs.filter(([, , code, universe]) => universe === '5' && code === '0');
      const counted = text
        .filter((line) => /^(?:chameleon|azure) /.test(line))
        .map((line) => Number(/^\S+ +(\d+)/.exec(line)?.[1]));
      expect(counted.reduce((sum, count) => sum + count, 0)).toBe(elsewhere.length);
    });
  });
}
