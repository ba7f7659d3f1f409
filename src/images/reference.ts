import { CrossflockError } from '../errors/crossflock-error.js';

/** What the names of the project's own images begin with; the registry serves those alone. */
const OWN = 'crossflock/';

/** The project's images that hosts run; `crossflock/base` is only what others stand on. */
export const HOST_IMAGES = [
  'crossflock/submitter',
  'crossflock/executor',
  'crossflock/marathon',
  'crossflock/network',
] as const;

/**
 * The grammar of https://github.com/distribution/reference, a little wider; nothing in it means
 * anything to a shell.
 */
const REFERENCE = /^[A-Za-z0-9][A-Za-z0-9._:/@-]*$/;

/**
 * The name as Docker lists it: with its tag, `:latest` where there is none, and without Docker Hub's
 * address.
 * @throws CrossflockError `invalid-input` for what is no name
 */
export function withTag(name: string): string {
  if (!REFERENCE.test(name)) {
    throw new CrossflockError(`${JSON.stringify(name)} is no name of an image`, {
      code: 'invalid-input',
      hint: 'write it as docker pull takes it, such as crossflock/executor or debian:trixie-slim',
    });
  }
  const short = name.replace(/^docker\.io\/(library\/)?/, '');
  return short.includes('@') || tagAt(short) !== undefined ? short : `${short}:latest`;
}

/** The name without its tag: `registry:5000/crossflock/executor`. */
export function repositoryOf(reference: string): string {
  const at = tagAt(reference);
  return at === undefined ? reference : reference.slice(0, at);
}

/** Whether it is one of the project's images, which nobody else's registry has. */
export function isOwn(reference: string): boolean {
  return reference.startsWith(OWN);
}

/** Where the colon of the tag is; a colon before the last slash is a port's. */
function tagAt(reference: string): number | undefined {
  const colon = reference.lastIndexOf(':');
  return colon > reference.lastIndexOf('/') ? colon : undefined;
}
