/** What the host said before the command's own output began. */
export type HeadMark = 'no-sudo' | 'root' | 'missing' | 'run';

/** Text of start-up files (a login shell's greeting) is kept up to this, for error messages. */
const NOISE_BYTES = 16_384;
const LINE_END = 0x0a;

/**
 * Reads the lines with which the start of a command answers (see `RemoteCommand`) out of its
 * standard output, and drops what start-up files wrote before them.
 */
export class CommandHead {
  readonly #mark: Buffer;
  #pending: Buffer = Buffer.alloc(0);
  #noise = '';
  #pid: number | undefined;
  readonly #marks = new Set<HeadMark>();

  constructor(nonce: string) {
    this.#mark = Buffer.from(`${nonce} `);
  }

  /** The process group of the command on the host, once it is known. */
  get pid(): number | undefined {
    return this.#pid;
  }

  /** What was written before the command's start answered. */
  get noise(): string {
    return this.#noise + (this.#pid === undefined ? this.#pending.toString() : '');
  }

  has(mark: HeadMark): boolean {
    return this.#marks.has(mark);
  }

  /** @returns what belongs to the command's own output; undefined for nothing */
  feed(chunk: Buffer): Buffer | undefined {
    if (this.has('run')) return chunk;
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    while (!this.has('run')) {
      if (!this.#nextLine()) return undefined;
    }
    const rest = this.#pending;
    this.#pending = Buffer.alloc(0);
    return rest.length === 0 ? undefined : rest;
  }

  /** Takes one answer off the front; false when there is none yet. */
  #nextLine(): boolean {
    const at = this.#pending.indexOf(this.#mark);
    if (at < 0) {
      if (this.#pending.length > NOISE_BYTES) this.#drop(this.#pending.length - this.#mark.length);
      return false;
    }
    const end = this.#pending.indexOf(LINE_END, at);
    if (end < 0) return false;
    const words = this.#pending.toString('latin1', at + this.#mark.length, end).split(' ');
    this.#drop(at);
    this.#pending = this.#pending.subarray(end - at + 1);
    this.#note(words);
    return true;
  }

  #note([word, value]: readonly string[]): void {
    if (word === 'pid') this.#pid = Number(value);
    else this.#marks.add(word as HeadMark);
  }

  #drop(bytes: number): void {
    this.#noise = (this.#noise + this.#pending.toString('utf8', 0, bytes)).slice(-NOISE_BYTES);
    this.#pending = this.#pending.subarray(bytes);
  }
}
