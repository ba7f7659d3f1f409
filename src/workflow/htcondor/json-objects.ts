/** A complete object of the stream, or a piece of it that is none. */
export type Piece =
  | { readonly ok: true; readonly value: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly text: string; readonly reason: string };

const SHOWN_CHARACTERS = 120;
/** An event of HTCondor has a few kilobytes; more is a stream that will never close its braces. */
const MAX_OBJECT_CHARACTERS = 4 * 1024 * 1024;

/**
 * Takes apart a stream of JSON objects that follow one another: one a line, or pretty-printed as in
 * HTCondor's EVENT_LOG. Chunks may be cut anywhere, also inside a character. In both forms an
 * object starts with a `{` at the beginning of a line and no other line does, so that after a
 * damaged object (a writer that was killed) the next one is found again.
 */
export class JsonObjectStream {
  readonly #decoder = new TextDecoder('utf-8');
  readonly #onPiece: (piece: Piece) => void;
  #text = '';
  /** Where the scanning of `#text` goes on. */
  #at = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;

  constructor(onPiece: (piece: Piece) => void) {
    this.#onPiece = onPiece;
  }

  push(chunk: Uint8Array): void {
    this.#text += this.#decoder.decode(chunk, { stream: true });
    this.#scan();
    if (this.#text.length > MAX_OBJECT_CHARACTERS) {
      this.#damaged(this.#text.length, 'is too long for an event');
    }
  }

  /** What came last without its end: it is complete later, or never. */
  get pending(): string {
    return this.#text;
  }

  #scan(): void {
    while (this.#at < this.#text.length) {
      const char = this.#text[this.#at] as string;
      if (this.#startsAnew(char)) {
        this.#damaged(this.#at, 'breaks off before its end');
        continue;
      }
      this.#at += 1;
      if (this.#step(char)) this.#complete();
    }
  }

  #startsAnew(char: string): boolean {
    return char === '{' && this.#at > 0 && this.#text[this.#at - 1] === '\n';
  }

  /** Returns true when an object is complete with this character. */
  #step(char: string): boolean {
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false;
      else if (char === '\\') this.#escaped = true;
      else if (char === '"') this.#inString = false;
      return false;
    }
    if (char === '"') this.#inString = true;
    else if (char === '{') this.#depth += 1;
    else if (char === '}') {
      this.#depth -= 1;
      return this.#depth <= 0;
    }
    return false;
  }

  #complete(): void {
    const text = this.#text.slice(0, this.#at);
    try {
      const value: unknown = JSON.parse(text);
      this.#cut(this.#at);
      // What ends with `}` outside of a string and parses is an object.
      this.#onPiece({ ok: true, value: value as Record<string, unknown> });
    } catch {
      this.#damaged(this.#at, 'is not JSON');
    }
  }

  #damaged(end: number, reason: string): void {
    const text = this.#text.slice(0, end).trim();
    this.#cut(end);
    if (text === '') return;
    this.#onPiece({ ok: false, text: text.slice(0, SHOWN_CHARACTERS), reason });
  }

  #cut(end: number): void {
    this.#text = this.#text.slice(end);
    this.#at = 0;
    this.#depth = 0;
    this.#inString = false;
    this.#escaped = false;
  }
}
