import { userInfo } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { CrossflockError } from '../../../errors/crossflock-error.js';
import type { SshEndpoint, SshTarget } from '../../../ports/ssh-target.js';
import { hostPort, type Endpoint, type IdentityFile } from '../endpoint.js';
import { ConfigFiles, type ConfigPlaces } from './config-files.js';
import { expandPath, type PathTokens } from './expand-path.js';
import { parseProxyJump, parseSshG, type OpenSshAnswer } from './ssh-g.js';

export interface ResolverOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** Where OpenSSH keeps what is the same for all users. */
  readonly systemFolder: string;
  readonly warn: (message: string) => void;
}

/** The usual names, the best kind first. */
const DEFAULT_KEYS = ['id_ed25519', 'id_ecdsa', 'id_rsa'];
const DEFAULT_PORT = 22;
/** More hosts on the way than this are a circle. */
const MOST_JUMPS = 8;
const SSH_G_MS = 10_000;

/** Finds out what is missing in a target: from OpenSSH's configuration, else what OpenSSH does. */
export class EndpointResolver {
  readonly #options: ResolverOptions;
  readonly #files = new ConfigFiles();
  #warned = false;

  constructor(options: ResolverOptions) {
    this.#options = options;
  }

  /**
   * @throws CrossflockError `invalid-input` for a configuration that cannot be read or asks for
   *   what crossflock cannot do
   */
  resolve(target: SshTarget): Promise<Endpoint> {
    return this.#resolve(target, target, target.jump, 0);
  }

  async #resolve(
    endpoint: SshEndpoint,
    target: SshTarget,
    jump: readonly SshEndpoint[] | undefined,
    depth: number,
  ): Promise<Endpoint> {
    const { address } = endpoint;
    if (address === '' || address.startsWith('-')) {
      throw new CrossflockError(`${JSON.stringify(address)} is no address of a host`, {
        code: 'invalid-input',
      });
    }
    if (depth > MOST_JUMPS) {
      throw new CrossflockError(`the jump hosts of ${target.name} go in a circle at ${address}`, {
        code: 'invalid-input',
        hint: 'look at ProxyJump in the OpenSSH configuration',
      });
    }
    const answer = await this.#ask(endpoint, target);
    const way = jump ?? jumpOf(answer, address);
    return {
      ...this.#own(endpoint, target, answer),
      jump: await this.#resolveWay(way, target, depth),
    };
  }

  /** The first host of a way may have a way of its own; the others are reached through it. */
  async #resolveWay(
    way: readonly SshEndpoint[],
    target: SshTarget,
    depth: number,
  ): Promise<readonly Endpoint[]> {
    const [first, ...rest] = way;
    if (first === undefined) return [];
    const start = await this.#resolve(first, target, undefined, depth + 1);
    const hops: Endpoint[] = [...start.jump, { ...start, jump: [] }];
    for (const hop of rest) hops.push(await this.#resolve(hop, target, [], depth + 1));
    return hops.map((hop, index) => ({ ...hop, jump: hops.slice(0, index) }));
  }

  #own(
    endpoint: SshEndpoint,
    target: SshTarget,
    answer: OpenSshAnswer | undefined,
  ): Omit<Endpoint, 'jump'> {
    const { host, port, user } = place(endpoint, answer);
    const tokens = { home: this.#options.home, host, port, user, address: endpoint.address };
    const { env } = this.#options;
    const named = endpoint.identityFile;
    return {
      label: label(endpoint, target, { host, port }),
      host,
      port,
      user,
      hostKeyAlias: answer?.hostKeyAlias,
      identityFiles:
        named === undefined ? this.#identityFiles(answer, tokens) : [{ path: named, named: true }],
      identitiesOnly: named !== undefined || answer?.identitiesOnly === true,
      agent: agentSocket(answer, env, tokens),
      knownHostsFiles: this.#knownHostsFiles(target, answer, tokens),
    };
  }

  #identityFiles(answer: OpenSshAnswer | undefined, tokens: PathTokens): readonly IdentityFile[] {
    const usual = DEFAULT_KEYS.map((name) => join(this.#options.home, '.ssh', name));
    const { env } = this.#options;
    const configured = (answer?.identityFiles ?? []).map((file) => expandPath(file, tokens, env));
    // `ssh -G` prints OpenSSH's defaults where nothing is configured; they come in this order then.
    const isDefault = configured.every((file) => file.startsWith(join(tokens.home, '.ssh', 'id_')));
    const several = configured.length > DEFAULT_KEYS.length;
    if (configured.length === 0 || (isDefault && several)) {
      return usual.map((path) => ({ path, named: false }));
    }
    return configured.map((path) => ({ path, named: true }));
  }

  #knownHostsFiles(
    target: SshTarget,
    answer: OpenSshAnswer | undefined,
    tokens: PathTokens,
  ): readonly string[] {
    const { home, systemFolder, env } = this.#options;
    const usual = ['known_hosts', 'known_hosts2'].flatMap((name) => [
      join(home, '.ssh', name),
      join(systemFolder, `ssh_${name}`),
    ]);
    const files = answer?.knownHostsFiles.map((file) => expandPath(file, tokens, env)) ?? usual;
    const extra = target.knownHostsFile === undefined ? [] : [target.knownHostsFile];
    return [...files.filter((file) => file !== 'none'), ...extra];
  }

  /** What OpenSSH says; undefined where its configuration has nothing to say. */
  async #ask(endpoint: SshEndpoint, target: SshTarget): Promise<OpenSshAnswer | undefined> {
    if (target.configFile === 'none') return undefined;
    const places: ConfigPlaces = {
      home: this.#options.home,
      systemFolder: this.#options.systemFolder,
      configFile: target.configFile,
    };
    if (!(await this.#files.mayConcern(places, endpoint.address))) return undefined;
    const result = await execa('ssh', sshGArguments(endpoint, target), {
      reject: false,
      timeout: SSH_G_MS,
      stdin: 'ignore',
    });
    if (result.code === 'ENOENT') {
      this.#warnOnce();
      return undefined;
    }
    const answer = result.exitCode === 0 ? parseSshG(result.stdout) : undefined;
    if (answer !== undefined) return answer;
    const [reason] = result.stderr.split('\n');
    throw new CrossflockError(
      `OpenSSH's configuration for ${endpoint.address} cannot be used: ${reason ?? ''}`,
      {
        code: 'invalid-input',
        hint: `try: ssh -G ${endpoint.address}, or write "none" as ssh.config_file`,
        cause: result.stderr,
      },
    );
  }

  #warnOnce(): void {
    if (this.#warned) return;
    this.#warned = true;
    this.#options.warn(
      "OpenSSH's configuration is not used: the program ssh, which reads it, is not installed",
    );
  }
}

