import { CrossflockError, toCrossflockError } from '../errors/crossflock-error.js';
import type { Host } from '../ports/host.js';
import { fanOut } from '../util/fan-out.js';
import { byName, imageFacts, type ImageFacts } from './image-facts.js';
import { isOwn, withTag } from './reference.js';
import { askRegistry, type RegistryImage } from './registry-question.js';

const ASK_MS = 60_000;
const QUESTIONS_AT_ONCE = 4;

/** Where an image can be had from: this machine's Docker Engine, or the registry. */
export type ImageSource =
  | { readonly from: 'here'; readonly image: ImageFacts }
  | ({ readonly from: 'registry' } & RegistryImage);

/** Sources by name with tag; an image without one is left to the hosts' own engines. */
export type AvailableImages = ReadonlyMap<string, ImageSource>;

/**
 * Where each image can be had from: the project's own from the registry, where there is one, and
 * all others from this machine, where it has them.
 * @throws CrossflockError `not-found` for images of the project that are nowhere, naming all of them
 */
export async function availableImages(
  here: Host,
  {
    names,
    registry,
    signal,
  }: {
    readonly names: readonly string[];
    readonly registry: string | undefined;
    readonly signal: AbortSignal;
  },
): Promise<AvailableImages> {
  const wanted = [...new Set(names.map(withTag))];
  const served = registry === undefined ? [] : wanted.filter(isOwn);
  const sent = wanted.filter((name) => !served.includes(name) && !name.includes('@'));
  const sources = new Map<string, ImageSource>();
  if (registry !== undefined) {
    const { done, failed } = await fanOut(served, QUESTIONS_AT_ONCE, (name) =>
      askRegistry(here, registry, `${registry}/${name}`, signal),
    );
    if (failed[0] !== undefined) throw toCrossflockError(failed[0].error);
    for (const { target, value } of done) sources.set(target, { from: 'registry', ...value });
  }
  const local = await localImages(here, sent, signal);
  for (const [name, image] of local) sources.set(name, { from: 'here', image });
  const missing = wanted.filter((name) => isOwn(name) && !sources.has(name));
  if (missing.length > 0) throw notBuilt(missing);
  return sources;
}

/**
 * The images that this machine has of those asked for.
 * @throws CrossflockError `unreachable` without a Docker Engine here
 */
export async function localImages(
  here: Host,
  names: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ImageFacts>> {
  if (names.length === 0) return new Map();
  const argv = ['docker', 'image', 'inspect', ...names.map(withTag)];
  const { exitCode, stdout, stderr } = await here.run(argv, { signal, timeoutMs: ASK_MS });
  if (exitCode !== 0 && !/no such image/i.test(stderr)) {
    throw new CrossflockError(`docker does not answer on this machine: ${firstLine(stderr)}`, {
      code: 'unreachable',
      hint: 'start docker engine, or name a registry that has the images as "images.registry"',
    });
  }
  const found = JSON.parse(stdout) as readonly unknown[];
  return byName(
    names,
    found.flatMap((image) => imageFacts(image) ?? []),
  );
}

/** The error for images of the project that this machine does not have. */
export function notBuilt(names: readonly string[]): CrossflockError {
  const [verb, word] = names.length === 1 ? ['is', 'image'] : ['are', 'images'];
  return new CrossflockError(`the ${word} ${names.join(', ')} ${verb} not on this machine`, {
    code: 'not-found',
    hint: 'crossflock images build makes them; or name a registry that has them as "images.registry"',
  });
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? '';
}
