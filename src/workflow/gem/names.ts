import { type Buffer, isUtf8 } from 'node:buffer';

import type { Problem } from '../../errors/problem.js';
import type { Findings, Kind } from './findings.js';

const SHOWN_CHARACTERS = 40;
/** What Python's `str.split` and C's `isspace` cut at: KINC and the jobs read names that way. */
// eslint-disable-next-line no-control-regex -- these control characters are separators, too
const WHITE_SPACE = /[\s\u001c-\u001f\u0085]/;
const MONTHS = 'Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?|Oct|Nov|Dec';
const DATES = [
  new RegExp(`^\\d{1,2}-(${MONTHS})(-\\d{2,4})?$`, 'i'),
  new RegExp(`^(${MONTHS})-(\\d{2}|\\d{4})$`, 'i'),
  /^\d{4}-\d{2}-\d{2}( 00:00:00)?$/,
  /^\d{1,2}[/.]\d{1,2}[/.](\d{2}|\d{4})$/,
];
/** Symbols of human genes that spreadsheets take for dates, before they were renamed in 2020. */
const SYMBOLS: Readonly<Record<string, (n: number) => string>> = {
  mar: (n) => `MARCH${n} (now MARCHF${n}) or MARC${n} (now MTARC${n})`,
  sep: (n) => `SEPT${n} (now SEPTIN${n})`,
  dec: (n) => `DEC${n} (now ${n === 1 ? 'DELEC1' : `BHLHE${n}`})`,
  oct: (n) => `OCT${n} (POU5F1 is OCT4)`,
};

/** Looks at the names of genes as they come and remembers where each was. */
export class GeneNames {
  readonly #findings: Findings;
  readonly #lines = new Map<string, number>();

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  add(bytes: Buffer, line: number): string {
    const name = bytes.toString('utf8');
    const path = `line ${line}, column 1`;
    const fault = nameFault(name, bytes, 'gene');
    const before = this.#lines.get(name);
    if (fault !== undefined) {
      this.#findings.add('gene-name', { severity: 'error', path, ...fault });
    } else if (before !== undefined) {
      this.#findings.add('gene-twice', {
        severity: 'error',
        path,
        value: shown(name),
        message: `is a gene that line ${before} already has`,
        fix: 'keep one row for each gene',
      });
    } else {
      this.#lines.set(name, line);
      const damage = spreadsheetDamage(name);
      if (damage !== undefined) {
        const problem = { severity: 'warning', path, value: shown(name), ...damage } as const;
        this.#findings.add('gene-date', problem);
      }
    }
    return name;
  }
}

/**
 * Names of samples, all at once.
 * @param firstColumn the column of the first, counted from 1
 */
export function checkSamples(
  findings: Findings,
  names: readonly string[],
  firstColumn: number,
): void {
  const seen = new Map<string, number>();
  const report = (kind: Kind, problem: Omit<Problem, 'severity'>): void => {
    findings.add(kind, { severity: 'error', ...problem });
  };
  names.forEach((name, index) => {
    const column = index + firstColumn;
    const path = `line 1, column ${column}`;
    const before = seen.get(name);
    const fault = nameFault(name, undefined, 'sample');
    if (fault !== undefined) report('sample-name', { path, ...fault });
    else if (before !== undefined) {
      report('sample-twice', {
        path,
        value: shown(name),
        message: `is a sample that column ${before} already has`,
        fix: 'give every sample a name of its own',
      });
    } else seen.set(name, column);
  });
}

function nameFault(
  name: string,
  bytes: Buffer | undefined,
  what: 'gene' | 'sample',
): Omit<Problem, 'severity' | 'path'> | undefined {
  if (name.trim() === '') {
    const fix =
      what === 'gene'
        ? 'start every row with the name of its gene'
        : 'write the sample names alone in the first line, separated by tabs';
    return { message: `is an empty ${what} name`, fix };
  }
  if (bytes !== undefined && !isUtf8(bytes)) {
    return { value: shown(name), message: 'is not UTF-8 text', fix: 'save the file as UTF-8' };
  }
  if (WHITE_SPACE.test(name)) {
    return {
      value: shown(name),
      message: `is a ${what} name with white space in it, which KINC would read as several fields`,
      fix: `write ${shown(name.trim().replaceAll(new RegExp(WHITE_SPACE, 'g'), '_'))}`,
    };
  }
  return undefined;
}

/**
 * Names that spreadsheets make of gene symbols and accessions, after Ziemann, Eren and El-Osta,
 * "Gene name errors are widespread in the scientific literature", Genome Biology 17:177 (2016).
 */
function spreadsheetDamage(name: string): Pick<Problem, 'message' | 'fix'> | undefined {
  if (!mayBeDamaged(name)) return undefined;
  if (/^\d\.\d+E\+\d+$/i.test(name)) {
    return {
      message: 'is a number in scientific notation: a spreadsheet made it of an accession',
      fix: 'take the name from the original table, such as 2310009E13',
    };
  }
  if (!DATES.some((date) => date.test(name))) return undefined;
  const symbol = symbolOf(name);
  const was = symbol === undefined ? '' : `, perhaps ${symbol}`;
  return {
    message: 'is a date: a spreadsheet made it of a gene symbol',
    fix: `take the name from the original table${was}`,
  };
}

/** Cheap for nearly all names: damaged ones start with a digit, or have a dash after a month. */
function mayBeDamaged(name: string): boolean {
  const first = name.charCodeAt(0);
  return (first >= 0x30 && first <= 0x39) || name[3] === '-' || name[4] === '-';
}

function symbolOf(date: string): string | undefined {
  const month = /[a-z]{3}/i.exec(date)?.[0].toLowerCase() ?? '';
  const number = Number(/\d{1,2}(?=-)|\d{1,2}$/.exec(date)?.[0]);
  return SYMBOLS[month]?.(number);
}

export function shown(name: string): string {
  const cut = name.length > SHOWN_CHARACTERS ? `${name.slice(0, SHOWN_CHARACTERS)}…` : name;
  return JSON.stringify(cut);
}
