/** How to become root: never, by a rule that asks for nothing, or with a password (never shown). */
export type SudoMode = 'none' | 'passwordless' | { readonly password: string };

/** Where an SSH server is and how to log in there; what is absent is OpenSSH's to say. */
export interface SshEndpoint {
  /** Name, address or alias in OpenSSH's configuration. */
  readonly address: string;
  readonly user?: string;
  readonly port?: number;
  /** Absolute path of a private key. */
  readonly identityFile?: string;
}

/** A host that answers to SSH. */
export interface SshTarget extends SshEndpoint {
  /** How people call it. */
  readonly name: string;
  /** The hosts on the way, the first one first; undefined where OpenSSH's configuration decides. */
  readonly jump?: readonly SshEndpoint[];
  readonly sudo: SudoMode;
  /** OpenSSH's configuration file; `none` for none, undefined for the usual ones. */
  readonly configFile?: string;
  /** One more file of known host keys to trust. */
  readonly knownHostsFile?: string;
  readonly connectTimeoutMs: number;
}
