import { basename } from 'node:path';

import type { Problem } from '../../errors/problem.js';
import type { CommandPlan } from '../../plan/types.js';
import { filesOf, jobsOf, resultsOfGather, resultsOfJob, rowsFile } from './command.js';
import type { Manifest } from './manifest.js';
import { placeholdersOf } from './words.js';

const PATH = 'workflow.command';
/** A word of DAGMan's language and of HTCondor's lists of files, and no hidden file. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,199}$/;
const MOST_JOBS = 100_000;
const MOST_NAMED = 5;

/** What does not fit together between the settings and the manifest; pure. */
export function checkCommand(plan: CommandPlan, manifest: Manifest): readonly Problem[] {
  const outputs = [
    ...manifest.problems,
    ...wordProblems(plan, manifest),
    ...fileProblems(plan, manifest),
  ];
  return outputs.length > 0 ? outputs : jobProblems(plan, manifest);
}

function wordProblems(plan: CommandPlan, manifest: Manifest): readonly Problem[] {
  const { program, outputs, gather, chunk } = plan;
  const ofRow = chunk === 1 ? manifest.columns : [];
  const known = new Set(['job', ...ofRow]);
  const there = `write one of ${[...known].map((name) => `{${name}}`).join(', ')}`;
  const fixed = 'write {{…}} for braces that are meant; this step has no row';
  const fix =
    chunk === 1
      ? there
      : `${there}; with chunk ${chunk} a job has its rows in ${rowsFile(plan, manifest) ?? ''}`;
  const lists = [
    ['program', program, known, fix],
    ['outputs', outputs, known, fix],
    ['gather.program', gather?.program ?? [], new Set<string>(), fixed],
    ['gather.outputs', gather?.outputs ?? [], new Set<string>(), fixed],
  ] as const;
  const unknown = lists.flatMap(([field, texts, names, what]) =>
    texts.flatMap((text, index) =>
      placeholdersOf(text)
        .filter((name) => !names.has(name))
        .map((name) =>
          problem(`${field}[${index}]`, `{${name}}`, 'is no column of the manifest', what),
        ),
    ),
  );
  if (!manifest.columns.includes('job') || chunk > 1) return unknown;
  const taken = problem(
    'manifest',
    '"job"',
    'is a column, but {job} is the number of the job',
    'give the column another name',
  );
  return [...unknown, taken];
}

function fileProblems(plan: CommandPlan, manifest: Manifest): readonly Problem[] {
  const files = filesOf(plan);
  const names = [...files.map((file) => basename(file)), ...optional(rowsFile(plan, manifest))];
  const wrong = files.filter((file) => !NAME.test(basename(file)));
  return [
    ...wrong.map((file) =>
      problem('inputs', JSON.stringify(file), 'has a name that cannot be sent', NAME_FIX),
    ),
    ...repeated(names).map((name) =>
      problem('inputs', JSON.stringify(name), 'is the name of two files for a job', 'rename one'),
    ),
  ];
}

/** The names of all results, now that their placeholders have values. */
function jobProblems(plan: CommandPlan, manifest: Manifest): readonly Problem[] {
  const jobs = jobsOf(plan, manifest);
  if (jobs.length > MOST_JOBS) {
    const fix = `write a chunk of at least ${Math.ceil(manifest.rows.length / MOST_JOBS)}`;
    return [
      problem(
        'chunk',
        String(plan.chunk),
        `makes ${jobs.length} jobs, the most is ${MOST_JOBS}`,
        fix,
      ),
    ];
  }
  const names = [...jobs.flatMap((job) => resultsOfJob(plan, job)), ...resultsOfGather(plan)];
  const wrong = [...new Set(names.filter((name) => !NAME.test(name)))];
  return [
    ...firstOf(wrong, (name) =>
      problem('outputs', JSON.stringify(name), 'cannot be the name of a result', NAME_FIX),
    ),
    ...firstOf(repeated(names), (name) =>
      problem(
        'outputs',
        JSON.stringify(name),
        'is the name of two results',
        'use a column that differs in every row, or {job}',
      ),
    ),
  ];
}

const NAME_FIX = "use letters, digits, '.', '_' and '-', without folders";

/** Thousands of rows with the same mistake are one mistake. */
function firstOf(names: readonly string[], say: (name: string) => Problem): readonly Problem[] {
  const problems = names.slice(0, MOST_NAMED).map(say);
  const more = names.length - MOST_NAMED;
  return more <= 0 ? problems : [...problems, problem('outputs', `${more} more`, 'are as wrong')];
}

function repeated(names: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const name of names) (seen.has(name) ? twice : seen).add(name);
  return [...twice];
}

function optional(name: string | undefined): readonly string[] {
  return name === undefined ? [] : [name];
}

function problem(field: string, value: string, message: string, fix?: string): Problem {
  const path = `${PATH}.${field}`;
  return { severity: 'error', path, value, message, ...(fix === undefined ? {} : { fix }) };
}
