import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { CrossflockError } from '../errors/crossflock-error.js';
import type { Host } from '../ports/host.js';

/** Files of a lab's state folder. */
export interface LabFiles {
  readonly folder: string;
  readonly privateKey: string;
  readonly publicKey: string;
  readonly knownHosts: string;
  /** Password of the user whose sudo asks for one. */
  readonly password: string;
}

export function labFiles(folder: string): LabFiles {
  return {
    folder,
    privateKey: join(folder, 'id_ed25519'),
    publicKey: join(folder, 'id_ed25519.pub'),
    knownHosts: join(folder, 'known_hosts'),
    password: join(folder, 'locked-password'),
  };
}

/** What lets somebody into the lab's hosts. */
export interface Access {
  /** One line, as in `authorized_keys`. */
  readonly publicKey: string;
  readonly password: string;
}

/** Makes the lab's key pair, with OpenSSH's own program, in a folder that only its user reads. */
export async function makeKey(
  host: Host,
  lab: string,
  files: LabFiles,
  signal: AbortSignal,
): Promise<void> {
  await run(host, ['mkdir', '-p', '-m', '700', files.folder], signal);
  await run(host, ['rm', '-f', files.privateKey, files.publicKey], signal);
  const comment = `crossflock lab ${lab}`;
  const argv = ['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', comment];
  await run(host, [...argv, '-f', files.privateKey], signal);
}

/** Makes the password of the user `locked`: 16 random bytes. */
export async function makePassword(host: Host, files: LabFiles): Promise<void> {
  await host.put(`${randomBytes(16).toString('base64url')}\n`, files.password, 0o600);
}

async function run(host: Host, argv: readonly string[], signal: AbortSignal): Promise<void> {
  try {
    const { exitCode, stderr } = await host.run(argv, { signal });
    if (exitCode === 0) return;
    throw new CrossflockError(`${argv[0] ?? ''}: ${stderr.trim()}`, { code: 'command-failed' });
  } catch (error) {
    const isMissing = error instanceof CrossflockError && error.code === 'not-found';
    if (!isMissing || argv[0] !== 'ssh-keygen') throw error;
    throw new CrossflockError('ssh-keygen is not installed on this machine', {
      code: 'not-found',
      hint: 'install the package openssh-client',
      cause: error,
    });
  }
}

/** What `crossflock-lab access` reads from its standard input. */
export function accessText({ publicKey, password }: Access): string {
  return `${publicKey}\n${password}\n`;
}

/** The digest that a host keeps of it. */
export function accessDigest(access: Access): string {
  return createHash('sha256').update(accessText(access)).digest('hex');
}

/** The lab's `known_hosts`, from the hosts' addresses and public host keys. */
export function knownHostsText(
  hosts: readonly { readonly address: string; readonly hostKey: string }[],
): string {
  return hosts.map(({ address, hostKey }) => `${address} ${hostKey}\n`).join('');
}
