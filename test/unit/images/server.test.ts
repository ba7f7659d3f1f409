import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { once } from 'node:events';
import { request, type IncomingHttpHeaders } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { SavedImage } from '../../../src/images/saved/saved-image.js';
import { serveImages, tagToServe } from '../../../src/images/serve/image-server.js';
import { byteRange, routeOf } from '../../../src/images/serve/route.js';
import { saved } from './fixtures.js';

const DIGEST = `sha256:${'0'.repeat(64)}`;

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

interface Served {
  readonly first: SavedImage;
  readonly second: SavedImage;
  readonly port: number;
  /** Bytes told so far. */
  readonly bytes: () => number;
  readonly ask: (path: string, options?: { method?: string; range?: string }) => Promise<Answer>;
}

/** Serves the first image, or both. */
async function served({ both = false } = {}): Promise<Served> {
  const images = await saved('20.10');
  const first = images.get('crossflock/first:latest')!;
  const second = images.get('crossflock/second:latest')!;
  let bytes = 0;
  const server = await serveImages(both ? [first, second] : [first], (count) => {
    bytes += count;
  });
  onTestFinished(() => server.close());
  const ask: Served['ask'] = (path, { method = 'GET', range } = {}) =>
    new Promise((resolve, reject) => {
      const headers = range === undefined ? {} : { Range: range };
      // The path as it is: `fetch` and `URL` would tidy it up.
      const asked = request({ host: '127.0.0.1', port: server.port, path, method, headers });
      asked.on('error', reject).on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const { statusCode = 0, headers } = response;
          resolve({ status: statusCode, headers, body: Buffer.concat(chunks) });
        });
      });
      asked.end();
    });
  return { first, second, port: server.port, bytes: () => bytes, ask };
}

function errorsIn({ body }: Answer): string[] {
  const { errors } = JSON.parse(body.toString()) as { errors: { code: string }[] };
  return errors.map(({ code }) => code);
}

