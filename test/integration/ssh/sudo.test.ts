/**
 * sudo as it really is, in a container: users with and without a password, one who may nothing. The
 * commands of a root login and of a user are ended there as well, which needs other users than ours.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { SudoMode } from '../../../src/ports/ssh-target.js';
import { connectorIn, type Kit } from './connector-kit.js';
import { SshWorld, whyNoSshd } from './sshd.js';

const IMAGE = 'crossflock/lab-bare';
const PASSWORD = `it's "the" pass\\word $HOME`;
const run = promisify(execFile);

/** Users beside those of the image: `open` (no password asked), `asked`, `nobody-special`. */
const SETUP = `set -e
printf '%s\\n' 'open ALL=(ALL) NOPASSWD: ALL' 'asked ALL=(ALL) ALL' 'Defaults:asked lecture=always' > /etc/sudoers.d/test
for user in open asked nobody-special; do
  useradd --create-home --shell /bin/bash "$user"
  printf '%s:%s\\n' "$user" "$PASSWORD" | chpasswd
done
printf 'echo "Welcome to this machine!"\\n' > /home/open/.bashrc
useradd --create-home --shell /usr/sbin/nologin no-shell
usermod -p '*' no-shell
for user in open asked nobody-special no-shell root; do
  home=$(getent passwd "$user" | cut -d: -f6)
  install -d -m 700 -o "$user" "$home/.ssh"
  printf '%s\\n' "$KEY" > "$home/.ssh/authorized_keys"
  chown -R "$user" "$home/.ssh"
done
ssh-keygen -A >/dev/null
mkdir -p /run/sshd
exec /usr/sbin/sshd -D -e -o MaxStartups=100 -o PermitRootLogin=yes`;

async function whyNot(): Promise<string | undefined> {
  const noSshd = whyNoSshd();
  if (noSshd !== undefined) return noSshd;
  try {
    await run('docker', ['image', 'inspect', IMAGE]);
    return undefined;
  } catch {
    return `there is no Docker Engine with the image ${IMAGE}`;
  }
}

const why = await whyNot();

