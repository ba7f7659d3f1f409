import { stripVTControlCharacters } from 'node:util';

/** Text that is HTML already. Made by {@link html} alone, so that nothing gets into it unescaped. */
export class Markup {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

export type Part = string | number | Markup | undefined | readonly Part[];

/** HTML or SVG: text that is put in is escaped, markup stays as it is, lists are joined. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const text = strings.map((piece, index) => piece + partText(parts[index])).join('');
  return new Markup(text);
}

function partText(part: Part): string {
  if (part === undefined) return '';
  if (typeof part === 'number') return String(part);
  if (typeof part === 'string') return escaped(part);
  if (part instanceof Markup) return part.toString();
  return part.map(partText).join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Safe in the content of an element and in a quoted attribute. Colours of terminals are taken out;
 * control characters, halves of characters, and marks that turn the direction of writing around
 * become U+FFFD.
 */
export function escaped(text: string): string {
  return stripVTControlCharacters(text)
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(UNFIT, '\u{FFFD}')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

const UNFIT = /(?![\t\n])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu;
