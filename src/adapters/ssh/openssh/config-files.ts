import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { CrossflockError } from '../../../errors/crossflock-error.js';
import { whyUnreadable } from '../../../util/why-unreadable.js';
import { matchesGlob } from '../host-keys/known-hosts.js';
import { scanConfig } from './config-scan.js';

/** Where OpenSSH's configuration is. */
export interface ConfigPlaces {
  /** The user's home. */
  readonly home: string;
  /** Such as `/etc/ssh`. */
  readonly systemFolder: string;
  /** One file instead of the usual two. */
  readonly configFile: string | undefined;
}

/** OpenSSH itself stops at 16. */
const INCLUDE_DEPTH = 16;

/**
 * Whether the files may say anything about a host; see `scanConfig`. Files are read once per reader.
 * @throws CrossflockError `invalid-input` for a configured file that cannot be read
 */
export class ConfigFiles {
  readonly #texts = new Map<string, Promise<string>>();

  async mayConcern(places: ConfigPlaces, address: string): Promise<boolean> {
    const { configFile, home, systemFolder } = places;
    const usersBase = join(home, '.ssh');
    if (configFile !== undefined) {
      const text = await readNamed(configFile);
      return this.#textMatters(text, places, { address, depth: 0, base: usersBase });
    }
    const files = [
      { file: join(usersBase, 'config'), base: usersBase },
      { file: join(systemFolder, 'ssh_config'), base: systemFolder },
    ];
    for (const { file, base } of files) {
      if (await this.#fileMatters(file, places, { address, depth: 0, base })) return true;
    }
    return false;
  }

  async #fileMatters(file: string, places: ConfigPlaces, look: Look): Promise<boolean> {
    return this.#textMatters(await this.#read(file), places, look);
  }

  async #textMatters(text: string, places: ConfigPlaces, look: Look): Promise<boolean> {
    const result = scanConfig(text, look.address);
    if (result.kind === 'matters' || look.depth >= INCLUDE_DEPTH) return true;
    for (const pattern of result.includes) {
      const files = await included(pattern, places, look.base);
      if (files === 'unclear') return true;
      for (const file of files) {
        if (await this.#fileMatters(file, places, { ...look, depth: look.depth + 1 })) return true;
      }
    }
    return false;
  }

  /** The text of a file; empty for one that is not there. */
  #read(file: string): Promise<string> {
    let text = this.#texts.get(file);
    if (text === undefined) {
      text = readFile(file, 'utf8').catch(() => '');
      this.#texts.set(file, text);
    }
    return text;
  }
}

interface Look {
  readonly address: string;
  readonly depth: number;
  /** Where relative names in an `Include` are. */
  readonly base: string;
}

async function readNamed(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new CrossflockError(`the OpenSSH configuration ${file} ${whyUnreadable(error)}`, {
      code: 'invalid-input',
      hint: 'correct ssh.config_file, or write "none" there for none',
      cause: error,
    });
  }
}

/** The files that an `Include` names; `unclear` for patterns that only OpenSSH should expand. */
async function included(
  pattern: string,
  places: ConfigPlaces,
  base: string,
): Promise<readonly string[] | 'unclear'> {
  if (/[[\]{}$%]/.test(pattern)) return 'unclear';
  const path = absolute(pattern, places, base);
  const folder = dirname(path);
  if (path.startsWith('~') || /[*?]/.test(folder)) return 'unclear';
  if (!/[*?]/.test(basename(path))) return [path];
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => !name.startsWith('.') && matchesGlob(basename(path), name))
    .map((name) => join(folder, name));
}

/** Relative ones are in the folder that belongs to the file: `~/.ssh`, or the system's. */
function absolute(pattern: string, { home }: ConfigPlaces, base: string): string {
  if (pattern.startsWith('~/')) return join(home, pattern.slice(2));
  if (isAbsolute(pattern) || pattern.startsWith('~')) return pattern;
  return join(base, pattern);
}
