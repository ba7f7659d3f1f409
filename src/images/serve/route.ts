/** What is asked of the registry; the paths are those of the OCI distribution specification. */
export type Route =
  | { readonly kind: 'version' }
  /** `reference` is a tag or a digest. */
  | { readonly kind: 'manifest'; readonly repository: string; readonly reference: string }
  | { readonly kind: 'blob'; readonly repository: string; readonly digest: string }
  | { readonly kind: 'nothing' };

/** The grammar of the specification; nothing in it can leave a folder or be encoded. */
const NAME = '[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*';
const DIGEST = 'sha256:[0-9a-f]{64}';
const TAG = '[A-Za-z0-9_][A-Za-z0-9._-]{0,127}';
const MANIFEST = new RegExp(`^/v2/(${NAME})/manifests/(${TAG}|${DIGEST})$`);
const BLOB = new RegExp(`^/v2/(${NAME})/blobs/(${DIGEST})$`);

/** Reads the path of a request; anything but the four known forms is nothing. */
export function routeOf(url: string): Route {
  const [path = ''] = url.split('?', 1);
  if (path === '/v2/' || path === '/v2') return { kind: 'version' };
  const manifest = MANIFEST.exec(path);
  if (manifest !== null) {
    const [, repository = '', reference = ''] = manifest;
    return { kind: 'manifest', repository, reference };
  }
  const blob = BLOB.exec(path);
  if (blob === null) return { kind: 'nothing' };
  const [, repository = '', digest = ''] = blob;
  return { kind: 'blob', repository, digest };
}

/** Offsets of the first and the last byte. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Reads a `Range` header (RFC 9110, 14.1.2) against a size in bytes.
 * @returns undefined to send all of it, as for several ranges, which a server may ignore;
 *   `unsatisfiable` for one outside
 */
export function byteRange(
  header: string | undefined,
  size: number,
): ByteRange | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  const [, from = '', to = ''] = match ?? [];
  if (from === '') return to === '' ? undefined : lastBytes(Number(to), size);
  const start = Number(from);
  // A range that is written backwards is none.
  if (to !== '' && Number(to) < start) return undefined;
  if (start >= size) return 'unsatisfiable';
  return { start, end: to === '' ? size - 1 : Math.min(Number(to), size - 1) };
}

function lastBytes(count: number, size: number): ByteRange | 'unsatisfiable' {
  return count === 0 ? 'unsatisfiable' : { start: Math.max(0, size - count), end: size - 1 };
}
