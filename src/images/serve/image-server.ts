import { createReadStream } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { counted } from '../counted.js';
import { repositoryOf } from '../reference.js';
import { MANIFEST_TYPE, type SavedImage } from '../saved/saved-image.js';
import { byteRange, routeOf } from './route.js';

/** How the tags begin that images have on their way. */
export const SENT_TAG = 'crossflock-sent-';

/** A registry that gives away some images, for reading only. */
export interface ImageServer {
  /** On loopback, picked by the system. */
  readonly port: number;
  close(): Promise<void>;
}

interface Content {
  readonly type: string;
  readonly digest: string;
  readonly size: number;
  readonly open: (start: number, end: number) => Readable;
}

/**
 * Serves the images on this machine's loopback, each under its name and the tag `tagToServe` gives,
 * by the reading half of the OCI distribution specification.
 * @param onBytes receives the number of bytes of layers and documents that went out
 */
export async function serveImages(
  images: readonly SavedImage[],
  onBytes: (bytes: number) => void,
): Promise<ImageServer> {
  const server = createServer((request, response) => {
    // A client that goes away is its own business: engines ask again for what is missing.
    answer(images, { request, response, onBytes }).catch(() => response.destroy());
  });
  // Engines try TLS first. With the containerd store they go on without it only when what they get
  // in return begins with `HTTP/`.
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
    else socket.destroy();
  });
  await listen(server);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

/** The tag that an image is served under: one that nobody gives to an image of their own. */
export function tagToServe({ config }: SavedImage): string {
  return `${SENT_TAG}${config.digest.slice('sha256:'.length, 'sha256:'.length + 12)}`;
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly onBytes: (bytes: number) => void;
}

async function answer(images: readonly SavedImage[], exchange: Exchange): Promise<void> {
  const { request, response } = exchange;
  response.setHeader('Docker-Distribution-Api-Version', 'registry/2.0');
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    refuse(response, 405, ['UNSUPPORTED', 'this registry is for reading only']);
    return;
  }
  const route = routeOf(request.url ?? '');
  if (route.kind === 'version') {
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 2 }).end('{}');
    return;
  }
  if (route.kind === 'nothing') {
    refuse(response, 404, ['UNSUPPORTED', 'there is nothing here']);
    return;
  }
  const image = images.find(({ name }) => repositoryOf(name) === route.repository);
  const content =
    route.kind === 'manifest'
      ? image && manifestOf(image, route.reference)
      : image && blobOf(image, route.digest);
  if (content !== undefined) {
    await send(content, exchange);
    return;
  }
  const kind = image === undefined ? 'NAME' : route.kind === 'manifest' ? 'MANIFEST' : 'BLOB';
  refuse(response, 404, [`${kind}_UNKNOWN`, 'this is not among the images being sent']);
}

function manifestOf(image: SavedImage, reference: string): Content | undefined {
  const { digest, bytes } = image.manifest;
  if (reference !== digest && reference !== tagToServe(image)) return undefined;
  return fromMemory(MANIFEST_TYPE, digest, bytes);
}

function blobOf(image: SavedImage, digest: string): Content | undefined {
  const type = 'application/octet-stream';
  if (digest === image.config.digest) return fromMemory(type, digest, image.config.bytes);
  const layer = image.layers.find((candidate) => candidate.digest === digest);
  if (layer === undefined) return undefined;
  const { path, size } = layer;
  return { type, digest, size, open: (start, end) => createReadStream(path, { start, end }) };
}

function fromMemory(type: string, digest: string, bytes: Uint8Array): Content {
  const open = (start: number, end: number) =>
    Readable.from([Buffer.from(bytes.subarray(start, end + 1))]);
  return { type, digest, size: bytes.length, open };
}

async function send(content: Content, { request, response, onBytes }: Exchange): Promise<void> {
  const { type, digest, size } = content;
  const range = byteRange(request.headers.range, size);
  response.setHeader('Docker-Content-Digest', digest);
  response.setHeader('ETag', `"${digest}"`);
  response.setHeader('Accept-Ranges', 'bytes');
  if (range === 'unsatisfiable') {
    response.writeHead(416, { 'Content-Range': `bytes */${size}`, 'Content-Length': 0 }).end();
    return;
  }
  const { start, end } = range ?? { start: 0, end: size - 1 };
  const part = range && { 'Content-Range': `bytes ${start}-${end}/${size}` };
  const headers = { 'Content-Type': type, 'Content-Length': end - start + 1, ...part };
  response.writeHead(range === undefined ? 200 : 206, headers);
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  await pipeline(counted(content.open(start, end), onBytes), response);
}

/** The form of errors in the specification. */
function refuse(
  response: ServerResponse,
  status: number,
  [code, message]: readonly [string, string],
): void {
  const body = JSON.stringify({ errors: [{ code, message, detail: {} }] });
  const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
  response.writeHead(status, headers).end(body);
}
