import { createHash, createHmac } from 'node:crypto';

/** One line of a known_hosts file; see sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT". */
export interface KnownHost {
  readonly marker: 'none' | 'revoked' | 'cert-authority';
  /** Comma-separated patterns, or one hashed name. */
  readonly hosts: string;
  /** Such as `ssh-ed25519`. */
  readonly type: string;
  /** The key's blob, base64. */
  readonly key: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** Reads a known_hosts file; lines that are none (comments, old protocol 1 keys) are left out. */
export function parseKnownHosts(text: string, file: string): readonly KnownHost[] {
  return text.split('\n').flatMap((line, index) => {
    const words = line.trim().split(/[ \t]+/);
    const first = words[0] ?? '';
    if (first === '' || first.startsWith('#')) return [];
    const marker = markerOf(first);
    if (marker === undefined) return [];
    const [hosts, type, key] = marker === 'none' ? words : words.slice(1);
    if (hosts === undefined || type === undefined || key === undefined) return [];
    // A protocol 1 key has a number here.
    if (!/^[a-z]/.test(type)) return [];
    return [{ marker, hosts, type, key, file, line: index + 1 }];
  });
}

function markerOf(word: string): KnownHost['marker'] | undefined {
  if (!word.startsWith('@')) return 'none';
  if (word === '@revoked') return 'revoked';
  if (word === '@cert-authority') return 'cert-authority';
  return undefined;
}

/** The name of a host in known_hosts: `host`, or `[host]:port` where the port is not 22. */
export function knownHostName(host: string, port: number): string {
  const lower = host.toLowerCase();
  return port === 22 ? lower : `[${lower}]:${port}`;
}

/** Whether a line is about the host of that name (from `knownHostName`). */
export function isAbout(entry: KnownHost, name: string): boolean {
  if (entry.hosts.startsWith('|')) return isHashOf(entry.hosts, name);
  let found = false;
  for (const pattern of entry.hosts.toLowerCase().split(',')) {
    if (pattern.startsWith('!')) {
      // A negated pattern that matches decides against the whole line.
      if (matchesGlob(pattern.slice(1), name)) return false;
    } else if (!found && matchesGlob(pattern, name)) {
      found = true;
    }
  }
  return found;
}

/** `|1|salt|HMAC-SHA1(salt, name)`, both base64. */
function isHashOf(hashed: string, name: string): boolean {
  const [, version, salt, hash] = hashed.split('|');
  if (version !== '1' || salt === undefined || hash === undefined) return false;
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash;
}

/** OpenSSH's patterns: `*` is any text, `?` any character, all else itself. */
export function matchesGlob(pattern: string, text: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern === text;
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll(/\*+/g, '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(text);
}

/** `SHA256:…`, as ssh-keygen and OpenSSH's questions show it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** The type that a key's blob begins with, such as `ssh-ed25519` (RFC 4253, 6.6). */
export function keyType(key: Buffer): string {
  if (key.length < 4) return '';
  return key.toString('latin1', 4, 4 + key.readUInt32BE(0));
}