describe('the registry', () => {
  it('says which one it is', async () => {
    const { ask } = await served();
    const { status, headers } = await ask('/v2/');
    expect(status).toBe(200);
    expect(headers['docker-distribution-api-version']).toBe('registry/2.0');
  });

  it('gives a manifest by its tag and by its digest, with its type', async () => {
    const { ask, first } = await served();
    for (const reference of [tagToServe(first), first.manifest.digest]) {
      const { status, headers, body } = await ask(`/v2/crossflock/first/manifests/${reference}`);
      expect(status).toBe(200);
      expect(headers['content-type']).toBe('application/vnd.docker.distribution.manifest.v2+json');
      expect(headers['docker-content-digest']).toBe(first.manifest.digest);
      expect(body.equals(Buffer.from(first.manifest.bytes))).toBe(true);
    }
  });

  it('gives configuration and layers, each what its digest says, and counts them', async () => {
    const { ask, first, bytes } = await served();
    const digests = [first.config.digest, ...new Set(first.layers.map(({ digest }) => digest))];
    let sum = 0;
    for (const digest of digests) {
      const { status, headers, body } = await ask(`/v2/crossflock/first/blobs/${digest}`);
      expect(status).toBe(200);
      expect(headers['content-length']).toBe(String(body.length));
      expect(`sha256:${createHash('sha256').update(body).digest('hex')}`).toBe(digest);
      sum += body.length;
    }
    expect(bytes()).toBe(sum);
  });

  it('answers HEAD as GET, without the bytes', async () => {
    const { ask, first, bytes } = await served();
    const [layer] = first.layers;
    for (const path of [
      `/v2/crossflock/first/blobs/${layer!.digest}`,
      `/v2/crossflock/first/manifests/${first.manifest.digest}`,
    ]) {
      const head = await ask(path, { method: 'HEAD' });
      expect(head.body).toHaveLength(0);
      const { status, headers } = await ask(path);
      expect([head.status, head.headers['content-length']]).toEqual([
        status,
        headers['content-length'],
      ]);
    }
    expect(bytes()).toBe(layer!.size + first.manifest.bytes.length);
  });

  it.each([
    ['bytes=0-9', 0, 10],
    ['bytes=10-', 10, undefined],
    ['bytes=-5', -5, undefined],
    ['bytes=5-999999', 5, undefined],
  ])('gives a part: %s', async (range, start, end) => {
    const { ask, first, bytes } = await served();
    const layer = first.layers[0]!;
    const whole = await readFile(layer.path);
    const part = whole.subarray(start, end);
    const from = start < 0 ? layer.size + start : start;
    const { status, headers, body } = await ask(`/v2/crossflock/first/blobs/${layer.digest}`, {
      range,
    });
    expect(status).toBe(206);
    expect(body.equals(part)).toBe(true);
    expect(headers['content-range']).toBe(`bytes ${from}-${from + part.length - 1}/${layer.size}`);
    expect(bytes()).toBe(part.length);
  });

  it('says that a part is outside', async () => {
    const { ask, first } = await served();
    const { digest, size } = first.layers[0]!;
    const answer = await ask(`/v2/crossflock/first/blobs/${digest}`, { range: `bytes=${size}-` });
    expect(answer.status).toBe(416);
    expect(answer.headers['content-range']).toBe(`bytes */${size}`);
  });

  it('gives nothing of an image that is not being sent', async () => {
    const { ask, second } = await served();
    const tag = tagToServe(second);
    const [, own] = second.layers;
    const image = await ask(`/v2/crossflock/second/manifests/${tag}`);
    expect([image.status, errorsIn(image)]).toEqual([404, ['NAME_UNKNOWN']]);
    const layer = await ask(`/v2/crossflock/first/blobs/${own!.digest}`);
    expect([layer.status, errorsIn(layer)]).toEqual([404, ['BLOB_UNKNOWN']]);
    const manifest = await ask(`/v2/crossflock/first/manifests/${tag}`);
    expect([manifest.status, errorsIn(manifest)]).toEqual([404, ['MANIFEST_UNKNOWN']]);
  });

  it("gives an image's parts under its own name alone", async () => {
    const { ask, first, second } = await served({ both: true });
    const { digest } = second.layers[1]!;
    expect((await ask(`/v2/crossflock/second/blobs/${digest}`)).status).toBe(200);
    expect((await ask(`/v2/crossflock/first/blobs/${digest}`)).status).toBe(404);
    expect((await ask(`/v2/crossflock/second/blobs/${first.config.digest}`)).status).toBe(404);
  });

  it.each([
    '/',
    '/v2/../etc/passwd',
    '/v2/crossflock/first/blobs/../../../../etc/passwd',
    '/v2/crossflock/first/blobs/%2e%2e%2f%2e%2e%2fetc%2fpasswd',
    `/v2/crossflock/first/blobs/${DIGEST}/../../../../etc/passwd`,
    '/v2/../crossflock/first/manifests/latest',
    '/v2//first/manifests/latest',
    '/v2/crossflock/first/tags/list',
    '/v2/_catalog',
    '/v2/crossflock/first/blobs/uploads/',
    '/v2/crossflock/first/blobs/sha256:abc',
    '/v2/crossflock/first/manifests/latest',
  ])('has nothing at %s', async (path) => {
    const { ask, bytes } = await served();
    expect((await ask(path)).status).toBe(404);
    expect(bytes()).toBe(0);
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('takes no %s', async (method) => {
    const { ask, first } = await served();
    const path = `/v2/crossflock/first/manifests/${first.manifest.digest}`;
    const answer = await ask(path, { method });
    expect(answer.status).toBe(405);
    expect(answer.headers.allow).toBe('GET, HEAD');
  });

  it('answers one who tries TLS in a way that tells him to go on without', async () => {
    const { port } = await served();
    const socket = connect(port, '127.0.0.1');
    socket.write(Buffer.from('16030100050100000100', 'hex'));
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString().slice(0, 5)).toBe('HTTP/');
    socket.destroy();
  });

  it('ends with clients in the middle of something', async () => {
    const images = await saved('20.10');
    const server = await serveImages([images.get('crossflock/first:latest')!], () => undefined);
    const socket = connect(server.port, '127.0.0.1');
    await once(socket, 'connect');
    // What was sent and not answered makes the connection break rather than end: either will do.
    socket.on('error', () => undefined);
    const gone = new Promise((resolve) => socket.once('close', resolve));
    socket.write('GET /v2/ HTTP/1.1\r\nHost: x\r\n');
    await server.close();
    await gone;
  });
});

describe('routes', () => {
  it('are those of the specification', () => {
    expect(routeOf('/v2/')).toEqual({ kind: 'version' });
    expect(routeOf(`/v2/a/b/c/manifests/${DIGEST}`)).toEqual({
      kind: 'manifest',
      repository: 'a/b/c',
      reference: DIGEST,
    });
    expect(routeOf(`/v2/a/blobs/${DIGEST}?ns=x`)).toEqual({
      kind: 'blob',
      repository: 'a',
      digest: DIGEST,
    });
  });

  it('a part of something', () => {
    expect(byteRange(undefined, 10)).toBeUndefined();
    expect(byteRange('bytes=0-0', 10)).toEqual({ start: 0, end: 0 });
    expect(byteRange('bytes=-99', 10)).toEqual({ start: 0, end: 9 });
    expect(byteRange('bytes=-0', 10)).toBe('unsatisfiable');
    expect(byteRange('bytes=10-', 10)).toBe('unsatisfiable');
    for (const odd of ['bytes=5-4', 'bytes=-', 'bytes=0-1,3-4', 'lines=0-1', 'bytes=a-b']) {
      expect(byteRange(odd, 10)).toBeUndefined();
    }
  });
});
