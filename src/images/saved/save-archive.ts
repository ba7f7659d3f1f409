import { posix } from 'node:path';
import type { Header } from 'tar-stream';
import { CrossflockError } from '../../errors/crossflock-error.js';
import { storeLayer, type StoredLayer } from './layer-file.js';

/** One file of an archive; its bytes have to be read before the next one comes. */
export type ArchiveEntry = AsyncIterable<Uint8Array> & {
  readonly header: Pick<Header, 'name' | 'type' | 'size' | 'linkname'>;
};

/** An image of `manifest.json`. */
export interface ArchivedImage {
  readonly Config: string;
  readonly RepoTags: readonly string[] | null;
  readonly Layers: readonly string[];
}

/** What `docker save` wrote, its layers put into files. */
export interface ArchiveContents {
  readonly images: readonly ArchivedImage[];
  /** Small JSON documents by their path in the archive, image configurations among them. */
  readonly documents: ReadonlyMap<string, Uint8Array>;
  readonly layers: ReadonlyMap<string, StoredLayer>;
}

/** The largest manifest or configuration that engines take. */
const DOCUMENT_BYTES = 4 * 1024 * 1024;

/**
 * Reads what `docker save` writes, in the layout of Docker up to 24 (`<id>/layer.tar`, a link where
 * another image has the same layer, `<digest>.json`) and from 25 on (`blobs/sha256/<digest>`, layers
 * and documents alike). `manifest.json` ties them together in both, and comes last.
 * @param folder for the layers; belongs to nobody else
 * @throws CrossflockError `unexpected` for what is no such archive
 */
export async function readSaveArchive(
  entries: AsyncIterable<ArchiveEntry>,
  folder: string,
): Promise<ArchiveContents> {
  const documents = new Map<string, Uint8Array>();
  const layers = new Map<string, StoredLayer>();
  const links = new Map<string, string>();
  for await (const entry of entries) {
    const { name, type, linkname } = entry.header;
    if (type === 'symlink') links.set(name, posix.join(posix.dirname(name), linkname));
    if (type === 'link') links.set(name, linkname);
    if (type !== 'file') continue;
    const content = await contentOf(entry, folder);
    if (content instanceof Uint8Array) documents.set(name, content);
    else if (content !== undefined) layers.set(name, content);
  }
  for (const [name, target] of links) {
    const layer = layers.get(target);
    if (layer !== undefined) layers.set(name, layer);
  }
  return { images: archivedImages(documents), documents, layers };
}

/** A document, a layer, or nothing of interest; read to its end in any case. */
async function contentOf(
  entry: ArchiveEntry,
  folder: string,
): Promise<Uint8Array | StoredLayer | undefined> {
  const { name, size } = entry.header;
  const bytes = size <= DOCUMENT_BYTES ? await collect(entry) : undefined;
  if (bytes !== undefined && isDocument(bytes)) return bytes;
  if (isLayerName(name)) return storeLayer(bytes === undefined ? entry : one(bytes), folder);
  if (bytes === undefined) await drain(entry);
  return undefined;
}

function isLayerName(name: string): boolean {
  return /^([0-9a-f]{64}\/layer\.tar|blobs\/sha256\/[0-9a-f]{64})$/.test(name);
}

/** A tar file never is a JSON object or list, though its first file's name may begin like one. */
function isDocument(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x7b && bytes[0] !== 0x5b) return false;
  try {
    JSON.parse(new TextDecoder().decode(bytes));
    return true;
  } catch {
    return false;
  }
}

function archivedImages(documents: ReadonlyMap<string, Uint8Array>): readonly ArchivedImage[] {
  const manifest = documents.get('manifest.json');
  if (manifest === undefined) {
    throw new CrossflockError('docker save wrote an archive without a manifest.json', {
      code: 'unexpected',
    });
  }
  return JSON.parse(new TextDecoder().decode(manifest)) as readonly ArchivedImage[];
}

async function collect(entry: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of entry) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function drain(entry: AsyncIterable<Uint8Array>): Promise<void> {
  const iterator = entry[Symbol.asyncIterator]();
  while ((await iterator.next()).done !== true);
}

// eslint-disable-next-line @typescript-eslint/require-await -- an async iterable is what is wanted
async function* one(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