describe.skipIf(why !== undefined)(`sudo${why === undefined ? '' : ` (${why})`}`, () => {
  const container = `cft-ssh-sudo-${process.pid}`;
  let world: SshWorld;
  let address: string;
  const kits: Kit[] = [];

  beforeAll(async () => {
    world = await SshWorld.create();
    const key = await readFile(`${world.clientKey}.pub`, 'utf8');
    const env = ['-e', `KEY=${key.trim()}`, '-e', `PASSWORD=${PASSWORD}`];
    const args = ['run', '--detach', '--rm', '--name', container, ...env];
    await run('docker', [...args, '--entrypoint', '/usr/bin/tini', IMAGE, '--', 'sh', '-c', SETUP]);
    const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}';
    const { stdout } = await run('docker', ['inspect', '--format', format, container]);
    address = stdout.trim();
  });
  afterEach(async () => {
    await Promise.all(kits.splice(0).map(({ connector }) => connector.close()));
  });
  afterAll(async () => {
    await run('docker', ['rm', '--force', '--volumes', container]).catch(() => undefined);
    await world.close();
  });

  function as(user: string, sudo: SudoMode) {
    // The container's sshd may have to make its keys first.
    const kit = connectorIn(world, { retryRefusedMs: 60_000 });
    kits.push(kit);
    return kit.connector.open({
      name: 'box',
      address,
      user,
      identityFile: world.clientKey,
      sudo,
      configFile: 'none',
      connectTimeoutMs: 20_000,
    });
  }

  const asRoot = { sudo: true } as const;

  it('is not used by root, nor where it is not permitted', async () => {
    expect((await as('root', 'passwordless').run(['id', '-un'], asRoot)).stdout).toBe('root\n');
    expect((await as('open', 'none').run(['id', '-un'], asRoot)).stdout).toBe('open\n');
  });

  it('asks for nothing where a rule says so; what .bashrc says is no output', async () => {
    const host = as('open', 'passwordless');
    const script = 'id -un; cat; echo "$TOKEN"; echo e >&2; exit 4';
    expect(
      await host.run(['sh', '-c', script], { ...asRoot, stdin: 'in\n', env: { TOKEN: "a'\nb" } }),
    ).toEqual({ exitCode: 4, stdout: "root\nin\na'\nb\n", stderr: 'e\n' });
    expect((await host.run(['id', '-un'])).stdout).toBe('open\n');
    await expect(host.run(['no-such-program'], asRoot)).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('gets the password, and the command gets none of it', async () => {
    const host = as('asked', { password: PASSWORD });
    const result = await host.run(['sh', '-c', 'id -un; cat; env'], {
      ...asRoot,
      stdin: 'in\n',
      env: { TOKEN: 'hunter22' },
    });
    expect(result.stdout).toMatch(/^root\nin\n/);
    expect(result.stdout).toContain('TOKEN=hunter22\n');
    expect(result.stdout).not.toContain('pass');
    expect(result.stderr).not.toContain('password:');
    // The next one asks again: nothing is kept on the host.
    expect((await host.run(['cat'], { ...asRoot, stdin: 'x' })).stdout).toBe('x');
  });

  it('does not hand a password to a command where sudo asked for none', async () => {
    const host = as('open', { password: PASSWORD });
    const { stdout, stderr } = await host.run(['cat'], { ...asRoot, stdin: 'only this' });
    expect({ stdout, stderr }).toEqual({ stdout: 'only this', stderr: '' });
  });

  it('has neither password nor environment in a process list', async () => {
    const host = as('asked', { password: PASSWORD });
    const script = 'for p in /proc/[0-9]*; do tr "\\0" " " < $p/cmdline; echo; done';
    const { stdout } = await host.run(['sh', '-s'], {
      ...asRoot,
      stdin: script,
      env: { TOKEN: 'hunter22' },
    });
    expect(stdout).toContain('sudo -S');
    expect(stdout).not.toContain('hunter22');
    // tini's own arguments hold the set-up, which names the variable and not its value.
    expect(stdout).not.toContain('pass\\word');
  });

  it.each([
    ['asked', { password: 'wrong' }, 'unauthorized', 'the sudo password is wrong'],
    ['asked', 'passwordless', 'unauthorized', 'its sudo wants a password'],
    ['nobody-special', { password: PASSWORD }, 'refused', 'is not in the sudoers file'],
    ['nobody-special', 'passwordless', 'unauthorized', 'its sudo wants a password'],
  ] as const)('says why not: %s with %j', async (user, sudo, code, message) => {
    const thrown: unknown = await as(user, sudo)
      .run(['true'], asRoot)
      .catch((error: unknown) => error);
    expect(thrown).toMatchObject({ code, message: expect.stringContaining(message) as string });
    expect(JSON.stringify(thrown)).not.toContain('pass\\\\word');
  });

  it('says of an account without a shell what it answers', async () => {
    await expect(as('no-shell', 'none').run(['true'])).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('This account is currently not available') as string,
    });
  });

  it('says that there is no sudo', async () => {
    const host = as('root', 'none');
    await host.run(['mv', '/usr/bin/sudo', '/usr/bin/sudo.away']);
    try {
      await expect(as('open', 'passwordless').run(['true'], asRoot)).rejects.toMatchObject({
        code: 'not-found',
        message: expect.stringContaining('sudo is not installed') as string,
      });
    } finally {
      await host.run(['mv', '/usr/bin/sudo.away', '/usr/bin/sudo']);
    }
  });

  it.each([
    ['root', 'none'],
    ['open', 'passwordless'],
    ['asked', { password: PASSWORD }],
  ] as const)('ends what runs as root for %s', async (user, sudo) => {
    const host = as(user, sudo);
    const started = Promise.withResolvers<string>();
    const stop = new AbortController();
    const done = host.run(['sh', '-c', 'sleep 300 & echo "$!"; wait'], {
      ...asRoot,
      signal: stop.signal,
      onStdout: (chunk) => {
        started.resolve(Buffer.from(chunk).toString().trim());
      },
    });
    const pid = await started.promise;
    stop.abort();
    await expect(done).rejects.toMatchObject({ code: 'aborted' });
    await expect
      .poll(async () => (await host.run(['test', '-e', `/proc/${pid}`])).exitCode)
      .toBe(1);
  });

  it('writes files as root', async () => {
    const host = as('asked', { password: PASSWORD });
    const path = '/etc/crossflock/demo/secrets/pool-key';
    await host.put('secret', path, 0o600, asRoot);
    const { stdout } = await host.run(['stat', '-c', '%U %a %s', path], asRoot);
    expect(stdout).toBe('root 600 6\n');
    expect((await host.run(['cat', path])).exitCode).toBe(1);
  });
});
