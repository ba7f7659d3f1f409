import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { CrossflockError } from '../errors/crossflock-error.js';
import type { PhotodemoPlan } from '../plan/types.js';
import type { TriedJob, WorkflowPool } from '../ports/workflow-pool.js';
import { type LocalPhoto, type Photo } from './photos/photo.js';
import { PHOTOS_FOLDER } from './photos/photo-folder.js';
import { photoManifestText } from './photos/photo-manifest.js';
import { photodemoSpec } from './recipes/photodemo.js';
import { findRun } from './start.js';
import type { RunRecord } from './run-record.js';

const UNINTERRUPTED = new AbortController().signal;
const SPEC = 'crossflock-specification.json';

export interface StartPhotodemoInput {
  readonly plan: PhotodemoPlan;
  /** All of the manifest; those of a folder are sent along. */
  readonly photos: readonly (Photo | LocalPhoto)[];
  /** CPUs of all executors. */
  readonly slots: number;
  /** Is told what the test before the submission printed. */
  readonly onTest: (lines: readonly string[]) => void;
}

/**
 * Stages the photos and the manifest, tries the job over the first photos in the submitter itself,
 * and submits the workflow. Interrupted before the submission, nothing is left behind.
 * @throws CrossflockError `work-failed` when the test fails: nothing was submitted
 */
export async function startPhotodemo(
  pool: WorkflowPool,
  input: StartPhotodemoInput,
  signal: AbortSignal,
): Promise<RunRecord> {
  const { plan, photos, slots } = input;
  const drafts = await mkdtemp(join(tmpdir(), 'crossflock-photodemo-'));
  const staged: string[] = [];
  const send = async (name: string, text: string): Promise<string> => {
    await writeFile(join(drafts, name), text);
    const there = await pool.stage(join(drafts, name), name, signal);
    staged.push(there);
    return there;
  };
  try {
    const stagedManifest = await send('manifest.txt', photoManifestText(photos));
    const local = photos.filter((photo) => 'path' in photo);
    const folder =
      local.length === 0 ? undefined : await pool.stageFolder(local, PHOTOS_FOLDER, signal);
    if (folder !== undefined) staged.push(folder);
    const spec = photodemoSpec({
      ...{ plan, slots, stagedManifest, count: photos.length },
      ...(folder === undefined ? {} : { stagedPhotos: folder }),
    });
    const stagedSpec = await send(SPEC, JSON.stringify(spec));
    if (plan.test > 0) checkTest(await pool.tryJob(stagedSpec, signal), input.onTest);
    const run = await pool.submitSpec(stagedSpec, signal);
    // From here on the run is there: an interruption is for whoever follows it, who can name it.
    return await findRun(pool, run.runId, UNINTERRUPTED);
  } finally {
    await rm(drafts, { recursive: true });
    // The run has its own copies. A staged file that stays behind harms nobody.
    for (const path of staged) await pool.unstage(path).catch(() => undefined);
  }
}

/** @throws CrossflockError `work-failed` when the job failed, or no photo has a luminance */
function checkTest({ exitCode, stdout, stderr }: TriedJob, onTest: StartPhotodemoInput['onTest']) {
  const printed = linesOf(stdout);
  onTest(printed);
  const isFine = exitCode === 0 && printed.some((line) => /^\[\d+, [\d.]+\],$/.test(line));
  if (isFine) return;
  const wrong = printed.filter((line) => /^\/\* \S+: /.test(line) && !/^\/\* Running/.test(line));
  const reason = linesOf(stderr).at(-1) ?? wrong[0]?.replace(/^\/\* | \*\/$/g, '');
  const how = exitCode === 0 ? 'no photo could be analyzed' : `exit code ${exitCode}`;
  throw new CrossflockError(
    `the test in the submitter failed, nothing was submitted: ${how}${reason === undefined ? '' : `: ${reason}`}`,
    {
      code: 'work-failed',
      hint: 'workflow.photodemo.test says how many of the first photos it takes; 0 leaves it out',
      cause: stderr,
    },
  );
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}
