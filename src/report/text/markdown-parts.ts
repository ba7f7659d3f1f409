import { stripVTControlCharacters } from 'node:util';

/**
 * Text that means nothing in Markdown (CommonMark and GitHub's): every character that could is
 * escaped, `<` and `&` as entities, since some renderers let HTML through; one line.
 */
export function escaped(text: string): string {
  return plain(text)
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_{}[\]#+!|~]/g, '\\$&')
    .replace(/[&<>@]|(?<=:)\/\//g, (found) => ENTITIES[found] ?? found);
}

/** An address that is text is no link, and a name behind an @ calls nobody. */
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '@': '&#64;',
  '//': '&#47;&#47;',
};

/** In a code span; its fence is longer than any in the text. */
export function code(text: string): string {
  const fence = '`'.repeat(longestRun(text) + 1);
  return `${fence} ${plain(text).replace(/\s+/g, ' ')} ${fence}`;
}

/** In a fenced block that the text cannot end. */
export function fenced(text: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}text\n${plain(text)}\n${fence}`;
}

export function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}

/** The first column to the left, the others to the right. Cells are text, not Markdown. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escaped).join(' | ')} |`;
  const rule = header.map((_, index) => (index === 0 ? '---' : '---:'));
  return [line(header), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n');
}

function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 0);
}

function plain(text: string): string {
  return stripVTControlCharacters(text)
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/(?![\t\n])\p{Cc}/gu, '\u{FFFD}');
}
