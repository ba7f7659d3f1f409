import { type Buffer, isUtf8 } from 'node:buffer';

import type { Problem } from '../../errors/problem.js';
import type { Kind } from './findings.js';

const NUL = 0x00;
const CR = 0x0d;
export const BYTE_ORDER_MARK = '\ufeff';

/** Why a cell that is neither a number nor the missing value is refused. */
export function whatIsWrong(text: string): { readonly kind: Kind; readonly message: string } {
  if (text === '') return { kind: 'empty-value', message: 'is an empty value' };
  if (/^[+-]?(inf|infinity)$/i.test(text)) return { kind: 'value', message: 'is infinite' };
  if (/^[+-]?(nan|na|n\/a|#n\/a|null|none|-)$/i.test(text)) {
    return { kind: 'missing-text', message: 'is not the text for a missing value' };
  }
  if (/^[+-]?\d*,\d+(e[+-]?\d+)?$/i.test(text)) {
    return { kind: 'decimal-comma', message: 'has a decimal comma' };
  }
  return { kind: 'value', message: 'is not a finite number' };
}

/** What to do about a cell of this kind. */
export function cellFix(kind: Kind, text: string, na: string): string {
  if (kind === 'decimal-comma') return `write ${text.replace(',', '.')}`;
  if (kind === 'missing-text') {
    return `write ${na} where a value is missing, or say that ${text} stands for it (na_val)`;
  }
  return `write a number such as -1.25, or ${na} where a value is missing`;
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
  if (bytes.includes(CR)) {
    return {
      message: 'is ended by CR alone, as on old Macintosh computers: the file is one long line',
      fix: 'save it with line ends of Unix (LF)',
    };
  }
  if (!isUtf8(bytes)) return { message: 'is not UTF-8 text', fix: 'save the file as UTF-8' };
  return undefined;
}
