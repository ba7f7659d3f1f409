import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { provision, type ProvisionOptions } from '../../../src/actions/provision.js';
import { BridgeNetwork } from '../../../src/networks/bridge/bridge-network.js';
import type { NetworkPlan } from '../../../src/plan/types.js';
import type { VirtualNetwork } from '../../../src/ports/virtual-network.js';
import { docker } from '../embedded/docker-cli.js';
import { labCli } from '../lab/lab-cli.js';
import { FarHosts, type FarHost } from './far-hosts.js';
import { openWorld } from './world.js';

const LAB = 'cft-provision';
const [STEADY, MORTAL] = ['steady-1', 'mortal-1'];

let state: string;
let cli: ReturnType<typeof labCli>;
let file: string;

beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'cft-provision-'));
  cli = labCli(state);
  file = join(state, 'pool.json');
  await cli('lab', 'down', '--name', LAB);
  const clouds = ['--clouds', 'steady,mortal', '--bare', MORTAL, '--no-registry'];
  const up = await cli('lab', 'up', '--name', LAB, ...clouds);
  expect(up.exitCode).toBe(0);
  await writeConfig();
});
afterAll(async () => {
  await cli('lab', 'down', '--name', LAB);
  await rm(state, { recursive: true, force: true });
});

interface Configuration {
  ssh: Record<string, unknown>;
  containers: { image: string }[];
}

/** The lab's configuration, with no images to send but those that provisioning itself needs. */
async function writeConfig(ssh: Readonly<Record<string, unknown>> = {}): Promise<void> {
  const { data } = await cli('lab', 'config', '--name', LAB);
  const configuration = data['configuration'] as Configuration;
  for (const container of configuration.containers) container.image = 'crossflock/network';
  Object.assign(configuration.ssh, ssh);
  await writeFile(file, JSON.stringify(configuration));
}

interface Wishes extends Partial<ProvisionOptions> {
  /** The driver of the virtual network; the configuration's by default. */
  readonly network?: (plan: NetworkPlan) => VirtualNetwork;
  readonly env?: Readonly<Record<string, string>>;
}

async function run({ network, env = {}, ...options }: Wishes = {}) {
  const world = openWorld({ state, env });
  try {
    const wanted = { config: file, dryRun: false, ...options };
    const exitCode = await provision(world.context, wanted, network);
    const [summary] = world.reporter.of('summary');
    const lines = world.reporter.of('report').flatMap((event) => event.lines);
    const changes = world.reporter.of('change').map(({ change }) => change);
    return { ...world, exitCode, message: summary?.message ?? '', lines, changes };
  } finally {
    await world.connector.close();
    await world.context.host.close();
  }
}

type Four = readonly [FarHost, FarHost, FarHost, FarHost];

/** Where hosts share an engine. */
const shared = (plan: NetworkPlan): VirtualNetwork => new BridgeNetwork(plan);

/** What a command in the container of a host prints. */
function on(host: string, ...argv: readonly string[]): Promise<string> {
  return docker('exec', `${LAB}-${host}`, ...argv);
}

/** Everything that a dry run could leave behind, but for what time itself changes. */
function traces(host: string): Promise<string> {
  return on(
    host,
    'sh',
    '-c',
    [
      'dpkg -l',
      // The time of the last change of a file's content or properties, which nothing can set.
      'find / -xdev -cnewer /etc/crossflock-mark -type f',
      'find /etc /usr /var/lib /var/cache /root /home /tmp | sort',
      'find /etc /var/lib -type f -exec sha256sum {} + | sort',
      'ps -eo comm= | grep -vE "^(ps|sort|grep|sh|find|sshd-session)$" | sort',
      'ip -o link; ip route; ss -Hltun | sort; iptables-save | grep -v "^#"; cat /proc/mounts',
      'cat /etc/passwd /etc/group; command -v docker dockerd containerd; true',
    ].join('; '),
  );
}

/** Resolves once dpkg has begun to unpack the first part of Docker on the host. */
function untilUnpacking(host: string): Promise<string> {
  const follow =
    'tail -n +1 -F /var/log/dpkg.log 2>/dev/null | grep -Em1 "half-installed (runc|containerd|docker.io)"';
  return on(host, 'timeout', '120', 'sh', '-c', follow);
}

