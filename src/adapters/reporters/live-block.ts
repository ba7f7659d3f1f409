import { stripVTControlCharacters } from 'node:util';

const UP = (lines: number): string => (lines === 0 ? '' : `\u001B[${lines}A`);
const ERASE_LINE_END = '\u001B[K';
const ERASE_BELOW = '\u001B[J';
/** Of a terminal that does not tell. */
const COLUMNS = 80;

/**
 * Lines at the bottom of a terminal that are drawn again in place, each time with one write; what
 * is printed comes above them and stays. The cursor is left at their end, and visible: there is
 * nothing to be given back when the program is killed.
 */
export class LiveBlock {
  readonly #stream: NodeJS.WriteStream;
  #drawn: readonly string[] = [];

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  /** Draws `lines`, with `above` printed before them for good. */
  draw(lines: readonly string[], above: readonly string[] = []): void {
    if (above.length === 0 && isSame(lines, this.#drawn)) return;
    const back = this.#toStart();
    const printed =
      above.length === 0 ? '' : ERASE_BELOW + above.map((line) => `${line}\n`).join('');
    const block = lines.map((line) => line + ERASE_LINE_END).join('\n');
    this.#stream.write(back + printed + block + ERASE_BELOW);
    this.#drawn = lines;
  }

  /** Takes the block away; the cursor is where it began. */
  clear(): void {
    if (this.#drawn.length === 0) return;
    this.#stream.write(this.#toStart() + ERASE_BELOW);
    this.#drawn = [];
  }

  /** A terminal that became narrower has wrapped what was drawn. */
  #toStart(): string {
    if (this.#drawn.length === 0) return '';
    const columns = this.#stream.columns || COLUMNS;
    const rows = this.#drawn.reduce((sum, line) => sum + rowsOf(line, columns), 0);
    return `\r${UP(rows - 1)}`;
  }
}

function rowsOf(line: string, columns: number): number {
  return Math.max(1, Math.ceil(stripVTControlCharacters(line).length / columns));
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((line, at) => line === b[at]);
}
