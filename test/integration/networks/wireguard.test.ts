import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { networkNames } from '../../../src/networks/wireguard/names.js';
import { NETWORK_IMAGE } from '../../../src/networks/wireguard/settings.js';
import type { WireguardState } from '../../../src/networks/wireguard/state.js';
import { WireguardNetwork } from '../../../src/networks/wireguard/wireguard-network.js';
import type { NetworkMember, SeenMember } from '../../../src/ports/virtual-network.js';
import { survey } from '../../../src/provision/survey.js';
import { switchOff, switchOn, type Machine } from './machines.js';
import { CAPTURE, ECHO, INJECT, TALK } from './scripts.js';

const LAB = 'cft-wg-test';
const SUBNET = '10.246.77.0/24';
const MARKER = 'known-plaintext-of-a-job';
const NAMES = networkNames('dep');
const network = new WireguardNetwork({
  driver: 'wireguard',
  name: 'dep',
  cidr: '172.16.0.0/24',
  gateway: '172.16.0.254',
  port: 51820,
  taken: ['172.16.0.1', '172.16.0.2', '172.16.0.3'],
});
const { signal } = new AbortController();

let machines: readonly Machine[] = [];
/** What h3 was like before anything was done on it. */
let untouched = '';

beforeAll(async () => {
  await switchOff(LAB);
  machines = await switchOn(LAB, SUBNET, { count: 3, image: NETWORK_IMAGE });
  untouched = await traces(at(3));
});
afterAll(() => switchOff(LAB));

function at(number: number): Machine {
  const machine = machines[number - 1];
  if (machine === undefined) throw new Error(`there is no machine ${number}`);
  return machine;
}

function members(count: number): readonly NetworkMember[] {
  return machines.slice(0, count).map((host) => ({
    id: host.name,
    clusterId: host.name,
    host,
    address: host.address,
    privateAddress: host.address,
  }));
}

function look(count: number): Promise<readonly SeenMember<WireguardState>[]> {
  return Promise.all(
    members(count).map(async (member) => {
      const { state } = await survey(member.host, { state: network.probe() }, signal);
      return { member, state };
    }),
  );
}

/** Does on the first `count` machines what is planned; what it was. */
async function provision(count: number): Promise<readonly string[]> {
  const made: string[] = [];
  for (const phase of ['launch', 'connect'] as const) {
    const changes = network.plan(await look(count)).filter((change) => change.phase === phase);
    for (const member of members(count)) {
      for (const change of changes.filter(({ memberId }) => memberId === member.id)) {
        await network.apply(member, change, signal);
        made.push(`${change.view.action} ${change.view.kind} ${member.id}`);
      }
    }
  }
  return made;
}

/** A container on the virtual network, as the engine of a cluster starts them. */
async function startContainer(number: number): Promise<void> {
  await at(number).must(
    ...['docker', 'run', '--detach', '--name', 'app', '--restart', 'unless-stopped'],
    ...['--stop-signal', 'KILL', '--network', 'dep', '--ip', `172.16.0.${number}`],
    ...['--entrypoint', 'python3', NETWORK_IMAGE, '-c', ECHO],
  );
}

/** Exit code 0 as soon as one answer came, within the seconds given. */
async function ping(from: number, ...args: readonly string[]): Promise<number> {
  const argv = ['docker', 'exec', 'app', 'ping', '-n', '-c', '1', '-W', '1', ...args];
  return (await at(from).run(argv)).exitCode;
}

/** A conversation over one TCP connection from the container on h1 to the one on h2. */
class Conversation {
  readonly #input = new PassThrough();
  readonly #lines: AsyncIterator<string>;
  readonly ended: Promise<unknown>;

  constructor() {
    const output = new PassThrough();
    this.#lines = createInterface({ input: output })[Symbol.asyncIterator]();
    this.ended = at(1).run(['docker', 'exec', '-i', 'app', 'python3', '-c', TALK, '172.16.0.2'], {
      stdin: this.#input,
      onStdout: (chunk) => output.write(chunk),
    });
  }

