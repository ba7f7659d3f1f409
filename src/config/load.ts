import { dirname, join, resolve } from 'node:path';
import type { Problem } from '../errors/problem.js';
import { optional } from '../util/optional.js';
import { whyUnreadable } from '../util/why-unreadable.js';
import { crossProblems } from './checks/all.js';
import { placeholderProblems } from './checks/placeholders.js';
import { parseJsonText } from './json-text.js';
import { HIDDEN, secretPlaces } from './mask.js';
import { schemaProblems } from './schema-check.js';
import { resolveSecrets, type ConfigSources } from './secrets.js';
import type { ResolvedConfig } from './types.js';

export interface LoadedConfig {
  /** Absolute path of the file. */
  readonly file: string;
  /** There unless a problem is an `error`. */
  readonly config?: ResolvedConfig;
  /** All there are, in the order of the document's checks. */
  readonly problems: readonly Problem[];
  /** Texts that must not appear in any output; for the redaction. */
  readonly secrets: readonly string[];
}

/**
 * Reads a configuration and finds everything that is wrong with it. Never throws for a bad file:
 * that is what `problems` is for.
 */
export async function loadConfig(path: string, sources: ConfigSources): Promise<LoadedConfig> {
  const file = resolve(path);
  const read = await readText(path, file, sources);
  if (typeof read !== 'string') return { file, problems: [read], secrets: [] };
  const parsed = parseJsonText(read);
  if (!parsed.ok) return { file, problems: parsed.problems, secrets: [] };

  const resolved = await resolveSecrets(parsed.value, file, sources);
  const found = [
    ...parsed.problems,
    ...merge(schemaProblems(parsed.value), placeholderProblems(parsed.value), [
      ...crossProblems(parsed.value),
      ...resolved.problems,
    ]),
  ];
  const problems = hide(found, secretPlaces(parsed.value));
  const loaded = { file, problems, secrets: resolved.secrets };
  if (problems.some(({ severity }) => severity === 'error')) return loaded;
  // The schema has no problem with the document, so it has the shape of its generated type.
  return {
    ...loaded,
    config: withPaths(resolved.document as ResolvedConfig, file, sources.env['HOME']),
  };
}

/** The sources' text, or why there is none. */
async function readText(
  path: string,
  file: string,
  sources: ConfigSources,
): Promise<string | Problem> {
  const problem = (message: string, fix: string): Problem => ({
    severity: 'error',
    path,
    message,
    fix,
  });
  let bytes: Uint8Array;
  try {
    bytes = await sources.readFile(file);
  } catch (error) {
    return problem(whyUnreadable(error), 'give the path of a configuration file with -c');
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.trim() === '' ? problem('is empty', 'write a configuration into it') : text;
  } catch {
    return problem('is not text in UTF-8', 'save it as UTF-8');
  }
}

/**
 * One problem a place: a value that is still a placeholder needs no other complaint, but where the
 * schema wants something that is no string, it stays an error.
 */
function merge(
  schema: readonly Problem[],
  placeholders: readonly Problem[],
  cross: readonly Problem[],
): readonly Problem[] {
  const wrong = new Set(schema.map(({ path }) => path));
  const unfilled = new Set(placeholders.map(({ path }) => path));
  return [
    ...schema.filter(({ path }) => !unfilled.has(path)),
    ...cross.filter(({ path }) => !unfilled.has(path) && !wrong.has(path)),
    ...placeholders.map((problem): Problem =>
      wrong.has(problem.path) ? { ...problem, severity: 'error' } : problem,
    ),
  ];
}

/** A fix may hold the value too, such as a password that was written as a number. */
function hide(problems: readonly Problem[], places: ReadonlySet<string>): readonly Problem[] {
  return problems.map((problem) => {
    const { severity, value, path, fix } = problem;
    if (severity !== 'error' || value === undefined || !places.has(path)) return problem;
    const hidden = { ...problem, value: HIDDEN };
    if (fix?.includes(value.replace(/^"|"$/g, '')) !== true) return hidden;
    return { ...hidden, fix: 'write it in double quotes, or better {"$env": "NAME"}' };
  });
}

/** File paths in the configuration are relative to its folder; `~` is the home folder. */
function withPaths(config: ResolvedConfig, file: string, home: string | undefined): ResolvedConfig {
  const absolute = (path: string): string =>
    home !== undefined && /^~(?:\/|$)/.test(path)
      ? join(home, path.slice(1))
      : resolve(dirname(file), path);
  const withIdentity = <T extends { readonly identity_file?: string }>(value: T): T =>
    value.identity_file === undefined
      ? value
      : { ...value, identity_file: absolute(value.identity_file) };
  const withJumps = <T extends SshSettings>(settings: T): T => ({
    ...withIdentity(settings),
    ...optional(
      'jump',
      settings.jump?.map((jump) => (typeof jump === 'string' ? jump : withIdentity(jump))),
    ),
  });
  const { ssh, workflow } = config;
  return {
    ...config,
    ...optional('ssh', ssh === undefined ? undefined : withFiles(withJumps(ssh), absolute)),
    clusters: config.clusters.map((cluster) => ({
      ...cluster,
      ...optional('hosts', cluster.hosts?.map(withJumps)),
    })),
    ...optional('workflow', workflow === undefined ? undefined : withInputs(workflow, absolute)),
  };
}

type SshSettings = Pick<NonNullable<ResolvedConfig['ssh']>, 'identity_file' | 'jump'>;

/** A program stays as it is: whether it has a relative path says where it is. */
function withInputs(
  workflow: NonNullable<ResolvedConfig['workflow']>,
  absolute: (path: string) => string,
): NonNullable<ResolvedConfig['workflow']> {
  const { gem, command, photodemo } = workflow;
  return {
    ...workflow,
    ...optional('gem', gem === undefined ? undefined : absolute(gem)),
    ...optional(
      'command',
      command === undefined
        ? undefined
        : {
            ...command,
            manifest: absolute(command.manifest),
            ...optional('inputs', command.inputs?.map(absolute)),
          },
    ),
    ...optional('photodemo', photodemo === undefined ? undefined : withPhotos(photodemo, absolute)),
  };
}

function withPhotos(
  photodemo: NonNullable<NonNullable<ResolvedConfig['workflow']>['photodemo']>,
  absolute: (path: string) => string,
): typeof photodemo {
  const { manifest, photos } = photodemo;
  return {
    ...photodemo,
    ...optional('manifest', manifest === undefined ? undefined : absolute(manifest)),
    ...optional('photos', photos === undefined ? undefined : absolute(photos)),
  };
}

/** Not with an object of its own for each: `none` is a word, not a file. */
function withFiles(
  ssh: NonNullable<ResolvedConfig['ssh']>,
  absolute: (path: string) => string,
): NonNullable<ResolvedConfig['ssh']> {
  const { config_file, known_hosts_file } = ssh;
  return {
    ...ssh,
    ...optional(
      'config_file',
      config_file === undefined || config_file === 'none' ? config_file : absolute(config_file),
    ),
    ...optional(
      'known_hosts_file',
      known_hosts_file === undefined ? undefined : absolute(known_hosts_file),
    ),
  };
}
