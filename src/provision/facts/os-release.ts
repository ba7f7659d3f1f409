/** A distribution, as its `/etc/os-release` says; see os-release(5). */
export interface OsRelease {
  /** Such as `debian`, `ubuntu`; `linux` where it does not say. */
  readonly id: string;
  /** Distributions that it is made from, the nearest first. */
  readonly like: readonly string[];
  /** Such as `12`, `22.04`; empty for one without versions, as Debian's testing is. */
  readonly version: string;
  /** Such as `bookworm`, `jammy`. */
  readonly codename: string;
  /** For people: `Debian GNU/Linux 12 (bookworm)`. */
  readonly name: string;
}

/** Reads the lines of an os-release file, whose values are quoted as a shell's are. */
export function parseOsRelease(text: string): OsRelease {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const found = /^([A-Z_]+)=(.*)$/.exec(line.trim());
    if (found !== null) fields.set(found[1] ?? '', unquote(found[2] ?? ''));
  }
  const id = fields.get('ID') ?? 'linux';
  return {
    id,
    like: (fields.get('ID_LIKE') ?? '').split(' ').filter((word) => word !== ''),
    version: fields.get('VERSION_ID') ?? '',
    codename: fields.get('VERSION_CODENAME') ?? '',
    name: fields.get('PRETTY_NAME') ?? id,
  };
}

function unquote(value: string): string {
  const quote = value.at(0);
  const isQuoted = (quote === '"' || quote === "'") && value.endsWith(quote) && value.length > 1;
  const inner = isQuoted ? value.slice(1, -1) : value;
  return quote === "'" ? inner : inner.replace(/\\(.)/g, '$1');
}

const FIRST_SUPPORTED: Readonly<Record<string, number>> = { debian: 11, ubuntu: 20.04 };

/** Where this project knows how to install packages. */
export const SUPPORTED = 'Debian 11 or later, Ubuntu 20.04 or later';

/** Whether Docker Engine can be installed there: from Debian 11, from Ubuntu 20.04, testing too. */
export function canInstall({ id, version }: OsRelease): boolean {
  const first = FIRST_SUPPORTED[id];
  if (first === undefined) return false;
  return version === '' || Number(version) >= first;
}
