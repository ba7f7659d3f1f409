/** What `ssh -G` says about a host, as far as it matters here. Values as printed. */
export interface OpenSshAnswer {
  readonly hostname: string;
  readonly user: string;
  readonly port: number;
  readonly identityFiles: readonly string[];
  readonly identitiesOnly: boolean;
  /** A socket's path, `SSH_AUTH_SOCK` or `none`. */
  readonly identityAgent: string | undefined;
  readonly proxyJump: string | undefined;
  readonly proxyCommand: string | undefined;
  readonly knownHostsFiles: readonly string[];
  readonly hostKeyAlias: string | undefined;
}

/** Reads the output of `ssh -G`; undefined for something that is not it. */
export function parseSshG(output: string): OpenSshAnswer | undefined {
  const values = new Map<string, string[]>();
  for (const line of output.split('\n')) {
    const space = line.indexOf(' ');
    if (space <= 0) continue;
    const key = line.slice(0, space);
    values.set(key, [...(values.get(key) ?? []), line.slice(space + 1).trim()]);
  }
  const one = (key: string): string | undefined => {
    const value = values.get(key)?.[0];
    return value === undefined || value === '' || value === 'none' ? undefined : value;
  };
  const hostname = one('hostname');
  const user = one('user');
  const port = Number(one('port'));
  if (hostname === undefined || user === undefined || !Number.isInteger(port)) return undefined;
  const files = ['userknownhostsfile', 'globalknownhostsfile'].flatMap((key) =>
    (one(key) ?? '').split(/\s+/).filter((file) => file !== ''),
  );
  return {
    hostname,
    user,
    port,
    identityFiles: (values.get('identityfile') ?? []).filter((file) => file !== 'none'),
    identitiesOnly: one('identitiesonly') === 'yes',
    identityAgent: values.get('identityagent')?.[0],
    proxyJump: one('proxyjump'),
    proxyCommand: one('proxycommand'),
    knownHostsFiles: files,
    hostKeyAlias: one('hostkeyalias'),
  };
}

/** One hop of a `ProxyJump`. */
export interface JumpHop {
  readonly address: string;
  readonly user?: string;
  readonly port?: number;
}

/**
 * `[user@]host[:port]` or `ssh://[user@]host[:port]`, separated by commas, the first one first.
 * @returns undefined for a text that is none
 */
export function parseProxyJump(text: string): readonly JumpHop[] | undefined {
  const hops = text.split(',').map((part) => parseHop(part.trim()));
  return hops.every((hop) => hop !== undefined) ? hops : undefined;
}

function parseHop(text: string): JumpHop | undefined {
  const match = /^(?:ssh:\/\/)?(?:([^@]+)@)?(\[[^\]]+\]|[^:@/]+)(?::(\d+))?\/?$/.exec(text);
  const address = match?.[2]?.replace(/^\[|\]$/g, '');
  if (match === null || address === undefined) return undefined;
  return {
    address,
    ...(match[1] === undefined ? {} : { user: match[1] }),
    ...(match[3] === undefined ? {} : { port: Number(match[3]) }),
  };
}
