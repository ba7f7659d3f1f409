import type { Readable, Writable } from 'node:stream';

export interface RunOptions {
  /** What the command reads from its standard input. Without it, standard input is empty. */
  readonly stdin?: string | Uint8Array | Readable;
  /** Environment variables to add. Never appear in the process arguments. */
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds after which the command is ended and `timeout` is thrown. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /**
   * Run as root, through sudo where the user is not root. On a host that permits no sudo the
   * command runs as the user, who may be in the group docker, and fails by itself where not.
   */
  readonly sudo?: boolean;
  /** Receives standard output as it comes; it is then not kept in the result. */
  readonly onStdout?: (chunk: Uint8Array) => void;
  /**
   * Where standard output goes, no faster than it is taken, and ends with the command; it is then
   * not kept in the result. A stream that fails ends the command, as a closed pipe does.
   */
  readonly stdoutTo?: Writable;
  /** Receives standard error as it comes; it is kept in the result all the same. */
  readonly onStderr?: (chunk: Uint8Array) => void;
}

export interface RunResult {
  readonly exitCode: number;
  /** Name of the signal that ended the command, such as `SIGKILL`. */
  readonly signal?: string;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Forward {
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

/**
 * A machine that runs commands. A host is a runner, so no code asks where it runs.
 *
 * `run` resolves whatever the exit code is; it throws `CrossflockError` only when the command could
 * not be run to its end: `unreachable`, `timeout`, `aborted`, `not-found` (no such program).
 */
export interface Host {
  /** How people call it: `localhost`, or the address in the configuration. */
  readonly name: string;
  run(argv: readonly string[], options?: RunOptions): Promise<RunResult>;
  /** Writes a file, atomically; `mode` in octal, such as `0o600`. Parent folders are created. */
  put(
    content: string | Uint8Array,
    path: string,
    mode: number,
    options?: Pick<RunOptions, 'sudo' | 'signal'>,
  ): Promise<void>;
  /** Makes a TCP port that the host can reach reachable from here, on loopback. */
  forward(host: string, port: number): Promise<Forward>;
  /**
   * Makes a TCP port of this machine's loopback reachable on the host's loopback, at a port that the
   * host picks. Throws `refused` where its SSH server does not permit it.
   */
  reverseForward(port: number): Promise<Forward>;
  close(): Promise<void>;
}

/** The same host with every command and file as root, as far as the host permits it. */
export function asRoot(host: Host): Host {
  return {
    name: host.name,
    run: (argv, options) => host.run(argv, { ...options, sudo: true }),
    put: (content, path, mode, options) =>
      host.put(content, path, mode, { ...options, sudo: true }),
    forward: (address, port) => host.forward(address, port),
    reverseForward: (port) => host.reverseForward(port),
    close: () => host.close(),
  };
}
