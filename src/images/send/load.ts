import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pack, type Pack } from 'tar-stream';
import type { Host } from '../../ports/host.js';
import type { StoredLayer } from '../saved/layer-file.js';
import type { SavedImage } from '../saved/saved-image.js';
import { counted } from '../counted.js';
import { dockerFailure } from './pull.js';

export interface LoadOrder {
  readonly images: readonly SavedImage[];
  /** Layers that the host has already, as lists of digests from the lowest up. */
  readonly there: readonly (readonly string[])[];
  readonly onBytes: (bytes: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Sends images through `docker load`, in one archive with each layer once. Engines take layers
 * packed, and do not open those that they have; an engine with the containerd store wants all of
 * them, and gets them when it refuses the shorter archive.
 * @throws CrossflockError `command-failed` when the engine does not take it
 */
export async function loadImages(host: Host, order: LoadOrder): Promise<void> {
  const missing = layersToSend(order.images, order.there);
  const all = layersToSend(order.images, []);
  const first = await load(host, order, missing);
  if (first.exitCode === 0) return;
  const second = missing.size < all.size ? await load(host, order, all) : first;
  if (second.exitCode === 0) return;
  throw dockerFailure(host, 'docker load', second.stderr);
}

/** Layers by digest, but those that the host has with all that is below them. Pure. */
export function layersToSend(
  images: readonly SavedImage[],
  there: readonly (readonly string[])[],
): ReadonlyMap<string, StoredLayer> {
  const chains = new Set(there.flatMap((layers) => layers.map((_, at) => chainOf(layers, at))));
  return new Map(
    images.flatMap(({ layers, diffIds }) =>
      layers
        .filter((_, at) => !chains.has(chainOf(diffIds, at)))
        .map((layer) => [layer.digest, layer] as const),
    ),
  );
}

function chainOf(layers: readonly string[], at: number): string {
  return layers.slice(0, at + 1).join(' ');
}

async function load(
  host: Host,
  { images, onBytes, signal }: LoadOrder,
  layers: ReadonlyMap<string, StoredLayer>,
) {
  const archive = pack();
  const filled = fill(archive, images, layers).catch((error: unknown) => {
    archive.destroy(error instanceof Error ? error : null);
  });
  const stdin = Readable.from(counted(archive as AsyncIterable<Uint8Array>, onBytes), {
    objectMode: false,
  });
  const result = await host.run(['docker', 'load', '--quiet'], { stdin, signal });
  // A command that ended early leaves the rest unread.
  stdin.destroy();
  archive.destroy();
  await filled;
  return result;
}

/** Writes the archive in the layout of `manifest.json`, which every engine reads. */
async function fill(
  archive: Pack,
  images: readonly SavedImage[],
  layers: ReadonlyMap<string, StoredLayer>,
): Promise<void> {
  for (const { digest, size, path } of layers.values()) {
    const entry = archive.entry({ name: layerName(digest), size });
    // The library's streams are of its own kind, which Node's `pipeline` takes.
    await pipeline(createReadStream(path), entry as unknown as NodeJS.WritableStream);
  }
  for (const { config } of images) {
    archive.entry({ name: configName(config.digest) }, Buffer.from(config.bytes));
  }
  const manifest = images.map((image) => ({
    Config: configName(image.config.digest),
    RepoTags: [image.name],
    Layers: image.layers.map(({ digest }) => layerName(digest)),
  }));
  archive.entry({ name: 'manifest.json' }, JSON.stringify(manifest));
  archive.finalize();
}

function layerName(digest: string): string {
  return `${hex(digest)}/layer.tar`;
}

function configName(digest: string): string {
  return `${hex(digest)}.json`;
}

function hex(digest: string): string {
  return digest.slice(digest.indexOf(':') + 1);
}
