import { execFile } from 'node:child_process';
import {
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { look, register } from '../../../src/workflow/pegasus/commands.js';
import { readDag, shapeOfDag } from '../../../src/workflow/pegasus/dag-file.js';
import { stderrOfInvocation } from '../../../src/workflow/pegasus/invocation.js';
import { runDirectoryOf } from '../../../src/workflow/pegasus/plan-output.js';
import { readPlannedRun } from '../../../src/workflow/pegasus/record.js';

/** The stand-in of test/fakes/osg-kinc, checked against its specification there. */
const PROGRAM = fileURLToPath(new URL('../../fakes/osg-kinc/osg_kinc.py', import.meta.url));

/** HTCondor's two programs, as far as the stand-in calls them. */
const CONDOR = {
  condor_submit_dag:
    '#!/bin/sh\nfor dag; do :; done; echo queue >"$dag.condor.sub"; echo "File for submitting: $dag.condor.sub"\n',
  condor_submit:
    '#!/bin/sh\necho "000 (007.000.000) 2026-11-21 20:12:05Z Job submitted" >>"${1%.condor.sub}.dagman.log"; echo "1 job(s) submitted to cluster 7."\n',
};

let top: string;
let folder: string;
/** Of `./submit 3`. */
let planned: Promise<{ readonly said: string; readonly directory: string }>;

interface Ended {
  readonly code: number;
  readonly said: string;
}

function call(argv: readonly string[], env: NodeJS.ProcessEnv = {}, cwd = folder): Promise<Ended> {
  const [file = '', ...args] = argv;
  const path = `${join(top, 'condor')}:${process.env['PATH'] ?? ''}`;
  return new Promise((resolve) => {
    const child = execFile(
      file,
      args,
      { cwd, env: { PATH: path, USER: 'condor_pool', ...env } },
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : (child.exitCode ?? -1), said: stdout + stderr });
      },
    );
    child.stdin?.end('{}');
  });
}

beforeAll(async () => {
  top = await mkdtemp(join(tmpdir(), 'crossflock-osg-kinc-'));
  folder = join(top, 'OSG-KINC');
  for (const name of ['OSG-KINC/task-files', 'OSG-KINC/bin', 'condor', 'runs']) {
    await mkdir(join(top, name), { recursive: true });
  }
  for (const name of ['submit', 'bin/pegasus-exitcode', 'bin/pegasus-run']) {
    await copyFile(PROGRAM, join(folder, name));
    await chmod(join(folder, name), 0o755);
  }
  for (const [name, text] of Object.entries(CONDOR)) {
    await writeFile(join(top, 'condor', name), text, { mode: 0o755 });
  }
  await writeFile(join(folder, 'pegasus.conf'), 'dagman.retry = 2\n');
  await writeFile(join(folder, 'failing-jobs'), '2\n');
  for (const name of ['tiny.txt', 'tiny.tar.gz']) {
    await writeFile(join(folder, 'task-files', name), '');
  }
  planned = call(['./submit', '3']).then(({ said }) => ({
    said,
    directory: runDirectoryOf(said, folder) ?? '',
  }));
  await planned;
});

afterAll(async () => {
  await rm(top, { recursive: true });
});

