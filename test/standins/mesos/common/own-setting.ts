/**
 * Settings that only stand-ins know (`STANDIN_…`): from the environment, or from a file of
 * `NAME=value` lines, which reaches a stand-in that somebody else gives its environment to.
 */
import { existsSync, readFileSync } from 'node:fs';

/** In the image, on its host, and on the host of an agent that runs in its image's folder. */
const FILES = ['/usr/local/lib/stand-in/env', '/etc/stand-in/env', '/host/etc/stand-in/env'];

/** Undefined when it is nowhere. */
export function ownSetting(name: string): string | undefined {
  const key = `STANDIN_${name}`;
  const value = process.env[key];
  if (value !== undefined) return value;
  for (const file of FILES) {
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    const line = text.split('\n').find((one) => one.startsWith(`${key}=`));
    if (line !== undefined) return line.slice(key.length + 1);
  }
  return undefined;
}
