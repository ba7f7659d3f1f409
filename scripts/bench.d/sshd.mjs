// One OpenSSH server that is many hosts, since it answers at every loopback address. It lets
// in whoever runs the benchmark, from this machine only, with a key made for the purpose.
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuOf, end, output, start } from './processes.mjs';

export const PORT = 19322;
export const USER = userInfo().username;
const DEADLINE_MS = 10_000;

export const addresses = (count) =>
  Array.from({ length: count }, (_, index) => `127.0.1.${index + 1}`);

/** @param folder an empty one; what is in it lets in */
export async function startSshd(folder, count) {
  const file = (name) => join(folder, name);
  for (const name of ['host', 'user']) {
    await output(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', file(name)]);
  }
  const key = (await readFile(file('host.pub'), 'utf8')).split(' ').slice(0, 2).join(' ');
  const known = addresses(count).map((address) => `[${address}]:${PORT} ${key}\n`);
  await writeFile(file('known_hosts'), known.join(''));
  await writeFile(file('sshd_config'), settings(file));
  await mkdir(file('home'));
  // Debian's server wants this folder to change its root to.
  const isRoot = process.getuid() === 0;
  const made = isRoot ? await mkdir('/run/sshd', { recursive: true }) : undefined;
  const log = file('sshd.log');
  await writeFile(log, '');
  const child = start(['/usr/sbin/sshd', '-D', '-f', file('sshd_config'), '-E', log], {
    stdio: 'ignore',
    lasting: true,
  });
  const server = {
    file,
    /** Logins so far. */
    logins: async () => (await readFile(log, 'utf8')).split('Accepted publickey').length - 1,
    /** Seconds of CPU of the server and of what was run for those that have left. */
    cpu: () => cpuOf(child.pid),
    /** Waits until nobody is logged in. */
    idle: () => within(async () => (await sessions(child.pid)).length === 0, 'to let go'),
    /** Throws out whoever is logged in. */
    clear: async () => {
      for (const pid of await sessions(child.pid)) end(pid);
      await server.idle();
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      const left = await sessions(child.pid);
      for (const pid of [child.pid, ...left]) end(pid);
      await gone;
      if (made !== undefined) await rmdir('/run/sshd').catch(() => undefined);
    },
  };
  try {
    await within(async () => {
      const said = await readFile(log, 'utf8');
      if (child.exitCode !== null) throw new Error(`the benchmark's sshd ended:\n${said}`);
      return said.includes('Server listening');
    }, 'to start');
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

function settings(file) {
  return [
    `Port ${PORT}`,
    // It can listen at 16 addresses at most, or at all of them.
    'ListenAddress 0.0.0.0',
    `AllowUsers ${USER}@127.0.0.0/8`,
    `HostKey ${file('host')}`,
    `AuthorizedKeysFile ${file('user.pub')}`,
    'PidFile none',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin prohibit-password',
    'StrictModes no',
    // A home without start-up files of a shell: those of this user may do anything.
    `SetEnv HOME=${file('home')}`,
    // The default drops connections at random from the eleventh at a time on.
    'MaxStartups 500',
    '',
  ].join('\n');
}

/** Ids of the processes that serve those who are logged in. */
async function sessions(pid) {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => undefined);
  if (text !== undefined) return text.split(' ').filter(Boolean).map(Number);
  // A kernel without that file: every process is asked who its parent is.
  const all = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const parents = await Promise.all(
    all.map((each) => readFile(`/proc/${each}/status`, 'utf8').catch(() => '')),
  );
  return all.filter((_, at) => parents[at].includes(`\nPPid:\t${pid}\n`)).map(Number);
}

async function within(done, what) {
  const deadline = Date.now() + DEADLINE_MS;
  while (!(await done())) {
    if (Date.now() > deadline) throw new Error(`the benchmark's sshd takes too long ${what}`);
    await sleep(20);
  }
}
