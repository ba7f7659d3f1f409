import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { docker } from './docker-cli.js';

const run = promisify(execFile);
const START_MS = 30_000;

/** What a Docker daemon in a container needs where nothing may be privileged. */
const RIGHTS = [
  ...['SYS_ADMIN', 'NET_ADMIN', 'SYS_PTRACE', 'DAC_READ_SEARCH'].flatMap((cap) => [
    '--cap-add',
    cap,
  ]),
  ...['--security-opt', 'seccomp=unconfined', '--security-opt', 'apparmor=unconfined'],
  ...['--volume', '/sys/fs/cgroup:/sys/fs/cgroup:rw', '--volume', '/var/lib/docker'],
  // The machine's own programs, so that no image with Docker in it is needed.
  ...['--volume', '/usr:/usr:ro', '--volume', '/etc/alternatives:/etc/alternatives:ro'],
  ...['--tmpfs', '/run'],
];

/** A Docker daemon of its own in a container, which can be stopped, killed and started again. */
export class NestedDocker {
  readonly socket: string;
  readonly #name: string;
  readonly #folder: string;
  readonly #bridge: string;

  private constructor(name: string, folder: string, bridge: string) {
    this.#name = name;
    this.#folder = folder;
    this.#bridge = bridge;
    this.socket = join(folder, 'docker.sock');
  }

  /** Rejects where the machine does not allow it. `bridge`: address of its bridge, with prefix. */
  static async open(name: string, image: string, bridge: string): Promise<NestedDocker> {
    const folder = await mkdtemp(join(tmpdir(), `${name}-`));
    const nested = new NestedDocker(name, folder, bridge);
    // A shell that waits reaps what the daemon leaves behind.
    const main = 'mount -o remount,rw /proc/sys && while :; do sleep 1; done';
    const share = ['--volume', `${folder}:/sock`];
    try {
      await docker(
        'run',
        '-d',

        '--name',
        name,
        ...RIGHTS,
        ...share,
        image,
        'sh',
        '-c',
        main,
      );
      await nested.start();
      await run('sh', [
        '-c',
        'docker save "$1" | docker --host "$2" load',
        '-',
        image,
        nested.#host,
      ]);
    } catch (thrown) {
      await nested.close();
      throw thrown;
    }
    return nested;
  }

  get #host(): string {
    return `unix://${this.socket}`;
  }

  /** Runs `docker` against this daemon. */
  async docker(...argv: string[]): Promise<string> {
    const { stdout } = await run('docker', ['--host', this.#host, ...argv]);
    return stdout.trim();
  }

  /** Starts the daemon; resolves when it answers. */
  async start(): Promise<void> {
    const daemon = ['dockerd', '--host', 'unix:///sock/docker.sock', '--bip', this.#bridge];
    const apart = ['--cgroup-parent', `/${this.#name}`, '--pidfile', '/run/dockerd.pid'];
    await docker('exec', '-d', this.#name, ...daemon, ...apart);
    const end = performance.now() + START_MS;
    for (;;) {
      try {
        await this.docker('version');
        return;
      } catch (thrown) {
        // A daemon tells nobody that it is there.
        if (performance.now() > end) throw thrown;
        await delay(100);
      }
    }
  }

  /** Ends the daemon: `TERM` stops its containers, too; `KILL` gives it no time for that. */
  async end(signal: 'TERM' | 'KILL'): Promise<void> {
    const wait = `pid=$(cat /run/dockerd.pid); kill -${signal} $pid; while kill -0 $pid 2>/dev/null; do sleep 0.05; done; rm -f /run/dockerd.pid`;
    await docker('exec', this.#name, 'sh', '-c', wait);
  }

  async close(): Promise<void> {
    await docker('rm', '--force', '--volumes', this.#name).catch(() => '');
    await rm(this.#folder, { recursive: true, force: true });
  }
}
