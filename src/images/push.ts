import type { ChangeView } from '../ports/reporter.js';
import type { Host } from '../ports/host.js';
import { toCrossflockError } from '../errors/crossflock-error.js';
import type { ImageFacts } from './image-facts.js';
import { askRegistry, type RegistryImage } from './registry-question.js';
import { HERE, registryRefusal } from './registry-refusal.js';

/** An image that the registry lacks, or has another one of. */
export interface PushChange {
  readonly view: ChangeView;
  readonly name: string;
  readonly image: ImageFacts;
  /** With registry and tag. */
  readonly reference: string;
}

/** What the registry has under a name; undefined when it says that there is nothing. */
export async function inRegistry(
  here: Host,
  registry: string,
  reference: string,
  signal: AbortSignal,
): Promise<RegistryImage | undefined> {
  try {
    return await askRegistry(here, registry, reference, signal);
  } catch (error) {
    if (toCrossflockError(error).code === 'not-found') return undefined;
    throw error;
  }
}

/** What is to be pushed, of one image; pure. What could not be asked is pushed: docker knows. */
export function planPush(
  name: string,
  image: ImageFacts,
  reference: string,
  there: RegistryImage | undefined,
): PushChange | undefined {
  const known = [image.id, ...image.digests.map((text) => text.slice(text.indexOf('@') + 1))];
  if (there?.digests !== undefined && known.some((id) => there.digests?.includes(id))) {
    return undefined;
  }
  const action = there?.digests === undefined ? 'create' : 'update';
  return { view: { action, kind: 'image', target: reference }, name, image, reference };
}

/** How much of an image is in the registry, by the lines that docker prints. */
export class PushProgress {
  readonly #layers = new Map<string, boolean>();

  /** Takes a line of `docker push`; returns whether it told something new. */
  take(line: string): boolean {
    const match = /^([0-9a-f]{12}): (.+)$/.exec(line.trim());
    if (match === null) return false;
    const [, layer = '', state = ''] = match;
    const isDone = /^(Pushed|Layer already exists|Mounted from)/.test(state);
    if (this.#layers.get(layer) === isDone) return false;
    this.#layers.set(layer, isDone);
    return true;
  }

  /** `5 of 13 layers`. */
  toString(): string {
    const done = [...this.#layers.values()].filter((isDone) => isDone).length;
    return `${done} of ${this.#layers.size} layers`;
  }
}

/**
 * Gives an image its name in the registry and pushes it.
 * @param onProgress receives what there is, such as `5 of 13 layers`
 * @throws CrossflockError with what is wrong between docker and the registry, in words
 */
export async function pushImage(
  here: Host,
  registry: string,
  { name, reference }: PushChange,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (state: string) => void },
): Promise<void> {
  const progress = new PushProgress();
  const decoder = new TextDecoder();
  const tagged = await here.run(['docker', 'tag', name, reference], { signal });
  const fail = (stderr: string) => registryRefusal({ registry, reference, who: HERE, stderr });
  if (tagged.exitCode !== 0) throw fail(tagged.stderr);
  const { exitCode, stderr } = await here.run(['docker', 'push', reference], {
    signal,
    onStdout: (chunk) => {
      const lines = decoder.decode(chunk, { stream: true }).split('\n');
      if (lines.filter((line) => progress.take(line)).length > 0) onProgress(progress.toString());
    },
  });
  if (exitCode === 0) return;
  await here.run(['docker', 'image', 'rm', reference], { signal });
  throw fail(stderr);
}
