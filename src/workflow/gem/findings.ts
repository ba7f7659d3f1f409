import type { Problem } from '../../errors/problem.js';

/** What can be wrong with a GEM, by kind: of each, the first few are told, then the count. */
export const KINDS = {
  file: 'problems with the file',
  header: 'problems with the header',
  'sample-name': 'sample names that cannot be used',
  'sample-twice': 'samples that are there already',
  'gene-name': 'gene names that cannot be used',
  'gene-twice': 'genes that are there already',
  'gene-date': 'gene names that look like what a spreadsheet made of them',
  ragged: 'rows of the wrong length',
  'empty-line': 'empty lines',
  'empty-value': 'empty values',
  'decimal-comma': 'values with a decimal comma',
  'missing-text': 'other texts for a missing value',
  value: 'values that are not finite numbers',
  'trailing-tab': 'lines that end in a tab',
  'line-ends': 'remarks on the line ends',
  constant: 'genes without variation',
  'few-values': 'genes with too few values',
  'sample-missing': 'samples with many missing values',
  scale: 'remarks on the scale',
} as const;
export type Kind = keyof typeof KINDS;

/** Problems of one kind that are kept; the others are only counted. */
export const SHOWN_OF_A_KIND = 5;

interface Group {
  readonly shown: Problem[];
  count: number;
  firstHidden: string;
  lastHidden: string;
}

/** Collects problems in bounded memory, however many there are. */
export class Findings {
  readonly #groups = new Map<Kind, Group>();
  #errors = 0;
  #warnings = 0;

  get errors(): number {
    return this.#errors;
  }

  get warnings(): number {
    return this.#warnings;
  }

  add(kind: Kind, problem: Problem): void {
    if (problem.severity === 'error') this.#errors += 1;
    else this.#warnings += 1;
    let group = this.#groups.get(kind);
    if (group === undefined) {
      group = { shown: [], count: 0, firstHidden: '', lastHidden: '' };
      this.#groups.set(kind, group);
    }
    group.count += 1;
    if (group.count <= SHOWN_OF_A_KIND) {
      group.shown.push(problem);
      return;
    }
    if (group.firstHidden === '') group.firstHidden = lineOf(problem.path);
    group.lastHidden = lineOf(problem.path);
  }

  /** Puts one problem in the place of all of its kind. */
  replace(kind: Kind, problem: Problem): void {
    const group = this.#groups.get(kind);
    if (group !== undefined) {
      const errors = group.shown[0]?.severity === 'error' ? group.count : 0;
      this.#errors -= errors;
      this.#warnings -= group.count - errors;
      this.#groups.delete(kind);
    }
    this.add(kind, problem);
  }

  /** Errors before warnings, by kind in the order in which the kinds were met. */
  list(): Problem[] {
    const all = [...this.#groups].flatMap(([kind, group]) => told(kind, group));
    return [
      ...all.filter(({ severity }) => severity === 'error'),
      ...all.filter(({ severity }) => severity !== 'error'),
    ];
  }
}

function told(kind: Kind, { shown, count, firstHidden, lastHidden }: Group): readonly Problem[] {
  const hidden = count - shown.length;
  if (hidden === 0) return shown;
  const path = firstHidden === lastHidden ? firstHidden : `${firstHidden} to ${lastHidden}`;
  const severity = shown[0]?.severity ?? 'error';
  return [...shown, { severity, path, message: `${hidden} more ${KINDS[kind]}` }];
}

function lineOf(path: string): string {
  return path.split(',')[0] ?? path;
}
