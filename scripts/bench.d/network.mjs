// The network `wireguard` between two hosts of a lab against the same two hosts without it:
// one TCP stream, and one byte back and forth, by the same program in the same image. Both
// hosts are on this machine, so what is measured is what the way costs of its CPUs.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crossflock, median, output, print, ROOT, timed, writeConfig } from './programs.mjs';
import { seconds } from './programs.mjs';
import { end, goOn, start } from './processes.mjs';

const NAME = 'crossflock-bench-network';
const CLOUDS = ['one', 'two'];
const IMAGE = 'debian:trixie-slim';
/** It is on the hosts anyhow, and has python3. */
const TOOLS = 'crossflock/network';
const IPS = ['172.27.94.1', '172.27.94.2'];
const PORT = 19323;
const ROUNDS = 5;
/** What ends a stream, whichever comes first. */
const STREAM_SECONDS = 3;
const STREAM_BYTES = 4 * 1024 ** 3;
const PINGS = 2000;
const PING_SECONDS = 5;

/** Sends, or answers: what a client says first is what it wants to measure. */
const PROGRAM = `
import socket, sys, time
role, address, port = sys.argv[1], sys.argv[2], int(sys.argv[3])

def serve():
    server = socket.create_server((address, port))
    print("listening", flush=True)
    while True:
        peer, _ = server.accept()
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        stream, count, room = peer.recv(1) == b"s", 0, bytearray(1 << 18)
        while size := peer.recv_into(room):
            count += size
            if not stream:
                peer.sendall(room[:size])
        if stream:
            peer.sendall(str(count).encode())
        peer.close()

def connect(what):
    peer = socket.create_connection((address, port), timeout=20)
    peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    peer.sendall(what)
    return peer

def stream(seconds, most):
    peer, block, sent = connect(b"s"), bytes(1 << 18), 0
    start = time.monotonic()
    while sent < most and time.monotonic() - start < seconds:
        peer.sendall(block)
        sent += len(block)
    peer.shutdown(socket.SHUT_WR)
    # All of it has arrived when the other side has counted it.
    assert int(peer.recv(99)) == sent
    print(sent * 8 / (time.monotonic() - start) / 1e6)

def ping(seconds, count):
    peer, times, start = connect(b"p"), [], time.monotonic()
    while len(times) < count and time.monotonic() - start < seconds:
        before = time.monotonic()
        peer.sendall(b"x")
        peer.recv(1)
        times.append((time.monotonic() - before) * 1000)
    times.sort()
    print(times[len(times) // 2], times[len(times) * 99 // 100])

if role == "serve":
    serve()
else:
    {"stream": stream, "ping": ping}[role](float(sys.argv[4]), int(sys.argv[5]))
`;

const machine = (cloud) => `${NAME}-${cloud}-1`;
/** The Docker command on a host of the lab. */
const onHost = (cloud, ...argv) => ['docker', 'exec', '-i', machine(cloud), 'docker', ...argv];
const python = (cloud, network, ...args) =>
  onHost(
    ...[cloud, 'run', '--rm', '-i', '--network', network, '--entrypoint', 'python3'],
    ...[TOOLS, '-c', PROGRAM, ...args.map(String)],
  );

/** The lab's own configuration, with one small container on each host. */
function configuration(lab) {
  const containers = CLOUDS.map((cloud) => ({
    ...{ id: `at-${cloud}`, cluster: cloud, role: 'other', image: IMAGE },
    ...{ n_cpus: 0.1, mem: 64, args: ['sleep', 'infinity'] },
  }));
  const taken = containers.map(({ id }, index) => ({ id, ip_addr: IPS[index] }));
  return writeConfig({
    name: lab.name,
    ssh: lab.ssh,
    clusters: lab.clusters,
    containers,
    network: { cidr: '172.27.94.0/24', driver: 'wireguard', containers: taken },
  });
}

const lab = (env, verb, ...args) =>
  output(
    [process.execPath, join(ROOT, 'bin/crossflock.js'), 'lab', verb, '--name', NAME, ...args],
    { env },
  );

