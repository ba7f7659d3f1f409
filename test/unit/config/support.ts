import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { problemLine, type Problem } from '../../../src/errors/problem.js';
import { loadConfig, type LoadedConfig } from '../../../src/config/load.js';

/** New values by path, such as `containers[1].mem`; undefined removes what is there. */
export type Changes = Readonly<Record<string, unknown>>;

type Node = Record<string, unknown>;

const ROOT = new URL('../../../', import.meta.url);
export const pathOf = (relative: string): string => fileURLToPath(new URL(relative, ROOT));

/** A fresh copy of the local configuration, which has no problem at all, with changes. */
export function localConfig(changes: Changes = {}): Node {
  const document = JSON.parse(readFileSync(pathOf('configs/local.json'), 'utf8')) as Node;
  for (const [path, value] of Object.entries(changes)) set(document, path, value);
  return document;
}

function set(document: Node, path: string, value: unknown): void {
  const steps = path.split(/[.[\]]+/).filter((step) => step !== '');
  const last = steps.pop() ?? '';
  const owner = steps.reduce<Node>((node, step) => node[step] as Node, document);
  // JSON.stringify leaves out what is undefined.
  owner[last] = value;
}

export interface Surroundings {
  readonly env?: Readonly<Record<string, string>>;
  /** Content by absolute path; an Error is what reading the file throws. */
  readonly files?: Readonly<Record<string, string | Uint8Array | Error>>;
}

/** Loads a text as `/etc/pool/config.json`, with no other file there than the given ones. */
export function loadText(text: string, around: Surroundings = {}): Promise<LoadedConfig> {
  const files: Surroundings['files'] = { '/etc/pool/config.json': text, ...around.files };
  return loadConfig('/etc/pool/config.json', {
    env: around.env ?? {},
    readFile: (path) => {
      const content = files[path] ?? nodeError('ENOENT');
      if (content instanceof Error) return Promise.reject(content);
      const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
      return Promise.resolve(bytes);
    },
  });
}

export function nodeError(code: string): Error {
  return Object.assign(new Error(`${code}: made by a test`), { code });
}

export function loadFile(
  relative: string,
  env: Record<string, string> = {},
): Promise<LoadedConfig> {
  return loadConfig(pathOf(relative), { readFile, env });
}

/** `error containers[1].mem: …` for each problem. */
export function lines(problems: readonly Problem[]): string[] {
  return problems.map((problem) => `${problem.severity} ${problemLine(problem)}`);
}

/** Every problem of the local configuration after changes. */
export async function problemsAfter(
  changes: Changes,
  around: Surroundings = {},
): Promise<string[]> {
  return lines((await loadText(JSON.stringify(localConfig(changes)), around)).problems);
}
