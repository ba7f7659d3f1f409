import type { Problem } from '../../errors/problem.js';
import { yearOf, YEARS } from './photo.js';

export const YEARS_TABLES = ['years.csv', 'years.tsv'] as const;
const PATH = 'workflow.photodemo.photos';

export interface YearsTable {
  /** By name of the photo, relative to the folder. */
  readonly years: ReadonlyMap<string, number>;
  readonly problems: readonly Problem[];
}

/**
 * Reads a table with the name of a photo and its year in each line, tab- or comma-separated; what
 * stands before the last separator is the name. The first line may be a header.
 */
export function readYearsTable(file: string, text: string): YearsTable {
  const separator = file.endsWith('.tsv') ? '\t' : ',';
  const years = new Map<string, number>();
  const problems: Problem[] = [];
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  lines.forEach((line, index) => {
    if (line.trim() === '') return;
    const cut = line.lastIndexOf(separator);
    const name = unquoted(line.slice(0, Math.max(0, cut)));
    const year = yearOf(unquoted(line.slice(cut + 1)));
    if (name !== '' && year !== undefined && !years.has(name)) years.set(name, year);
    else if (index > 0 || year !== undefined) {
      const what = years.has(name) ? 'names a photo twice' : `is not a name and a year (${YEARS})`;
      problems.push({
        severity: 'error',
        path: `${PATH} ${file} line ${index + 1}`,
        value: JSON.stringify(line.slice(0, 120)),
        message: what,
      });
    }
  });
  return { years, problems };
}

function unquoted(field: string): string {
  const text = field.trim();
  return /^".*"$/s.test(text) ? text.slice(1, -1).replaceAll('""', '"') : text;
}
