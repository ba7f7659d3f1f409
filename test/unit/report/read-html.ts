/** What a report says, read back from its HTML. */
export interface ReadReport {
  /** Numbers by `data-fact`. */
  readonly facts: ReadonlyMap<string, number>;
  /** Rows of each `data-table`: text and exact value of each cell. */
  readonly tables: ReadonlyMap<string, readonly (readonly ReadCell[])[]>;
  /** Start tags with their attributes, in order. */
  readonly tags: readonly Tag[];
  /** Elements that were not closed, or closed twice or in the wrong order. */
  readonly broken: readonly string[];
}

export interface ReadCell {
  readonly text: string;
  readonly value: number | undefined;
}

export interface Tag {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
}

const VOID = new Set(['meta', 'br', 'hr', 'img', 'input', 'link']);
const TOKENS =
  /<(\/?)([a-z][a-z0-9]*)((?:\s+[A-Za-z0-9:-]+(?:="[^"<>]*")?)*)\s*(\/?)\s*>|([^<]+|<)/g;

/** Reads the well-formed HTML that the report writes; anything else ends up in `broken`. */
export function readHtml(html: string): ReadReport {
  const reader = new Reader();
  const body = html.replace(/^<!doctype html>/, '').replace(/<style>[^<]*<\/style>/, '');
  for (const [whole, closing, name, attributes = '', selfClosed, text = ''] of body.matchAll(
    TOKENS,
  )) {
    if (name === undefined) reader.text(text);
    else if (closing === '/') reader.end(name, whole);
    else reader.start({ name, attributes: attributesOf(attributes) }, selfClosed === '/');
  }
  return reader.done();
}

class Reader {
  readonly #facts = new Map<string, number>();
  readonly #tables = new Map<string, ReadCell[][]>();
  readonly #tags: Tag[] = [];
  readonly #broken: string[] = [];
  readonly #open: string[] = [];
  #rows: ReadCell[][] | undefined;
  #cell: { text: string; value: number | undefined } | undefined;

  text(text: string): void {
    if (text === '<' || text.includes('>')) this.#broken.push(`stray ${text.slice(0, 40)}`);
    if (this.#cell !== undefined) this.#cell.text += text;
  }

  start(tag: Tag, selfClosed: boolean): void {
    const { name, attributes } = tag;
    this.#tags.push(tag);
    if (!selfClosed && !VOID.has(name)) this.#open.push(name);
    const value = numberOf(attributes.get('data-value'));
    const fact = attributes.get('data-fact');
    if (fact !== undefined) this.#facts.set(fact, value ?? NaN);
    const table = attributes.get('data-table');
    if (table !== undefined) this.#tables.set(table, (this.#rows = []));
    this.#startOfCell(name, value);
  }

  #startOfCell(name: string, value: number | undefined): void {
    if (name === 'tr') this.#rows?.push([]);
    if (name === 'td' || name === 'th') {
      this.#cell = { text: '', value };
      this.#rows?.at(-1)?.push(this.#cell);
    }
  }

  end(name: string, whole: string): void {
    const last = this.#open.pop();
    if (last !== name) this.#broken.push(`${whole} closes <${last ?? 'nothing'}>`);
    if (name === 'td' || name === 'th') this.#cell = undefined;
    if (name === 'table') this.#rows = undefined;
  }

  done(): ReadReport {
    if (this.#open.length > 0) this.#broken.push(`left open: ${this.#open.join(' ')}`);
    // The first row of each is its header.
    const tables = [...this.#tables].map(
      ([name, rows]) => [name, rows.slice(1).map((row) => row.map(readCell))] as const,
    );
    return {
      facts: this.#facts,
      tables: new Map(tables),
      tags: this.#tags,
      broken: this.#broken,
    };
  }
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

function readCell({ text, value }: ReadCell): ReadCell {
  return { text: plain(text), value };
}

function attributesOf(text: string): Map<string, string> {
  return new Map(
    [...text.matchAll(/([A-Za-z0-9:-]+)(?:="([^"]*)")?/g)].map(([, name = '', value = '']) => [
      name,
      plain(value),
    ]),
  );
}

function plain(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ')
    .trim();
}
