import { CrossflockError } from '../errors/crossflock-error.js';
import type { HostProbe, HttpAnswers } from '../ports/host-probe.js';
import { byName, imageFacts, type ImageFacts } from './image-facts.js';
import { withTag } from './reference.js';

/** The images that a host has of those asked for, and what it could run. */
export interface SeenImages {
  /** In Go's words, as Docker's: `amd64`, `arm64`; as `uname -m` has it where that is no such. */
  readonly architecture: string;
  /** By name with tag. Empty on a host without a Docker Engine. */
  readonly images: ReadonlyMap<string, ImageFacts>;
}

/** By the machine's word for itself (`uname -m`). */
const ARCHITECTURES: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  aarch64: 'arm64',
  armv7l: 'arm',
  i686: '386',
};

/** Which of the images a host has. */
export function imagesProbe(names: readonly string[]): HostProbe<SeenImages> {
  const wanted = [...new Set(names.map(withTag))];
  return {
    id: 'images',
    script: 'uname -m',
    get: wanted.map(pathOf),
    parse: (answer, got) => ({
      architecture: ARCHITECTURES[answer.trim()] ?? answer.trim(),
      images: byName(
        wanted,
        wanted.flatMap((name) => answered(name, got) ?? []),
      ),
    }),
  };
}

/** Where Docker's API tells about an image; with 404 where there is none. */
function pathOf(name: string): string {
  return `/images/${name}/json`;
}

function answered(name: string, got: HttpAnswers | undefined): ImageFacts | undefined {
  const answer = got?.(pathOf(name));
  if (answer?.status !== 200) return undefined;
  try {
    return imageFacts(JSON.parse(answer.body));
  } catch (error) {
    throw new CrossflockError(`docker tells about ${name} what nothing here can read`, {
      code: 'unexpected',
      cause: error,
    });
  }
}
