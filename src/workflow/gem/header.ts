import type { Problem } from '../../errors/problem.js';
import { Buffer } from 'node:buffer';
import { isFiniteDecimal } from './number.js';

/** What the first two lines say about the whole file. */
export interface Shape {
  /** Fields that each row must have. */
  readonly width: number;
  readonly problems: readonly Problem[];
  /** The rest of the file cannot be judged: every line would repeat the same problem. */
  readonly hopeless: boolean;
}

const SEPARATORS = [
  { name: 'commas', pattern: /,/g },
  { name: 'semicolons', pattern: /;/g },
  { name: 'spaces', pattern: / +/g },
] as const;

const LAYOUT =
  'write the sample names alone in the first line, one field fewer than the rows, separated by tabs';

/**
 * Judges header and first row together, since only both tell what is meant: a header has one field
 * fewer than the rows (the form that KINC and OSG-KINC read).
 * @param firstRow undefined when there is none
 */
export function judgeShape(header: string, firstRow: string | undefined, na: string): Shape {
  const names = header.split('\t');
  const hopeless = (problem: Problem): Shape => ({ width: 0, problems: [problem], hopeless: true });
  if (firstRow === undefined) {
    return hopeless({
      severity: 'error',
      path: 'line 1',
      message: 'is the only line: there are no genes',
      fix: 'write a row for each gene under the header',
    });
  }
  const separator = wrongSeparator(header, firstRow);
  if (separator !== undefined) {
    return hopeless({
      severity: 'error',
      path: 'line 1',
      message: `has its fields separated by ${separator}, not by tabs`,
      fix: 'save the table as tab-separated text',
    });
  }
  if (!header.includes('\t') && !firstRow.includes('\t')) {
    return hopeless({
      severity: 'error',
      path: 'line 1',
      message: 'has no tab, and neither has the first row: this is no table of genes and samples',
      fix: 'give a gene expression matrix as tab-separated text',
    });
  }
  const cells = firstRow.split('\t');
  const quoted = isQuoted(names[0]) ? 'line 1' : isQuoted(cells[0]) ? 'line 2' : undefined;
  if (quoted !== undefined) {
    return hopeless({
      severity: 'error',
      path: quoted,
      message: 'has its names in quotation marks, which would become part of them',
      fix: 'save the table without; in R: write.table(x, sep = "\\t", quote = FALSE)',
    });
  }
  if (names.length === cells.length && cells.length > 1) return sameWidth(names, na);
  const width = names.length + 1;
  return { width, problems: nameProblems(names), hopeless: names.length === 1 };
}

/** A header as wide as the rows: either there is none, or it has a corner field. */
function sameWidth(names: readonly string[], na: string): Shape {
  const isRow = names.slice(1).every((cell) => cell === na || isNumber(cell));
  const problem: Problem = isRow
    ? {
        severity: 'error',
        path: 'line 1',
        message: 'is a row of values: the header with the sample names is missing',
        fix: LAYOUT,
      }
    : {
        severity: 'error',
        path: 'line 1, column 1',
        value: JSON.stringify(names[0]),
        message: 'stands above the gene names: the header has as many fields as the rows',
        fix: `take this first field and its tab away; ${LAYOUT}`,
      };
  const rest = isRow ? [] : nameProblems(names.slice(1), 2);
  return { width: names.length, problems: [problem, ...rest], hopeless: false };
}

function nameProblems(names: readonly string[], firstColumn = 1): Problem[] {
  const seen = new Map<string, number>();
  const problems: Problem[] = [];
  names.forEach((name, index) => {
    const column = index + firstColumn;
    const path = `line 1, column ${column}`;
    const before = seen.get(name);
    if (name.trim() === '') {
      problems.push({ severity: 'error', path, message: 'is an empty sample name', fix: LAYOUT });
    } else if (before !== undefined) {
      problems.push({
        severity: 'error',
        path,
        value: JSON.stringify(name),
        message: `is a sample that column ${before} already has`,
        fix: 'give every sample a name of its own',
      });
    } else {
      seen.set(name, column);
    }
  });
  if (names.length < 2) {
    problems.push({
      severity: 'error',
      path: 'line 1',
      message: 'names one sample: a correlation needs at least 2',
      fix: LAYOUT,
    });
  }
  return problems;
}

/** The separator that the two lines use in place of tabs, if they do. */
function wrongSeparator(header: string, row: string): string | undefined {
  if (header.includes('\t') || row.includes('\t')) return undefined;
  const fitting = SEPARATORS.find(({ pattern }) => {
    const inHeader = count(header, pattern);
    const inRow = count(row, pattern);
    return inHeader > 0 && (inRow === inHeader || inRow === inHeader + 1);
  });
  return fitting?.name;
}

function isQuoted(name = ''): boolean {
  return /^(["']).*\1$/.test(name) && name.length > 1;
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

function isNumber(text: string): boolean {
  const bytes = Buffer.from(text);
  return isFiniteDecimal(bytes, 0, bytes.length);
}
