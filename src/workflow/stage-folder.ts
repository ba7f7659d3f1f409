import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pack, type Pack } from 'tar-stream';

import { toCrossflockError } from '../errors/crossflock-error.js';
import type { LocalFile } from '../ports/workflow-pool.js';
import { stageFolder as unpackFolder } from './commands.js';
import { commandFailed, type SubmitterContainer } from './submitter-container.js';

/**
 * Sends the files as one tar archive, which is nowhere as a whole.
 * @throws CrossflockError of the file that cannot be read, or where the submitter does not take them
 */
export async function stageFolder(
  container: SubmitterContainer,
  { files, name }: { readonly files: readonly LocalFile[]; readonly name: string },
  signal: AbortSignal,
): Promise<string> {
  const archive = pack();
  let unreadable: unknown;
  const filled = fill(archive, files).catch((error: unknown) => {
    unreadable = error;
    archive.destroy(error instanceof Error ? error : null);
  });
  const stdin = Readable.from(archive as AsyncIterable<Uint8Array>, { objectMode: false });
  const argv = unpackFolder(name);
  const result = await container.run(argv, { stdin, signal }).finally(async () => {
    // A command that ended early leaves the rest unread.
    stdin.destroy();
    archive.destroy();
    await filled;
  });
  if (result.exitCode === 0) return result.stdout.trim();
  // Why the archive was cut short says more than what tar has to say of that.
  throw unreadable === undefined ? commandFailed(argv, result) : toCrossflockError(unreadable);
}

async function fill(archive: Pack, files: readonly LocalFile[]): Promise<void> {
  for (const { path, name } of files) {
    const file = await open(path);
    try {
      const { size, mtime } = await file.stat();
      const entry = archive.entry({ name, size, mtime, mode: 0o644 });
      const content = file.createReadStream({ autoClose: false });
      // The library's streams are of its own kind, which Node's `pipeline` takes.
      await pipeline(content, entry as unknown as NodeJS.WritableStream);
    } finally {
      await file.close();
    }
  }
  archive.finalize();
}
