import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { docker, lines } from '../embedded/docker-cli.js';
import { labCli, madeChanges, type Outcome } from './lab-cli.js';

const LAB = 'cft-lab-one';
const OTHER = 'cft-lab-two';
const IMAGE = 'crossflock/network';

let state: string;
let cli: ReturnType<typeof labCli>;
let up: Outcome;

beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'cft-lab-'));
  cli = labCli(state);
  for (const name of [LAB, OTHER]) await cli('lab', 'down', '--name', name);
  up = await cli('lab', 'up', '--name', LAB, '--clouds', 'east,west', '--bare', 'west-1');
});
afterAll(async () => {
  for (const name of [LAB, OTHER]) await cli('lab', 'down', '--name', name);
  await rm(state, { recursive: true, force: true });
});

const lab = (...args: readonly string[]) => {
  const [command = '', ...rest] = args;
  return cli('lab', command, '--name', LAB, ...rest);
};
/** What a command on a host wrote, or how it failed. */
const on = async (host: string, ...command: readonly string[]) => {
  const { data } = await lab('ssh', host, '--', ...command);
  return data['exitCode'] === 0
    ? String(data['stdout']).trim()
    : `exit code ${String(data['exitCode'])}: ${String(data['stderr']).trim()}`;
};

interface ListedHost {
  readonly id: string;
  readonly address: string;
  readonly cutOffFrom: readonly string[];
}
const listed = async (name = LAB) => {
  const { data } = await cli('lab', 'list');
  const labs = data['labs'] as readonly {
    name: string;
    subnet: string;
    registry?: string;
    hosts: readonly ListedHost[];
  }[];
  return labs.find((candidate) => candidate.name === name)!;
};
const addressOf = async (id: string) =>
  (await listed()).hosts.find((host) => host.id === id)!.address;

/** Tries a TCP connection from a host to an SSH server. */
const knock = (from: string, address: string, seconds = 10) =>
  on(from, 'timeout', String(seconds), 'bash', '-c', `'</dev/tcp/${address}/22'`);
/** The same from a container on that host, so that its packets are forwarded. */
const knockFromContainer = (from: string, address: string, seconds = 10) =>
  on(
    from,
    ...['sudo', 'docker', 'run', '--rm', '--entrypoint', 'timeout', IMAGE, String(seconds)],
    ...['bash', '-c', `'</dev/tcp/${address}/22'`],
  );
const PASSES = '';
const DOES_NOT = /^exit code 124/;
/** Seconds until a connection that must not come about counts as such. */
const SOON = 1;

