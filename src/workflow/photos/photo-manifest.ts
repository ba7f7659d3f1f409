import type { Problem } from '../../errors/problem.js';
import { type Photo, yearOf, YEARS } from './photo.js';

const PATH = 'workflow.photodemo.manifest';

export interface PhotoManifest {
  readonly photos: readonly Photo[];
  readonly problems: readonly Problem[];
}

/**
 * Reads a manifest as the tutorial has it: the URL of a photo and its year in each line. Blank
 * lines and lines that begin with `#` do not count. Every wrong line is a problem.
 */
export function readPhotoManifest(text: string): PhotoManifest {
  const photos: Photo[] = [];
  const problems: Problem[] = [];
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  lines.forEach((line, index) => {
    const words = line.trim().split(/\s+/);
    if (words[0] === '' || words[0]?.startsWith('#') === true) return;
    const [url = '', year = ''] = words;
    const message = problemOf(words);
    if (message === undefined) photos.push({ url, year: Number(year) });
    else problems.push(wrong(`${PATH} line ${index + 1}`, line.trim().slice(0, 120), message));
  });
  if (photos.length === 0 && problems.length === 0) {
    problems.push({ severity: 'error', path: PATH, message: 'has no photos' });
  }
  return { photos, problems };
}

/** The lines of a manifest that `readPhotoManifest` reads again as the same photos. */
export function photoManifestText(photos: readonly Photo[]): string {
  return photos.map(({ url, year }) => `${url} ${year}\n`).join('');
}

function problemOf([url = '', year, ...more]: readonly string[]): string | undefined {
  if (year === undefined || more.length > 0) return 'is not a URL and a year with a space between';
  if (!isWebAddress(url)) return 'has no http or https URL';
  return yearOf(year) === undefined ? `has no year from ${YEARS}` : undefined;
}

function isWebAddress(text: string): boolean {
  return /^https?:\/\/[^/]/i.test(text) && URL.canParse(text);
}

function wrong(path: string, value: string, message: string): Problem {
  return { severity: 'error', path, value: JSON.stringify(value), message };
}
