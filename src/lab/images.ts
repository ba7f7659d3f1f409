import { CrossflockError } from '../errors/crossflock-error.js';
import type { Host } from '../ports/host.js';
import { docker } from './docker.js';
import { registryContainer } from './names.js';

/** An image as Docker and the registry both know it. */
export interface LabImage {
  /** Such as `crossflock/executor`; the tag is `latest`. */
  readonly name: string;
  /** `sha256:` and 64 hex digits, of the image's configuration. */
  readonly id: string;
}

/** No host runs these: what others are built on, and the lab's own machines. */
const NOT_SERVED = /^crossflock\/(?:base$|lab-)/;

/** The images of this machine that hosts will want. */
export async function servedImages(host: Host, signal: AbortSignal): Promise<readonly LabImage[]> {
  const filter = 'reference=crossflock/*:latest';
  const format = '{{.Repository}} {{.ID}}';
  const argv = ['image', 'ls', '--no-trunc', '--filter', filter, '--format', format];
  return parseImages(await docker(host, argv, { signal })).filter(
    ({ name }) => !NOT_SERVED.test(name),
  );
}

/** What the lab's registry has. */
export async function registryImages(
  host: Host,
  lab: string,
  signal: AbortSignal,
): Promise<readonly LabImage[]> {
  const argv = ['exec', registryContainer(lab), 'lab-images', 'list'];
  return parseImages(await docker(host, argv, { signal }));
}

/** Lines `name id`, the order of names; pure. */
export function parseImages(text: string): readonly LabImage[] {
  return text
    .split('\n')
    .flatMap((line) => {
      const [name, id] = line.trim().split(' ');
      return name === undefined || id === undefined ? [] : [{ name, id }];
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** Those of the wanted that are missing or different. */
export function imagesToSend(
  wanted: readonly LabImage[],
  present: readonly LabImage[],
): readonly (LabImage & { readonly isNew: boolean })[] {
  const ids = new Map(present.map(({ name, id }) => [name, id]));
  return wanted
    .filter(({ name, id }) => ids.get(name) !== id)
    .map((image) => ({ ...image, isNew: !ids.has(image.name) }));
}

/**
 * A constant; the names are its arguments, so nothing in them is read by the shell. Told to stop, it
 * takes its whole process group along, of which it is the leader: the pipe would go on to its end.
 */
const SEND = `
trap 'trap - TERM; kill 0' TERM
docker save -- "$@" | docker exec --interactive "$0" lab-images import &
wait "$!"
`;

/**
 * Puts images into the lab's registry: one stream from Docker to the registry's own door, in which
 * every layer is there once. Nothing is tagged or pushed, so nothing has to be taken back.
 */
export async function sendImages(
  host: Host,
  lab: string,
  names: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const argv = ['sh', '-c', SEND, registryContainer(lab), ...names];
  const { exitCode, stderr } = await host.run(argv, { signal });
  if (exitCode === 0) return;
  const [why = 'it does not say why'] = stderr.trim().split('\n').slice(-1);
  throw new CrossflockError(`the registry did not take the images: ${why}`, {
    code: 'command-failed',
    cause: stderr,
  });
}
