/** How a JSON text is written, so that what is added to it looks the same. */
export interface JsonStyle {
  readonly eol: '\n' | '\r\n';
  /** One step of indentation. */
  readonly unit: string;
  /** Nothing stands in a line of its own. */
  readonly compact: boolean;
  /** Between a name and its value. */
  readonly colon: string;
  /** After a comma in a line. */
  readonly space: string;
  /** Inside the braces of an object in one line. */
  readonly padding: string;
}

/** Columns that a line may have before what is added is broken into several. */
const WIDTH = 100;

export function styleOf(text: string): JsonStyle {
  const unit = /\n([ \t]+)\S/.exec(text)?.[1];
  const compact = !text.trim().includes('\n');
  const isTight = compact && !/":\s/.test(text);
  return {
    eol: text.includes('\r\n') ? '\r\n' : '\n',
    unit: unit ?? '  ',
    compact,
    colon: isTight ? ':' : ': ',
    space: isTight ? '' : ' ',
    padding: /\{[ \t]+"/.test(text) ? ' ' : '',
  };
}

export interface Rendering {
  readonly style: JsonStyle;
  /** White space that the line begins with. */
  readonly indent: string;
  /** Columns of the line that are used already, without the indentation. */
  readonly used?: number;
}

/** A value as JSON in the given style: in one line where it fits, as Prettier has it. */
export function renderJson(value: unknown, { style, indent, used = 0 }: Rendering): string {
  const line = inLine(value, style);
  const fits = indent.length + used + line.length < WIDTH;
  if (fits || style.compact || typeof value !== 'object' || value === null) return line;
  const inner = indent + style.unit;
  const entries = Array.isArray(value)
    ? value.map((item) => renderJson(item, { style, indent: inner }))
    : Object.entries(value).map(([name, item]) => {
        const key = JSON.stringify(name) + style.colon;
        return key + renderJson(item, { style, indent: inner, used: key.length });
      });
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const lines = entries.map((entry) => inner + entry).join(`,${style.eol}`);
  return `${open}${style.eol}${lines}${style.eol}${indent}${close}`;
}

function inLine(value: unknown, style: JsonStyle): string {
  const comma = `,${style.space}`;
  if (Array.isArray(value)) return `[${value.map((item) => inLine(item, style)).join(comma)}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(
    ([name, item]) => JSON.stringify(name) + style.colon + inLine(item, style),
  );
  if (entries.length === 0) return '{}';
  return `{${style.padding}${entries.join(comma)}${style.padding}}`;
}
