import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { docker } from '../embedded/docker-cli.js';
import type { labCli } from '../lab/lab-cli.js';

/** Until a machine that is switched off counts as unreachable. */
const CONNECT_SECONDS = 10;

/** A machine as a configuration has it; id and address are enough. */
export interface FarHost {
  readonly id: string;
  readonly address: string;
  readonly [property: string]: unknown;
}

/**
 * Hosts of a cluster whose Marathon is elsewhere, out of one machine of a lab. They share its engine,
 * so their network has to be that of one machine: `BridgeNetwork`.
 */
export class FarHosts {
  readonly #lab: string;
  readonly #folder: string;
  readonly #cli: ReturnType<typeof labCli>;

  /** `folder`: a new one, for the files of this test. */
  constructor(lab: string, folder: string, cli: ReturnType<typeof labCli>) {
    this.#lab = lab;
    this.#folder = folder;
    this.#cli = cli;
  }

  get knownHosts(): string {
    return join(this.#folder, 'known_hosts');
  }

  async addressOf(id: string): Promise<string> {
    const { data } = await this.#cli('lab', 'list');
    const labs = data['labs'] as { name: string; hosts: FarHost[] }[];
    const lab = labs.find(({ name }) => name === this.#lab);
    return lab?.hosts.find((host) => host.id === id)?.address ?? '';
  }

  /** Gives a machine more addresses, so that it answers as `far-1`, `far-2`, …, with its one key. */
  async of(machine: string, count: number): Promise<readonly FarHost[]> {
    const address = await this.addressOf(machine);
    const hosts = Array.from({ length: count }, (_, index) => ({
      id: `far-${index + 1}`,
      address: address.replace(/\d+$/, String(index + 201)),
    }));
    const add = hosts.map((host) => `ip address replace ${host.address}/32 dev eth0`);
    await docker('exec', `${this.#lab}-${machine}`, 'sh', '-c', add.join('; '));
    const known = await readFile((await this.#ssh()).known_hosts_file, 'utf8');
    const line = known.split('\n').find((text) => text.startsWith(`${address} `)) ?? '';
    const lines = hosts.map((host) => `${host.address}${line.slice(address.length)}\n`);
    await writeFile(this.knownHosts, known + lines.join(''));
    return hosts;
  }

  /** A machine as the way to others. */
  async jumpOver(machine: string): Promise<object> {
    const { user, identity_file } = await this.#ssh();
    return { address: await this.addressOf(machine), user, identity_file };
  }

  /** A key that no host lets in, nor shows. */
  async strangeKey(): Promise<string> {
    const file = join(this.#folder, 'strange-key');
    await promisify(execFile)('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);
    return file;
  }

  /** Makes the known key of an address that of a key's public half. */
  async replaceKey(address: string, key: string): Promise<void> {
    const [kind, text] = (await readFile(`${key}.pub`, 'utf8')).split(' ');
    const known = (await readFile(this.knownHosts, 'utf8')).split('\n');
    const others = known.filter((line) => !line.startsWith(`${address} `));
    const lines = [...others.filter((line) => line !== ''), `${address} ${kind} ${text}`];
    await writeFile(this.knownHosts, `${lines.join('\n')}\n`);
  }

  /** Writes a configuration that wants an engine, an image and a Docker network on each host. */
  async configuration(hosts: readonly FarHost[]): Promise<string> {
    const file = join(this.#folder, `${hosts.length}-hosts.json`);
    const configuration = {
      name: 'cft-far',
      ssh: {
        ...(await this.#ssh()),
        known_hosts_file: this.knownHosts,
        connect_timeout_seconds: CONNECT_SECONDS,
      },
      clusters: [{ id: 'far', marathon_uri: 'http://127.0.0.1:9090', hosts }],
      containers: [
        { id: 'runner', cluster: 'far', image: 'crossflock/network', n_cpus: 1, mem: 512 },
      ],
      network: { cidr: '10.77.0.0/24', driver: 'wireguard' },
    };
    await writeFile(file, JSON.stringify(configuration));
    return file;
  }

  /** The lab's own settings. */
  async #ssh(): Promise<SshSettings> {
    const { data } = await this.#cli('lab', 'config', '--name', this.#lab);
    return (data['configuration'] as { ssh: SshSettings }).ssh;
  }
}

interface SshSettings {
  readonly user: string;
  readonly identity_file: string;
  readonly known_hosts_file: string;
}
