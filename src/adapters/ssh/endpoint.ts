/** A private key's file, and whether somebody named it or it is one of the usual ones. */
export interface IdentityFile {
  readonly path: string;
  readonly named: boolean;
}

/** An SSH server with everything that is needed to log in there. */
export interface Endpoint {
  /** How people call it, with host and port where those say more. */
  readonly label: string;
  /** Name or address to connect to. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** The name of its key in known_hosts files where it has one of its own (HostKeyAlias). */
  readonly hostKeyAlias: string | undefined;
  readonly identityFiles: readonly IdentityFile[];
  /** Only the named keys may be tried, also of those that the agent has. */
  readonly identitiesOnly: boolean;
  /** Socket of the agent. */
  readonly agent: string | undefined;
  readonly knownHostsFiles: readonly string[];
  /** The hosts on the way, the first one first. */
  readonly jump: readonly Endpoint[];
}

/** `host:port`, with brackets around an IPv6 address. */
export function hostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Equal for endpoints that one connection can serve. */
export function endpointKey(endpoint: Endpoint): string {
  const { user, host, port, hostKeyAlias, identityFiles, identitiesOnly, agent } = endpoint;
  const named = identityFiles.filter((file) => file.named).map(({ path }) => path);
  const jump = endpoint.jump.map(endpointKey);
  return JSON.stringify([user, host, port, hostKeyAlias, named, identitiesOnly, agent, jump]);
}
