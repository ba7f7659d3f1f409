import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { LocalHost } from '../../../src/adapters/local-host.js';
import type { Host } from '../../../src/ports/host.js';
import type { NetworkMember } from '../../../src/ports/virtual-network.js';
import { Lan, newHost } from './lan.mjs';
import type { StandInHost } from './lan.mjs';

const STAND_IN = fileURLToPath(new URL('stand-in.mjs', import.meta.url));
/** Real programs that the driver's shell texts use. */
const REAL = ['sh', 'sed', 'grep', 'head', 'mktemp', 'chmod', 'mv', 'rm', 'cat'];
/** Answered by shell alone, from files that the stand-in keeps; `node` runs the stand-in itself. */
const SHELL = {
  ip: `case "$*" in
'-o link show dev weave') cat "$state/link" ;;
'-o link show dev datapath') cat "$state/datapath" ;;
'-o -4 addr show dev weave') cat "$state/addresses" ;;
esac`,
  modprobe: `grep -qx "$3" "$state/modules"`,
  uname: `echo stand-in`,
  iptables: `cat "$state/iptables"`,
  'apt-cache': `cat "$state/candidate"`,
  // The router answers 400 to a client that does not ask for JSON.
  curl: `for url; do :; done
case "$*" in
*--unix-socket*) [ -s "$state/version" ] || exit 7 ;;
*'Accept: application/json http://127.0.0.1:6784/report')
  [ -s "$state/report" ] || exit 7
  cat "$state/report"
  exit ;;
*6784*) exit 22 ;;
*) node "$@" ;;
esac
image=\${url#http://localhost/images/}
case $url in
http://localhost/version) cat "$state/version" ;;
http://localhost/containers/json*) cat "$state/containers" ;;
http://localhost/images/*/json) grep -qx "\${image%/json}" "$state/images" || exit 22 ;;
*) exit 3 ;;
esac`,
  docker: `[ -s "$state/version" ] || { echo 'Cannot connect to the Docker daemon.' >&2; exit 1; }
case "$*" in
'version --format {{json .Server}}') cat "$state/version" ;;
'ps --all --no-trunc --filter name=^/weave$ --format {{json .}}') cat "$state/ps" ;;
'image inspect '*) grep -qx "$3" "$state/images" ;;
*) node "$@" ;;
esac`,
  ping: 'node "$@"',
};

/**
 * Hosts on this machine that have the stand-in in place of Weave Net, Docker and curl: real shells
 * and real processes, with nothing else in their path. Everything is in one temporary folder.
 */
export class WeaveLan {
  readonly folder = mkdtempSync(join(tmpdir(), 'crossflock-weave-'));
  readonly #store = new Lan(this.folder, '');

  /** Makes a host; `change` replaces properties of it. */
  add(address: string, change: Partial<StandInHost> = {}): void {
    this.#store.save(newHost(address, change));
    const bin = this.#bin(address);
    mkdirSync(bin, { recursive: true });
    for (const name of REAL) symlinkSync(pathOf(name), join(bin, name));
    const state = `state='${join(this.folder, address)}'`;
    for (const [name, text] of Object.entries(SHELL)) {
      const node = `node() { exec ${this.#words(address, name)} "$@"; }`;
      write(join(bin, name), `#!/bin/sh\n${state}\n${node}\n${text}\n`);
    }
    write(this.script(address), this.scriptText(address));
  }

  /** Where the script of a host is; not in its path. */
  script(address: string): string {
    return join(this.folder, address, 'weave');
  }

  /** Takes a program away from a host. */
  without(address: string, program: 'docker' | 'curl' | 'ping'): void {
    rmSync(join(this.#bin(address), program));
  }

  withoutScript(address: string): void {
    rmSync(this.script(address));
  }

  hasScript(address: string): boolean {
    return existsSync(this.script(address));
  }

  /** The text of Weave's script, as a download brings it. */
  scriptText(address: string): string {
    return `#!/bin/sh\nexec ${this.#words(address, 'weave')} "$@"\n`;
  }

  state(address: string): StandInHost {
    return this.#store.host(address);
  }

  change(address: string, edit: (host: StandInHost) => void): void {
    this.#store.change(address, edit);
  }

  /** The `weave`, `docker pull`, … commands that were run on a host, without their environment. */
  calls(address: string): readonly string[] {
    return this.state(address).calls.map(({ args }) => args.join(' '));
  }

  host(address: string): Host {
    const local = new LocalHost();
    const run: Host['run'] = (argv, options) => {
      // As root already: these hosts are folders.
      const env = { PATH: this.#bin(address), ...options?.env };
      return local.run(argv, { ...options, env, sudo: false });
    };
    return {
      name: address,
      run,
      put: (content, path, mode) => local.put(content, path, mode),
      forward: (host, port) => local.forward(host, port),
      reverseForward: (port) => local.reverseForward(port),
      close: () => local.close(),
    };
  }

  /** A host as a member of the network; each in a cluster of its own. */
  member(id: string, address: string): NetworkMember {
    const host = this.host(address);
    return { id, clusterId: `cloud-${id}`, host, address, privateAddress: address };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #bin(address: string): string {
    return join(this.folder, address, 'bin');
  }

  #words(address: string, program: string): string {
    const words = [process.execPath, STAND_IN, this.folder, address, program];
    return words.map((word) => `'${word}'`).join(' ');
  }
}

function write(path: string, text: string): void {
  writeFileSync(path, text);
  chmodSync(path, 0o755);
}

function pathOf(program: string): string {
  const found = execFileSync('sh', ['-c', 'command -v "$1"', 'sh', program], { encoding: 'utf8' });
  if (!found.startsWith('/')) throw new Error(`${program} is not on this machine`);
  return found.trim();
}
