import { Buffer } from 'node:buffer';

import type { Findings } from './findings.js';
import { checkSamples, shown } from './names.js';
import { decimalValue } from './number.js';
import { BYTE_ORDER_MARK, whyNotText } from './reasons.js';
import { wrongSeparator } from './separators.js';

/** What the first two lines say about the whole file. */
export interface Shape {
  /** Fields that each row must have; 0 when the rest of the file cannot be judged. */
  readonly width: number;
  readonly samples: readonly string[];
}

const HOPELESS: Shape = { width: 0, samples: [] };
const LAYOUT =
  'write the sample names alone in the first line, one field fewer than the rows, separated by tabs';

/** Judges the first line alone; false when there is no reading on. */
export function judgeFirstLine(findings: Findings, bytes: Buffer): boolean {
  const path = 'line 1';
  const notText = whyNotText(bytes);
  if (notText !== undefined) {
    findings.add('file', { severity: 'error', path, ...notText });
    return false;
  }
  if (bytes.length > 0) return true;
  findings.add('header', {
    severity: 'error',
    path,
    message: 'is empty: the header with the sample names is missing',
    fix: LAYOUT,
  });
  return false;
}

/**
 * Judges header and first row together, since only both tell what is meant: a header has one field
 * fewer than the rows (the form that KINC and OSG-KINC read).
 * @param firstRow undefined when there is none
 */
export function judgeShape(
  findings: Findings,
  firstLine: string,
  firstRow: string | undefined,
  na: string,
): Shape {
  const header = withoutMark(findings, firstLine);
  const error = (path: string, message: string, fix: string): void => {
    findings.add('header', { severity: 'error', path, message, fix });
  };
  if (firstRow === undefined) {
    error('line 1', 'is the only line: there are no genes', 'write a row for each gene under it');
    return HOPELESS;
  }
  const separator = wrongSeparator(header, firstRow);
  if (separator !== undefined) {
    const message = `has its fields separated by ${separator}, not by tabs`;
    error('line 1', message, 'save the table as tab-separated text');
    return HOPELESS;
  }
  if (!header.includes('\t') && !firstRow.includes('\t')) {
    const message = 'has no tab, and neither has the first row: this is no table of genes';
    error('line 1', message, 'give a gene expression matrix as tab-separated text');
    return HOPELESS;
  }
  const [names, cells] = [namesOf(findings, header, firstRow), firstRow.split('\t')];
  const quoted = isQuoted(names[0]) ? 'line 1' : isQuoted(cells[0]) ? 'line 2' : undefined;
  if (quoted !== undefined) {
    const message = 'has its names in quotation marks, which would become part of them';
    error(quoted, message, 'save the table without; in R: write.table(x, sep = "\\t", quote = F)');
    return HOPELESS;
  }
  if (names.length === cells.length && cells.length > 1) return sameWidth(findings, names, na);
  checkSamples(findings, names, 1);
  if (names.length > 1) return { width: names.length + 1, samples: names };
  error('line 1', 'names one sample: a correlation needs at least 2', LAYOUT);
  return HOPELESS;
}

function withoutMark(findings: Findings, line: string): string {
  if (!line.startsWith(BYTE_ORDER_MARK)) return line;
  findings.add('file', {
    severity: 'error',
    path: 'line 1, column 1',
    message: 'starts with a byte order mark, which would become part of the first sample name',
    fix: 'save the file as UTF-8 without a byte order mark',
  });
  return line.slice(BYTE_ORDER_MARK.length);
}

/** The header's fields, without empty ones that tabs at its end make, where that fits the rows. */
function namesOf(findings: Findings, header: string, firstRow: string): readonly string[] {
  const trimmed = trimEnd(header).split('\t');
  const isSurplus = [trimEnd(firstRow), firstRow].some(
    (row) => row.split('\t').length === trimmed.length + 1,
  );
  if (trimEnd(header) === header || !isSurplus) return header.split('\t');
  findings.add('trailing-tab', trailingTab(1));
  return trimmed;
}

export function trailingTab(line: number) {
  return {
    severity: 'warning',
    path: `line ${line}`,
    message: 'ends in a tab, which is left out',
    fix: 'take tabs at the ends of lines away',
  } as const;
}

function trimEnd(line: string): string {
  let end = line.length;
  while (end > 0 && line[end - 1] === '\t') end -= 1;
  return line.slice(0, end);
}

/** A header as wide as the rows: either there is none, or it has a corner field. */
function sameWidth(findings: Findings, names: readonly string[], na: string): Shape {
  const isRow = names.slice(1).every((cell) => cell === na || isNumber(cell));
  const width = names.length;
  if (isRow) {
    findings.add('header', {
      severity: 'error',
      path: 'line 1',
      message: 'is a row of values: the header with the sample names is missing',
      fix: LAYOUT,
    });
    return { width, samples: [] };
  }
  findings.add('header', {
    severity: 'error',
    path: 'line 1, column 1',
    value: shown(names[0] ?? ''),
    message: 'stands above the gene names: the header has as many fields as the rows',
    fix: `take this first field and its tab away; ${LAYOUT}`,
  });
  checkSamples(findings, names.slice(1), 2);
  return { width, samples: names.slice(1) };
}

function isQuoted(name = ''): boolean {
  return /^(["']).*\1$/.test(name) && name.length > 1;
}

function isNumber(text: string): boolean {
  const bytes = Buffer.from(text);
  return !Number.isNaN(decimalValue(bytes, 0, bytes.length));
}
