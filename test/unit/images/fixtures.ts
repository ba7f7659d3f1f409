import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { extract } from 'tar-stream';
import { onTestFinished } from 'vitest';
import { imageFacts, type ImageFacts } from '../../../src/images/image-facts.js';
import {
  readSaveArchive,
  type ArchiveContents,
  type ArchiveEntry,
} from '../../../src/images/saved/save-archive.js';
import { savedImages, type SavedImage } from '../../../src/images/saved/saved-image.js';

/** Docker 20.10, 26.1, and 26.1 with the containerd image store. */
export const ENGINES = ['20.10', '26.1', '26.1-containerd'] as const;
export type Engine = (typeof ENGINES)[number];

const FOLDER = new URL('../../fixtures/docker/images/', import.meta.url);

/**
 * What `docker save` of the engine wrote about the same two images: `crossflock/first` has the
 * layers a, b, b and `crossflock/second` a, c, b.
 */
export function saveTar(engine: Engine): Buffer {
  return readFileSync(new URL(`save-${engine}.tar`, FOLDER));
}

/** What `docker image inspect` of the engine printed about the two. */
export function inspected(engine: Engine): readonly unknown[] {
  const text = readFileSync(new URL(`inspect-${engine}.json`, FOLDER), 'utf8');
  return JSON.parse(text) as readonly unknown[];
}

export function factsOf(engine: Engine, at: 0 | 1): ImageFacts {
  return imageFacts(inspected(engine)[at])!;
}

/** A folder that goes away with the test. */
export async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'cft-images-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** Reads an archive into a folder. */
export function read(tar: Buffer, into: string): Promise<ArchiveContents> {
  const entries = extract();
  Readable.from([tar]).pipe(entries);
  // Entries come from here on: nobody may wait for anything before somebody listens.
  return readSaveArchive(entries as unknown as AsyncIterable<ArchiveEntry>, into);
}

/** The two images of an engine, their layers in a folder that goes away with the test. */
export async function saved(engine: Engine): Promise<ReadonlyMap<string, SavedImage>> {
  return savedImages(await read(saveTar(engine), await folder()));
}
