import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { CrossflockError } from '../errors/crossflock-error.js';
import type { Host } from '../ports/host.js';

/** Name of the file inside the secrets directory; the images read it by this name. */
export const POOL_KEY_FILE = 'pool-key';
/** SHA-256 of nothing: an empty file is no key. */
const EMPTY_HASH = createHash('sha256').digest('hex');

/**
 * Where a deployment's state lives on the machine that runs crossflock, following the XDG base
 * directory specification: `$XDG_STATE_HOME/crossflock/<name>`.
 */
export function stateDirectory(
  name: string,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const stateHome = env['XDG_STATE_HOME'] ?? join(env['HOME'] ?? '/root', '.local', 'state');
  return join(stateHome, 'crossflock', name);
}

export function secretsDirectory(
  name: string,
  env: Readonly<Record<string, string | undefined>>,
): string {
  return join(stateDirectory(name, env), 'secrets');
}

/** SHA-256 of the signing key that is in a folder of a host, in hex; undefined without one. */
export async function poolKeyHash(
  host: Host,
  directory: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const result = await host.run(['sha256sum', join(directory, POOL_KEY_FILE)], { signal });
  const hash = /^\\?([0-9a-f]{64}) /.exec(result.stdout)?.[1];
  return result.exitCode === 0 && hash !== EMPTY_HASH ? hash : undefined;
}

/**
 * A key that signs the IDTOKENS by which the pools of one deployment trust each other: 64 random
 * bytes, hex, so that it survives any transport as text.
 */
export function newPoolKey(): string {
  return randomBytes(64).toString('hex');
}

/** Reads the key; only where `poolKeyHash` has found one. */
export async function takePoolKey(
  host: Host,
  directory: string,
  signal: AbortSignal,
): Promise<string> {
  const result = await host.run(['cat', join(directory, POOL_KEY_FILE)], { signal });
  if (result.exitCode === 0 && result.stdout.trim() !== '') return result.stdout.trim();
  throw new CrossflockError(`the pool key on ${host.name} cannot be read`, {
    code: 'command-failed',
    cause: result.stderr,
  });
}

export async function putPoolKey(host: Host, directory: string, key: string): Promise<void> {
  await host.put(`${key}\n`, join(directory, POOL_KEY_FILE), 0o600);
}

/** Forgets the key; containers that run keep theirs, new ones will not be trusted by them. */
export async function removePoolKey(host: Host, directory: string): Promise<void> {
  await host.run(['rm', '-f', join(directory, POOL_KEY_FILE)]);
}
