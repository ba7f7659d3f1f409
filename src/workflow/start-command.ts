import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, isAbsolute, join } from 'node:path';

import type { CommandPlan } from '../plan/types.js';
import type { WorkflowPool } from '../ports/workflow-pool.js';
import { commandSpec, filesOf, rowsFile } from './recipes/command.js';
import type { Manifest } from './recipes/manifest.js';
import { findRun } from './start.js';
import type { RunRecord } from './run-record.js';

const UNINTERRUPTED = new AbortController().signal;

export interface StartCommandInput {
  readonly plan: CommandPlan;
  readonly manifest: Manifest;
  /** Folder that programs with a relative path are in. */
  readonly folder: string;
  /** CPUs of all executors. */
  readonly slots: number;
}

/** Local path of a file that is sent along. */
export function localPath(folder: string, file: string): string {
  return isAbsolute(file) ? file : join(folder, file);
}

/**
 * Stages the files and submits the workflow. Interrupted before the submission, nothing is left
 * behind.
 */
export async function startCommand(
  pool: WorkflowPool,
  input: StartCommandInput,
  signal: AbortSignal,
): Promise<RunRecord> {
  const { plan, manifest, slots } = input;
  const drafts = await mkdtemp(join(tmpdir(), 'crossflock-command-'));
  const staged = new Map<string, string>();
  const send = async (path: string, name: string): Promise<string> => {
    const there = await pool.stage(path, basename(name), signal);
    staged.set(name, there);
    return there;
  };
  try {
    for (const file of filesOf(plan)) await send(localPath(input.folder, file), file);
    const rows = rowsFile(plan, manifest);
    if (rows !== undefined) {
      const text = [...manifest.header, ...manifest.lines, ''].join('\n');
      await writeFile(join(drafts, rows), text);
      await send(join(drafts, rows), rows);
    }
    const spec = commandSpec({ plan, manifest, slots, staged: new Map(staged) });
    await writeFile(join(drafts, SPEC), JSON.stringify(spec));
    const run = await pool.submitSpec(await send(join(drafts, SPEC), SPEC), signal);
    // From here on the run is there: an interruption is for whoever follows it, who can name it.
    return await findRun(pool, run.runId, UNINTERRUPTED);
  } finally {
    await rm(drafts, { recursive: true });
    // The run has its own copies. A staged file that stays behind harms nobody.
    for (const path of staged.values()) await pool.unstage(path).catch(() => undefined);
  }
}

const SPEC = 'crossflock-specification.json';
