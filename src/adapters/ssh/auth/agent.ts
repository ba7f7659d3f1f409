import ssh2, {
  type IdentityCallback,
  type ParsedKey,
  type PublicKeyEntry,
  type SignCallback,
  type SigningRequestOptions,
} from 'ssh2';

/** Asks an agent for its keys. @throws Error when it does not answer */
export function agentKeys(socket: string): Promise<readonly ParsedKey[]> {
  return new Promise((resolve, reject) => {
    ssh2.createAgent(socket).getIdentities((error, keys) => {
      if (error) reject(error);
      else resolve((keys ?? []).flatMap(parsed));
    });
  });
}

/** Kinds of keys that ssh2 does not know (security keys, certificates) are left out. */
function parsed(entry: ParsedKey | Buffer | string | PublicKeyEntry): readonly ParsedKey[] {
  const key = typeof entry === 'object' && 'pubKey' in entry ? entry.pubKey : entry;
  const inner = typeof key === 'object' && 'pubKey' in key ? key.pubKey : key;
  const result = ssh2.utils.parseKey(inner);
  return result instanceof Error ? [] : [result];
}

/** An agent of which only some keys are used, so that a server's limit of tries is not used up. */
export class ChosenKeysAgent extends ssh2.BaseAgent<ParsedKey> {
  readonly #agent: ssh2.BaseAgent;
  readonly #keys: readonly ParsedKey[];

  constructor(socket: string, keys: readonly ParsedKey[]) {
    super();
    this.#agent = ssh2.createAgent(socket);
    this.#keys = keys;
  }

  override getIdentities(callback: IdentityCallback<ParsedKey>): void {
    callback(null, [...this.#keys]);
  }

  override sign(
    key: ParsedKey,
    data: Buffer,
    options: SigningRequestOptions | SignCallback,
    callback?: SignCallback,
  ): void {
    if (typeof options === 'function') this.#agent.sign(key, data, options);
    else this.#agent.sign(key, data, options, callback);
  }
}
