import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const SSHD = '/usr/sbin/sshd';

/** Why there is no sshd to test against; undefined where there is one. */
export function whyNoSshd(): string | undefined {
  if (process.platform !== 'linux') return 'this is not Linux';
  if (!existsSync(SSHD)) return `${SSHD} is not installed (openssh-server)`;
  try {
    execFileSync('ssh-keygen', ['-?'], { stdio: 'ignore' });
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return 'ssh-keygen is not installed';
  }
  return undefined;
}

export type HostKeyKind = 'ed25519' | 'rsa' | 'ecdsa';

/** A folder with keys, and the OpenSSH servers that were started in it. */
export class SshWorld {
  readonly folder: string;
  readonly user = userInfo().username;
  readonly #servers: Sshd[] = [];

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(): Promise<SshWorld> {
    const world = new SshWorld(await mkdtemp(join(tmpdir(), 'cft-ssh-')));
    await mkdir(join(world.home, '.ssh'), { recursive: true, mode: 0o700 });
    world.makeKey('client');
    return world;
  }

  /** The home of the user who connects: only `.ssh` is of interest. */
  get home(): string {
    return join(this.folder, 'home');
  }

  /** The private key that all servers here let in. */
  get clientKey(): string {
    return join(this.folder, 'client');
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  makeKey(name: string, kind: HostKeyKind = 'ed25519', passphrase = ''): string {
    const file = this.path(name);
    const bits = kind === 'rsa' ? ['-b', '2048'] : [];
    const args = ['-q', '-t', kind, ...bits, '-N', passphrase, '-C', name, '-f', file];
    execFileSync('ssh-keygen', args);
    return file;
  }

  /** Starts an OpenSSH server on a free port of the loopback interface. */
  async sshd(
    options: { hostKeys?: readonly string[]; port?: number; config?: readonly string[] } = {},
  ): Promise<Sshd> {
    const name = `sshd-${this.#servers.length}`;
    const hostKeys = options.hostKeys ?? [this.makeKey(`${name}-key`)];
    const port = options.port ?? (await freePort());
    const config = this.path(`${name}.conf`);
    const lines = [
      // The first value counts.
      ...(options.config ?? []),
      `ListenAddress 127.0.0.1:${port}`,
      ...hostKeys.map((key) => `HostKey ${key}`),
      `AuthorizedKeysFile ${this.clientKey}.pub`,
      `PidFile ${this.path(`${name}.pid`)}`,
      'StrictModes no',
      'UsePAM no',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'PermitRootLogin prohibit-password',
      'MaxStartups 200',
      // bash reads the user's ~/.bashrc when it is sshd's, unless it is not the first shell.
      'SetEnv SHLVL=1',
      'LogLevel VERBOSE',
    ];
    await writeFile(config, `${lines.join('\n')}\n`);
    const server = await Sshd.start(config, port, hostKeys);
    this.#servers.push(server);
    return server;
  }

  async close(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.stop()));
    await rm(this.folder, { recursive: true, force: true });
  }
}

export class Sshd {
  readonly port: number;
  readonly hostKeys: readonly string[];
  readonly #child: ChildProcess;
  readonly log: string[];

  private constructor(child: ChildProcess, port: number, rest: Pick<Sshd, 'hostKeys' | 'log'>) {
    this.#child = child;
    this.port = port;
    this.hostKeys = rest.hostKeys;
    this.log = rest.log;
  }

  static async start(config: string, port: number, hostKeys: readonly string[]): Promise<Sshd> {
    // Where root runs it, it drops privileges into this folder.
    if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
    const child = spawn(SSHD, ['-D', '-e', '-f', config], { stdio: ['ignore', 'ignore', 'pipe'] });
    const log: string[] = [];
    await new Promise<void>((resolve, reject) => {
      createInterface(child.stderr).on('line', (line) => {
        log.push(line);
        if (line.startsWith('Server listening')) resolve();
      });
      child.once('exit', () => {
        reject(new Error(`sshd ended: ${log.join('\n')}`));
      });
    });
    return new Sshd(child, port, { hostKeys, log });
  }

  /** The line of a host key as known_hosts has it, without the name. */
  async publicKey(index = 0): Promise<string> {
    const text = await readFile(`${this.hostKeys[index] ?? ''}.pub`, 'utf8');
    return text.trim().split(' ').slice(0, 2).join(' ');
  }

  /** Logins so far. */
  get logins(): number {
    return this.log.filter((line) => line.startsWith('Accepted publickey')).length;
  }

  /** Ends the server; connections that are open go on. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGTERM');
    await ended;
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
