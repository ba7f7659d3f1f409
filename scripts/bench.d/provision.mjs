// A no-change `provision` of many hosts against plain ssh and against Ansible: 1, 10 and 50
// addresses of one sshd, so all of them are this machine, and what differs is only how one
// gets there and what one asks.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runAnsible } from './ansible.mjs';
import { cpuOfChildren, goOn } from './processes.mjs';
import { docker, median, output, print, ROOT, seconds, timed, writeConfig } from './programs.mjs';
import { addresses, PORT, startSshd, USER } from './sshd.mjs';

const NAME = 'crossflock-bench-provision';
const IMAGE = 'crossflock/submitter';
const COUNTS = [1, 10, 50];
const ROUNDS = 5;

function configuration(count, { file }) {
  return writeConfig({
    name: NAME,
    ssh: {
      user: USER,
      port: PORT,
      identity_file: file('user'),
      known_hosts_file: file('known_hosts'),
      config_file: 'none',
    },
    clusters: [
      {
        id: 'bench',
        marathon_uri: 'http://127.0.0.1:9090',
        hosts: addresses(count).map((address) => ({ address })),
      },
    ],
    containers: [{ id: 'submitter', cluster: 'bench', image: IMAGE, n_cpus: 1, mem: 1024 }],
    network: { cidr: '172.27.93.0/24', driver: 'wireguard' },
  });
}

function provision(config, { file }, only = []) {
  const program = join(ROOT, 'scripts/bench.d/provision-program.mjs');
  const env = { XDG_STATE_HOME: file('state') };
  return output([process.execPath, program, config, ...only], { env });
}

/** Throws where the next run would change something: that is not what is to be measured. */
async function settle(config, sshd) {
  await provision(config, sshd, addresses(1));
  const said = await provision(config, sshd);
  if (!said.includes('✔ nothing to do: ')) throw new Error(`provision does not settle:\n${said}`);
}

/** What there is to gain: one connection to each host, and nothing done on it. */
function plainSsh(count, { file }) {
  const flags = [
    ...['-F', 'none', '-p', String(PORT), '-l', USER, '-i', file('user')],
    ...['-o', `UserKnownHostsFile=${file('known_hosts')}`],
    ...['-o', 'BatchMode=yes', '-o', 'IdentitiesOnly=yes'],
  ];
  return Promise.all(addresses(count).map((address) => output(['ssh', ...flags, address, 'true'])));
}

/**
 * Seconds on the clock and of CPU, of what is started here and of what sshd starts, and the logins
 * that it took. What Ansible leaves behind for its next tasks is ended before the CPU is counted,
 * after the clock was stopped; the Docker Engine's CPU is not counted, for nobody.
 */
async function measured(sshd, work) {
  const before = { here: cpuOfChildren(), there: sshd.cpu(), logins: await sshd.logins() };
  const clock = await timed(work);
  await sshd.clear();
  const here = cpuOfChildren() - before.here;
  const there = sshd.cpu() - before.there;
  return { clock, here, there, cpu: here + there, logins: (await sshd.logins()) - before.logins };
}

async function inTurns(sshd, config, count) {
  const rounds = [];
  // In turns, so that whatever else the machine does meets both.
  for (let index = 0; index < ROUNDS; index += 1) {
    const ours = await measured(sshd, () => provision(config, sshd));
    rounds.push({ ours, plain: await measured(sshd, () => plainSsh(count, sshd)) });
  }
  const middle = (way) =>
    Object.fromEntries(
      ['clock', 'here', 'there', 'cpu', 'logins'].map((what) => [
        what,
        median(rounds.map((round) => round[way][what])),
      ]),
    );
  return { ours: middle('ours'), plain: middle('plain') };
}

/** Ansible once each: it takes long enough. */
async function measure(count, sshd) {
  const config = await configuration(count, sshd);
  const wanted = { name: NAME, image: IMAGE, count };
  await settle(config, sshd);
  const found = await inTurns(sshd, config, count);
  for (const kind of ['tasks', 'least']) {
    found[kind] = await measured(sshd, () => runAnsible(kind, wanted, sshd));
  }
  return found;
}

const LABELS = {
  ours: `crossflock provision, median of ${ROUNDS}`,
  plain: `ssh HOST true in parallel, median of ${ROUNDS}`,
  tasks: 'ansible-playbook, a task for each question',
  least: 'ansible-playbook, in two tasks',
};

function report(count, found) {
  console.log(`\n  ${count} ${count === 1 ? 'host' : 'hosts'}`);
  for (const [way, label] of Object.entries(LABELS)) {
    const { clock, here, there, logins } = found[way];
    const cpu = `CPU ${seconds(here)} here, ${seconds(there)} on the hosts`;
    print(label, `${seconds(clock)}; ${cpu}; connections a host: ${logins / count}`);
  }
  const { ours, plain, tasks, least } = found;
  const ratio = (slow, fast, what) => (slow[what] / fast[what]).toFixed(2);
  for (const [label, slow, fast] of [
    ['against ssh (goal at 50: at most 1.5)', ours, plain],
    ['times faster than Ansible (goal at 50: 10)', tasks, ours],
    ['times faster than Ansible in two tasks', least, ours],
  ]) {
    print(label, `${ratio(slow, fast, 'clock')}; in CPU ${ratio(slow, fast, 'cpu')}`);
  }
}

function reportGrowth(found) {
  const [one, ten, fifty] = COUNTS.map((count) => found.get(count).ours);
  const milliseconds = (value) => `${(value * 1000).toFixed(0)} ms`;
  const more = (what, few, many, count) => milliseconds((many[what] - few[what]) / count);
  console.log('\n  a host more (goal: flat from 10 to 50)');
  for (const [what, label] of [
    ['clock', 'time'],
    ['cpu', 'CPU'],
  ]) {
    print(
      `${label}, from 1 to 10 and from 10 to 50`,
      `${more(what, one, ten, 9)}, ${more(what, ten, fifty, 40)}`,
    );
    print(
      `${label} by the host, with 10 and with 50`,
      `${milliseconds(ten[what] / 10)}, ${milliseconds(fifty[what] / 50)}`,
    );
  }
}

export async function benchProvision() {
  console.log(`\nprovision without a change, ${COUNTS.join(', ')} hosts (loopback, one sshd)`);
  const folder = await mkdtemp(join(tmpdir(), 'cf-bench-'));
  let sshd;
  try {
    sshd = await startSshd(folder, Math.max(...COUNTS));
    const found = new Map();
    for (const count of COUNTS) {
      goOn();
      found.set(count, await measure(count, sshd));
      report(count, found.get(count));
    }
    reportGrowth(found);
  } finally {
    await sshd?.stop();
    await docker('network', 'rm', NAME).catch(() => undefined);
    await rm(folder, { recursive: true, force: true });
  }
}
