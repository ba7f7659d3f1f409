import { FakeHost } from './fake-host.js';

const MARK = '=== crossflock';

/** What a test makes a machine like before it is used. */
export interface MachineTraits {
  /** Docker Engine, its client, and whether it runs. */
  docker: 'none' | 'stopped' | 'running';
  /** Names with tags of the images it has; each has the id `sha256:<name>`. */
  images: Set<string>;
  /** Lines of `/etc/os-release`. */
  os: string;
  memoryMb: number;
  diskFreeMb: number;
  /** Seconds that its clock is ahead of `now`. */
  ahead: number;
  isRoot: boolean;
  /** What `ss -Hlntup` prints. */
  listeners: string;
  /** Whether dpkg has died in the middle of something. */
  unfinished: boolean;
  /** What `apt-get install` writes to standard error when it fails; undefined: it does not. */
  aptFails: string | undefined;
}

/**
 * A host that behaves as a Debian machine does towards `provision`: it answers to looks from its
 * state, and the commands of an installation change that state. Specification, which the tests of
 * the command rely on:
 *
 * - a look tells what there is now; `looks` counts them, `changes` has every other command;
 * - `apt-get install` brings Docker, and fails while dpkg has something unfinished;
 * - Docker answers when it runs, and only then knows images;
 * - an image comes by the script that pulls one. Of networks it knows nothing: see `FakeNetwork`.
 */
export class FakeMachine extends FakeHost {
  readonly traits: MachineTraits;
  looks = 0;
  readonly changes: string[] = [];
  /** Seconds since 1970, by which its clock goes. */
  readonly #now: () => number;

  constructor(name: string, now: () => number, traits: Partial<MachineTraits> = {}) {
    super(name);
    this.#now = now;
    this.traits = {
      docker: 'running',
      images: new Set(),
      os: 'ID=debian\nVERSION_ID="13"\nVERSION_CODENAME=trixie\nPRETTY_NAME="Debian 13"',
      memoryMb: 4096,
      diskFreeMb: 50_000,
      ahead: 0,
      isRoot: true,
      listeners: '',
      unfinished: false,
      aptFails: undefined,
      ...traits,
    };
    this.on(['sh', '-s'], (_argv, { stdin, env }) => {
      this.looks += 1;
      return { stdout: this.#look(typeof stdin === 'string' ? stdin : '', env ?? {}) };
    });
    this.#installs();
    this.#docker();
  }

  #installs(): void {
    const { traits } = this;
    const apt = (verb: string) => (argv: readonly string[]) =>
      argv.includes('apt-get') && argv.includes(verb);
    this.on((argv) => argv.includes('apt-cache'), {
      stdout: 'docker.io:\n  Candidate: 26.1\ndocker-cli:\n  Candidate: 26.1\n',
    });
    this.on(apt('update'), this.#changing('apt-get update'));
    this.on(apt('install'), () => {
      this.changes.push('apt-get install');
      if (traits.unfinished) return { exitCode: 100, stderr: 'E: dpkg was interrupted\n' };
      if (traits.aptFails !== undefined) return { exitCode: 100, stderr: traits.aptFails };
      traits.docker = 'stopped';
      return {};
    });
    this.on(
      (argv) => argv.includes('--configure'),
      () => {
        this.changes.push('dpkg --configure');
        traits.unfinished = false;
        return {};
      },
    );
    this.on(
      (argv) => argv[0] === 'systemctl',
      () => {
        this.changes.push('systemctl start docker');
        traits.docker = 'running';
        return {};
      },
    );
    this.on(
      (argv) => argv[1] === '-c' && (argv[2] ?? '').includes('docker version'),
      () => (traits.docker === 'running' ? { stdout: '26.1\n' } : { exitCode: 1 }),
    );
  }

  #docker(): void {
    const { traits } = this;
    this.on(
      (argv) => argv[3] === 'pull',
      (argv) => {
        this.changes.push(`docker pull ${argv[4] ?? ''}`);
        traits.images.add(argv[5] ?? '');
        return {};
      },
    );
    this.on((argv) => argv[1] === 'image' && argv[2] === 'prune', {});
  }

  #changing(what: string) {
    return () => {
      this.changes.push(what);
      return {};
    };
  }

  #look(script: string, env: Readonly<Record<string, string>>): string {
    const ids = [...script.matchAll(new RegExp(`${MARK} probe ([a-z0-9-]+)`, 'g'))];
    const parts = ids.map(([, id = '']) => `\n${MARK} probe ${id}\n${this.#answer(id, env)}`);
    return `${parts.join('')}\n`;
  }

  #answer(id: string, env: Readonly<Record<string, string>>): string {
    if (id === 'facts') return this.#facts();
    if (id === 'images') return 'x86_64';
    if (id === 'closer') return this.#closer(env);
    if (id !== 'get') return '';
    const asked = (env['CROSSFLOCK_GET'] ?? '').split('\n');
    return asked.map((path) => `\n${MARK} answer ${path}\n${this.#http(path)}`).join('');
  }

  #facts(): string {
    const { traits } = this;
    const programs = [
      'apt-get',
      'perl',
      ...(traits.docker === 'none' ? [] : ['docker', 'dockerd']),
    ];
    const parts: Readonly<Record<string, string>> = {
      time: String(this.#now() + traits.ahead),
      os: traits.os,
      kernel: '6.1',
      architecture: 'x86_64',
      cpus: '0-3',
      memory: `MemTotal: ${traits.memoryMb * 1024} kB`,
      disk: `/dev/vda 99999999 1 ${traits.diskFreeMb * 1024} 1% /`,
      cgroup: 'v2',
      init: 'systemd',
      user: traits.isRoot ? '0' : '1000',
      socket: traits.docker === 'running' ? 'yes' : '',
      programs: programs.join('\n'),
    };
    return Object.entries(parts)
      .map(([name, text]) => `@@ ${name}\n${text}\n`)
      .join('');
  }

  #closer(env: Readonly<Record<string, string>>): string {
    const { listeners, unfinished } = this.traits;
    const text = `@@ listeners\n${listeners}\n@@ users\n@@ attempts\n`;
    if (env['CROSSFLOCK_LOOK_PACKAGES'] !== 'yes') return text;
    return `${text}@@ unfinished\n${unfinished ? 'docker.io' : ''}\n@@ lock\n@@ servers\n`;
  }

  #http(path: string): string {
    const { traits, name } = this;
    if (traits.docker !== 'running' || path.startsWith('http')) return '';
    if (path.endsWith('/_ping')) {
      return http(400, { message: 'Minimum supported API version is 1.24' });
    }
    if (path.startsWith('/containers/json')) return http(200, []);
    const image = /^\/images\/(.+)\/json$/.exec(path)?.[1];
    if (image !== undefined) {
      return traits.images.has(image)
        ? http(200, inspected(image))
        : http(404, { message: `no ${image} on ${name}` });
    }
    return http(404, { message: `${name} has no ${path}` });
  }
}

/** An image as `docker image inspect` tells it. */
export function inspected(image: string): object {
  return {
    Id: `sha256:${image}`,
    RepoTags: [image],
    Architecture: 'amd64',
    Size: 100_000_000,
    RootFS: { Layers: ['sha256:a'] },
  };
}

function http(status: number, body: object): string {
  const head = `HTTP/1.0 ${status} X\r\nServer: Docker/26.1 (linux)\r\nApi-Version: 1.45\r\n`;
  return `${head}\r\n${JSON.stringify(body)}\n`;
}
