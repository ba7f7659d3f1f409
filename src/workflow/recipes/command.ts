import { basename } from 'node:path';

import type { CommandPlan } from '../../plan/types.js';
import { adOf, numberOf, textOf } from '../htcondor/fields.js';
import type { Manifest } from './manifest.js';
import type { Recipe } from './recipe.js';
import { encoded, filled, isLocalProgram, placeholdersOf } from './words.js';

/** Program of the submitter's image that runs a job's own program; see command_job.py there. */
const JOB_PROGRAM = '/usr/local/lib/crossflock/crossflock_submit/command_job.py';
const RUNNER = 'crossflock-job';
const PREFIX = 'job_';
const GATHER = 'gather';

/** Any program over the rows of any manifest. */
export const command: Recipe = {
  name: 'command',
  inputOf: ({ details }) => {
    const told = adOf(details, 'command') ?? {};
    const rows = numberOf(told, 'rows');
    return {
      highlights: [
        { label: 'program', text: textOf(told, 'program') ?? 'unknown' },
        {
          label: 'manifest',
          text: `${textOf(told, 'manifest') ?? 'unknown'}, ${rows ?? '?'} rows`,
        },
      ],
    };
  },
  examine: () => Promise.resolve({ problems: [] }),
  measuredCpu: () => Promise.resolve(new Map()),
};

/** One job: its rows of the manifest, and the values of its placeholders. */
export interface CommandJob {
  /** The first row, from 0, and how many there are. */
  readonly first: number;
  readonly count: number;
  readonly values: ReadonlyMap<string, string>;
}

/** The jobs, in the manifest's order. Columns have values only where a job has one row. */
export function jobsOf({ chunk }: CommandPlan, { rows }: Manifest): readonly CommandJob[] {
  return Array.from({ length: Math.ceil(rows.length / chunk) }, (_, index) => {
    const first = index * chunk;
    const own = chunk === 1 ? (rows[first] ?? []) : [];
    return {
      first,
      count: Math.min(chunk, rows.length - first),
      values: new Map([...own, ['job', numbered(index)]]),
    };
  });
}

/** Names of the files that a job leaves as results. */
export function resultsOfJob({ outputs }: CommandPlan, { values }: CommandJob): readonly string[] {
  if (outputs.length === 0) return [`${PREFIX}${values.get('job') ?? ''}.txt`];
  return outputs.map((name) => filled(name, values));
}

/** Names of the files that the last step leaves. */
export function resultsOfGather({ gather }: CommandPlan): readonly string[] {
  if (gather === undefined) return [];
  return gather.outputs.length === 0 ? [`${GATHER}.txt`] : gather.outputs;
}

/** Name of the file in a job's folder that has its rows; of more than one row only. */
export function rowsFile({ chunk }: CommandPlan, { format }: Manifest): string | undefined {
  return chunk === 1 ? undefined : `rows${format}`;
}

/** The local files that every job gets, programs among them. */
export function filesOf({ inputs, program, gather }: CommandPlan): readonly string[] {
  return [...new Set([...inputs, ...localProgram(program), ...localProgram(gather?.program)])];
}

function localProgram([program = '']: readonly string[] = []): readonly string[] {
  return isLocalProgram(program) ? [program] : [];
}

export interface SpecInput {
  readonly plan: CommandPlan;
  readonly manifest: Manifest;
  /** Paths in the submitter by name: the files of `filesOf`, and `rowsFile`. */
  readonly staged: ReadonlyMap<string, string>;
  /** CPUs of all executors. */
  readonly slots: number;
}

