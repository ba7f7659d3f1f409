import { isAbout, keyType, type KnownHost } from './known-hosts.js';

/** Under which names a host is looked up. */
export interface HostNames {
  /** Decides: `host`, `[host]:port`, or the alias in OpenSSH's configuration. */
  readonly name: string;
  /** Also good for a key that fits, never for one that does not: the name without the port. */
  readonly fallback: string | undefined;
}

export type Verdict =
  | { readonly kind: 'known' }
  /** Nothing is known of the host; perhaps an authority that only OpenSSH can ask. */
  | { readonly kind: 'unknown'; readonly certAuthority: KnownHost | undefined }
  | { readonly kind: 'revoked'; readonly entry: KnownHost }
  /** Other keys are known, and this one is none of them. */
  | { readonly kind: 'changed'; readonly entries: readonly KnownHost[] };

/** What the known keys say to a key that a host shows. Pure. */
export function judge(known: readonly KnownHost[], names: HostNames, key: Buffer): Verdict {
  const blob = key.toString('base64');
  const about = known.filter((entry) => isAbout(entry, names.name));
  const loosely = known.filter(
    (entry) => names.fallback !== undefined && isAbout(entry, names.fallback),
  );
  const revoked = [...about, ...loosely].find(
    (entry) => entry.marker === 'revoked' && entry.key === blob,
  );
  if (revoked !== undefined) return { kind: 'revoked', entry: revoked };
  const plain = about.filter((entry) => entry.marker === 'none');
  if (plain.some((entry) => entry.key === blob)) return { kind: 'known' };
  if (plain.length > 0) return { kind: 'changed', entries: mostAlike(plain, key) };
  if (loosely.some((entry) => entry.marker === 'none' && entry.key === blob)) {
    return { kind: 'known' };
  }
  return {
    kind: 'unknown',
    certAuthority: about.find((entry) => entry.marker === 'cert-authority'),
  };
}

/** Those of the same type, which the new key takes the place of; all where there are none. */
function mostAlike(entries: readonly KnownHost[], key: Buffer): readonly KnownHost[] {
  const same = entries.filter((entry) => entry.type === keyType(key));
  return same.length > 0 ? same : entries;
}

/** Signature algorithms of host keys that ssh2 can check, the best first. */
export type HostKeyAlgorithm =
  | 'ssh-ed25519'
  | 'ecdsa-sha2-nistp256'
  | 'ecdsa-sha2-nistp384'
  | 'ecdsa-sha2-nistp521'
  | 'rsa-sha2-512'
  | 'rsa-sha2-256';

const ALGORITHMS: readonly { readonly algorithm: HostKeyAlgorithm; readonly type: string }[] = [
  { algorithm: 'ssh-ed25519', type: 'ssh-ed25519' },
  { algorithm: 'ecdsa-sha2-nistp256', type: 'ecdsa-sha2-nistp256' },
  { algorithm: 'ecdsa-sha2-nistp384', type: 'ecdsa-sha2-nistp384' },
  { algorithm: 'ecdsa-sha2-nistp521', type: 'ecdsa-sha2-nistp521' },
  { algorithm: 'rsa-sha2-512', type: 'ssh-rsa' },
  { algorithm: 'rsa-sha2-256', type: 'ssh-rsa' },
];

/**
 * What to ask a host for: the kinds of keys that are known of it first, so that it shows one that
 * can be recognised, whatever it would rather show.
 */
export function algorithmOrder(
  known: readonly KnownHost[],
  names: HostNames,
): readonly HostKeyAlgorithm[] {
  const types = (name: string | undefined): ReadonlySet<string> =>
    new Set(
      name === undefined
        ? []
        : known
            .filter((entry) => entry.marker === 'none' && isAbout(entry, name))
            .map(({ type }) => type),
    );
  const exact = types(names.name);
  const wanted = exact.size > 0 ? exact : types(names.fallback);
  const first = ALGORITHMS.filter(({ type }) => wanted.has(type));
  const rest = ALGORITHMS.filter(({ type }) => !wanted.has(type));
  return [...first, ...rest].map(({ algorithm }) => algorithm);
}
