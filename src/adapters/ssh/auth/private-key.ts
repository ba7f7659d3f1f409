import { readFile, stat } from 'node:fs/promises';
import ssh2, { type ParsedKey } from 'ssh2';
import { fingerprint } from '../host-keys/known-hosts.js';

export type KeyFile =
  | { readonly kind: 'absent' }
  | { readonly kind: 'usable'; readonly key: ParsedKey; readonly publicKey: Buffer }
  /** With a passphrase, or of a kind that only an agent can use. `publicKey` where it is known. */
  | { readonly kind: 'agent-only'; readonly publicKey: Buffer | undefined; readonly why: string }
  | { readonly kind: 'unusable'; readonly why: string };

/** Bits of a file's mode for all but its owner. */
const OTHERS = 0o077;
const MAGIC = Buffer.from('openssh-key-v1\0');

/** Reads a private key's file. Never throws: what is wrong is part of why a login fails. */
export async function loadKeyFile(path: string): Promise<KeyFile> {
  let text: string;
  try {
    const { mode, uid } = await stat(path);
    // OpenSSH's own rule: it looks only where the file is the user's own.
    if (uid === process.getuid?.() && (mode & OTHERS) !== 0) {
      return { kind: 'unusable', why: `may be read by others (try: chmod 600 ${path})` };
    }
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return { kind: 'absent' };
    }
    return { kind: 'unusable', why: `cannot be read (${(error as Error).message})` };
  }
  return readKey(text, path);
}

async function readKey(text: string, path: string): Promise<KeyFile> {
  const parsed = ssh2.utils.parseKey(text);
  if (!(parsed instanceof Error)) {
    // Only the first key of a file counts, as in OpenSSH.
    const key = (Array.isArray(parsed) ? parsed[0] : parsed) as ParsedKey;
    if (key.isPrivateKey()) return { kind: 'usable', key, publicKey: key.getPublicSSH() };
    return { kind: 'agent-only', publicKey: key.getPublicSSH(), why: 'is a public key' };
  }
  const publicKey = publicPart(text) ?? (await publicFile(path));
  if (/encrypted/i.test(parsed.message)) {
    return { kind: 'agent-only', publicKey, why: 'has a passphrase' };
  }
  if (publicKey !== undefined) {
    return { kind: 'agent-only', publicKey, why: 'is of a kind that only an agent can use' };
  }
  return { kind: 'unusable', why: `is no private key that can be read (${parsed.message})` };
}

/** The public key in OpenSSH's format of private keys, where it is never encrypted (PROTOCOL.key). */
export function publicPart(text: string): Buffer | undefined {
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([^-]+)-----END/.exec(text)?.[1];
  if (body === undefined) return undefined;
  const blob = Buffer.from(body, 'base64');
  if (!blob.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  let at = MAGIC.length;
  const next = (): Buffer => {
    const length = blob.readUInt32BE(at);
    at += 4 + length;
    return blob.subarray(at - length, at);
  };
  try {
    // Cipher, key derivation, its options; then the number of keys and the first public one.
    for (let skipped = 0; skipped < 3; skipped += 1) next();
    at += 4;
    return next();
  } catch {
    return undefined;
  }
}

async function publicFile(path: string): Promise<Buffer | undefined> {
  const text = await readFile(`${path}.pub`, 'utf8').catch(() => '');
  const [, blob] = text.trim().split(/\s+/);
  return blob === undefined ? undefined : Buffer.from(blob, 'base64');
}

/** `ssh-ed25519 SHA256:…` */
export function describeKey(key: ParsedKey): string {
  return `${key.type} ${fingerprint(key.getPublicSSH())}`;
}
