/**
 * A look at a host that changes nothing, as a piece of POSIX shell. Probes are run together, all of
 * a host in one command, so that looking costs one round trip.
 */
export interface HostProbe<T> {
  /** Lower-case letters, digits and `-`; unique among the probes that run together. */
  readonly id: string;
  /**
   * The shell text, a constant: what varies comes through `env`. It runs in a subshell of its own,
   * without input; what it writes to standard output is its answer, and its exit code does not
   * matter.
   */
  readonly script: string;
  /** Variables for the script, with names that no other probe uses. No secrets. */
  readonly env?: Readonly<Record<string, string>>;
  /** Reads the answer. Throws `CrossflockError` `unexpected` for one that nothing here can read. */
  readonly parse: (answer: string) => T;
}
