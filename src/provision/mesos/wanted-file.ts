import { sha256, type MesosSecretHashes, type MesosSecrets } from './secrets.js';
import type { WantedFile } from './types.js';

type Place = Pick<WantedFile, 'path' | 'mode' | 'part'>;

export function plainFile(place: Place, text: string): WantedFile {
  const hash = sha256(text);
  return { ...place, sha256: hash, spec: specOf([place.mode, hash]), content: () => text };
}

/** A file with secrets in it. Its spec is made from their hashes, so nobody needs to know them. */
export function secretFile(
  place: Omit<Place, 'mode'>,
  hashes: MesosSecretHashes,
  content: (secrets: MesosSecrets) => string,
): WantedFile {
  const mode = 0o600;
  return { ...place, mode, sha256: undefined, spec: specOf([mode, content(hashes)]), content };
}

/** A short hash of anything that JSON can say. */
export function specOf(value: unknown): string {
  return sha256(JSON.stringify(value)).slice(0, 16);
}

/** By name; what is undefined is left out. */
export type Variables = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * An env file, as `docker run --env-file` and the services' scripts read it: `NAME=value` in each
 * line, the value as it is. Line ends in a value become blanks, which JSON does not mind.
 */
export function envText(variables: Variables): string {
  const lines = Object.entries(variables).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${String(value).replace(/\s*[\r\n]+\s*/g, ' ')}`],
  );
  return lines.map((line) => `${line}\n`).join('');
}

/** Flags as Mesos takes them from variables: `MESOS_<NAME>`, true and false spelt out. */
export function mesosVariables(flags: Variables): Variables {
  return Object.fromEntries(
    Object.entries(flags).map(([name, value]) => [`MESOS_${name.toUpperCase()}`, value]),
  );
}

/**
 * Flags as Marathon takes them: `MARATHON_<NAME>`, a flag without a value as an empty one, and one
 * that is off as `MARATHON_DISABLE_<NAME>` (`Main.envToArgs` of Marathon 1.11, and
 * docs/command-line-flags.md there).
 */
export function marathonVariables(flags: Variables): Variables {
  return Object.fromEntries(
    Object.entries(flags).map(([name, value]) => [
      `MARATHON_${value === false ? 'DISABLE_' : ''}${name.toUpperCase()}`,
      typeof value === 'boolean' ? '' : value,
    ]),
  );
}
