/** Keeps the end of a stream, and tells how much it let go. */
export class TailBuffer {
  readonly #limit: number;
  #chunks: Buffer[] = [];
  #length = 0;
  #dropped = 0;

  /** @param limit bytes to keep at least; up to twice as many are held in between */
  constructor(limit: number) {
    this.#limit = limit;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#length > 2 * this.#limit) this.#shrink();
  }

  /** The text; where its beginning was let go, a line at the top says so. */
  toString(): string {
    if (this.#length > this.#limit) this.#shrink();
    const text = Buffer.concat(this.#chunks).toString();
    return this.#dropped === 0
      ? text
      : `[${this.#dropped} bytes before this are left out]\n${text}`;
  }

  #shrink(): void {
    const all = Buffer.concat(this.#chunks);
    const kept = all.subarray(all.length - this.#limit);
    this.#dropped += all.length - kept.length;
    // A copy, so that the large buffer can go.
    this.#chunks = [Buffer.from(kept)];
    this.#length = kept.length;
  }
}
