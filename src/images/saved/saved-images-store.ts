import { mkdir, mkdtemp, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract } from 'tar-stream';
import { CrossflockError } from '../../errors/crossflock-error.js';
import type { Host } from '../../ports/host.js';
import { withTag } from '../reference.js';
import { readSaveArchive, type ArchiveContents, type ArchiveEntry } from './save-archive.js';
import { savedImages, type SavedImage } from './saved-image.js';

/**
 * Images of this machine's Docker Engine, taken out once for all hosts that one command sends them
 * to, in a folder that goes away with `close`.
 */
export class SavedImagesStore {
  readonly #here: Host;
  readonly #parent: string;
  #folder: Promise<PrivateFolder> | undefined;
  readonly #images = new Map<string, SavedImage>();
  /** Images are taken out by one command after the other, so that none is taken out twice. */
  #last: Promise<unknown> = Promise.resolve();

  /** @param parent folder for the folder; made where it is not there */
  constructor(here: Host, parent: string) {
    this.#here = here;
    this.#parent = parent;
  }

  /**
   * The images, taken out now unless they were before.
   * @throws CrossflockError `command-failed` when docker does not give them
   */
  async get(names: readonly string[], signal: AbortSignal): Promise<readonly SavedImage[]> {
    const wanted = names.map(withTag);
    const turn = this.#last.then(async () => {
      const missing = wanted.filter((name) => !this.#images.has(name));
      if (missing.length > 0) await this.#save(missing, signal);
    });
    // Whoever waits next does not care how this one ended.
    this.#last = turn.catch(() => undefined);
    await turn;
    return wanted.map((name) => {
      const image = this.#images.get(name);
      if (image !== undefined) return image;
      throw new CrossflockError(`docker save left out ${name}`, { code: 'unexpected' });
    });
  }

  async close(): Promise<void> {
    await this.#last;
    if (this.#folder !== undefined) await (await this.#folder).remove();
    this.#images.clear();
  }

  async #save(names: readonly string[], signal: AbortSignal): Promise<void> {
    this.#folder ??= privateFolder(this.#parent);
    const folder = (await this.#folder).path;
    const output = new PassThrough();
    const reading = readOutput(output, folder).catch((error: unknown) => ({ failed: error }));
    const argv = ['docker', 'save', ...names];
    const result = await this.#here
      .run(argv, { stdoutTo: output, signal })
      .finally(() => (output.writableEnded ? undefined : output.destroy()))
      // Files that are still written must not be in the way of removing their folder.
      .finally(() => reading);
    const contents = await reading;
    if (result.exitCode !== 0 && !isLetGo(result.stderr)) throw notSaved(result.stderr);
    if ('failed' in contents) throw notRead(contents.failed, folder);
    for (const [name, image] of savedImages(contents)) this.#images.set(name, image);
  }
}

async function readOutput(output: Readable, folder: string): Promise<ArchiveContents> {
  const entries = extract();
  // Entries that nobody listens for are lost: this comes first.
  const reading = readSaveArchive(entries as unknown as AsyncIterable<ArchiveEntry>, folder);
  // The library's streams are of its own kind, which Node's `pipeline` takes and its types do not.
  const unpacking = pipeline(output, entries as unknown as NodeJS.WritableStream);
  // Either one's failure ends the other; after both, no file is written any more.
  await Promise.allSettled([reading, unpacking]);
  const contents = await reading;
  await unpacking;
  return contents;
}

interface PrivateFolder {
  readonly path: string;
  /** Takes it away, and the folders above it that were made for it. */
  readonly remove: () => Promise<void>;
}

/** For this user alone: `mkdtemp` makes it so. */
async function privateFolder(parent: string): Promise<PrivateFolder> {
  const made = await mkdir(parent, { recursive: true });
  const path = await mkdtemp(join(parent, 'images-'));
  const remove = async (): Promise<void> => {
    await rm(path, { recursive: true, force: true });
    if (made === undefined) return;
    for (let above = parent; above.startsWith(made); above = dirname(above)) {
      // Somebody else may have put something there meanwhile.
      await rmdir(above).catch(() => undefined);
    }
  };
  return { path, remove };
}

/** Whether docker only says that nobody took what it wrote, or nothing at all. */
function isLetGo(stderr: string): boolean {
  return stderr.trim() === '' || /write \/dev\/stdout/.test(stderr);
}

function notSaved(stderr: string): CrossflockError {
  const said = stderr.trim().split('\n').at(-1) ?? '';
  const isMissing = /no such image|does not exist/i.test(said);
  return new CrossflockError(`docker save failed on this machine: ${said}`, {
    code: isMissing ? 'not-found' : 'command-failed',
    ...(isMissing ? { hint: 'crossflock images build makes the images' } : {}),
  });
}

function notRead(cause: unknown, folder: string): CrossflockError {
  if (cause instanceof CrossflockError) return cause;
  const why = cause instanceof Error ? cause.message : String(cause);
  const isFull = cause instanceof Error && 'code' in cause && cause.code === 'ENOSPC';
  return new CrossflockError(`the images could not be taken out of docker: ${why}`, {
    code: isFull ? 'command-failed' : 'unexpected',
    ...(isFull ? { hint: `free disk space where ${dirname(folder)} is: layers wait there` } : {}),
    cause,
  });
}
