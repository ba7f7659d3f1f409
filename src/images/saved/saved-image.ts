import { createHash } from 'node:crypto';
import { CrossflockError } from '../../errors/crossflock-error.js';
import { withTag } from '../reference.js';
import type { StoredLayer } from './layer-file.js';
import type { ArchiveContents, ArchivedImage } from './save-archive.js';

/** A document with its name in a registry. */
export interface Document {
  readonly digest: string;
  readonly bytes: Uint8Array;
}

/** An image, ready to travel. */
export interface SavedImage {
  /** With its tag. */
  readonly name: string;
  /** Its digest is the image's id on the engine that it was saved from. */
  readonly config: Document;
  readonly manifest: Document;
  readonly layers: readonly StoredLayer[];
  /** Digests of the unpacked layers, as the configuration lists them. */
  readonly diffIds: readonly string[];
}

/** Image Manifest Version 2, Schema 2: what every engine since Docker 1.10 reads. */
export const MANIFEST_TYPE = 'application/vnd.docker.distribution.manifest.v2+json';
const CONFIG_TYPE = 'application/vnd.docker.container.image.v1+json';
const LAYER_TYPE = 'application/vnd.docker.image.rootfs.diff.tar.gzip';

/**
 * The images of an archive by their names with tags.
 * @throws CrossflockError `unexpected` when the archive lacks a part, or one is not what it says
 */
export function savedImages(contents: ArchiveContents): ReadonlyMap<string, SavedImage> {
  const images = contents.images.flatMap((archived) =>
    (archived.RepoTags ?? []).map((tag) => savedImage(withTag(tag), archived, contents)),
  );
  return new Map(images.map((image) => [image.name, image]));
}

function savedImage(name: string, archived: ArchivedImage, contents: ArchiveContents): SavedImage {
  const bytes = contents.documents.get(archived.Config);
  if (bytes === undefined) throw broken(name, `there is no ${archived.Config}`);
  const config = { digest: digestOf(bytes), bytes };
  const layers = archived.Layers.map((path) => {
    const layer = contents.layers.get(path);
    if (layer === undefined) throw broken(name, `there is no ${path}`);
    return layer;
  });
  const diffIds = diffIdsOf(bytes);
  if (diffIds.length !== layers.length) {
    throw broken(name, `it lists ${diffIds.length} layers and has ${layers.length}`);
  }
  layers.forEach(({ diffId }, at) => {
    if (diffId !== undefined && diffId !== diffIds[at]) {
      throw broken(name, `layer ${at + 1} is ${diffId} and should be ${diffIds[at] ?? ''}`);
    }
  });
  return { name, config, manifest: manifestOf(config, layers), layers, diffIds };
}

function manifestOf(config: Document, layers: readonly StoredLayer[]): Document {
  const manifest = {
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    config: { mediaType: CONFIG_TYPE, size: config.bytes.length, digest: config.digest },
    layers: layers.map(({ size, digest }) => ({ mediaType: LAYER_TYPE, size, digest })),
  };
  const bytes = new TextEncoder().encode(JSON.stringify(manifest));
  return { digest: digestOf(bytes), bytes };
}

function diffIdsOf(config: Uint8Array): readonly string[] {
  const { rootfs } = JSON.parse(new TextDecoder().decode(config)) as {
    readonly rootfs?: { readonly diff_ids?: readonly string[] | null };
  };
  return rootfs?.diff_ids ?? [];
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

function broken(name: string, why: string): CrossflockError {
  return new CrossflockError(`docker save wrote an incomplete ${name}: ${why}`, {
    code: 'unexpected',
    hint: 'see whether the engine here is in order: docker save IMAGE | tar t',
  });
}
