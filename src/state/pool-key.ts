import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Host } from '../ports/host.js';

/** Name of the file inside the secrets directory; the images read it by this name. */
export const POOL_KEY_FILE = 'pool-key';

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

/** Whether the deployment's signing key is on the host. */
export async function hasPoolKey(host: Host, directory: string): Promise<boolean> {
  const result = await host.run(['test', '-s', join(directory, POOL_KEY_FILE)]);
  return result.exitCode === 0;
}

/**
 * Makes the key that signs the IDTOKENS by which the pools of one deployment trust each other: 64
 * random bytes, hex, so that it survives any transport as text.
 */
export async function makePoolKey(host: Host, directory: string): Promise<void> {
  await host.put(`${randomBytes(64).toString('hex')}\n`, join(directory, POOL_KEY_FILE), 0o600);
}

/** Forgets the key; containers that run keep theirs, new ones will not be trusted by them. */
export async function removePoolKey(host: Host, directory: string): Promise<void> {
  await host.run(['rm', '-f', join(directory, POOL_KEY_FILE)]);
}
