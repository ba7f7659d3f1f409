import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { storeLayer } from '../../../src/images/saved/layer-file.js';
import { savedImages } from '../../../src/images/saved/saved-image.js';
import { ENGINES, factsOf, folder, read, saved, saveTar } from './fixtures.js';

const FIRST = 'crossflock/first:latest';
const SECOND = 'crossflock/second:latest';

function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

async function tarOf(files: Record<string, string | Buffer>): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of Object.entries(files)) archive.entry({ name }, content);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe.each(ENGINES)('what docker %s saves', (engine) => {
  it('has both images, with the ids that an engine with the old store gives them', async () => {
    const images = await saved(engine);
    expect([...images.keys()].sort()).toEqual([FIRST, SECOND]);
    expect(images.get(FIRST)?.config.digest).toBe(factsOf('20.10', 0).id);
    expect(images.get(SECOND)?.config.digest).toBe(factsOf('20.10', 1).id);
  });

  it('has the layers in their order, links to others included', async () => {
    const images = await saved(engine);
    for (const [at, name] of [FIRST, SECOND].entries()) {
      const image = images.get(name)!;
      expect(image.layers.map(({ diffId }) => diffId)).toEqual(factsOf(engine, at as 0 | 1).layers);
      expect(image.diffIds).toEqual(factsOf(engine, at as 0 | 1).layers);
    }
    const [a, b, again] = images.get(FIRST)!.layers;
    const [alsoA, , alsoB] = images.get(SECOND)!.layers;
    expect(again?.digest).toBe(b?.digest);
    expect([alsoA?.digest, alsoB?.digest]).toEqual([a?.digest, b?.digest]);
  });

  it('is packed into one file a layer, each what its digest says', async () => {
    const images = await saved(engine);
    for (const { digest, diffId, size, path } of images.get(SECOND)!.layers) {
      const bytes = await readFile(path);
      expect(bytes).toHaveLength(size);
      expect(sha256(bytes)).toBe(digest);
      expect(sha256(gunzipSync(bytes))).toBe(diffId);
    }
  });

  it('has a manifest that names all of it', async () => {
    const image = (await saved(engine)).get(FIRST)!;
    const manifest = JSON.parse(new TextDecoder().decode(image.manifest.bytes)) as unknown;
    expect(sha256(image.manifest.bytes)).toBe(image.manifest.digest);
    expect(manifest).toMatchObject({
      schemaVersion: 2,
      mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
      config: { digest: image.config.digest, size: image.config.bytes.length },
      layers: image.layers.map(({ digest, size }) => ({ digest, size })),
    });
  });
});

it('the layers are the same files whichever engine saved them', async () => {
  const digests = await Promise.all(
    ENGINES.map(async (engine) => (await saved(engine)).get(FIRST)!.layers.map((l) => l.digest)),
  );
  expect(digests[1]).toEqual(digests[0]);
  expect(digests[2]).toEqual(digests[0]);
});

describe('an archive that is not in order', () => {
  const config = JSON.stringify({ rootfs: { diff_ids: [`sha256:${'1'.repeat(64)}`] } });
  const hex = 'a'.repeat(64);
  const manifest = [{ Config: 'c.json', RepoTags: ['x:latest'], Layers: [`${hex}/layer.tar`] }];
  const open = async (files: Record<string, string>) =>
    savedImages(await read(await tarOf(files), await folder()));

  it.each([
    [{}, /without a manifest\.json/],
    [{ 'manifest.json': JSON.stringify(manifest) }, /incomplete x:latest: there is no c\.json/],
    [
      { 'manifest.json': JSON.stringify(manifest), 'c.json': config },
      /there is no a{64}\/layer\.tar/,
    ],
    [
      { 'manifest.json': JSON.stringify(manifest), 'c.json': '{}', [`${hex}/layer.tar`]: 'x' },
      /lists 0 layers and has 1/,
    ],
    [
      { 'manifest.json': JSON.stringify(manifest), 'c.json': config, [`${hex}/layer.tar`]: 'x' },
      /layer 1 is sha256:2d711642.* and should be sha256:1111/,
    ],
  ])('is refused, and what is wrong is said', async (files, message) => {
    await expect(open(files)).rejects.toThrow(message);
  });

  it('breaks off when it ends early', async () => {
    const half = saveTar('26.1').subarray(0, 9000);
    await expect(read(half, await folder())).rejects.toThrow();
  });

  it('never writes where a name points', async () => {
    const to = await folder();
    const files = { '../../evil': 'x', 'blobs/sha256/../../evil': 'x', '/etc/evil': 'x' };
    const tar = await tarOf({ ...files, 'manifest.json': '[]' });
    await read(tar, to);
    expect(await readdir(to)).toEqual([]);
  });

  it('a layer whose first file is called like JSON is a layer', async () => {
    const to = await folder();
    const layer = await tarOf({ '{}': 'x' });
    const tar = await tarOf({ [`blobs/sha256/${hex}`]: layer, 'manifest.json': '[]' });
    const { layers, documents } = await read(tar, to);
    expect([...layers.values()].map(({ diffId }) => diffId)).toEqual([sha256(layer)]);
    expect([...documents.keys()]).toEqual(['manifest.json']);
  });
});

describe('a layer', () => {
  async function* inPieces(bytes: Buffer, size: number) {
    for (let at = 0; at < bytes.length; at += size) {
      yield await Promise.resolve(bytes.subarray(at, at + size));
    }
  }
  // Neither all the same nor all different, and more than the window of gzip.
  const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * at) % 251));

  it('becomes the same file however its bytes come', async () => {
    const to = await folder();
    const a = await storeLayer(inPieces(bytes, 65_536), to);
    const b = await storeLayer(inPieces(bytes, 999), to);
    expect(b).toEqual(a);
    expect(await readdir(to)).toHaveLength(1);
  });

  it('of which only a part came leaves nothing behind', async () => {
    async function* brokenOff() {
      yield* inPieces(bytes, 1000);
      throw new Error('the pipe broke');
    }
    const to = await folder();
    await expect(storeLayer(brokenOff(), to)).rejects.toThrow('the pipe broke');
    expect(await readdir(to)).toEqual([]);
  });

  it('that came packed stays as it is', async () => {
    const packed = gzipSync(bytes, { level: 9 });
    const stored = await storeLayer(inPieces(packed, 1000), await folder());
    expect(stored).toMatchObject({ digest: sha256(packed), size: packed.length });
    expect(stored.diffId).toBeUndefined();
  });
});
