import type { Buffer } from 'node:buffer';

const PLUS = 0x2b;
const MINUS = 0x2d;
const DOT = 0x2e;
const LOWER_E = 0x65;
const UPPER_E = 0x45;

/**
 * Whether the bytes from `start` to `end` (exclusive) are a finite decimal number, such as `-1.5`,
 * `.5`, `3.` or `1e-9`. Works on bytes because a GEM has tens of millions of cells: a string for
 * each would cost more than everything else together.
 */
export function isFiniteDecimal(bytes: Buffer, start: number, end: number): boolean {
  let at = skipSign(bytes, start);
  const whole = digitsEnd(bytes, at, end);
  let digits = whole - at;
  at = whole;
  if (at < end && bytes[at] === DOT) {
    const fraction = digitsEnd(bytes, at + 1, end);
    digits += fraction - at - 1;
    at = fraction;
  }
  if (digits === 0) return false;
  if (at === end) return true;
  return isExponent(bytes, at, end) && fits(bytes, start, end);
}

function isExponent(bytes: Buffer, start: number, end: number): boolean {
  if (bytes[start] !== LOWER_E && bytes[start] !== UPPER_E) return false;
  const digits = skipSign(bytes, start + 1);
  return digits < end && digitsEnd(bytes, digits, end) === end;
}

/** `1e999` is written like a number and is none that a computer can hold. */
function fits(bytes: Buffer, start: number, end: number): boolean {
  return Number.isFinite(Number(bytes.toString('latin1', start, end)));
}

function skipSign(bytes: Buffer, at: number): number {
  return bytes[at] === MINUS || bytes[at] === PLUS ? at + 1 : at;
}

function digitsEnd(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const byte = bytes[at] as number;
    if (byte < 0x30 || byte > 0x39) break;
    at += 1;
  }
  return at;
}
