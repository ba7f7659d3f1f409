import type { ParsedKey } from 'ssh2';
import type { Endpoint } from '../endpoint.js';
import { agentKeys } from './agent.js';
import { describeKey, loadKeyFile, type KeyFile } from './private-key.js';

/** One thing to try when logging in. */
export type LoginTry =
  | { readonly kind: 'file'; readonly path: string; readonly key: ParsedKey }
  | { readonly kind: 'agent'; readonly socket: string; readonly key: ParsedKey };

export interface LoginPlan {
  /** In order. */
  readonly tries: readonly LoginTry[];
  /** What could not be tried, and why; in words. */
  readonly notes: readonly string[];
}

/**
 * Finds the keys to log in with: named files first, then the agent's, then the usual files. What was
 * read is kept, since many hosts share their keys.
 */
export class Identities {
  readonly #files = new Map<string, Promise<KeyFile>>();
  readonly #agents = new Map<string, Promise<readonly ParsedKey[] | undefined>>();

  async planLogin(endpoint: Endpoint): Promise<LoginPlan> {
    const { agent, identitiesOnly } = endpoint;
    const inAgent = agent === undefined ? [] : await this.#agentKeys(agent);
    const notes: string[] = [];
    if (inAgent === undefined) notes.push(`the agent at ${agent ?? ''} does not answer`);
    const offered = (inAgent ?? []).map((key): LoginTry => ({
      kind: 'agent',
      socket: agent ?? '',
      key,
    }));
    const named: LoginTry[] = [];
    const usual: LoginTry[] = [];
    for (const { path, named: isNamed } of endpoint.identityFiles) {
      const found = tryOf(path, await this.#file(path), offered);
      if (typeof found === 'object') (isNamed ? named : usual).push(found);
      else if (found !== undefined || isNamed) notes.push(`the key ${path} ${found ?? ABSENT}`);
    }
    const tries = identitiesOnly ? [...named, ...usual] : [...named, ...offered, ...usual];
    return { tries: withoutRepeats(tries), notes };
  }

  #file(path: string): Promise<KeyFile> {
    let file = this.#files.get(path);
    if (file === undefined) {
      file = loadKeyFile(path);
      this.#files.set(path, file);
    }
    return file;
  }

  #agentKeys(socket: string): Promise<readonly ParsedKey[] | undefined> {
    let keys = this.#agents.get(socket);
    if (keys === undefined) {
      keys = agentKeys(socket).catch(() => undefined);
      this.#agents.set(socket, keys);
    }
    return keys;
  }
}

const ABSENT = 'does not exist';

/** A key's file as something to try, else why not; undefined for one that is not there. */
function tryOf(
  path: string,
  file: KeyFile,
  offered: readonly LoginTry[],
): LoginTry | string | undefined {
  if (file.kind === 'absent') return undefined;
  if (file.kind === 'unusable') return file.why;
  const { publicKey } = file;
  if (file.kind === 'usable') return { kind: 'file', path, key: file.key };
  const loaded = offered.find(
    ({ key }) => publicKey !== undefined && key.getPublicSSH().equals(publicKey),
  );
  return loaded ?? `${file.why} and is not in the agent (try: ssh-add ${path})`;
}

function withoutRepeats(tries: readonly LoginTry[]): readonly LoginTry[] {
  const seen = new Set<string>();
  return tries.filter(({ key }) => {
    const blob = key.getPublicSSH().toString('base64');
    if (seen.has(blob)) return false;
    seen.add(blob);
    return true;
  });
}

/** `the key /home/x/.ssh/id (ssh-ed25519 SHA256:…)` */
export function describeTry(login: LoginTry): string {
  const where = login.kind === 'file' ? `the key ${login.path}` : "the agent's key";
  return `${where} (${describeKey(login.key)})`;
}
