import { matchesGlob } from '../host-keys/known-hosts.js';

/** What crossflock takes from OpenSSH's configuration; everything else there changes nothing here. */
const RELEVANT: ReadonlySet<string> = new Set([
  'canonicalizehostname',
  'globalknownhostsfile',
  'hostkeyalias',
  'hostname',
  'identitiesonly',
  'identityagent',
  'identityfile',
  'port',
  'proxycommand',
  'proxyjump',
  'user',
  'userknownhostsfile',
]);

export type ScanResult =
  | { readonly kind: 'matters' }
  /** It does not, as far as this text goes; these patterns name more files. */
  | { readonly kind: 'does-not-matter'; readonly includes: readonly string[] };

/**
 * Whether a configuration may say anything about a host, so that `ssh -G` is asked only then: one
 * process for each of many hosts costs more than all the rest of a connection. It may say yes too
 * often, never no wrongly: `Match` blocks count as matching. See ssh_config(5). Pure.
 */
export function scanConfig(text: string, address: string): ScanResult {
  const includes: string[] = [];
  let applies = true;
  for (const line of text.split('\n')) {
    const [keyword, rest] = keywordOf(line);
    if (keyword === 'host') applies = hostLineMatches(rest, address);
    else if (keyword === 'match') applies = true;
    else if (!applies) continue;
    else if (keyword === 'include') includes.push(...words(rest));
    else if (RELEVANT.has(keyword)) return { kind: 'matters' };
  }
  return { kind: 'does-not-matter', includes };
}

/** `Keyword value`, `keyword=value` and `Keyword "value"` are all the same. */
function keywordOf(line: string): readonly [string, string] {
  const match = /^\s*"?([A-Za-z]+)"?(?:\s*=\s*|\s+)(.*)$/.exec(line);
  return [match?.[1]?.toLowerCase() ?? '', match?.[2] ?? ''];
}

function words(text: string): string[] {
  return [...text.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '');
}

function hostLineMatches(patterns: string, address: string): boolean {
  let matches = false;
  for (const pattern of words(patterns)) {
    if (pattern.startsWith('!')) {
      if (matchesGlob(pattern.slice(1), address)) return false;
    } else if (matchesGlob(pattern, address)) {
      matches = true;
    }
  }
  return matches;
}
