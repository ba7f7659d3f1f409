import { createHash } from 'node:crypto';
import { withTag } from './reference.js';

/** What a Docker Engine says about one of its images. */
export interface ImageFacts {
  /** `sha256:…`: of the image's configuration, or of its manifest on the containerd image store. */
  readonly id: string;
  /**
   * The same for the same image on every engine, whichever store it has: a hash of the layers, the
   * moment it was made and how its containers start.
   */
  readonly fingerprint: string;
  readonly tags: readonly string[];
  /** `registry/name@sha256:…`: as which manifest it came from which registry. */
  readonly digests: readonly string[];
  /** In Go's words: `amd64`, `arm64`. */
  readonly architecture: string;
  /** Bytes on disk, unpacked. */
  readonly size: number;
  /** ISO 8601. */
  readonly created: string;
  /** Digests of the unpacked layers, the lowest first. */
  readonly layers: readonly string[];
}

/** The part of Docker's answer to `GET /images/{name}/json` that is read here. */
interface InspectedImage {
  readonly Id: string;
  readonly RepoTags: readonly string[] | null;
  readonly RepoDigests?: readonly string[] | null;
  readonly Created?: string;
  readonly Architecture?: string;
  readonly Size?: number;
  readonly Config?: Readonly<Record<string, unknown>> | null;
  readonly RootFS?: { readonly Layers?: readonly string[] | null };
}

/** The settings that every version of the API tells; others come and go with its versions. */
const SETTINGS = ['User', 'Env', 'Entrypoint', 'Cmd', 'WorkingDir', 'Labels', 'Volumes'] as const;

/** Reads one image of Docker's answer; undefined for the message that there is none. */
export function imageFacts(answer: unknown): ImageFacts | undefined {
  if (!isInspectedImage(answer)) return undefined;
  const layers = answer.RootFS?.Layers ?? [];
  return {
    id: answer.Id,
    fingerprint: fingerprintOf(answer, layers),
    tags: answer.RepoTags ?? [],
    digests: answer.RepoDigests ?? [],
    architecture: answer.Architecture ?? '',
    size: answer.Size ?? 0,
    created: answer.Created ?? '',
    layers,
  };
}

function isInspectedImage(answer: unknown): answer is InspectedImage {
  return typeof answer === 'object' && answer !== null && 'Id' in answer;
}

function fingerprintOf(image: InspectedImage, layers: readonly string[]): string {
  const settings = SETTINGS.map((name) => normal(image.Config?.[name]));
  const facts = [layers, image.Created ?? '', image.Architecture ?? '', settings];
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}

/** Versions of the API differ in whether nothing is `null`, empty or left out, and in the order. */
function normal(value: unknown): unknown {
  if (value === null || value === undefined || value === '') return null;
  if (Array.isArray(value)) return value.length === 0 ? null : value;
  if (typeof value !== 'object') return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.length === 0 ? null : entries;
}

/** Whether two engines have the same image, though their stores may call it by different ids. */
export function isSameImage(a: ImageFacts, b: ImageFacts): boolean {
  return a.id === b.id || a.fingerprint === b.fingerprint;
}

/** The images by the names asked for, out of all that Docker told. */
export function byName(
  names: readonly string[],
  images: readonly ImageFacts[],
): ReadonlyMap<string, ImageFacts> {
  const found = names.flatMap((name) => {
    const image = images.find(({ tags, digests }) => [...tags, ...digests].includes(withTag(name)));
    return image === undefined ? [] : [[withTag(name), image] as const];
  });
  return new Map(found);
}
