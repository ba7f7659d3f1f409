import type { Problem } from '../errors/problem.js';
import { formatPath, type PathStep } from './paths.js';
import { maskSecrets } from './mask.js';

export type ParsedText =
  | { readonly ok: true; readonly value: unknown; readonly problems: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Where reading stopped and what would have been right. */
class SyntaxFault extends Error {
  readonly at: number;
  readonly fix: string;

  constructor(at: number, message: string, fix: string) {
    super(message);
    this.at = at;
    this.fix = fix;
  }
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING = /"(?:[^"\\\p{Cc}]|[\x7f-\x9f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy;
const WORD = /[A-Za-z_$][\w$]*/y;
const SPACE = /[ \t\n\r]*/y;

/**
 * Reads JSON and tells where it goes wrong. The value is JSON.parse's; this reader is here because
 * JSON.parse gives a position for some faults only, and keeps the last of two equal keys silently.
 */
class Reader {
  readonly text: string;
  readonly duplicates: { readonly at: number; readonly path: readonly PathStep[] }[] = [];
  private at = 0;
  /** Where the last value ended. */
  private end = 0;

  constructor(text: string) {
    this.text = text;
  }

  document(): void {
    this.space();
    this.value([]);
    if (this.at < this.text.length) {
      throw this.fault('text after the end of the document', 'remove it');
    }
  }

  private value(path: readonly PathStep[]): void {
    const start = this.text[this.at];
    if (start === '{') this.object(path);
    else if (start === '[') this.array(path);
    else if (start === '"') this.string();
    else this.scalar();
    this.end = this.at;
    this.space();
  }

  private scalar(): void {
    const start = this.at;
    if (this.take(NUMBER) !== undefined) {
      if (!/[\w.+]/.test(this.text[this.at] ?? '')) return;
      this.at = start;
      throw this.fault('a number in a form that JSON does not have', 'write it as 10 or 0.5');
    }
    const at = this.at;
    const word = this.take(WORD);
    if (word === 'true' || word === 'false' || word === 'null') return;
    this.at = at;
    if (word !== undefined) {
      throw this.fault(`${word} is not a value`, 'write it in double quotes, if it is a string');
    }
    throw this.unexpected('a value');
  }

  private object(path: readonly PathStep[]): void {
    const keys = new Set<string>();
    this.list('}', 'property', () => {
      const at = this.at;
      if (this.text[at] !== '"') throw this.unexpected('a property name in double quotes');
      const key = JSON.parse(this.string()) as string;
      if (keys.has(key)) this.duplicates.push({ at, path: [...path, key] });
      keys.add(key);
      this.space();
      if (this.text[this.at] !== ':') throw this.unexpected('":" after a property name');
      this.at += 1;
      this.space();
      this.value([...path, key]);
    });
  }

  private array(path: readonly PathStep[]): void {
    let index = 0;
    this.list(']', 'item', () => {
      this.value([...path, index]);
      index += 1;
    });
  }

  /** Items between brackets, from the opening one on. */
  private list(end: string, what: string, item: () => void): void {
    this.at += 1;
    this.space();
    if (this.text[this.at] === end) {
      this.at += 1;
      return;
    }
    for (;;) {
      item();
      const next = this.text[this.at];
      if (next !== ',' && next !== end) throw this.noComma(end);
      const comma = this.at;
      this.at += 1;
      if (next === end) return;
      this.space();
      if (this.text[this.at] === end) {
        this.at = comma;
        throw this.fault(`a comma after the last ${what}`, 'remove the comma');
      }
    }
  }

  /** A comma that is missing is missing where the value ended, perhaps some lines up. */
  private noComma(end: string): SyntaxFault {
    if (!/["{[\w-]/.test(this.text[this.at] ?? '')) return this.unexpected(`"," or "${end}"`);
    this.at = this.end;
    return this.fault('a comma is missing', 'write a comma here');
  }

  private string(): string {
    const found = this.take(STRING);
    if (found !== undefined) return found;
    const rest = /^"(?:[^"\\\n]|\\.)*/.exec(this.text.slice(this.at))?.[0] ?? '"';
    if (this.text[this.at + rest.length] !== '"') {
      throw this.fault('a string without its closing quote', 'write " at its end');
    }
    throw this.fault(
      'a string with a character or escape that JSON does not know',
      'write a backslash as \\\\ and a tab as \\t',
    );
  }

  private take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  private space(): void {
    this.take(SPACE);
  }

  private unexpected(wanted: string): SyntaxFault {
    const found = this.text[this.at];
    if (found === undefined) {
      return this.fault('the text ends too early', `write ${wanted}, and close what is open`);
    }
    if (found === '/' || found === '#') {
      return this.fault('a comment, which JSON does not have', 'remove it');
    }
    if (found === "'") return this.fault('a single quote', 'write double quotes');
    return this.fault(`${JSON.stringify(found)} where ${wanted} should be`, `write ${wanted}`);
  }

  private fault(message: string, fix: string): SyntaxFault {
    return new SyntaxFault(this.at, message, fix);
  }
}

/** The value of a JSON text, or the one place where it stops being JSON. */
export function parseJsonText(text: string): ParsedText {
  const reader = new Reader(text);
  try {
    reader.document();
  } catch (fault) {
    if (!(fault instanceof SyntaxFault)) throw fault;
    return { ok: false, problems: [syntaxProblem(text, fault)] };
  }
  const problems = reader.duplicates.map(({ at, path }): Problem => {
    const { line, column } = position(text, at);
    return {
      severity: 'error',
      path: formatPath(path),
      message: `is there a second time in line ${String(line)}, column ${String(column)}`,
      fix: 'remove one of the two',
    };
  });
  return { ok: true, value: JSON.parse(text) as unknown, problems };
}

function syntaxProblem(text: string, fault: SyntaxFault): Problem {
  const { line, column, content } = position(text, fault.at);
  return {
    severity: 'error',
    path: `line ${String(line)}, column ${String(column)}`,
    message: `not JSON: ${fault.message}, in ${excerpt(content, column)}`,
    fix: fault.fix,
  };
}

/** Line and column, both counted from 1, of an offset. */
function position(text: string, at: number) {
  const before = text.slice(0, at).split('\n');
  const line = before.length;
  const content = (text.split('\n')[line - 1] ?? '').replace(/\r$/, '');
  return { line, column: (before.at(-1) ?? '').length + 1, content };
}

const EXCERPT = 70;

/** The offending line without indentation, masked, and cut around the column where it is long. */
function excerpt(line: string, column: number): string {
  const masked = maskSecrets(line).trim();
  if (masked === '') return 'an empty line';
  const indent = line.length - line.trimStart().length;
  const start = Math.max(0, Math.min(column - 1 - indent - EXCERPT / 2, masked.length - EXCERPT));
  const cut = masked.slice(start, start + EXCERPT);
  const [head, tail] = [start > 0 ? '…' : '', start + EXCERPT < masked.length ? '…' : ''];
  return `\`${head}${cut}${tail}\``;
}
