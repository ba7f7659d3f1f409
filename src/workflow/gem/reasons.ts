import type { Buffer } from 'node:buffer';

import type { Problem } from '../../errors/problem.js';

const NUL = 0x00;

/** Why a cell that is neither a number nor the missing value is refused. */
export function whatIsWrong(text: string): string {
  if (text === '') return 'is an empty value';
  if (/^[+-]?(inf|infinity)$/i.test(text)) return 'is infinite';
  if (/^[+-]?(nan|na|n\/a|null|none|-)$/i.test(text)) {
    return 'is not the text for a missing value';
  }
  if (/^[+-]?\d+,\d+$/.test(text)) return 'has a decimal comma';
  return 'is not a finite number';
}

/** Tells a file that is not text by its first line. */
export function whyNotText(bytes: Buffer): Pick<Problem, 'message' | 'fix'> | undefined {
  const start = bytes.toString('latin1', 0, 6);
  const fix = 'unpack it and give the tab-separated text, or its gzip';
  if (start.startsWith('PK\u0003\u0004')) {
    return { message: 'is the start of a zip archive (or of a spreadsheet file)', fix };
  }
  if (start.startsWith('BZh')) return { message: 'is the start of a bzip2 file', fix };
  if (start.startsWith('\u00fd7zXZ')) return { message: 'is the start of an xz file', fix };
  if (start.startsWith('\u00ff\u00fe') || start.startsWith('\u00fe\u00ff')) {
    return { message: 'is UTF-16 text', fix: 'save the file as UTF-8' };
  }
  if (bytes.includes(NUL)) {
    return { message: 'contains zero bytes: this is no text', fix: 'give tab-separated text' };
  }
  return undefined;
}
