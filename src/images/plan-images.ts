import { CrossflockError } from '../errors/crossflock-error.js';
import type { ChangeView } from '../ports/reporter.js';
import { isSameImage, type ImageFacts } from './image-facts.js';
import type { AvailableImages, ImageSource } from './available-images.js';
import type { SeenImages } from './images-probe.js';
import { isOwn, withTag } from './reference.js';

/** One image that a host lacks, or has an older one of. */
export interface ImageChange {
  readonly view: ChangeView;
  /** With its tag. */
  readonly name: string;
  readonly source: ImageSource;
  /** Layers that the host has already, as lists from the lowest up. */
  readonly there: readonly (readonly string[])[];
}

export interface ImagesOfHost {
  /** As people call the host. */
  readonly host: string;
  readonly names: readonly string[];
  readonly available: AvailableImages;
  /** Undefined for a host that could not be looked at for want of a Docker Engine. */
  readonly seen: SeenImages | undefined;
}

/**
 * What has to come to a host; pure. The project's own images have to be the same as at their source,
 * all others only have to be there: who made them decides about their versions.
 * @throws CrossflockError `refused` when the host cannot run the images of this machine
 */
export function planImages({ host, names, available, seen }: ImagesOfHost): readonly ImageChange[] {
  const there = [...(seen?.images.values() ?? [])].map(({ layers }) => layers);
  const changes = [...new Set(names.map(withTag))].flatMap((name): readonly ImageChange[] => {
    const source = available.get(name);
    const has = seen?.images.get(name);
    if (source === undefined || (has !== undefined && !isOutdated(name, source, has))) return [];
    return [{ view: viewOf({ host, name, source, has }), name, source, there }];
  });
  refuseStrangers(host, changes, seen?.architecture);
  return changes;
}

function isOutdated(name: string, source: ImageSource, has: ImageFacts): boolean {
  if (!isOwn(name)) return false;
  if (source.from === 'here') return !isSameImage(source.image, has);
  const { digests } = source;
  if (digests === undefined) return false;
  const known = [has.id, ...has.digests.map((text) => text.slice(text.indexOf('@') + 1))];
  return !known.some((digest) => digests.includes(digest));
}

function viewOf({
  host,
  name,
  source,
  has,
}: {
  readonly host: string;
  readonly name: string;
  readonly source: ImageSource;
  readonly has: ImageFacts | undefined;
}): ChangeView {
  const detail =
    source.from === 'registry'
      ? `from ${source.reference}`
      : `${formatBytes(source.image.size)} unpacked, sent from this machine`;
  return {
    action: has === undefined ? 'create' : 'update',
    kind: 'image',
    target: `${name} on ${host}`,
    detail,
  };
}

/** A registry can hold an image for several architectures; this machine has it for one. */
function refuseStrangers(
  host: string,
  changes: readonly ImageChange[],
  architecture: string | undefined,
): void {
  if (architecture === undefined) return;
  const strange = changes.filter(
    ({ source }) => source.from === 'here' && source.image.architecture !== architecture,
  );
  const [first] = strange;
  if (first?.source.from !== 'here') return;
  const names = strange.map(({ name }) => name).join(', ');
  throw new CrossflockError(
    `${host} is a machine of ${architecture}, and ${names} here can run on ${first.source.image.architecture} only`,
    {
      code: 'refused',
      hint: 'run crossflock images build and crossflock images push on a machine of that architecture, and name the registry as "images.registry"',
    },
  );
}

/** Bytes for people, in powers of ten as Docker prints them: `416 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1e3) return `${bytes} B`;
  const unit = bytes < 1e6 ? 'kB' : bytes < 1e9 ? 'MB' : 'GB';
  const value = bytes / { kB: 1e3, MB: 1e6, GB: 1e9 }[unit];
  return `${value < 10 ? value.toFixed(1) : Math.round(value).toString()} ${unit}`;
}
