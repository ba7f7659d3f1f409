// The questions of a `provision` that changes nothing, asked the way Ansible asks them, with
// what makes Ansible fast: pipelining, as many forks as hosts, one connection kept for all
// tasks, a fixed interpreter, and none of the facts that are not among the questions. What
// crossflock asks only before it changes something (kernel modules, listening ports, ways to
// other hosts) is not asked here either, and nothing of what comes back is judged.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { output } from './processes.mjs';
import { addresses, PORT, USER } from './sshd.mjs';

/** Subsets of facts by what crossflock asks for: see src/provision/facts/host-facts.ts. */
const GATHER = `- hosts: all
  gather_facts: true
  gather_subset:
    - '!all'
    - '!min'
    - distribution # operating system
    - platform # architecture, kernel
    - hardware # CPUs, memory, free disk
    - service_mgr # how services are started
    - user # who is logged in
    - apparmor # whether profiles are demanded
    - date_time # the clock, for its skew
  tasks:
`;

/** What Ansible has no facts of: control groups, Docker's socket, programs, group, dpkg. */
const REST = `
        for file in /sys/fs/cgroup/cgroup.controllers /sys/fs/cgroup/unified/cgroup.controllers \\
          /sys/fs/cgroup/memory; do test -e $file && echo $file; done
        test -w /var/run/docker.sock && echo socket
        for program in docker dockerd apt-get perl curl apparmor_parser; do
          command -v $program; done
        grep '^docker:' /etc/group
        grep -B 1 -E '^Status: [a-z]+ [a-z]+ (half-|unpacked)' /var/lib/dpkg/status
        true`;

/** In src: docker-state.ts (twice), images-probe.ts, the probe of the network's driver. */
const askEngine = ({ name, image }) => [
  ['the engine and its version', 'docker version'],
  ['the containers of the deployment', `docker ps -a --filter label=crossflock.deployment=${name}`],
  ['the image and its id', `docker image inspect ${image}`],
  ['the network and its settings', `docker network inspect ${name}`],
];

/** A task for each, as playbooks are written. */
const TASKS = (wanted) =>
  askEngine(wanted)
    .map(
      ([title, command]) =>
        `    - name: ${title}\n      command: ${command}\n      changed_when: false\n`,
    )
    .join('');

const SHELL = (more) =>
  `    - name: the rest\n      changed_when: false\n      shell: |${REST}${more}\n`;

/** As playbooks are written, and the same in the fewest tasks that there can be. */
const PLAYBOOKS = {
  tasks: (wanted) => GATHER + TASKS(wanted) + SHELL(''),
  least: (wanted) =>
    GATHER +
    SHELL(
      askEngine(wanted)
        .map(([, command]) => `\n        ${command}`)
        .join(''),
    ),
};

/**
 * @param kind `tasks` or `least`
 * @param wanted name of the deployment, image, number of hosts
 * @param file paths of the server's keys
 */
export async function runAnsible(kind, wanted, { file }) {
  const folder = await mkdtemp(file('ansible-'));
  try {
    const hosts = addresses(wanted.count).map((address) => `${address}\n`);
    await writeFile(join(folder, 'hosts'), hosts.join(''));
    await writeFile(join(folder, 'play.yml'), PLAYBOOKS[kind](wanted));
    await writeFile(join(folder, 'ansible.cfg'), settings(folder, wanted.count, file));
    const env = { ANSIBLE_CONFIG: join(folder, 'ansible.cfg'), LC_ALL: 'C.UTF-8' };
    await output(['ansible-playbook', join(folder, 'play.yml')], { env });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function settings(folder, count, file) {
  const known = `-o UserKnownHostsFile=${file('known_hosts')}`;
  return [
    '[defaults]',
    `forks = ${count}`,
    `inventory = ${join(folder, 'hosts')}`,
    `local_tmp = ${join(folder, 'tmp')}`,
    'interpreter_python = /usr/bin/python3',
    'nocolor = True',
    `remote_user = ${USER}`,
    `remote_port = ${PORT}`,
    `private_key_file = ${file('user')}`,
    '[ssh_connection]',
    'pipelining = True',
    `ssh_args = -F none ${known} -o ControlMaster=auto -o ControlPersist=30s`,
    // Sockets have short names only.
    `control_path_dir = ${folder}`,
    'control_path = %(directory)s/%%h',
    '',
  ].join('\n');
}
