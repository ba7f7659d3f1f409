import { CrossflockError } from '../../../errors/crossflock-error.js';
import type { Questions } from '../../../ports/questions.js';
import { pasteable } from '../../../util/quote.js';
import type { Endpoint } from '../endpoint.js';
import {
  algorithmOrder,
  judge,
  type HostKeyAlgorithm,
  type HostNames,
  type Verdict,
} from './judge.js';
import { fingerprint, keyType, knownHostName, type KnownHost } from './known-hosts.js';
import type { KnownHostsStore } from './store.js';

export interface VerifierOptions {
  readonly store: KnownHostsStore;
  readonly questions: Questions;
  /** Take the key of a host that nothing is known of, without a question. */
  readonly acceptNew: boolean;
  readonly onNotice: (level: 'info' | 'warning', message: string) => void;
}

/** Decides whether a host is the one that it says it is. */
export class HostKeyVerifier {
  readonly #options: VerifierOptions;
  /** Whoever decides about a new key, one after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: VerifierOptions) {
    this.#options = options;
  }

  /** The algorithms to ask the host for. */
  async algorithms(endpoint: Endpoint): Promise<readonly HostKeyAlgorithm[]> {
    return algorithmOrder(await this.#known(endpoint), hostNames(endpoint));
  }

  /**
   * @returns whether the key is a known one; false when it is up to `decideNew`
   * @throws CrossflockError `refused` for a changed or revoked key
   */
  async isKnown(endpoint: Endpoint, key: Buffer): Promise<boolean> {
    const verdict = judge(await this.#known(endpoint), hostNames(endpoint), key);
    if (verdict.kind === 'changed') throw changedError(endpoint, key, verdict.entries);
    if (verdict.kind === 'revoked') throw revokedError(endpoint, key, verdict.entry);
    return verdict.kind === 'known';
  }

  /**
   * Whether to go on with a host that shows this key; a new key is accepted here where nobody needs
   * to be asked, so that the connection can go on.
   */
  async isTrusted(endpoint: Endpoint, key: Buffer, signal: AbortSignal): Promise<boolean> {
    if (await this.isKnown(endpoint, key)) return true;
    if (!this.#options.acceptNew) return false;
    await this.decideNew(endpoint, key, signal);
    return true;
  }

  /**
   * Accepts the key of a host that nothing is known of, or asks; one host at a time.
   * @throws CrossflockError `refused` when it was not accepted
   */
  decideNew(endpoint: Endpoint, key: Buffer, signal: AbortSignal): Promise<void> {
    const decided = this.#turn.then(() => this.#decide(endpoint, key, signal));
    this.#turn = decided.catch(() => undefined);
    return decided;
  }

  async #decide(endpoint: Endpoint, key: Buffer, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    // Somebody else, or another host with the same key, may have been first.
    if (await this.isKnown(endpoint, key)) return;
    const { acceptNew, questions, store, onNotice } = this.#options;
    if (!acceptNew) {
      const verdict = judge(await this.#known(endpoint), hostNames(endpoint), key);
      const yes =
        questions.possible &&
        (await questions.confirm(newKeyLines(endpoint, key, verdict), 'trust this key?', signal));
      if (!yes) throw notAcceptedError(endpoint, key, questions.possible);
    }
    await store.add(hostNames(endpoint).name, key);
    onNotice(
      'info',
      `${endpoint.label}: new host key ${keyType(key)} ${fingerprint(key)} added to ${store.ownFile}`,
    );
  }

  #known({ knownHostsFiles }: Endpoint): Promise<readonly KnownHost[]> {
    return this.#options.store.load(knownHostsFiles);
  }
}

function hostNames({ host, port, hostKeyAlias }: Endpoint): HostNames {
  if (hostKeyAlias !== undefined) return { name: hostKeyAlias.toLowerCase(), fallback: undefined };
  const name = knownHostName(host, port);
  return { name, fallback: port === 22 ? undefined : host.toLowerCase() };
}

function newKeyLines(endpoint: Endpoint, key: Buffer, verdict: Verdict): readonly string[] {
  const authority = verdict.kind === 'unknown' ? verdict.certAuthority : undefined;
  return [
    `${endpoint.label} is not known yet.`,
    `Its ${keyType(key)} key has the fingerprint ${fingerprint(key)}.`,
    ...(authority === undefined
      ? []
      : [
          `${authority.file}:${authority.line} names an authority for it, but host certificates are not supported here.`,
        ]),
  ];
}

function notAcceptedError(endpoint: Endpoint, key: Buffer, asked: boolean): CrossflockError {
  const shown = `${keyType(key)} ${fingerprint(key)}`;
  return new CrossflockError(
    asked
      ? `the key of ${endpoint.label} was not accepted: ${shown}`
      : `${endpoint.label} is not known yet, and nobody can be asked: its key is ${shown}`,
    {
      code: 'refused',
      hint: "compare the fingerprint with the host's own; if it is right, use --accept-new-host-keys",
    },
  );
}

function changedError(
  endpoint: Endpoint,
  key: Buffer,
  entries: readonly KnownHost[],
): CrossflockError {
  const { name } = hostNames(endpoint);
  const old = entries.map(
    (entry) =>
      `${entry.type} ${fingerprint(Buffer.from(entry.key, 'base64'))} in ${entry.file}:${entry.line}`,
  );
  const files = [...new Set(entries.map(({ file }) => file))];
  const remove = files.map((file) => pasteable(['ssh-keygen', '-R', name, '-f', file]));
  return new CrossflockError(
    `the key of ${endpoint.label} has changed: known is ${old.join(', ')}; it now shows ` +
      `${keyType(key)} ${fingerprint(key)}; nothing was sent to it`,
    {
      code: 'refused',
      hint: `somebody may be in between; if the host was made anew, forget its old key: ${remove.join('; ')}`,
    },
  );
}

function revokedError(endpoint: Endpoint, key: Buffer, entry: KnownHost): CrossflockError {
  return new CrossflockError(
    `the key of ${endpoint.label} is revoked in ${entry.file}:${entry.line}: ` +
      `${keyType(key)} ${fingerprint(key)}`,
    { code: 'refused', hint: 'the host needs a new key, or is not the one it claims to be' },
  );
}
