import { open, readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

import type { Problem } from '../../errors/problem.js';
import { fanOut } from '../../util/fan-out.js';
import { dateTimeOriginal } from './exif.js';
import { type LocalPhoto, yearOf } from './photo.js';
import { yearOfName } from './year-of-name.js';
import { readYearsTable, YEARS_TABLES, type YearsTable } from './years-table.js';

const PATH = 'workflow.photodemo.photos';
/** Name of the folder in the run, and so in the file service. */
export const PHOTOS_FOLDER = 'photos';
const AT_ONCE = 8;
/** A segment has at most 64 kB, and few stand before that of the EXIF data. */
const HEAD_BYTES = 128 * 1024;
const MOST_NAMED = 5;

export interface PhotoFolder {
  readonly photos: readonly LocalPhoto[];
  readonly problems: readonly Problem[];
}

/**
 * The JPEG files of a folder and its folders, by name, with their years: from the table beside
 * them, from their names, or from their EXIF data, in this order. Hidden files do not count.
 */
export async function readPhotoFolder(folder: string): Promise<PhotoFolder> {
  const names = await photosIn(folder).catch(() => undefined);
  if (names === undefined) {
    return failed(folder, 'is no folder that can be read on this machine');
  }
  if (names.length === 0) return failed(folder, 'has no JPEG files (.jpg, .jpeg)');
  const { years, problems } = await tableOf(folder);
  const strays = [...years.keys()].filter((name) => !names.includes(name));
  const read = await fanOut(names, AT_ONCE, async (name) => {
    const year = years.get(name) ?? yearOfName(name) ?? (await yearOfExif(join(folder, name)));
    return { name, year };
  });
  const [failure] = read.failed;
  if (failure !== undefined) throw failure.error;
  const dated = read.done.flatMap(({ value: { name, year } }) =>
    year === undefined ? [] : [{ name, year, path: join(folder, name), url: urlOf(name) }],
  );
  const undated = read.done.filter(({ value }) => value.year === undefined);
  return {
    photos: dated,
    problems: [
      ...problems,
      ...named(strays, 'has a year in the table, but is no photo of the folder'),
      ...named(
        undated.map(({ value }) => value.name),
        'has no year',
        `write it into ${YEARS_TABLES[0]} beside the photos, a line "<name>,<year>" each`,
      ),
    ],
  };
}

async function photosIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.jpe?g$/i.test(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((name) => !name.split('/').some((part) => part.startsWith('.')))
    .sort();
}

async function tableOf(folder: string): Promise<YearsTable> {
  for (const file of YEARS_TABLES) {
    const text = await readFile(join(folder, file), 'utf8').catch(() => undefined);
    if (text !== undefined) return readYearsTable(file, text);
  }
  return { years: new Map(), problems: [] };
}

async function yearOfExif(path: string): Promise<number | undefined> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return yearOf(dateTimeOriginal(buffer.subarray(0, bytesRead))?.slice(0, 4) ?? '');
  } finally {
    await file.close();
  }
}

/** Address relative to the run's file service; every character that means something is encoded. */
function urlOf(name: string): string {
  return [PHOTOS_FOLDER, ...name.split('/')].map(encodeURIComponent).join('/');
}

function failed(folder: string, message: string): PhotoFolder {
  const problem: Problem = {
    severity: 'error',
    path: PATH,
    value: JSON.stringify(folder),
    message,
    fix: 'write its path, relative to the folder of the configuration',
  };
  return { photos: [], problems: [problem] };
}

/** Thousands of photos without a year are one mistake. */
function named(names: readonly string[], message: string, fix?: string): readonly Problem[] {
  const one = (value: string): Problem => ({
    severity: 'error',
    path: PATH,
    value,
    message,
    ...(fix === undefined ? {} : { fix }),
  });
  const more = names.length - MOST_NAMED;
  const first = names.slice(0, MOST_NAMED).map((name) => one(JSON.stringify(name)));
  return more > 0 ? [...first, one(`${more} more`)] : first;
}
