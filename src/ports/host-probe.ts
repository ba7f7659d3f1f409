/** What a server on a host answered to one request. */
export interface HttpAnswer {
  /** HTTP status, such as 200. */
  readonly status: number;
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * The answers to the requests of a probe's `get`; undefined for one that nobody answered, or that
 * the user may not ask.
 */
export type HttpAnswers = (address: string) => HttpAnswer | undefined;

/**
 * A look at a host that changes nothing, as a piece of POSIX shell. Probes are run together, all of
 * a host in one command, so that looking costs one round trip.
 */
export interface HostProbe<T> {
  /** Lower-case letters, digits and `-`; unique among the probes that run together. */
  readonly id: string;
  /**
   * The shell text, a constant (empty for none): what varies comes through `env`. It runs in a
   * subshell of its own, without input; what it writes to standard output is its answer, and its
   * exit code does not matter.
   */
  readonly script: string;
  /** Variables for the script, with names that no other probe uses. No secrets. */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Requests to make besides: paths of the Docker Engine's API, such as `/images/json`, and
   * `http://<address>:<port>/…` with an IPv4 address of the host itself. Those of all probes together cost one process on the
   * host, where a call of the docker command costs 40 ms of CPU. No blanks, no secrets.
   */
  readonly get?: readonly string[];
  /** Reads the answer. Throws `CrossflockError` `unexpected` for one that nothing here can read. */
  readonly parse: (answer: string, got?: HttpAnswers) => T;
}
