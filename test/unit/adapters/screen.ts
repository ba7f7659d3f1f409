import { PassThrough } from 'node:stream';

/** A control sequence: what it is told, and which one it is. */
const SEQUENCE = new RegExp(String.raw`\u001B\[([?\d;]*)([A-Za-z])`, 'y');

/**
 * A terminal that remembers what stands where: text, line ends, and the cursor methods of a
 * `tty.WriteStream`. Text that is wider than the terminal wraps, as on a real one.
 */
export class Screen extends PassThrough {
  readonly isTTY = true;
  readonly rows: number;
  readonly columns: number;
  cursorIsHidden = false;
  #lines: string[] = [''];
  #row = 0;
  #column = 0;

  constructor(columns: number, rows = 50) {
    super();
    this.columns = columns;
    this.rows = rows;
  }

  /** What is to be seen, without spaces at line ends and empty lines at the end. */
  get text(): string {
    return this.#lines
      .map((line) => line.trimEnd())
      .join('\n')
      .trimEnd();
  }

  asStream(): NodeJS.WriteStream {
    return this as unknown as NodeJS.WriteStream;
  }

  override write(chunk: unknown): boolean {
    const text = String(chunk);
    for (let at = 0; at < text.length; at += 1) {
      SEQUENCE.lastIndex = at;
      const [whole, told = '', name = ''] = SEQUENCE.exec(text) ?? [];
      if (whole === undefined) this.#put(text[at] as string);
      else this.#obey(name, told);
      at += (whole?.length ?? 1) - 1;
    }
    return true;
  }

  /** Colours change nothing that is looked at here. */
  #obey(name: string, told: string): void {
    if (told === '?25') this.cursorIsHidden = name === 'l';
    if (name === 'A') this.#goTo(Math.max(0, this.#row - Number(told || 1)));
    if (name === 'K' || name === 'J') this.clearLine(1);
    if (name === 'J') this.#lines = this.#lines.slice(0, this.#row + 1);
  }

  cursorTo(column: number): boolean {
    this.#column = column;
    return true;
  }

  moveCursor(columns: number, rows: number): boolean {
    this.#column = Math.max(0, this.#column + columns);
    this.#goTo(Math.max(0, this.#row + rows));
    return true;
  }

  /** Only to the right of the cursor, which is what ora asks for. */
  clearLine(direction: -1 | 0 | 1): boolean {
    if (direction !== 1) throw new Error('the screen of the tests clears to the right only');
    this.#lines[this.#row] = (this.#lines[this.#row] ?? '').slice(0, this.#column);
    return true;
  }

  #put(character: string): void {
    if (character === '\r') {
      this.#column = 0;
      return;
    }
    if (character === '\n' || this.#column === this.columns) {
      this.#column = 0;
      this.#goTo(this.#row + 1);
      if (character === '\n') return;
    }
    const line = (this.#lines[this.#row] ?? '').padEnd(this.#column);
    this.#lines[this.#row] = line.slice(0, this.#column) + character + line.slice(this.#column + 1);
    this.#column += 1;
  }

  #goTo(row: number): void {
    this.#row = row;
    while (this.#lines.length <= row) this.#lines.push('');
  }
}