  async next(): Promise<string> {
    return String((await this.#lines.next()).value);
  }

  say(text: string): Promise<string> {
    this.#input.write(`${text}\n`);
    return this.next();
  }

  async end(): Promise<void> {
    this.#input.end();
    await this.ended;
  }
}

async function traces(machine: Machine): Promise<string> {
  const commands = [
    'ls -A /etc/crossflock 2>&1',
    "ls /sys/class/net | grep -v '^veth'",
    'docker ps -aq; docker network ls --format "{{.Name}}"',
    'cut -f 1-3 /proc/net/route; grep -c . /proc/net/udp',
  ];
  return machine.must('sh', '-c', commands.join('; '));
}

/** Python beside the containers, in the host's own network. */
function inHostNetwork(script: string, ...args: readonly string[]): readonly string[] {
  const run = ['docker', 'run', '--rm', '-i', '--network', 'host', '--entrypoint', 'python3'];
  return [...run, NETWORK_IMAGE, '-c', script, ...args];
}

describe('two hosts', () => {
  it('are launched and connected, and then need nothing', async () => {
    const seen = await look(2);
    expect(seen.map(({ member, state }) => network.obstacles(member, state!))).toEqual([[], []]);
    expect(await provision(2)).toEqual([
      ...['create network h1', 'create container h1', 'create network h2', 'create container h2'],
      ...['update peers h1', 'update peers h2'],
    ]);
    expect(await provision(2)).toEqual([]);
    await Promise.all([startContainer(1), startContainer(2)]);
  });

  it('let containers reach each other, in packets of the full size and no larger', async () => {
    expect(await ping(1, '-w', '20', '172.16.0.2')).toBe(0);
    expect(await ping(2, '-M', 'do', '-s', String(1370 - 28), '172.16.0.1')).toBe(0);
    expect(await ping(1, '-M', 'do', '-s', String(1371 - 28), '172.16.0.2')).not.toBe(0);
  });

  it('let containers reach what is outside, through their own host', async () => {
    expect(await ping(1, '10.246.77.1')).toBe(0);
  });

  it('keep the private key to root on its host', async () => {
    const { folder } = NAMES;
    expect(await at(1).must('stat', '-c', '%a %u', folder, `${folder}/private-key`)).toBe(
      '700 0\n600 0',
    );
    const key = await at(1).must('cat', `${folder}/private-key`);
    const shown = [
      await at(1).must('docker', 'inspect', NAMES.container),
      await at(1).must('docker', 'logs', NAMES.container),
      await at(1).must('cat', `${folder}/status.json`, `${folder}/self.json`),
      await at(1).must(
        'sh',
        '-c',
        'cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ | tr "\\0" "\\n"',
      ),
    ].join('\n');
    expect(shown.includes(key)).toBe(false);
  });

  it('send nothing readable to each other', async () => {
    expect(await plaintext('172.16.0.2', 'app')).toBe('0');
    // The same without the network, to see that the capture would see it.
    await at(2).must(...dockerRunEcho());
    expect(Number(await plaintext(at(2).address, undefined))).toBeGreaterThan(0);
    await at(2).must('docker', 'rm', '--force', 'bare');
  });

  it('take no frames from outside', async () => {
    const { vxlanPort, vni } = NAMES;
    const inject = inHostNetwork(INJECT, at(2).address, String(vxlanPort), String(vni));
    const neighbours = ['docker', 'exec', 'app', 'ip', 'neigh'];
    await at(1).must(...inject);
    expect(await at(2).must(...neighbours)).not.toContain('172.16.0.99');
    // Without the packet filter they come in, and the agent puts it back when it looks.
    const nft = ['docker', 'exec', NAMES.container, 'nft'];
    await at(2).must(...nft, 'delete', 'table', 'ip', NAMES.wireguard);
    await at(1).must(...inject);
    expect(await at(2).must(...neighbours)).toContain('172.16.0.99');
    await at(2).must('docker', 'exec', NAMES.container, 'crossflock-network', 'status');
    expect(await at(2).must(...nft, 'list', 'tables', 'ip')).toContain(NAMES.wireguard);
  });
});

function dockerRunEcho(): readonly string[] {
  const run = ['docker', 'run', '--detach', '--name', 'bare', '--network', 'host'];
  return [...run, '--entrypoint', 'python3', NETWORK_IMAGE, '-c', ECHO];
}

/** How many of 40 packets between h1 and h2 hold the marker, while h1 sends it to the address. */
async function plaintext(address: string, container: string | undefined): Promise<string> {
  let talk: Promise<unknown> | undefined;
  let output = '';
  const text = `${MARKER}\n`.repeat(200);
  await at(1).run(inHostNetwork(CAPTURE, 'eth0', MARKER), {
    onStdout: (chunk) => {
      output += Buffer.from(chunk).toString();
      const argv =
        container === undefined
          ? inHostNetwork(TALK, address)
          : ['docker', 'exec', '-i', container, 'python3', '-c', TALK, address];
      if (output === 'listening\n') talk = at(1).run(argv, { stdin: text });
    },
  });
  await talk;
  return output.replace('listening\n', '').trim();
}

describe('a third host', () => {
  it('joins while containers talk, and is reached by the others', async () => {
    const talk = new Conversation();
    expect(await talk.next()).toBe('connected');
    expect(await talk.say('before')).toBe('before');
    const made = await provision(3);
    expect(made).toContain('create container h3');
    expect(made).not.toContain('create container h1');
    expect(await talk.say('after')).toBe('after');
    await talk.end();
    await startContainer(3);
    expect(await ping(1, '-w', '20', '172.16.0.3')).toBe(0);
    expect(await ping(3, '-w', '20', '172.16.0.2')).toBe(0);
  });

  it('is measured with the others', async () => {
    const seen = await look(3);
    const reports = await Promise.all(
      seen.map((from) =>
        network.measure(
          from,
          seen.filter((to) => to !== from),
          signal,
        ),
      ),
    );
    expect(reports.flat()).toHaveLength(6);
    for (const report of reports.flat()) {
      expect(report).toMatchObject({ reachable: true, mtu: 1370 });
      expect(report.why).toBeUndefined();
    }
  });

  it('is told apart when its port is shut', async () => {
    const shut = ['INPUT', '-p', 'udp', '--dport', '51820', '-j', 'DROP'];
    await at(3).must('iptables', '-I', ...shut);
    const [first, , third] = await look(3);
    const [report] = await network.measure(first!, [third!], signal);
    expect(report).toMatchObject({ from: 'h1', to: 'h3', reachable: false });
    expect(report?.why).toContain('the way is cut');
    await at(3).must('iptables', '-D', ...shut);
  });

  it('leaves: nothing of it stays, here and at the others', async () => {
    await at(3).must('docker', 'rm', '--force', 'app');
    const seen = await look(3);
    for (const change of network.planLeave(seen, 'h3')) {
      const { member } = seen.find(({ member: { id } }) => id === change.memberId)!;
      await network.apply(member, change, signal);
    }
    expect(await traces(at(3))).toBe(untouched);
    const [first] = await look(1);
    expect(first?.state?.peers.map(({ id }) => id)).toEqual(['h2']);
    const flood = ['docker', 'exec', NAMES.container, 'bridge', 'fdb', 'show', 'dev', NAMES.vxlan];
    const entries = await at(1).must(...flood);
    expect(entries.match(/00:00:00:00:00:00 dst/g)).toHaveLength(1);
    expect(await ping(1, '-w', '20', '172.16.0.2')).toBe(0);
  });
});

describe('the network comes back', () => {
  it('when wireguard-go is killed', async () => {
    const { state } = (await look(2))[1]!;
    const kill = `for p in /proc/[0-9]*; do case $(tr '\\0' ' ' <$p/cmdline) in "wireguard-go ${NAMES.wireguard} ") kill -9 "\${p#/proc/}";; esac; done`;
    await at(2).must('sh', '-c', kill);
    expect(await ping(1, '-w', '30', '172.16.0.2')).toBe(0);
    const log = await at(2).must('docker', 'logs', NAMES.container);
    expect(log.match(/served by wireguard-go/g)).toHaveLength(2);
    expect((await look(2))[1]?.state?.self).toEqual(state?.self);
  });

  it('when its container dies', async () => {
    const pid = await at(2).must(
      'docker',
      'inspect',
      '--format',
      '{{.State.Pid}}',
      NAMES.container,
    );
    await at(2).must('kill', '-9', pid);
    expect(await ping(2, '-w', '30', '172.16.0.1')).toBe(0);
    const count = ['docker', 'inspect', '--format', '{{.RestartCount}}', NAMES.container];
    expect(await at(2).must(...count)).toBe('1');
  });

  it('when the Docker Engine is restarted', async () => {
    await at(2).must('/etc/init.d/docker', 'restart');
    expect(await ping(1, '-w', '60', '172.16.0.2')).toBe(0);
  });

  it('when the host is restarted, with the same key and address', async () => {
    const before = (await look(2))[1]?.state?.self;
    await at(2).reboot();
    expect(await ping(1, '-w', '60', '172.16.0.2')).toBe(0);
    expect((await look(2))[1]?.state?.self).toEqual(before);
    expect(await provision(2)).toEqual([]);
  });
});

describe('taking it off a host', () => {
  it('refuses while containers are on it, takes all away without them, and is fine twice', async () => {
    await expect(network.remove(at(2), signal)).rejects.toThrow('still in use; on it: app');
    await at(2).must('docker', 'rm', '--force', 'app');
    await network.remove(at(2), signal);
    await network.remove(at(2), signal);
    expect((await traces(at(2))).split('\n').slice(0, 4)).toEqual(
      untouched.split('\n').slice(0, 4),
    );
  });
});
