import { formatPath, isObject, stepInto, type PathStep } from './paths.js';
import { nearest } from './suggest.js';

/** Names of properties and variables whose values are not for the screen. */
export const SECRET_NAME =
  /pass(?:word|wd|phrase)?|secret|token|credential|private(?!_address)|pool_key/i;
/** The original images take the iRODS password after this argument. */
const PASSWORD_ARGUMENT = '-p';
const HIDDEN = '(hidden)';

/** A line of JSON text with the strings that look like secrets replaced. */
export function maskSecrets(line: string): string {
  return line
    .replace(/(:\/\/)[^/\s"@]*@/g, `$1${HIDDEN}@`)
    .replace(/("-p"\s*,\s*)"(?:[^"\\]|\\.)*"?/g, `$1"${HIDDEN}"`)
    .replace(/("(?:[^"\\]|\\.)*"\s*:\s*)("(?:[^"\\]|\\.)*"?)/g, (whole, key: string) =>
      SECRET_NAME.test(key) ? `${key}"${HIDDEN}"` : whole,
    );
}

/** Whether the value at `path` is one that no message may show. */
export function isSecretPlace(root: unknown, path: readonly PathStep[]): boolean {
  const last = path.at(-1);
  if (last === 'sudo') return isPassword(path.reduce<unknown>(stepInto, root));
  if (typeof last === 'string') return SECRET_NAME.test(last);
  if (last === undefined || path.at(-2) !== 'args') return false;
  const args = path.slice(0, -1).reduce<unknown>(stepInto, root);
  return Array.isArray(args) && last > 0 && args[last - 1] === PASSWORD_ARGUMENT;
}

/** Where `sudo` is neither of its words, it may well be the password itself. */
function isPassword(sudo: unknown): boolean {
  return typeof sudo === 'string' && nearest(sudo, ['none', 'passwordless']) === undefined;
}

/** The paths, as problems name them, whose values no message may show. */
export function secretPlaces(root: unknown): ReadonlySet<string> {
  const places = new Set<string>();
  const visit = (value: unknown, path: readonly PathStep[]): void => {
    if (isSecretPlace(root, path)) places.add(formatPath(path));
    if (Array.isArray(value)) {
      value.forEach((item, index) => {
        visit(item, [...path, index]);
      });
    } else if (isObject(value)) {
      for (const [key, item] of Object.entries(value)) visit(item, [...path, key]);
    }
  };
  visit(root, []);
  return places;
}

export { HIDDEN };
