import { dirname, resolve } from 'node:path';
import type { Problem } from '../errors/problem.js';
import { whyUnreadable } from '../util/why-unreadable.js';
import { eachString, formatPath, isObject, type PathStep } from './paths.js';
import { isSecretPlace } from './mask.js';
import { PLACEHOLDER } from './checks/placeholders.js';

/** Where secrets and the configuration come from. */
export interface ConfigSources {
  /** Rejects with a Node error (`code` ENOENT, EISDIR, …) when the file cannot be read. */
  readFile(path: string): Promise<Uint8Array>;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface ResolvedSecrets {
  /** The document with every reference replaced by its text. */
  readonly document: unknown;
  readonly problems: readonly Problem[];
  /** Every text that no output may contain. */
  readonly secrets: readonly string[];
}

interface Found {
  readonly text?: string;
  readonly problem?: Problem;
}

/** As in the schema, which speaks about any other name. */
const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** Stands for a secret that could not be read. */
const UNSET = '<unset-secret>';
/** A secret that was written out and is shorter than this is more likely part of other texts. */
const SHORTEST_GUESSED = 4;

/**
 * Reads every secret the document refers to, and finds those that it holds itself.
 *
 * @param file path of the configuration; secret files are relative to its folder.
 */
export async function resolveSecrets(
  document: unknown,
  file: string,
  sources: ConfigSources,
): Promise<ResolvedSecrets> {
  const problems: Problem[] = [];
  const secrets = new Set<string>(writtenOut(document));

  const visit = async (value: unknown, path: readonly PathStep[]): Promise<unknown> => {
    const reading = readReference(value, path, { file, sources });
    if (reading !== undefined) {
      const { text, problem } = await reading;
      if (problem !== undefined) problems.push(problem);
      if (text !== undefined) secrets.add(text);
      return text ?? UNSET;
    }
    if (Array.isArray(value)) {
      const items: unknown[] = [];
      for (const [index, item] of value.entries()) items.push(await visit(item, [...path, index]));
      return items;
    }
    if (!isObject(value)) return value;
    const copy: Record<string, unknown> = {};
    for (const [key, item] of Object.entries(value)) copy[key] = await visit(item, [...path, key]);
    return copy;
  };

  return { document: await visit(document, []), problems, secrets: [...secrets] };
}

/** Strings that stand where a secret stands, such as a password or the value after `-p`. */
function writtenOut(document: unknown): readonly string[] {
  const found: string[] = [];
  eachString(document, (text, path) => {
    const isReference = path.at(-1) === '$env' || path.at(-1) === '$file';
    if (isReference || !isSecretPlace(document, path)) return;
    if (text.length >= SHORTEST_GUESSED && !PLACEHOLDER.test(text)) found.push(text);
  });
  return found;
}

interface Place {
  readonly file: string;
  readonly sources: ConfigSources;
}

function readReference(
  value: unknown,
  path: readonly PathStep[],
  place: Place,
): Promise<Found> | undefined {
  if (!isObject(value) || Object.keys(value).length !== 1) return undefined;
  const { $env, $file } = value;
  const at = formatPath(path);
  if (typeof $env === 'string' && VARIABLE_NAME.test($env)) {
    return Promise.resolve(fromVariable($env, at, place.sources.env));
  }
  if (typeof $file === 'string' && $file !== '') return fromFile($file, at, place);
  return undefined;
}

function fromVariable(name: string, path: string, env: ConfigSources['env']): Found {
  const text = env[name];
  if (text !== undefined && text !== '') return { text };
  return {
    problem: {
      severity: 'incomplete',
      path,
      value: `{"$env": ${JSON.stringify(name)}}`,
      message: `names an environment variable that is ${text === '' ? 'empty' : 'not set'}`,
      fix: `set it: export ${name}=…`,
    },
  };
}

async function fromFile(name: string, path: string, { file, sources }: Place): Promise<Found> {
  const target = resolve(dirname(file), name);
  const value = `{"$file": ${JSON.stringify(name)}}`;
  const incomplete = { severity: 'incomplete', path, value } as const;
  try {
    const text = new TextDecoder().decode(await sources.readFile(target)).replace(/[\r\n]+$/, '');
    if (text !== '') return { text };
    return {
      problem: {
        ...incomplete,
        message: 'names a file that is empty',
        fix: `write the secret to ${target}`,
      },
    };
  } catch (error) {
    return {
      problem: {
        ...incomplete,
        message: `names a file that ${whyUnreadable(error)}`,
        fix: `put the secret into ${target}, or write another path`,
      },
    };
  }
}
