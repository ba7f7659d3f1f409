import type { Buffer } from 'node:buffer';

import type { Problem } from '../../errors/problem.js';
import { Findings } from './findings.js';
import { judgeFirstLine, judgeShape, trailingTab } from './header.js';
import { LineSplitter, MAX_LINE_BYTES } from './lines.js';
import { GeneNames, shown } from './names.js';
import { decimalValue } from './number.js';
import { cellFix, whatIsWrong } from './reasons.js';
import { remarkOnLineEnds, remarkOnSamples, remarkOnScale, weakGene } from './remarks.js';
import { rowSeparator } from './separators.js';
import type { GemProfile, GemUse } from './types.js';
import { ValueCounts } from './values.js';

const TAB = 0x09;
const SPACE = 0x20;

/** What was read; the counts are only meaningful when there are no errors. */
export interface LintResult {
  readonly genes: number;
  readonly samples: number;
  readonly missing: number;
  readonly profile: GemProfile;
  readonly problems: readonly Problem[];
  readonly errors: number;
  readonly warnings: number;
}

/**
 * Reads a GEM as it streams by, keeping no more than one line, the gene names and a count for each
 * sample. Columns in problems are fields, counted from 1, as a spreadsheet counts them.
 */
export class GemLinter {
  readonly #na: Buffer;
  readonly #use: GemUse;
  readonly #splitter: LineSplitter;
  readonly #findings = new Findings();
  readonly #genes = new GeneNames(this.#findings);
  #values = new ValueCounts(0);
  #header: string | undefined;
  #samples: readonly string[] = [];
  /** Fields a row must have; undefined until the first row was seen. */
  #width: number | undefined;
  #rows = 0;
  #lines = 0;
  #emptyLine: number | undefined;
  #ragged = { rows: 0, fields: 0, alike: true };
  #weak = { constant: 0, few: 0 };

