import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { CrossflockError } from '../errors/crossflock-error.js';
import type { WorkflowPlan } from '../plan/types.js';
import type { WorkflowPool } from '../ports/workflow-pool.js';
import { noteOf } from './advice/estimate.js';
import type { Advice } from './advice/types.js';
import type { GemFacts } from './gem/types.js';
import type { Ad } from './htcondor/fields.js';
import { submitArguments } from './recipes/kinc.js';
import { kincRun } from './recipes/kinc-recipe.js';
import { readRunRecord, type RunRecord } from './run-record.js';

const UNINTERRUPTED = new AbortController().signal;

export interface StartInput {
  readonly plan: WorkflowPlan;
  /** Local path of the matrix, plain or gzip. */
  readonly gemPath: string;
  readonly facts: GemFacts;
  /** CPUs of all executors. */
  readonly slots: number;
  readonly minJobSeconds?: number;
  /** How many jobs, and what is expected of them; given the matrix's path in the submitter. */
  readonly advise: (stagedGem: string) => Promise<Advice>;
}

/**
 * Stages the matrix and submits the workflow. Interrupted before the submission, nothing is left
 * behind.
 * @throws CrossflockError `work-failed` when the submitter read another matrix than was checked
 */
export async function startKinc(
  pool: WorkflowPool,
  input: StartInput,
  signal: AbortSignal,
): Promise<RunRecord> {
  const { plan, facts } = input;
  const staged = [await pool.stage(input.gemPath, basename(input.gemPath), signal)];
  try {
    const [stagedGem = ''] = staged;
    const advice = await input.advise(stagedGem);
    const stagedContext = await stageContext(pool, { estimate: noteOf(advice) }, signal);
    staged.push(stagedContext);
    const { minJobSeconds } = input;
    const args = submitArguments(plan, {
      jobs: advice.jobs,
      stagedGem,
      stagedContext,
      slots: input.slots,
      ...(minJobSeconds === undefined ? {} : { minJobSeconds }),
    });
    const run = await pool.submit(args, signal);
    // From here on the run is there: an interruption is for whoever follows it, who can name it.
    const record = await findRun(pool, run.runId, UNINTERRUPTED);
    const { gem } = kincRun(record);
    if (gem.sha256 === facts.sha256) return record;
    await pool.remove(run.runId, UNINTERRUPTED);
    throw new CrossflockError(
      `the submitter read another matrix than ${input.gemPath}: SHA-256 ${gem.sha256}, expected ${facts.sha256}`,
      { code: 'work-failed', hint: 'did the file change meanwhile? run it again' },
    );
  } finally {
    // The run has its own copies. A staged file that stays behind harms nobody.
    for (const path of staged) await pool.unstage(path).catch(() => undefined);
  }
}

/** @returns path in the submitter of a file with what is to be noted in `run.json` */
async function stageContext(pool: WorkflowPool, context: Ad, signal: AbortSignal): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'crossflock-context-'));
  try {
    const file = join(folder, 'context.json');
    await writeFile(file, JSON.stringify(context));
    return await pool.stage(file, 'context.json', signal);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The record of a run; of the one submitted last when no id is given. */
export async function findRun(
  pool: WorkflowPool,
  runId: string | undefined,
  signal: AbortSignal,
): Promise<RunRecord> {
  const id = runId ?? (await pool.runs(signal))[0];
  if (id === undefined) {
    throw new CrossflockError('there is no run on the submitter yet', {
      code: 'not-found',
      hint: 'run run-kinc without --attach to submit one',
    });
  }
  return readRunRecord(id, await pool.readRunFile(id, 'run.json', signal));
}
