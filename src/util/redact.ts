/**
 * Replaces secrets by value, wherever they stand. Values of fewer than four characters are not
 * replaced: `"1"` as a password would otherwise blot out half of every line.
 */
export class Redactor {
  readonly #values = new Set<string>();

  /** From now on `value` is shown as `[secret]`, also in its JSON and base64 forms. */
  add(value: string): void {
    if (value.length < 4) return;
    this.#values.add(value);
    this.#values.add(JSON.stringify(value).slice(1, -1));
    this.#values.add(Buffer.from(value).toString('base64'));
  }

  text(input: string): string {
    let output = input;
    // Longest first, so that a secret that contains another one leaves nothing of itself behind.
    for (const value of [...this.#values].sort((a, b) => b.length - a.length)) {
      output = output.replaceAll(value, '[secret]');
    }
    return output;
  }

  /** Every string inside a JSON-like value, redacted. */
  deep<T>(input: T): T {
    if (this.#values.size === 0) return input;
    return this.#walk(input) as T;
  }

  #walk(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value);
    if (Array.isArray(value)) return value.map((item) => this.#walk(item));
    if (value !== null && typeof value === 'object') {
      return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, this.#walk(v)]));
    }
    return value;
  }
}