  /** @param na the text of a missing value, as bytes */
  constructor(na: Buffer, use: GemUse) {
    this.#na = na;
    this.#use = use;
    this.#splitter = new LineSplitter((bytes, start, end, line) =>
      this.#line(bytes.subarray(start, end), line),
    );
  }

  /** True when reading on cannot tell anything more. */
  get stopped(): boolean {
    return this.#splitter.stopped;
  }

  push(chunk: Buffer): void {
    this.#splitter.push(chunk);
    if (this.#splitter.tooLong) {
      this.#findings.add('file', {
        severity: 'error',
        path: `line ${this.#splitter.lineNumber}`,
        message: `is longer than ${MAX_LINE_BYTES / 1024 / 1024} MiB: this is no table of text`,
        fix: 'give a gene expression matrix as tab-separated text',
      });
    }
  }

  end(): LintResult {
    this.#splitter.end();
    if (!this.#splitter.stopped) this.#judgeEnd();
    const { missing, genesWithMissing, negative } = this.#values;
    const samples = this.#samples.length;
    const profile = {
      missingShare: this.#rows === 0 ? 0 : missing / (this.#rows * samples),
      genesWithMissing,
      constantGenes: this.#weak.constant,
      genesWithFewValues: this.#weak.few,
      negative,
      scale: remarkOnScale(this.#findings, this.#values, this.#use),
    };
    const { errors, warnings } = this.#findings;
    const problems = this.#findings.list();
    return { genes: this.#rows, samples, missing, profile, problems, errors, warnings };
  }

  #judgeEnd(): void {
    const error = (path: string, message: string, fix: string): void => {
      this.#findings.add('file', { severity: 'error', path, message, fix });
    };
    if (this.#header === undefined) {
      const fix = 'give a header of sample names and a row for each gene';
      error('line 1', 'is not there: the file is empty', fix);
    } else if (this.#rows === 0) {
      this.#judgeHeader(this.#header, undefined);
    } else if (this.#rows === 1 && this.#findings.errors === 0) {
      const fix = 'write a row for each gene under the header';
      error('line 2', 'is the only gene: a network needs at least 2', fix);
    }
    this.#judgeWidths();
    remarkOnSamples(this.#findings, this.#samples, this.#values, this.#rows);
    remarkOnLineEnds(this.#findings, this.#splitter.crLfLines, this.#lines);
  }

  /** Rows that are all of one other length are right, and the header is not. */
  #judgeWidths(): void {
    const { rows, fields, alike } = this.#ragged;
    if (!alike || rows < 2 || rows < this.#rows || fields < 2) return;
    this.#findings.replace('ragged', {
      severity: 'error',
      path: 'line 1',
      message: `names ${this.#samples.length} samples, but every row has ${fields - 1} values`,
      fix: 'is the header shifted? name each column of values, and nothing else',
    });
  }

  #line(bytes: Buffer, line: number): boolean {
    this.#lines = line;
    if (this.#header === undefined) {
      this.#header = bytes.toString('utf8');
      return judgeFirstLine(this.#findings, bytes);
    }
    if (isBlank(bytes)) {
      this.#emptyLine ??= line;
      return true;
    }
    if (this.#width === undefined) {
      const width = this.#judgeHeader(this.#header, bytes.toString('utf8'));
      if (width === 0) return false;
    }
    if (this.#emptyLine !== undefined) {
      // Empty lines at the end are harmless; between rows they hide that something is missing.
      this.#findings.add('empty-line', {
        severity: 'error',
        path: `line ${this.#emptyLine}`,
        message: 'is empty',
        fix: 'take empty lines between the rows away',
      });
      this.#emptyLine = undefined;
    }
    this.#row(bytes, line);
    return true;
  }

  #judgeHeader(header: string, firstRow: string | undefined): number {
    const { width, samples } = judgeShape(this.#findings, header, firstRow, this.#use.naValue);
    this.#width = width;
    this.#samples = samples;
    this.#values = new ValueCounts(samples.length);
    return width;
  }

  #row(bytes: Buffer, line: number): void {
    this.#rows += 1;
    const end = this.#endOfRow(bytes, line);
    const tab = bytes.indexOf(TAB);
    const nameEnd = tab === -1 ? end : Math.min(tab, end);
    const name = this.#genes.add(bytes.subarray(0, nameEnd), line);
    let fields = 1;
    let missing = 0;
    const [na, values] = [this.#na, this.#values];
    for (let at = nameEnd + 1, start = at; at <= end; at += 1) {
      if (at !== end && bytes[at] !== TAB) continue;
      fields += 1;
      const value = decimalValue(bytes, start, at);
      if (!Number.isNaN(value)) values.number(value);
      else if (isSame(bytes, start, at, na)) {
        missing += 1;
        values.lack(fields - 2);
      } else this.#badCell(bytes.toString('utf8', start, at), line, fields);
      start = at + 1;
    }
    const { present, constant } = values.endGene(missing);
    if (fields !== this.#width) this.#wrongLength(bytes, fields, line);
    else this.#judgeGene(name, line, { present, constant, missing });
  }

  /** Where the row ends without the tabs that are too many at its end. */
  #endOfRow(bytes: Buffer, line: number): number {
    let end = bytes.length;
    if (bytes[end - 1] !== TAB) return end;
    let surplus = countTabs(bytes) + 1 - (this.#width ?? 0);
    if (surplus <= 0) return end;
    this.#findings.add('trailing-tab', trailingTab(line));
    for (; surplus > 0 && bytes[end - 1] === TAB; surplus -= 1) end -= 1;
    return end;
  }

  #judgeGene(
    name: string,
    line: number,
    { present, constant, missing }: { present: number; constant: boolean; missing: number },
  ): void {
    const { minObs } = this.#use;
    const samples = this.#samples.length;
    if (present + missing !== samples) return;
    // Where the whole table has too few samples, that is one problem and not one a gene.
    if (present < Math.min(minObs, samples)) {
      this.#weak.few += 1;
      const what = { present, samples, minObs };
      this.#findings.add('few-values', weakGene(name, line, what));
    } else if (constant) {
      this.#weak.constant += 1;
      this.#findings.add('constant', weakGene(name, line, { present, samples }));
    }
  }

  #wrongLength(bytes: Buffer, fields: number, line: number): void {
    const width = this.#width ?? 0;
    const before = this.#ragged;
    const alike = before.alike && (before.rows === 0 || before.fields === fields);
    this.#ragged = { rows: before.rows + 1, fields, alike };
    const separator = fields === 1 ? rowSeparator(bytes.toString('utf8'), width) : undefined;
    const why = separator === undefined ? '' : `, being separated by ${separator}`;
    this.#findings.add('ragged', {
      severity: 'error',
      path: `line ${line}, column ${Math.min(fields, width) + 1}`,
      message: `is where the row goes wrong: it has ${fields} fields instead of ${width}${why}`,
      fix: `write the gene's name and ${width - 1} values, separated by tabs`,
    });
  }

  #badCell(text: string, line: number, column: number): void {
    // Of a row that is too long, the surplus is told once, by its length.
    if (this.#width !== undefined && column > this.#width) return;
    const { kind, message } = whatIsWrong(text);
    this.#findings.add(kind, {
      severity: 'error',
      path: `line ${line}, column ${column}`,
      value: shown(text),
      message: `${message} (sample ${this.#samples[column - 2] ?? 'without a name'})`,
      fix: cellFix(kind, text, this.#use.naValue),
    });
  }
}

function isSame(bytes: Buffer, start: number, end: number, wanted: Buffer): boolean {
  return end - start === wanted.length && bytes.compare(wanted, 0, wanted.length, start, end) === 0;
}

function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === TAB || byte === SPACE);
}

function countTabs(bytes: Buffer): number {
  let tabs = 0;
  for (const byte of bytes) if (byte === TAB) tabs += 1;
  return tabs;
}
