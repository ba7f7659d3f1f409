import type { Buffer } from 'node:buffer';

import type { Problem } from '../../errors/problem.js';
import { judgeShape } from './header.js';
import { whatIsWrong, whyNotText } from './reasons.js';
import { LineSplitter, MAX_LINE_BYTES } from './lines.js';
import { isFiniteDecimal } from './number.js';
import { PROBLEMS_SHOWN } from './types.js';

const TAB = 0x09;
const BYTE_ORDER_MARK = '\ufeff';
const SHOWN_CHARACTERS = 40;

/** Counts of what was read; only meaningful when there are no problems. */
export interface LintResult {
  readonly genes: number;
  readonly samples: number;
  readonly missing: number;
  readonly problems: readonly Problem[];
  readonly problemCount: number;
}

/**
 * Reads a GEM as it streams by, keeping no more than one line and the gene names. Columns in
 * problems are fields, counted from 1, as a spreadsheet counts them.
 */
export class GemLinter {
  readonly #na: Buffer;
  readonly #naText: string;
  readonly #splitter: LineSplitter;
  readonly #genes = new Map<string, number>();
  readonly #problems: Problem[] = [];
  #problemCount = 0;
  #header: string | undefined;
  #samples: readonly string[] = [];
  /** Fields a row must have; undefined until the first row was seen. */
  #width: number | undefined;
  #rows = 0;
  #missing = 0;
  #emptyLine: number | undefined;

  /** @param na the value that stands for "not available", as bytes */
  constructor(na: Buffer) {
    this.#na = na;
    this.#naText = na.toString('utf8');
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
      this.#report({
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
    return {
      genes: this.#rows,
      samples: this.#samples.length,
      missing: this.#missing,
      problems: this.#problems,
      problemCount: this.#problemCount,
    };
  }

  #judgeEnd(): void {
    if (this.#header === undefined) {
      this.#report({
        severity: 'error',
        path: 'line 1',
        message: 'is not there: the file is empty',
        fix: 'give a header of sample names and a row for each gene',
      });
    } else if (this.#rows === 0) {
      this.#judgeHeader(this.#header, undefined);
    } else if (this.#rows === 1 && this.#problemCount === 0) {
      this.#report({
        severity: 'error',
        path: 'line 2',
        message: 'is the only gene: a network needs at least 2',
        fix: 'write a row for each gene under the header',
      });
    }
  }

  #line(bytes: Buffer, line: number): boolean {
    if (this.#header === undefined) return this.#firstLine(bytes, line);
    if (bytes.length === 0) {
      this.#emptyLine ??= line;
      return true;
    }
    if (this.#width === undefined) {
      const goOn = this.#judgeHeader(this.#header, bytes.toString('utf8'));
      if (!goOn) return false;
    }
    if (this.#emptyLine !== undefined) {
      // Empty lines at the end are harmless; between rows they hide that something is missing.
      this.#report({
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

  #firstLine(bytes: Buffer, line: number): boolean {
    const notText = whyNotText(bytes);
    if (notText !== undefined) {
      this.#header = '';
      this.#report({ severity: 'error', path: `line ${line}`, ...notText });
      return false;
    }
    if (bytes.length === 0) {
      this.#header = '';
      this.#report({
        severity: 'error',
        path: `line ${line}`,
        message: 'is empty: the header with the sample names is missing',
        fix: 'write the sample names in the first line, separated by tabs',
      });
      return false;
    }
    this.#header = bytes.toString('utf8');
    return true;
  }

  /** Returns false when the rest cannot be judged. */
  #judgeHeader(header: string, firstRow: string | undefined): boolean {
    let text = header;
    if (header.startsWith(BYTE_ORDER_MARK)) {
      text = header.slice(1);
      this.#report({
        severity: 'error',
        path: 'line 1, column 1',
        message: 'starts with a byte order mark, which would become part of the first sample name',
        fix: 'save the file as UTF-8 without a byte order mark',
      });
    }
    const shape = judgeShape(text, firstRow, this.#naText);
    for (const problem of shape.problems) this.#report(problem);
    this.#width = shape.width;
    const names = text.split('\t');
    this.#samples = names.length === shape.width ? names.slice(1) : names;
    return !shape.hopeless;
  }

  #row(bytes: Buffer, line: number): void {
    this.#rows += 1;
    const end = bytes.length;
    let nameEnd = bytes.indexOf(TAB);
    if (nameEnd === -1) nameEnd = end;
    this.#gene(bytes.toString('utf8', 0, nameEnd), line);
    let fields = 1;
    let start = nameEnd + 1;
    const na = this.#na;
    for (let at = start; at <= end; at += 1) {
      if (at !== end && bytes[at] !== TAB) continue;
      fields += 1;
      if (!isFiniteDecimal(bytes, start, at)) {
        if (isSame(bytes, start, at, na)) this.#missing += 1;
        else this.#badCell(bytes.toString('utf8', start, at), line, fields);
      }
      start = at + 1;
    }
    if (fields !== this.#width) this.#ragged(fields, line);
  }

  #gene(name: string, line: number): void {
    const before = this.#genes.get(name);
    const path = `line ${line}, column 1`;
    if (name.trim() === '') {
      this.#report({
        severity: 'error',
        path,
        message: 'is an empty gene name',
        fix: 'start every row with the name of its gene',
      });
    } else if (before !== undefined) {
      this.#report({
        severity: 'error',
        path,
        value: shown(name),
        message: `is a gene that line ${before} already has`,
        fix: 'keep one row for each gene',
      });
    } else {
      this.#genes.set(name, line);
    }
  }

  #ragged(fields: number, line: number): void {
    const width = this.#width ?? 0;
    this.#report({
      severity: 'error',
      path: `line ${line}, column ${Math.min(fields, width) + 1}`,
      message: `is where the row goes wrong: it has ${fields} fields instead of ${width}`,
      fix: `write the gene's name and ${width - 1} values, separated by tabs`,
    });
  }

  #badCell(text: string, line: number, column: number): void {
    // Of a row that is too long, the surplus is told once, by its length.
    if (this.#width !== undefined && column > this.#width) return;
    const sample = this.#samples[column - 2] ?? '';
    this.#report({
      severity: 'error',
      path: `line ${line}, column ${column}`,
      value: shown(text),
      message: `${whatIsWrong(text)} (sample ${sample})`,
      fix: `write a number such as -1.25, or ${this.#naText} where a value is missing`,
    });
  }

  #report(problem: Problem): void {
    this.#problemCount += 1;
    if (this.#problems.length < PROBLEMS_SHOWN) this.#problems.push(problem);
  }
}

function isSame(bytes: Buffer, start: number, end: number, wanted: Buffer): boolean {
  return end - start === wanted.length && bytes.compare(wanted, 0, wanted.length, start, end) === 0;
}

function shown(text: string): string {
  const cut = text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
  return JSON.stringify(cut);
}