/** The specification for `crossflock-submit`; its fields are in docs/recipes.md. */
export function commandSpec({ plan, manifest, staged, slots }: SpecInput): object {
  const { gather, program } = plan;
  const jobs = jobsOf(plan, manifest);
  const rows = rowsFile(plan, manifest);
  const files = [...staged.keys()];
  const programs = [...localProgram(program), ...localProgram(gather?.program)];
  const inputs = files.map(inRun);
  const gathered = resultsOfGather(plan);
  return {
    workflow: command.name,
    retries: plan.retries,
    request_memory_mb: plan.requestMemoryMb,
    slots,
    results: gather === undefined ? jobs.flatMap((job) => resultsOfJob(plan, job)) : gathered,
    before: [],
    parallel: {
      prefix: PREFIX,
      phase: 'running',
      variables: jobs.map((job) => variablesOf(plan, job)),
    },
    after: gather === undefined ? [] : [{ node: GATHER, phase: 'gathering' }],
    jobs: {
      [PREFIX]: { ...jobKind(plan, manifest), inputs },
      ...(gather === undefined
        ? {}
        : {
            [GATHER]: {
              argv: [RUNNER, ...handOver(gather.outputs, gathered), '--', ...words(gather.program)],
              inputs: [...inputs.filter((name) => name !== inRun(rows ?? '')), 'results'],
              outputs: gather.outputs.map((name) => `results/${name}`),
              transfer_executable: true,
            },
          }),
    },
    files: {
      [RUNNER]: JOB_PROGRAM,
      ...Object.fromEntries([...staged].map(([name, path]) => [inRun(name), path])),
    },
    executables: [RUNNER, ...new Set(programs.map(inRun))],
    details: {
      command: {
        program: program.join(' '),
        manifest: basename(plan.manifest),
        rows: manifest.rows.length,
      },
    },
  };
}

function jobKind(plan: CommandPlan, manifest: Manifest): object {
  const { outputs, cpus, diskMb } = plan;
  const rows = rowsFile(plan, manifest);
  const cut = [
    '--header',
    String(manifest.header.length),
    '--first',
    '$(first)',
    '--count',
    '$(rows)',
  ];
  const names = outputs.map((name, index) => variable(name, 'output', index) ?? name);
  return {
    argv: [
      RUNNER,
      ...(rows === undefined ? [] : ['--rows', rows, ...cut]),
      ...handOver(names, [`${PREFIX}$(number).txt`]),
      '--',
      ...words(plan.program),
    ],
    outputs: names.map((name) => `results/${name}`),
    transfer_executable: true,
    cpus,
    ...(diskMb === undefined ? {} : { disk_mb: diskMb }),
  };
}

/** Without outputs, what the program prints is the result. */
function handOver(outputs: readonly string[], [printed = '']: readonly string[]): string[] {
  if (outputs.length === 0) return ['--stdout', printed];
  return outputs.flatMap((name) => ['--output', name]);
}

/** What differs between the jobs of one submit description. */
function variablesOf(plan: CommandPlan, job: CommandJob): Record<string, string> {
  const { program, outputs, chunk } = plan;
  const ofProgram = program.flatMap((word, index) =>
    placeholdersOf(word).length === 0
      ? []
      : [[`word${index}`, encoded(filled(word, job.values))] as const],
  );
  const ofOutputs = outputs.flatMap((name, index) =>
    placeholdersOf(name).length === 0
      ? []
      : [[`output${index}`, filled(name, job.values)] as const],
  );
  return {
    number: job.values.get('job') ?? '',
    ...(chunk === 1 ? {} : { first: String(job.first), rows: String(job.count) }),
    ...Object.fromEntries([...ofProgram, ...ofOutputs]),
  };
}

/** The words of a program: the file that was sent along, texts, and variables of the job. */
function words(program: readonly string[]): string[] {
  return program.map((word, index) => {
    if (index === 0 && isLocalProgram(word)) return encoded(`./${basename(word)}`);
    return variable(word, 'word', index) ?? encoded(filled(word, new Map()));
  });
}

function variable(text: string, kind: string, index: number): string | undefined {
  return placeholdersOf(text).length === 0 ? undefined : `$(${kind}${index})`;
}

/** HTCondor puts a file into the job's folder without the folders of its path. */
function inRun(name: string): string {
  return `inputs/${basename(name)}`;
}

/** As the nodes are numbered. */
function numbered(index: number): string {
  return String(index).padStart(5, '0');
}
