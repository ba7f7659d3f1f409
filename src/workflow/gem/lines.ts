import { Buffer } from 'node:buffer';

const LF = 0x0a;
const CR = 0x0d;

/**
 * Receives one line without its line end: bytes `start` to `end` of `bytes`, which are only valid
 * during the call. `number` counts from 1. Returns false to see no more lines.
 */
export type OnLine = (bytes: Buffer, start: number, end: number, number: number) => boolean;

/** Longer lines are no table: it is some other kind of file, and memory has to stay bounded. */
export const MAX_LINE_BYTES = 64 * 1024 * 1024;

/** Cuts chunks of bytes into lines that end in LF or CRLF; the last one may lack its end. */
export class LineSplitter {
  readonly #onLine: OnLine;
  #rest: Buffer[] = [];
  #restBytes = 0;
  #number = 0;
  #crLf = 0;
  #stopped = false;

  constructor(onLine: OnLine) {
    this.#onLine = onLine;
  }

  /** True once `onLine` asked to see no more, or a line became too long. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** The line that was being put together grew beyond `MAX_LINE_BYTES`. */
  get tooLong(): boolean {
    return this.#restBytes > MAX_LINE_BYTES;
  }

  /** Lines so far that ended in CR and LF. */
  get crLfLines(): number {
    return this.#crLf;
  }

  /** Number of the line under way. */
  get lineNumber(): number {
    return this.#number + 1;
  }

  push(chunk: Buffer): void {
    let start = 0;
    while (!this.#stopped) {
      const end = chunk.indexOf(LF, start);
      if (end === -1) break;
      if (this.#restBytes === 0) this.#emit(chunk, start, end);
      else this.#emitJoined(chunk.subarray(start, end));
      start = end + 1;
    }
    if (this.#stopped || start >= chunk.length) return;
    // A copy of the rest only: a view would keep the whole chunk alive.
    this.#rest.push(Buffer.from(chunk.subarray(start)));
    this.#restBytes += chunk.length - start;
    if (this.tooLong) this.#stopped = true;
  }

  end(): void {
    if (!this.#stopped && this.#restBytes > 0) this.#emitJoined(Buffer.alloc(0));
  }

  #emitJoined(tail: Buffer): void {
    const line = Buffer.concat([...this.#rest, tail]);
    this.#rest = [];
    this.#restBytes = 0;
    this.#emit(line, 0, line.length);
  }

  #emit(bytes: Buffer, start: number, lineEnd: number): void {
    this.#number += 1;
    const isCrLf = lineEnd > start && bytes[lineEnd - 1] === CR;
    if (isCrLf) this.#crLf += 1;
    const end = isCrLf ? lineEnd - 1 : lineEnd;
    if (!this.#onLine(bytes, start, end, this.#number)) this.#stopped = true;
  }
}
