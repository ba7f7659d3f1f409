/** What the tokens in a file name of OpenSSH's configuration stand for. */
export interface PathTokens {
  readonly home: string;
  /** After `HostName` was applied. */
  readonly host: string;
  /** As given. */
  readonly address: string;
  readonly port: number;
  readonly user: string;
}

/** Expands `~`, `${VARIABLE}` and the tokens that file names commonly hold; see ssh_config(5). */
export function expandPath(
  path: string,
  tokens: PathTokens,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const values: Readonly<Record<string, string>> = {
    '%%': '%',
    '%d': tokens.home,
    '%h': tokens.host,
    '%n': tokens.address,
    '%p': String(tokens.port),
    '%r': tokens.user,
  };
  const home = path === '~' || path.startsWith('~/') ? tokens.home + path.slice(1) : path;
  return home
    .replaceAll(/%[%dhnpr]/g, (token) => values[token] ?? token)
    .replaceAll(/\$\{([^}]+)\}/g, (_, name: string) => env[name] ?? '');
}
