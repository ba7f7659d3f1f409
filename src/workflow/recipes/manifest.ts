import { extname } from 'node:path';

import type { Problem } from '../../errors/problem.js';

/** What there is to do, a row for each item. */
export interface Manifest {
  /** With its dot: `.tsv`, `.csv` or `.jsonl`. */
  readonly format: string;
  readonly columns: readonly string[];
  /** Values by column. */
  readonly rows: readonly ReadonlyMap<string, string>[];
  /** The file without blank lines: those before the rows, and one for each row. */
  readonly header: readonly string[];
  readonly lines: readonly string[];
  readonly problems: readonly Problem[];
}

interface Line {
  readonly text: string;
  /** In the file, from 1. */
  readonly number: number;
}

const PATH = 'workflow.command.manifest';

/**
 * Reads a manifest: tab-separated as it stands, comma-separated with the quotes of RFC 4180 but
 * without line breaks in fields, or JSON Lines, where texts, numbers and truth values are columns.
 * @param name of the file, for its ending
 */
export function readManifest(name: string, text: string): Manifest {
  const format = extname(name);
  const all = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line, index): Line => ({ text: line, number: index + 1 }))
    .filter((line) => line.text.trim() !== '');
  const read = format === '.jsonl' ? readObjects(all) : readTable(all, format);
  if (read.rows.length > 0 || read.problems.length > 0) return { format, ...read };
  const nothing = problem(PATH, JSON.stringify(name), 'has no rows: there is nothing to do');
  return { format, ...read, problems: [nothing] };
}

type Read = Omit<Manifest, 'format'>;

function readTable([head, ...body]: readonly Line[], format: string): Read {
  const problems: Problem[] = [];
  const split = (line: Line): readonly string[] => {
    const fields = format === '.csv' ? commaFields(line.text) : line.text.split('\t');
    if (fields !== undefined) return fields;
    problems.push(wrong(line, 'has a quote that does not end, or something behind it'));
    return [];
  };
  const columns = head === undefined ? [] : split(head);
  const twice = columns.filter((column, index) => columns.indexOf(column) !== index);
  for (const column of new Set(twice)) {
    problems.push(problem(PATH, JSON.stringify(column), 'names more than one column'));
  }
  const rows = body.map((line) => {
    const fields = split(line);
    if (fields.length !== columns.length && fields.length > 0) {
      problems.push(wrong(line, `has ${fields.length} fields, the header ${columns.length}`));
    }
    return new Map(columns.map((column, index) => [column, fields[index] ?? '']));
  });
  const header = head === undefined ? [] : [head.text];
  return { columns, rows, header, lines: body.map(({ text }) => text), problems };
}

/** Columns are the names that every object has. */
function readObjects(lines: readonly Line[]): Read {
  const problems: Problem[] = [];
  const rows = lines.map((line) => {
    const value = parsed(line.text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return new Map(Object.entries(value).flatMap(plainEntry));
    }
    problems.push(wrong(line, 'is not a JSON object'));
    return new Map<string, string>();
  });
  const [first = new Map<string, string>(), ...others] = rows;
  const columns = [...first.keys()].filter((name) => others.every((row) => row.has(name)));
  return { columns, rows, header: [], lines: lines.map(({ text }) => text), problems };
}

function plainEntry([name, value]: [string, unknown]): [string, string][] {
  const isPlain = ['string', 'number', 'boolean'].includes(typeof value);
  return isPlain ? [[name, String(value)]] : [];
}

/** The fields of one line; undefined where its quotes make no sense. */
function commaFields(text: string): readonly string[] | undefined {
  const fields: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y;
  for (;;) {
    const found = field.exec(text);
    if (found === null) return undefined;
    fields.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? '');
    if (found[3] === '') return fields;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function wrong(line: Line, message: string): Problem {
  return problem(`${PATH} line ${line.number}`, JSON.stringify(line.text.slice(0, 40)), message);
}

function problem(path: string, value: string, message: string): Problem {
  return { severity: 'error', path, value, message };
}