describe('a lab of two clouds', () => {
  it('comes up, and a second time there is nothing to do', async () => {
    expect(up.message).toMatch(/^lab cft-lab-one: 2 hosts in 2 clouds/);
    expect(madeChanges(up)).toEqual(
      expect.arrayContaining(['create host east-1', 'create host west-1', `create image ${IMAGE}`]),
    );
    const again = await lab('up');
    expect(again.message).toBe(`lab ${LAB}: 2 hosts in 2 clouds; nothing to do`);
    expect(madeChanges(again)).toEqual([]);
  });

  it('lets in by key, as the users it names and with the sudo they have', async () => {
    const password = await readFile(join(state, 'crossflock/labs', LAB, 'locked-password'), 'utf8');
    expect(await on('east', 'sudo', '-n', 'id', '-un')).toBe('root');
    const asLocked = (...command: readonly string[]) =>
      lab('ssh', 'west', '--user', 'locked', '--', ...command);
    expect((await asLocked('sudo', '-n', 'id')).data['exitCode']).toBe(1);
    const given = await docker(
      ...['exec', '--user', 'locked', '--env', `WORD=${password}`, `${LAB}-west-1`],
      ...['bash', '-c', 'sudo -S -p "" id -un <<<"$WORD"'],
    );
    expect(given).toBe('root');
    const key = join(state, 'crossflock/labs', LAB, 'id_ed25519');
    expect(await readFile(key, 'utf8')).toMatch('OPENSSH PRIVATE KEY');
    expect(JSON.stringify(up.events)).not.toContain(password.trim());
  });

  it('serves the images of this machine to a host with Docker; a bare host has none', async () => {
    const { registry } = await listed();
    const image = `${String(registry)}:5000/${IMAGE}`;
    expect(await on('east', 'sudo', 'docker', 'pull', '--quiet', image)).toBe(`${image}:latest`);
    const here = await docker('image', 'inspect', '--format', '{{.Id}}', IMAGE);
    const format = ['--format', "'{{.Id}}'"];
    expect(await on('east', 'sudo', 'docker', 'image', 'inspect', ...format, image)).toBe(here);
    await on('east', 'sudo', 'docker', 'tag', image, IMAGE);
    expect(await on('west', 'sudo', 'docker', 'ps')).toMatch(/command not found/);
    expect(await on('west', 'cat', '/etc/docker/daemon.json')).toContain(
      `${String(registry)}:5000`,
    );
  });

  it('prints a configuration that validate accepts', async () => {
    const { data } = await lab('config');
    const file = join(state, 'lab.json');
    await writeFile(file, JSON.stringify(data['configuration']));
    const { exitCode, data: verdict } = await cli('validate', '-c', file);
    expect({ exitCode, ...verdict }).toMatchObject({ exitCode: 0, verdict: 'ready', warnings: 0 });
  });

  it('cuts clouds apart, also for containers and over a reboot, and heals them', async () => {
    const [east, west] = [await addressOf('east-1'), await addressOf('west-1')];
    expect(await knock('east', west)).toBe(PASSES);
    expect(await knockFromContainer('east', west)).toBe(PASSES);

    const cut = await lab('cut', 'west', 'east');
    expect(madeChanges(cut)).toEqual(['update host east-1', 'update host west-1']);
    expect(await knock('east', west, SOON)).toMatch(DOES_NOT);
    expect(await knock('west', east, SOON)).toMatch(DOES_NOT);
    expect(await knockFromContainer('east', west, SOON)).toMatch(DOES_NOT);

    const hostKey = await on('west', 'cat', '/etc/ssh/ssh_host_ed25519_key.pub');
    await lab('restart', 'west');
    expect(await on('west', 'cat', '/etc/ssh/ssh_host_ed25519_key.pub')).toBe(hostKey);
    expect(await addressOf('west-1')).toBe(west);
    expect((await listed()).hosts.map(({ cutOffFrom }) => cutOffFrom)).toEqual([
      ['west'],
      ['east'],
    ]);
    expect(await knock('west', east, SOON)).toMatch(DOES_NOT);

    await lab('heal');
    expect(await knock('east', west)).toBe(PASSES);
    expect(await on('east', 'sudo', 'iptables', '-t', 'raw', '-S')).not.toContain('CROSSFLOCK');
  });

  // Where both sides drop, a reply that is lost hides a packet that came through.
  it('lets nothing in, out or through on a side that is cut alone', async () => {
    const [east, west] = [await addressOf('east-1'), await addressOf('west-1')];
    const ping = (from: string, to: string) => on(from, 'ping', '-c', '1', '-W', '1', to);
    const cutEast = (list: string) =>
      docker('exec', `${LAB}-east-1`, 'sh', '-c', `printf '${list}' | crossflock-lab cuts`);
    const arrivedOn = async (host: string) => echoRequests(await on(host, 'cat', '/proc/net/snmp'));

    const open = { east: await arrivedOn('east'), west: await arrivedOn('west') };
    await Promise.all([ping('west', east), ping('east', west)]);
    const before = { east: await arrivedOn('east'), west: await arrivedOn('west') };
    expect(before).toEqual({ east: open.east + 1, west: open.west + 1 });

    await cutEast(`west ${west}/32\\n`);
    await Promise.all([ping('west', east), ping('east', west)]);
    expect({ east: await arrivedOn('east'), west: await arrivedOn('west') }).toEqual(before);
    expect(await knockFromContainer('east', west, SOON)).toMatch(DOES_NOT);
    await cutEast('');
    expect(await knockFromContainer('east', west)).toBe(PASSES);
  });

  it('heals a host that is off, and brings back what a killed host ran', async () => {
    const start = ['run', '--detach', '--name', 'stays', '--restart', 'unless-stopped'];
    const sleep = ['--entrypoint', 'sleep', IMAGE, '1000'];
    await on('east', 'sudo', 'docker', ...start, ...sleep);
    await lab('cut', 'east', 'west');
    await lab('kill', 'east-1');
    expect((await lab('ssh', 'east', '--', 'true')).message).toBe('east-1 is exited');
    await lab('heal');
    expect(madeChanges(await lab('up'))).toContain('start host east-1');
    expect(await knock('east', await addressOf('west-1'))).toBe(PASSES);
    const running = ['ps', '--format', "'{{.Names}}'", '--filter', 'status=running'];
    expect(await on('east', 'sudo', 'docker', ...running)).toBe('stays');
  });

  it('names what is meant where a name is wrong', async () => {
    expect((await lab('ssh', 'eest-1', '--', 'true')).message).toMatch('no host is called eest-1');
    expect((await lab('cut', 'east', 'south')).message).toMatch('no cloud is called south');
    expect((await cli('lab', 'config', '--name', 'cft-lab-on')).message).toMatch('no lab called');
  });

  it('stands beside another lab, apart from it, which can grow', async () => {
    const made = await cli(
      ...['lab', 'up', '--name', OTHER, '--clouds', 'only', '--bare', 'all', '--no-registry'],
    );
    expect(made.exitCode).toBe(0);
    const more = await cli('lab', 'up', '--name', OTHER, '--hosts-per-cloud', '2', '--bare', 'all');
    expect(madeChanges(more)).toContain('create host only-2');
    expect(madeChanges(more)).not.toContain('create host only-1');
    const other = await listed(OTHER);
    expect(other.hosts).toHaveLength(2);
    expect(other.subnet).not.toBe((await listed()).subnet);
    expect(await knock('west', other.hosts[0]!.address, SOON)).toMatch(DOES_NOT);
  });

  it('leaves nothing behind, whatever is left of it', async () => {
    const before = { one: await traces(LAB), two: await traces(OTHER) };
    expect(before.one.volumes.length).toBeGreaterThanOrEqual(3);
    // One lab has lost its registry, its keys and the power of a host; the other one is whole.
    await docker('rm', '--force', '--volumes', `${LAB}-registry`);
    await rm(join(state, 'crossflock/labs', LAB), { recursive: true });
    await lab('kill', 'east');
    expect((await lab('down')).message).toBe(`lab ${LAB} is gone`);
    expect((await cli('lab', 'down', '--name', OTHER)).message).toBe(`lab ${OTHER} is gone`);
    for (const { containers, volumes, bridge, subnet } of Object.values(before)) {
      const ids = lines(await docker('ps', '--all', '--quiet', '--no-trunc'));
      expect(ids.filter((id) => containers.includes(id))).toEqual([]);
      const names = lines(await docker('volume', 'ls', '--quiet'));
      expect(names.filter((name) => volumes.includes(name))).toEqual([]);
      expect(Object.keys(networkInterfaces())).not.toContain(bridge);
      const networks = lines(await docker('network', 'ls', '--quiet', '--no-trunc'));
      const ranges = await docker('network', 'inspect', ...networks);
      expect(ranges).not.toContain(subnet);
    }
    expect(lines(await docker('image', 'ls', '--format', '{{.Repository}}')).join(' ')).not.toMatch(
      /10\.199\./,
    );
    // Not even the folder above.
    expect(existsSync(join(state, 'crossflock'))).toBe(false);
    expect((await readdir(state)).sort()).toEqual(['lab.json']);
    expect((await lab('down')).message).toBe(`nothing of lab ${LAB} was there`);
  });
});

/** How many ICMP echo requests have reached a host, out of its `/proc/net/snmp`. */
function echoRequests(snmp: string): number {
  const [names = [], values = []] = lines(snmp)
    .filter((line) => line.startsWith('Icmp: '))
    .map((line) => line.split(' '));
  return Number(values[names.indexOf('InEchos')]);
}

/** What Docker made for a lab, as seen from outside. */
async function traces(name: string) {
  const containers = lines(
    await docker('ps', '-aq', '--no-trunc', '--filter', `label=crossflock.lab=${name}`),
  );
  const mounts = '{{range .Mounts}}{{if .Name}}{{.Name}}\n{{end}}{{end}}';
  const volumes = lines(await docker('inspect', '--format', mounts, ...containers));
  const id = await docker('network', 'inspect', '--format', '{{.Id}}', `${name}-lab`);
  const { subnet } = await listed(name);
  return { containers, volumes, bridge: `br-${id.slice(0, 12)}`, subnet };
}
