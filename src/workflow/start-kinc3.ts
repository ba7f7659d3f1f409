import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import type { WorkflowPlan } from '../plan/types.js';
import type { WorkflowPool } from '../ports/workflow-pool.js';
import type { GemFacts } from './gem/types.js';
import type { Kinc3Settings } from './recipes/kinc3-commands.js';
import type { Shares } from './recipes/kinc3-shares.js';
import { kinc3Spec } from './recipes/kinc3-spec.js';
import type { RunRecord } from './run-record.js';
import { findRun } from './start.js';

const UNINTERRUPTED = new AbortController().signal;
const SPEC = 'crossflock-specification.json';

export interface StartKinc3Input {
  readonly plan: WorkflowPlan & Kinc3Settings;
  /** Local path of the matrix, plain or gzip. */
  readonly gemPath: string;
  readonly facts: GemFacts;
  readonly shares: Shares;
  /** CPUs of all executors. */
  readonly slots: number;
}

/**
 * Stages the matrix and submits the workflow. Interrupted before the submission, nothing is left
 * behind.
 */
export async function startKinc3(
  pool: WorkflowPool,
  { gemPath, ...input }: StartKinc3Input,
  signal: AbortSignal,
): Promise<RunRecord> {
  const gemName = basename(gemPath);
  const staged = [await pool.stage(gemPath, gemName, signal)];
  const drafts = await mkdtemp(join(tmpdir(), 'crossflock-kinc3-'));
  try {
    const [stagedGem = ''] = staged;
    const draft = join(drafts, SPEC);
    await writeFile(draft, JSON.stringify(kinc3Spec({ ...input, gemName, stagedGem })));
    const stagedSpec = await pool.stage(draft, SPEC, signal);
    staged.push(stagedSpec);
    const run = await pool.submitSpec(stagedSpec, signal);
    // From here on the run is there: an interruption is for whoever follows it, who can name it.
    return await findRun(pool, run.runId, UNINTERRUPTED);
  } finally {
    await rm(drafts, { recursive: true });
    // The run has its own copies. A staged file that stays behind harms nobody.
    for (const path of staged) await pool.unstage(path).catch(() => undefined);
  }
}