describe('provision of a machine that has Docker, and of one that has nothing', () => {
  it('lists in a dry run what it would do, and leaves no trace', async () => {
    await on(MORTAL, 'touch', '/etc/crossflock-mark');
    const before = await traces(MORTAL);
    const { exitCode, changes, commands } = await run({ dryRun: true });
    expect(exitCode).toBe(0);
    const kinds = changes
      .filter(({ target }) => target.includes(MORTAL))
      .map(({ action, kind }) => `${action} ${kind}`);
    expect(kinds).toEqual([
      'create docker engine',
      'start docker engine',
      'create image',
      'create image',
      'create network',
      'create container',
      'update peers',
      'create marathon',
    ]);
    expect(commands.get(MORTAL)).toHaveLength(2);
    expect(await traces(MORTAL)).toBe(before);
  });

  it('makes one ready while the other dies in the middle of the installation', async () => {
    // At once: lab kill would look around first, and the installation takes a few seconds.
    const dying = untilUnpacking(MORTAL).then(() => docker('kill', `${LAB}-${MORTAL}`));
    const { exitCode, message, lines } = await run();
    await dying;
    expect(exitCode).toBe(1);
    expect(message).toBe(
      `1 of 2 hosts ready; once the other one is mended: crossflock provision -c ${file} --only ${MORTAL}`,
    );
    expect(lines[0]).toMatch(new RegExp(`^${MORTAL}: docker engine: .*(lost|reach)`));
    expect(await on(STEADY, 'docker', 'ps', '--format', '{{.Names}}')).toContain(
      `${LAB}-marathon-steady`,
    );
  });

  it('says of each host that lets nobody in why, and makes the others ready', async () => {
    const far = new FarHosts(LAB, await mkdtemp(join(state, 'far-')), cli);
    const [sound, behind, strange, changed] = (await far.of(STEADY, 4)) as Four;
    const key = await far.strangeKey();
    await far.replaceKey(changed.address, key);
    const config = await far.configuration([
      sound,
      { ...behind, jump: [await far.jumpOver(STEADY)] },
      { ...strange, identity_file: key },
      changed,
      { id: 'down', address: await far.addressOf(MORTAL) },
    ]);
    const { exitCode, message, lines, connector } = await run({ config, network: shared });
    expect(exitCode).toBe(1);
    expect(message).toBe(
      '2 of 5 hosts ready; once the others are mended: ' +
        `crossflock provision -c ${config} --only far-3 far-4 down`,
    );
    const said = lines.join('\n');
    expect(said).toMatch(new RegExp(`^far-3: first look: .*${key}`, 'm'));
    expect(said).toMatch(/^far-4: first look: .*has changed.*\n(.*\n)*? {4}try: .*ssh-keygen -R/m);
    expect(said).toMatch(/^down: first look: cannot reach down .*over SSH/m);
    // A changed key is never tried again, a wrong one neither; the jump host is one more.
    expect(connector.connections).toBe(3);
  });

  it('makes nine of ten hosts ready, and names what the tenth has not done', async () => {
    await cli('lab', 'restart', MORTAL, '--name', LAB);
    const hook = '/etc/dpkg/dpkg.cfg.d/no-room';
    const refuse = `echo 'pre-invoke=echo "a line before it" >&2; echo "no room here" >&2; exit 1'`;
    await on(MORTAL, 'sh', '-c', `${refuse} > ${hook}`);
    const far = new FarHosts(LAB, await mkdtemp(join(state, 'far-')), cli);
    const tenth = { id: MORTAL, address: await far.addressOf(MORTAL) };
    const config = await far.configuration([...(await far.of(STEADY, 9)), tenth]);
    const { exitCode, message, lines, reporter } = await run({ config, network: shared });
    expect(exitCode).toBe(1);
    expect(message).toBe(
      '9 of 10 hosts ready; once the other one is mended: ' +
        `crossflock provision -c ${config} --only ${MORTAL}`,
    );
    expect(reporter.events.at(-1)).toMatchObject({ type: 'summary', message });
    const said = lines.join('\n');
    expect(said).toMatch(new RegExp(`^${MORTAL}: docker engine: .*(dpkg|apt-get).* ended with `));
    expect(said).toContain('    | a line before it\n');
    expect(said).toContain('no room here');
    expect(said).toMatch(/^ {4}try: /m);
    expect(said.match(/^\S/gm)).toHaveLength(1);
    await on(MORTAL, 'rm', hook);
  });

  it('goes on with the one that died when it is back', async () => {
    const { exitCode, message, lines, changes } = await run({ only: [MORTAL] });
    expect(lines).toEqual([]);
    expect(exitCode).toBe(0);
    expect(message).toMatch(/^1 host ready, \d+ changes made$/);
    // The one that was ready is told of it, and nothing else is done there.
    const elsewhere = changes.filter(({ target }) => target.includes(STEADY));
    expect(new Set(elsewhere.map(({ kind }) => kind))).toEqual(new Set(['peers']));
    expect(await on(MORTAL, 'dpkg', '--audit')).toBe('');
  });

  it('has nothing to do the second time, with one command and one connection a host', async () => {
    const { exitCode, message, commands, connector } = await run();
    expect(exitCode).toBe(0);
    expect(message).toBe('nothing to do: 2 hosts as wanted');
    expect([...commands.values()]).toEqual([['sh -s'], ['sh -s']]);
    expect(connector.connections).toBe(2);
  });

  it('finds the same as a user whose sudo asks for a password', async () => {
    const password = await readFile(join(state, 'crossflock/labs', LAB, 'locked-password'), 'utf8');
    await writeConfig({ user: 'locked', sudo: { password: { $env: 'CFT_SUDO' } } });
    const { exitCode, message } = await run({ env: { CFT_SUDO: password.trim() } });
    expect(message).toBe('nothing to do: 2 hosts as wanted');
    expect(exitCode).toBe(0);
  });

  it('stops before anything is changed when the password is wrong, or sudo is not to be used', async () => {
    await writeConfig({ user: 'locked', sudo: { password: { $env: 'CFT_SUDO' } } });
    const wrong = await run({ env: { CFT_SUDO: 'wrong' } });
    expect(wrong.exitCode).toBe(1);
    expect(wrong.lines[0]).toMatch(/^steady-1: first look: .*sudo/);
    await writeConfig({ user: 'locked', sudo: 'none' });
    const none = await run();
    expect(none.exitCode).toBe(1);
    expect(none.lines[0]).toContain('the user is not root on steady-1');
    expect([...wrong.changes, ...none.changes]).toEqual([]);
  });
});
