import { describe, expect, it } from 'vitest';

import type { CommandPlan } from '../../../../src/plan/types.js';
import { checkCommand } from '../../../../src/workflow/recipes/command-check.js';
import { command, commandSpec, filesOf } from '../../../../src/workflow/recipes/command.js';
import { readManifest } from '../../../../src/workflow/recipes/manifest.js';
import { encoded, filled, placeholdersOf } from '../../../../src/workflow/recipes/words.js';
import { readRunRecord } from '../../../../src/workflow/run-record.js';
import { fixture } from '../fixture.js';

const PLAN: CommandPlan = {
  program: ['./bin/count.sh', '{text}', 'as it is'],
  manifest: '/x/lines.tsv',
  chunk: 1,
  inputs: ['/data/words.txt'],
  outputs: ['{id}.count'],
  cpus: 2,
  requestMemoryMb: 512,
  retries: 1,
};
const LINES = readManifest('lines.tsv', 'id\ttext\na\tone two\nb\t\nc\t$(x) 100%\n');
const STAGED = new Map([
  ['/data/words.txt', '/tmp/1/words.txt'],
  ['./bin/count.sh', '/tmp/2/count.sh'],
]);

function specOf(changes: Partial<CommandPlan>, staged: ReadonlyMap<string, string> = STAGED) {
  return commandSpec({ plan: { ...PLAN, ...changes }, manifest: LINES, staged, slots: 8 });
}

function problemsOf(changes: Partial<CommandPlan>, manifest = LINES): readonly string[] {
  return checkCommand({ ...PLAN, ...changes }, manifest).map(
    ({ path, value = '', message }) =>
      `${path.replace('workflow.command.', '')} ${value} ${message}`,
  );
}

describe('words', () => {
  it('have placeholders, and braces that are none', () => {
    expect(placeholdersOf('{a} {{b}} {print $1} {} {c-d.e}')).toEqual(['a', 'c-d.e']);
    expect(filled('{a}-{{b}}-{none}-{print $1}', new Map([['a', '{b}']]))).toBe(
      '{b}-{b}--{print $1}',
    );
  });

  it('mean nothing to HTCondor once they are encoded', () => {
    expect(encoded('a/b_c.d:1,2=3@+-')).toBe('a/b_c.d:1,2=3@+-');
    expect(encoded('')).toBe('%');
    expect(encoded(`a b"'$(x)%\\\n`)).toBe('a%20b%22%27%24%28x%29%25%5C%0A');
    expect(decodeURIComponent(encoded('ünï 🙂'))).toBe('ünï 🙂');
  });
});

describe('the specification', () => {
  it('has a job for each row, with its words, files and results', () => {
    expect(specOf({})).toMatchObject({
      workflow: 'command',
      retries: 1,
      request_memory_mb: 512,
      slots: 8,
      results: ['a.count', 'b.count', 'c.count'],
      parallel: {
        prefix: 'job_',
        variables: [
          { number: '00000', word1: 'one%20two', output0: 'a.count' },
          { number: '00001', word1: '%', output0: 'b.count' },
          { number: '00002', word1: '%24%28x%29%20100%25', output0: 'c.count' },
        ],
      },
      after: [],
      jobs: {
        job_: {
          argv: [
            ...['crossflock-job', '--output', '$(output0)', '--'],
            ...['./count.sh', '$(word1)', 'as%20it%20is'],
          ],
          inputs: ['inputs/words.txt', 'inputs/count.sh'],
          outputs: ['results/$(output0)'],
          cpus: 2,
          transfer_executable: true,
        },
      },
      files: { 'inputs/words.txt': '/tmp/1/words.txt', 'inputs/count.sh': '/tmp/2/count.sh' },
      executables: ['crossflock-job', 'inputs/count.sh'],
      details: { command: { rows: 3, manifest: 'lines.tsv' } },
    });
  });

  it('takes what a job prints where no outputs are named', () => {
    expect(specOf({ outputs: [] })).toMatchObject({
      results: ['job_00000.txt', 'job_00001.txt', 'job_00002.txt'],
      jobs: {
        job_: {
          argv: expect.arrayContaining(['--stdout', 'job_$(number).txt']) as unknown,
          outputs: [],
        },
      },
    });
  });

  it('gives a job with more rows their place in the manifest', () => {
    const staged = new Map([['rows.tsv', '/tmp/3/rows.tsv']]);
    const changes = { chunk: 2, program: ['wc', 'rows.tsv'], inputs: [], outputs: ['{job}.txt'] };
    expect(specOf(changes, staged)).toMatchObject({
      results: ['00000.txt', '00001.txt'],
      parallel: {
        variables: [
          { first: '0', rows: '2' },
          { first: '2', rows: '1' },
        ],
      },
      jobs: {
        job_: {
          argv: [
            ...['crossflock-job', '--rows', 'rows.tsv', '--header', '1'],
            ...['--first', '$(first)', '--count', '$(rows)'],
            ...['--output', '$(output0)', '--', 'wc', 'rows.tsv'],
          ],
          inputs: ['inputs/rows.tsv'],
        },
      },
      executables: ['crossflock-job'],
    });
  });

  it('ends with a step over all results, whose results are those of the run', () => {
    const staged = new Map([...STAGED, ['rows.tsv', '/tmp/3/rows.tsv']]);
    const gather = { program: ['cat', 'results/x y'], outputs: ['all.txt'] };
    expect(specOf({ gather, chunk: 2, outputs: [], program: ['true'] }, staged)).toMatchObject({
      results: ['all.txt'],
      after: [{ node: 'gather' }],
      jobs: {
        gather: {
          argv: ['crossflock-job', '--output', 'all.txt', '--', 'cat', 'results/x%20y'],
          inputs: ['inputs/words.txt', 'inputs/count.sh', 'results'],
          outputs: ['results/all.txt'],
        },
      },
    });
    expect(specOf({ gather: { ...gather, outputs: [] } })).toMatchObject({
      results: ['gather.txt'],
      jobs: { gather: { argv: expect.arrayContaining(['--stdout', 'gather.txt']) as unknown } },
    });
  });

  it('sends each file once, and no program that the executors have', () => {
    const gather = { program: ['./bin/count.sh'], outputs: [] };
    expect(filesOf({ ...PLAN, gather })).toEqual(['/data/words.txt', './bin/count.sh']);
    expect(filesOf({ ...PLAN, program: ['/bin/wc', './x'], inputs: [] })).toEqual([]);
    expect(filesOf({ ...PLAN, program: ['wc'], inputs: [] })).toEqual([]);
  });
});