/** From nothing to a container on each of two hosts; answers where they are. */
async function setUp(env) {
  await lab(env, 'up', '--clouds', CLOUDS.join(','), '--no-registry');
  const found = JSON.parse(await lab(env, 'config'));
  const config = await configuration(found);
  const provisioned = await timed(() => crossflock('provision', '-c', config));
  print('provision of the two hosts', seconds(provisioned));
  await crossflock('create-containers', '-c', config);
  const addresses = found.clusters.map(({ hosts }) => hosts[0].address);
  const containers = await Promise.all(CLOUDS.map(containerOf));
  return {
    plain: { address: addresses[1], networks: ['host', 'host'] },
    wireguard: { address: IPS[1], networks: containers.map((id) => `container:${id}`) },
  };
}

async function containerOf(cloud) {
  const label = `label=crossflock.container=at-${cloud}`;
  return (await output(onHost(cloud, 'ps', '--quiet', '--filter', label))).trim();
}

/** Who encrypts: the kernel, or a program where the kernel cannot. */
async function servedBy(cloud) {
  const text = await output(onHost(cloud, 'exec', `${NAME}-network`, 'ls', '/sys/class/net'));
  const link = text.split('\n').find((name) => name.startsWith('cfwg-'));
  const flags = ['sh', '-c', `test -e /sys/class/net/${link}/tun_flags && echo yes || echo no`];
  const isTun = await output(onHost(cloud, 'exec', `${NAME}-network`, ...flags));
  return isTun.trim() === 'yes' ? 'wireguard-go' : "the kernel's WireGuard";
}

/** The answering side of one way, until the work is done. */
async function withServer({ address, networks }, work) {
  const server = start(python(CLOUDS[1], networks[1], 'serve', address, PORT));
  try {
    await new Promise((resolve, reject) => {
      let said = '';
      const onText = (text) => {
        said += text;
        if (said.includes('listening')) resolve();
      };
      server.stdout.on('data', onText);
      server.stderr.on('data', onText);
      server.once('exit', () => reject(new Error(`nobody answers at ${address}:\n${said}`)));
    });
    return await work();
  } finally {
    end(server.pid);
  }
}

async function measure({ address, networks }) {
  goOn();
  const run = async (...args) => {
    const [what, ...limits] = args;
    return await output(python(CLOUDS[0], networks[0], what, address, PORT, ...limits));
  };
  const rate = Number(await run('stream', STREAM_SECONDS, STREAM_BYTES));
  const [middle, slowest] = (await run('ping', PING_SECONDS, PINGS)).split(' ').map(Number);
  return { rate, middle, slowest };
}

function report(rounds) {
  const of = (way, what) => median(rounds.map((round) => round[way][what]));
  const lines = {
    rate: ['throughput, one TCP stream', (value) => `${value.toFixed(0)} Mbit/s`],
    middle: ['round trip of one byte, median', (value) => `${value.toFixed(3)} ms`],
    slowest: ['round trip of one byte, 99 of 100 within', (value) => `${value.toFixed(3)} ms`],
  };
  for (const [what, [label, text]] of Object.entries(lines)) {
    const [plain, wireguard] = [of('plain', what), of('wireguard', what)];
    const ratio = (wireguard / plain).toFixed(2);
    print(label, `${text(wireguard)}, without ${text(plain)}, ratio ${ratio}`);
  }
}

export async function benchNetwork() {
  console.log('\nwireguard between containers of two hosts, against the hosts without it');
  const state = await mkdtemp(join(tmpdir(), 'cf-bench-'));
  const env = { XDG_STATE_HOME: state };
  // For `crossflock` as well: the pool's key, and what is known of the hosts.
  const before = process.env.XDG_STATE_HOME;
  process.env.XDG_STATE_HOME = state;
  try {
    const ways = await setUp(env);
    print('encrypted by', await servedBy(CLOUDS[0]));
    const rounds = [];
    await withServer(ways.plain, () =>
      withServer(ways.wireguard, async () => {
        // In turns, so that whatever else the machine does meets both.
        for (let index = 0; index < ROUNDS; index += 1) {
          const plain = await measure(ways.plain);
          rounds.push({ plain, wireguard: await measure(ways.wireguard) });
        }
      }),
    );
    console.log(`\n  medians of ${ROUNDS} rounds in turns`);
    report(rounds);
  } finally {
    await lab(env, 'down');
    if (before === undefined) delete process.env.XDG_STATE_HOME;
    else process.env.XDG_STATE_HOME = before;
    await rm(state, { recursive: true, force: true });
  }
}
