import { appendFile, mkdir, open, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CrossflockError } from '../../../errors/crossflock-error.js';
import { whyUnreadable } from '../../../util/why-unreadable.js';
import { keyType, parseKnownHosts, type KnownHost } from './known-hosts.js';

interface Cached {
  /** Changes with every change of the file. */
  readonly version: string;
  readonly entries: readonly KnownHost[];
}

/** The files of known host keys: all are read, one is written. */
export class KnownHostsStore {
  /** The project's own file, to which accepted keys are added. */
  readonly ownFile: string;
  readonly #cache = new Map<string, Cached>();

  constructor(ownFile: string) {
    this.ownFile = ownFile;
  }

  /**
   * The entries of all files, the project's own included; a file that is not there has none.
   * @throws CrossflockError `invalid-input` for a file that is there and cannot be read
   */
  async load(files: readonly string[]): Promise<readonly KnownHost[]> {
    const all = [...new Set([...files, this.ownFile])];
    return (await Promise.all(all.map((file) => this.#read(file)))).flat();
  }

  /** Adds a key in one write at the end of the file, so that writers side by side lose nothing. */
  async add(name: string, key: Buffer): Promise<void> {
    await mkdir(dirname(this.ownFile), { recursive: true, mode: 0o700 });
    const start = (await endsInLine(this.ownFile)) ? '' : '\n';
    const line = `${start}${name} ${keyType(key)} ${key.toString('base64')}\n`;
    await appendFile(this.ownFile, line, { mode: 0o600 });
  }

  async #read(file: string): Promise<readonly KnownHost[]> {
    try {
      const { mtimeMs, size, ino } = await stat(file);
      const version = `${mtimeMs} ${size} ${ino}`;
      const cached = this.#cache.get(file);
      if (cached?.version === version) return cached.entries;
      const entries = parseKnownHosts(await readFile(file, 'utf8'), file);
      this.#cache.set(file, { version, entries });
      return entries;
    } catch (error) {
      if (isAbsent(error)) return [];
      throw new CrossflockError(`the file of known host keys ${file} ${whyUnreadable(error)}`, {
        code: 'invalid-input',
        cause: error,
      });
    }
  }
}

function isAbsent(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    (error.code === 'ENOENT' || error.code === 'ENOTDIR')
  );
}

/** Whether the file's last line has its end; also for no file and an empty one. */
async function endsInLine(file: string): Promise<boolean> {
  try {
    const handle = await open(file, 'r');
    try {
      const { size } = await handle.stat();
      if (size === 0) return true;
      const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
      return buffer[0] === 0x0a;
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (isAbsent(error)) return true;
    throw error;
  }
}