describe('the check', () => {
  it('finds nothing wrong with what fits', () => {
    expect(problemsOf({})).toEqual([]);
    expect(problemsOf({ outputs: ['{job}.txt'] })).toEqual([]);
  });

  it('names every problem at once', () => {
    const gather = { program: ['cat', '{id}'], outputs: [] };
    const inputs = ['/a/x', '/b/x', '/c/a b'];
    expect(problemsOf({ program: ['wc', '{no}'], outputs: ['{none}'], gather, inputs })).toEqual([
      'program[1] {no} is no column of the manifest',
      'outputs[0] {none} is no column of the manifest',
      'gather.program[1] {id} is no column of the manifest',
      'inputs "/c/a b" has a name that cannot be sent',
      'inputs "x" is the name of two files for a job',
    ]);
  });

  it('has no columns for a job of more rows', () => {
    expect(problemsOf({ chunk: 2 })).toEqual([
      'program[1] {text} is no column of the manifest',
      'outputs[0] {id} is no column of the manifest',
    ]);
  });

  it('finds results of one name, and names that are none, but not thousands of them', () => {
    expect(problemsOf({ outputs: ['same'] })).toEqual([
      'outputs "same" is the name of two results',
    ]);
    expect(problemsOf({ outputs: ['{text}'] })).toEqual([
      'outputs "one two" cannot be the name of a result',
      'outputs "" cannot be the name of a result',
      'outputs "$(x) 100%" cannot be the name of a result',
    ]);
    const gather = { program: ['true'], outputs: ['b.count'] };
    expect(problemsOf({ gather })).toEqual(['outputs "b.count" is the name of two results']);
    const lines = Array.from({ length: 20 }, (_, index) => `../${index}\t`);
    const many = readManifest('m.tsv', `id\ttext\n${lines.join('\n')}`);
    expect(problemsOf({}, many)).toHaveLength(6);
    expect(problemsOf({}, many).at(-1)).toBe('outputs 15 more are as wrong');
  });

  it('refuses a column whose name is taken, and more jobs than a queue bears', () => {
    const taken = readManifest('m.tsv', 'id\tjob\ttext\na\tb\tc\n');
    expect(problemsOf({}, taken)).toEqual([
      'manifest "job" is a column, but {job} is the number of the job',
    ]);
    const lines = Array.from({ length: 100_001 }, (_, index) => `{"id":${index},"text":"x"}`);
    const many = readManifest('m.jsonl', lines.join('\n'));
    expect(problemsOf({}, many)).toEqual(['chunk 1 makes 100001 jobs, the most is 100000']);
  });
});

it('says in the summary of a run what ran', () => {
  const details = { program: 'wc {x}', manifest: 'm.csv', rows: 3 };
  const text = JSON.stringify({ ...(JSON.parse(fixture('run.json')) as object), command: details });
  expect(command.inputOf(readRunRecord('d2', text))).toEqual({
    highlights: [
      { label: 'program', text: 'wc {x}' },
      { label: 'manifest', text: 'm.csv, 3 rows' },
    ],
  });
});
