import type { Buffer } from 'node:buffer';

const PLUS = 0x2b;
const MINUS = 0x2d;
const DOT = 0x2e;
const LOWER_E = 0x65;
const UPPER_E = 0x45;
const ZERO = 0x30;
const NINE = 0x39;

/** So many decimal digits are always an integer that a double holds exactly. */
const EXACT_DIGITS = 15;
const POWERS_OF_TEN = Array.from({ length: EXACT_DIGITS + 1 }, (_, power) => 10 ** power);

/**
 * The finite decimal number that the bytes from `start` to `end` (exclusive) write, such as `-1.5`,
 * `.5`, `3.` or `1e-9`; NaN where they write none. Works on bytes because a GEM has up to hundreds
 * of millions of cells: a string for each would cost more than everything else together.
 *
 * An integer of up to 15 digits divided by a power of ten up to 10¹⁵, both exact as doubles, is
 * rounded once, so the result is the same as `Number`'s (Clinger, "How to read floating point
 * numbers accurately", 1990).
 */
export function decimalValue(bytes: Buffer, start: number, end: number): number {
  const unsigned = skipSign(bytes, start);
  let at = unsigned;
  let integer = 0;
  let decimals = 0;
  let dots = 0;
  for (; at < end; at += 1) {
    const byte = bytes[at] as number;
    if (byte >= ZERO && byte <= NINE) {
      integer = integer * 10 + (byte - ZERO);
      decimals += dots;
    } else if (byte === DOT && dots === 0) {
      dots = 1;
    } else break;
  }
  const digits = at - unsigned - dots;
  if (digits === 0) return Number.NaN;
  if (at < end || digits > EXACT_DIGITS) return inFull(bytes, { start, at, end });
  const value = integer / (POWERS_OF_TEN[decimals] as number);
  return bytes[start] === MINUS ? -value : value;
}

/** With an exponent, or more digits than fit; `at` is where the digits ended. */
function inFull(
  bytes: Buffer,
  { start, at, end }: Readonly<Record<'start' | 'at' | 'end', number>>,
): number {
  if (at < end && !isExponent(bytes, at, end)) return Number.NaN;
  const value = Number(bytes.toString('latin1', start, end));
  // `1e999` is written like a number and is none that a computer can hold.
  return Number.isFinite(value) ? value : Number.NaN;
}

function isExponent(bytes: Buffer, start: number, end: number): boolean {
  if (bytes[start] !== LOWER_E && bytes[start] !== UPPER_E) return false;
  const first = skipSign(bytes, start + 1);
  for (let at = first; at < end; at += 1) {
    const byte = bytes[at] as number;
    if (byte < ZERO || byte > NINE) return false;
  }
  return first < end;
}

function skipSign(bytes: Buffer, at: number): number {
  return bytes[at] === MINUS || bytes[at] === PLUS ? at + 1 : at;
}
