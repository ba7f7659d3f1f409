import type { Problem } from '../errors/problem.js';
import type { PhotodemoPlan } from '../plan/types.js';
import { readPhotoFolder } from '../workflow/photos/photo-folder.js';
import { type PhotoManifest, readPhotoManifest } from '../workflow/photos/photo-manifest.js';
import { photoJobs } from '../workflow/recipes/photodemo.js';
import { startPhotodemo } from '../workflow/start-photodemo.js';
import type { ActionContext } from './context.js';
import type { PrepareRun } from './prepared-run.js';

const PATH = 'workflow.photodemo';
const MOST_JOBS = 100_000;

/** Luminance of photos: every line or file is looked at before anything is sent. */
export const preparePhotodemo: PrepareRun = async (context, { plan: { workflow } }) => {
  const { photodemo } = workflow;
  const { reporter, signal } = context;
  if (photodemo === undefined) {
    const message = `the configuration has no ${PATH}: there is nothing to run`;
    reporter.emit({ type: 'summary', ok: false, message });
    return;
  }
  const { photos, problems } = await photosOf(context, photodemo);
  const jobs = photoJobs(photodemo, photos.length);
  const all = jobs > MOST_JOBS ? [...problems, tooMany(photodemo, photos.length)] : problems;
  for (const problem of all) reporter.emit({ type: 'problem', problem });
  if (all.length > 0) {
    const count = all.length === 1 ? '1 problem' : `${all.length} problems`;
    const message = `${PATH} cannot be run: ${count}; nothing was submitted`;
    reporter.emit({ type: 'summary', ok: false, message });
    return;
  }
  const source = photodemo.photos ?? photodemo.manifest ?? '';
  const message = `${source}: ${photos.length} photos for ${jobs} ${jobs === 1 ? 'job' : 'jobs'}`;
  reporter.emit({ type: 'notice', level: 'info', message });
  const onTest = (lines: readonly string[]): void => {
    for (const line of lines) reporter.emit({ type: 'notice', level: 'info', message: line });
  };
  return {
    unit: 'job',
    start: ({ pool, slots }) =>
      startPhotodemo(pool, { plan: photodemo, photos, slots, onTest }, signal),
  };
};

async function photosOf(
  { readFile }: ActionContext,
  { manifest, photos }: PhotodemoPlan,
): Promise<PhotoManifest> {
  if (manifest !== undefined && photos === undefined) {
    const bytes = await readFile(manifest).catch(() => undefined);
    return bytes === undefined
      ? noFile(manifest)
      : readPhotoManifest(new TextDecoder().decode(bytes));
  }
  if (manifest === undefined && photos !== undefined) return readPhotoFolder(photos);
  const both = manifest !== undefined;
  const message = both ? 'has both manifest and photos' : 'has neither manifest nor photos';
  const fix = 'give one of manifest, a text file, and photos, a folder';
  return { photos: [], problems: [{ severity: 'error', path: PATH, message, fix }] };
}

function noFile(manifest: string): PhotoManifest {
  const problem: Problem = {
    severity: 'error',
    path: `${PATH}.manifest`,
    value: JSON.stringify(manifest),
    message: 'is no file that can be read on this machine',
    fix: 'write its path, relative to the folder of the configuration',
  };
  return { photos: [], problems: [problem] };
}

function tooMany({ chunk }: PhotodemoPlan, photos: number): Problem {
  return {
    severity: 'error',
    path: `${PATH}.chunk`,
    value: String(chunk),
    message: `makes ${photoJobs({ chunk }, photos)} jobs, the most is ${MOST_JOBS}`,
    fix: `write a chunk of at least ${Math.ceil(photos / MOST_JOBS)}`,
  };
}
