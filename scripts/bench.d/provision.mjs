// A no-change `provision` of many hosts against plain ssh and against Ansible: 1, 10 and 50
// loopback addresses of one sshd, in a network namespace of its own, so that nothing listens
// outside it. All of them are this machine: what differs is only how one gets there.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { docker, median, output, print, ROOT, seconds, timed, writeConfig } from './programs.mjs';

const NAME = 'crossflock-bench-provision';
const SPACE = 'cfbench';
const PORT = 2222;
const COUNTS = [1, 10, 50];
const ROUNDS = 3;
const START_DEADLINE_MS = 10_000;

const addresses = (count) => Array.from({ length: count }, (_, index) => `127.0.1.${index + 1}`);
const inside = (...argv) => ['ip', 'netns', 'exec', SPACE, ...argv];

/** One sshd with keys of its own; answers how to log in and what it has logged. */
async function startSshd(folder) {
  const file = (name) => join(folder, name);
  await output(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', file('host')]);
  await output(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', file('user')]);
  await writeFile(file('authorized_keys'), await readFile(file('user.pub')), { mode: 0o600 });
  await writeFile(
    file('sshd_config'),
    [
      `Port ${PORT}`,
      `HostKey ${file('host')}`,
      `AuthorizedKeysFile ${file('authorized_keys')}`,
      `PidFile ${file('sshd.pid')}`,
      'PasswordAuthentication no',
      'PermitRootLogin prohibit-password',
      'StrictModes no',
      // The default drops connections at random from the eleventh at a time on.
      'MaxStartups 500',
      '',
    ].join('\n'),
  );
  const key = (await readFile(file('host.pub'), 'utf8')).split(' ').slice(0, 2).join(' ');
  const known = addresses(Math.max(...COUNTS)).map((address) => `[${address}]:${PORT} ${key}\n`);
  await writeFile(file('known_hosts'), known.join(''));
  await mkdir('/run/sshd', { recursive: true });
  await output(['ip', 'netns', 'add', SPACE]);
  await output(['ip', '-n', SPACE, 'link', 'set', 'lo', 'up']);
  const argv = inside('/usr/sbin/sshd', '-D', '-f', file('sshd_config'), '-E', file('sshd.log'));
  const sshd = spawn(argv[0], argv.slice(1), { stdio: 'ignore' });
  const deadline = Date.now() + START_DEADLINE_MS;
  while (!(await logOf(file)).includes('Server listening')) {
    if (Date.now() > deadline) throw new Error('the sshd of the benchmark does not start');
    await sleep(20);
  }
  return { file, stop: () => sshd.kill() };
}

async function logOf(file) {
  try {
    return await readFile(file('sshd.log'), 'utf8');
  } catch {
    return '';
  }
}

async function connections(file) {
  return (await logOf(file)).split('Accepted publickey').length - 1;
}

function configuration(count, { file }) {
  return writeConfig({
    name: NAME,
    ssh: {
      user: 'root',
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
    containers: [
      { id: 'submitter', cluster: 'bench', image: 'crossflock/submitter', n_cpus: 1, mem: 1024 },
    ],
    network: { cidr: '172.27.93.0/24', driver: 'bridge' },
  });
}

function provision(config) {
  return output(
    inside(process.execPath, join(ROOT, 'bin/crossflock.js'), 'provision', '-c', config),
    {
      env: { XDG_STATE_HOME: join(ROOT, '.crossflock/bench/state') },
    },
  );
}

const sshFlags = ({ file }) => [
  ...['-F', 'none', '-p', String(PORT), '-i', file('user'), '-o', 'BatchMode=yes'],
  ...['-o', `UserKnownHostsFile=${file('known_hosts')}`, '-o', 'IdentitiesOnly=yes'],
];

/** What there is to gain: one connection to each host, and nothing done on it. */
function plainSsh(count, sshd) {
  return Promise.all(
    addresses(count).map((address) =>
      output(inside('ssh', ...sshFlags(sshd), `root@${address}`, 'true')),
    ),
  );
}

const PLAYBOOK = `- hosts: all
  gather_facts: true
  tasks:
    - name: docker answers
      command: docker version
      changed_when: false
    - name: the network is there
      command: docker network inspect ${NAME}
      changed_when: false
    - name: the image is there
      command: docker image inspect crossflock/submitter
      changed_when: false
    - name: the ports
      command: ss -ltun
      changed_when: false
`;

/** The same questions, asked the way Ansible asks them: pipelining, as many forks as hosts. */
async function ansible(count, { file }) {
  const folder = await mkdtemp(join(tmpdir(), 'crossflock-ansible-'));
  const inventory = addresses(count).map(
    (address) =>
      `${address} ansible_port=${PORT} ansible_user=root ansible_ssh_private_key_file=${file('user')}\n`,
  );
  await writeFile(join(folder, 'hosts'), inventory.join(''));
  await writeFile(join(folder, 'play.yml'), PLAYBOOK);
  const options = `-F none -o UserKnownHostsFile=${file('known_hosts')} -o ControlMaster=auto -o ControlPersist=5s`;
  await writeFile(
    join(folder, 'ansible.cfg'),
    [
      '[defaults]',
      `forks = ${count}`,
      `inventory = ${join(folder, 'hosts')}`,
      `local_tmp = ${folder}`,
      'interpreter_python = /usr/bin/python3',
      '[ssh_connection]',
      'pipelining = True',
      `ssh_args = ${options}`,
      `control_path_dir = ${folder}`,
      '',
    ].join('\n'),
  );
  try {
    await output(inside('ansible-playbook', join(folder, 'play.yml')), {
      env: { ANSIBLE_CONFIG: join(folder, 'ansible.cfg'), ANSIBLE_NOCOLOR: '1', LC_ALL: 'C.UTF-8' },
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(count, sshd) {
  const config = await configuration(count, sshd);
  await provision(config);
  const ours = [];
  const plain = [];
  const before = await connections(sshd.file);
  // In turns, so that whatever else the machine does meets both.
  for (let index = 0; index < ROUNDS; index += 1) {
    ours.push(await timed(() => provision(config)));
    plain.push(await timed(() => plainSsh(count, sshd)));
  }
  const made = (await connections(sshd.file)) - before - ROUNDS * count;
  const theirs = await timed(() => ansible(count, sshd));
  return { ours: median(ours), plain: median(plain), theirs, perHost: made / ROUNDS / count };
}

export async function benchProvision() {
  console.log(`\nprovision without a change, ${COUNTS.join(', ')} hosts`);
  const folder = await mkdtemp(join(tmpdir(), 'crossflock-bench-'));
  let sshd;
  try {
    sshd = await startSshd(folder);
    const found = new Map();
    for (const count of COUNTS) found.set(count, await measure(count, sshd));
    for (const [count, { ours, plain, theirs, perHost }] of found) {
      print(`${count} hosts: crossflock provision, median of ${ROUNDS}`, seconds(ours));
      print(`${count} hosts: ssh HOST true in parallel`, seconds(plain));
      print(`${count} hosts: ansible-playbook`, seconds(theirs));
      print('  against ssh (goal at 50: at most 1.5)', (ours / plain).toFixed(2));
      print('  Ansible against it (goal at 50: at least 10)', (theirs / ours).toFixed(1));
      print('  connections a host (goal: 1)', String(perHost));
    }
    const [ten, fifty] = [found.get(10), found.get(50)];
    // What a run costs by itself is the same for 10 and for 50 hosts.
    const perHost = (fifty.ours - ten.ours) / 40;
    print('a host more, from 10 to 50', `${(perHost * 1000).toFixed(0)} ms`);
    print('a host, up to 10', `${((ten.ours / 10) * 1000).toFixed(0)} ms`);
  } finally {
    sshd?.stop();
    await docker('network', 'rm', NAME).catch(() => undefined);
    await output(['ip', 'netns', 'del', SPACE]).catch(() => undefined);
    await rm(folder, { recursive: true, force: true });
  }
}
