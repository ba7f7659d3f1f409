import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract } from 'tar-stream';

import { toCrossflockError } from '../errors/crossflock-error.js';
import { packFiles } from './commands.js';
import { commandFailed, type SubmitterContainer } from './submitter-container.js';

export interface WantedFiles {
  readonly runId: string;
  /** Folder of the run that they are in. */
  readonly folder: string;
  readonly names: readonly string[];
  /** Local folder. */
  readonly to: string;
}

/**
 * Copies files of a run as one archive, however many they are; each is whole or not there at all.
 * @throws CrossflockError where the submitter cannot send one of them
 */
export async function fetchFiles(
  container: SubmitterContainer,
  { runId, folder, names, to }: WantedFiles,
  signal: AbortSignal,
): Promise<void> {
  await mkdir(to, { recursive: true });
  const archive = new PassThrough();
  const unpacked = unpack(archive, new Set(names), to).then(() => undefined, toCrossflockError);
  const argv = packFiles(runId, folder);
  const stdin = names.map((name) => `${name}\0`).join('');
  const result = await container
    .run(argv, { stdin, signal, onStdout: (chunk) => archive.write(chunk) })
    .finally(() => archive.end());
  const problem = await unpacked;
  // Why it was not sent says more than that the archive breaks off.
  if (result.exitCode !== 0) throw commandFailed(argv, result);
  if (problem !== undefined) throw problem;
}

async function unpack(
  archive: PassThrough,
  wanted: ReadonlySet<string>,
  to: string,
): Promise<void> {
  const entries = extract();
  // What is wrong with the stream is thrown by the loop.
  archive
    .once('error', (error) => {
      entries.destroy(error);
    })
    .pipe(entries);
  for await (const entry of entries) {
    const { name, type } = entry.header;
    if (type === 'file' && wanted.has(name)) await save(entry as unknown as Entry, join(to, name));
    else entry.resume();
  }
}

/** The library's streams are of its own kind, which Node's `pipeline` takes. */
type Entry = NodeJS.ReadableStream;

async function save(entry: Entry, path: string): Promise<void> {
  // Of its own: two that watch the same run may collect it into the same folder at once.
  const draft = `${path}.${randomUUID()}.part`;
  try {
    await pipeline(entry, createWriteStream(draft));
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