describe('the stand-in for OSG-KINC', () => {
  it.each([
    ['no number of jobs', [], {}, 'Please specify the number of jobs.'],
    ['another word', ['many'], {}, 'many is not a number of jobs'],
    ['no job', ['0'], {}, '0 is not a number of jobs'],
    ['no user', ['2'], { USER: '' }, 'USER is not set'],
    ['a matrix in iRODS', ['2', '/zone/gem.tar.gz'], {}, 'iRODS get of /zone/gem.tar.gz failed'],
  ])('refuses %s', async (_, args, env, words) => {
    const { code, said } = await call(['./submit', ...args], env);
    expect(said).toContain(words);
    expect(code).toBe(1);
    expect(runDirectoryOf(said, folder)).toBeUndefined();
  });

  it('refuses another folder, and more than one matrix', async () => {
    const elsewhere = await call([join(folder, 'submit'), '2'], {}, top);
    expect(elsewhere.code).toBe(1);
    expect(elsewhere.said).toContain('not the folder');
    await writeFile(join(folder, 'task-files/other.txt'), '');
    const { said } = await call(['./submit', '2']);
    await rm(join(folder, 'task-files/other.txt'));
    expect(said).toContain('one, and only one, .txt file');
  });

  it('plans, submits and says where, as the recipe reads it', async () => {
    const { said, directory } = await planned;
    expect(said).toContain('a stand-in');
    const seen = await call(look(directory));
    const run = readPlannedRun(seen.said);
    expect(run).toMatchObject({ directory, dag: 'kinc-0.dag', dagmanCluster: 7 });
    const dag = readDag(run.text);
    expect(dag.nodes.map(({ retries }) => retries)).toEqual([2, 2, 2, 2, 2]);
    expect(shapeOfDag(dag)).toMatchObject({
      before: [{ node: 'create_dir_kinc_0_local' }],
      parallel: { prefix: 'kinc-wrapper_ID', count: 3 },
      after: [{ node: 'stage_out_local_local_0_0' }],
    });
    const links = { runs: join(top, 'runs'), runId: 'r1', directory, dag: run.dag };
    const made = await call(register({ ...links, outputs: 'outputs' }));
    expect(made).toEqual({ code: 0, said: '' });
    const there = join(top, 'runs/r1');
    expect(await readFile(join(there, 'run.json'), 'utf8')).toBe('{}');
    expect(await readFile(join(there, 'workflow.dag'), 'utf8')).toBe(run.text);
    expect(await readFile(join(there, 'workflow.dag.dagman.log'), 'utf8')).toContain('(007.');
    expect(await readdir(join(there, 'results'))).toEqual([]);
    const again = await call(register({ ...links, outputs: 'outputs' }));
    expect(again.said).toContain('File exists');
    expect((await call(look(join(folder, 'task-files')))).said).toContain('no DAG file in');
  });

  it('has jobs that say why they failed, as kickstart has it, and are checked afterwards', async () => {
    const job = join(top, 'job');
    const { directory } = await planned;
    const script = (id: number): string => join(directory, `00/00/kinc-wrapper_ID000000${id}.sh`);
    await mkdir(job);
    for (const [id, exit] of [
      [1, 0],
      [2, 3],
    ] as const) {
      await copyFile(join(folder, 'failing-jobs'), join(job, 'failing-jobs'));
      const { code, said } = await call([script(id)], {}, job);
      expect(code).toBe(exit);
      expect(said).toContain(`PegasusLite: exitcode ${exit}`);
      expect(stderrOfInvocation(said)).toEqual(
        exit === 0 ? [] : ['kinc: cannot read the matrix <made to fail>'],
      );
      const [out, err] = [join(job, 'x.out'), join(job, 'x.err')];
      await writeFile(out, said);
      await writeFile(err, 'PegasusLite: exitcode 0\n');
      const check = [join(folder, 'bin/pegasus-exitcode'), '-r', String(exit)];
      const checked = await call([...check, '-s', 'PegasusLite:+exitcode+0', out], {}, job);
      expect(checked.code).toBe(exit === 0 ? 0 : 1);
    }
    const silent = join(job, 'silent.out');
    await writeFile(silent, '');
    const exitcode = join(folder, 'bin/pegasus-exitcode');
    expect((await call([exitcode, '-r', '0', '-s', 'PegasusLite:', silent], {}, job)).code).toBe(1);
    const left = await readdir(job);
    expect(left.filter((name) => name.startsWith('x.')).sort()).toEqual([
      'x.err.000',
      'x.err.001',
      'x.out.000',
      'x.out.001',
    ]);
    expect(left).toContain('kinc.out.1');
    expect(left).not.toContain('kinc.out.2');
  });

  it('goes on with a planned directory only', async () => {
    const { directory: run } = await planned;
    const { code, said } = await call(['bin/pegasus-run', run]);
    expect({ code, directory: runDirectoryOf(said, '/') }).toEqual({ code: 0, directory: run });
    const { said: words, ...other } = await call(['bin/pegasus-run', top]);
    expect(other.code).toBe(1);
    expect(words).toContain('is not a valid submit-dir');
  });
});