function place(
  { address, port, user }: SshEndpoint,
  answer: OpenSshAnswer | undefined,
): Pick<Endpoint, 'host' | 'port' | 'user'> {
  return {
    host: answer?.hostname ?? address,
    port: port ?? answer?.port ?? DEFAULT_PORT,
    user: user ?? answer?.user ?? userInfo().username,
  };
}

function sshGArguments(endpoint: SshEndpoint, target: SshTarget): readonly string[] {
  return [
    '-G',
    ...(target.configFile === undefined ? [] : ['-F', target.configFile]),
    ...(endpoint.user === undefined ? [] : ['-l', endpoint.user]),
    ...(endpoint.port === undefined ? [] : ['-p', String(endpoint.port)]),
    '--',
    endpoint.address,
  ];
}

function jumpOf(answer: OpenSshAnswer | undefined, address: string): readonly SshEndpoint[] {
  if (answer?.proxyCommand !== undefined) {
    throw new CrossflockError(
      `OpenSSH's configuration has a ProxyCommand for ${address}, which crossflock cannot use`,
      {
        code: 'invalid-input',
        hint: 'use ProxyJump there, or name the jump hosts as "jump" in the configuration',
      },
    );
  }
  if (answer?.proxyJump === undefined) return [];
  const hops = parseProxyJump(answer.proxyJump);
  if (hops !== undefined) return hops;
  throw new CrossflockError(`ProxyJump ${answer.proxyJump} for ${address} cannot be read`, {
    code: 'invalid-input',
    hint: 'write it as [user@]host[:port], separated by commas',
  });
}

function agentSocket(
  answer: OpenSshAnswer | undefined,
  env: ResolverOptions['env'],
  tokens: PathTokens,
): string | undefined {
  const configured = answer?.identityAgent;
  if (configured === 'none') return undefined;
  if (configured === undefined || configured === 'SSH_AUTH_SOCK') {
    const socket = env['SSH_AUTH_SOCK'];
    return socket === '' ? undefined : socket;
  }
  if (configured.startsWith('$') && !configured.startsWith('${')) return env[configured.slice(1)];
  return expandPath(configured, tokens, env);
}

/** `chi-1 (192.0.2.7:22)`, `192.0.2.7`; a jump host also says whose it is. */
function label(
  endpoint: SshEndpoint,
  target: SshTarget,
  { host, port }: { readonly host: string; readonly port: number },
): string {
  const isTarget = endpoint === target;
  const name = isTarget ? target.name : endpoint.address;
  const where = port === DEFAULT_PORT ? host : hostPort(host, port);
  const full = name === where || name === host ? where : `${name} (${where})`;
  return isTarget ? full : `jump host ${full}`;
}
