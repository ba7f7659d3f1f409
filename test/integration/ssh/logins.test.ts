import { execFileSync } from 'node:child_process';
import { chmod, copyFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { SshConnectorOptions } from '../../../src/adapters/ssh/index.js';
import type { SshTarget } from '../../../src/ports/ssh-target.js';
import { connectorIn, targetOf, type Kit } from './connector-kit.js';
import { freePort, SshWorld, whyNoSshd, type Sshd } from './sshd.js';

const why = whyNoSshd();
/** For a property that is to be absent. */
type Loose = { [Key in keyof SshTarget]?: SshTarget[Key] | undefined };

describe.skipIf(why !== undefined)(`logging in${why === undefined ? '' : ` (${why})`}`, () => {
  let world: SshWorld;
  let sshd: Sshd;
  const kits: Kit[] = [];

  beforeAll(async () => {
    world = await SshWorld.create();
    sshd = await world.sshd();
  });
  afterEach(async () => {
    await Promise.all(kits.splice(0).map(({ connector }) => connector.close()));
  });
  afterAll(async () => {
    await world.close();
  });

  function connect(target: Loose = {}, options: Partial<SshConnectorOptions> = {}) {
    const kit = connectorIn(world, options);
    kits.push(kit);
    const all = { ...targetOf(world, sshd), ...target };
    const present = Object.entries(all).filter(([, value]) => value !== undefined);
    const host = kit.connector.open(Object.fromEntries(present) as unknown as SshTarget);
    return { ...kit, host, run: () => host.run(['true']) };
  }

  it('names the keys it tried, and no secret', async () => {
    const wrong = world.makeKey('wrong');
    const print = execFileSync('ssh-keygen', ['-lf', wrong]).toString().split(' ')[1] ?? '';
    await expect(connect({ identityFile: wrong }).run()).rejects.toMatchObject({
      code: 'unauthorized',
      message: expect.stringContaining(`the key ${wrong} (ssh-ed25519 ${print})`) as string,
    });
  });

  it('says of a key that is not there or that others may read', async () => {
    const none = world.path('no-such-key');
    await expect(connect({ identityFile: none }).run()).rejects.toThrow(`${none} does not exist`);
    const open = world.path('open');
    await copyFile(world.clientKey, open);
    await chmod(open, 0o644);
    await expect(connect({ identityFile: open }).run()).rejects.toThrow('may be read by others');
  });

  it.each(['rsa', 'ecdsa'] as const)('uses a key of the kind %s', async (kind) => {
    const key = world.makeKey(`client-${kind}`, kind);
    const other = await world.sshd({ config: [`AuthorizedKeysFile ${key}.pub`] });
    await connect({ identityFile: key, port: other.port }).run();
  });

  it('uses the key with a passphrase from the agent, and else says how to get it there', async () => {
    const key = world.makeKey('locked', 'ed25519', 'pass phrase');
    const other = await world.sshd({ config: [`AuthorizedKeysFile ${world.path('authorized')}`] });
    // The server reads the public half elsewhere: the private file itself has to tell it.
    await rename(`${key}.pub`, world.path('authorized'));
    const target = { identityFile: key, port: other.port };
    await expect(connect(target).run()).rejects.toMatchObject({
      code: 'unauthorized',
      message: expect.stringContaining(`ssh-add ${key}`) as string,
    });
    const socket = world.path('agent');
    const started = execFileSync('ssh-agent', ['-a', socket]).toString();
    const pid = Number(/SSH_AGENT_PID=(\d+)/.exec(started)?.[1]);
    try {
      const askpass = world.path('askpass');
      await writeFile(askpass, '#!/bin/sh\necho pass phrase\n', { mode: 0o700 });
      execFileSync('ssh-add', ['-q', key], {
        env: {
          ...process.env,
          SSH_AUTH_SOCK: socket,
          SSH_ASKPASS: askpass,
          SSH_ASKPASS_REQUIRE: 'force',
          DISPLAY: ':0',
        },
        stdio: 'ignore',
      });
      const env = { SSH_AUTH_SOCK: socket, XDG_STATE_HOME: world.path('state') };
      await connect(target, { env }).run();
      // Also where nothing names a key.
      await connect({ identityFile: undefined, port: other.port }, { env }).run();
    } finally {
      process.kill(pid);
    }
  });

  it('uses the usual files where nothing names a key', async () => {
    const usual = join(world.home, '.ssh/id_ed25519');
    await copyFile(world.clientKey, usual);
    await chmod(usual, 0o600);
    await connect({ identityFile: undefined }).run();
    await rm(usual);
    await expect(connect({ identityFile: undefined }).run()).rejects.toMatchObject({
      code: 'unauthorized',
      message: expect.stringContaining('there is no key to try') as string,
    });
  });

  it('takes from the OpenSSH configuration what the target leaves out', async () => {
    const configFile = world.path('ssh_config');
    await writeFile(
      configFile,
      [
        'Host cloud-*',
        '  HostName 127.0.0.1',
        `  Port ${sshd.port}`,
        `  User ${world.user}`,
        `  IdentityFile ${world.clientKey}`,
        '  HostKeyAlias the-cloud',
        `  UserKnownHostsFile ${world.path('cloud_known_hosts')}`,
        'Host far',
        '  ProxyCommand nc %h %p',
      ].join('\n'),
    );
    await writeFile(world.path('cloud_known_hosts'), `the-cloud ${await sshd.publicKey()}\n`);
    const bare = { user: undefined, port: undefined, identityFile: undefined, configFile };
    const options = { acceptNewHostKeys: false };
    const { host } = connect({ ...bare, name: 'cloud-1', address: 'cloud-1' }, options);
    expect((await host.run(['whoami'])).stdout.trim()).toBe(world.user);
    // What the target says counts more.
    await expect(
      connect({ ...bare, address: 'cloud-1', port: await freePort() }, options).run(),
    ).rejects.toMatchObject({ code: 'unreachable' });
    await expect(connect({ ...bare, address: 'far' }).run()).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining('ProxyCommand') as string,
    });
    await expect(
      connect({ ...bare, configFile: world.path('nothing'), address: 'x' }).run(),
    ).rejects.toMatchObject({ code: 'invalid-input' });
  });

  it('says what is the matter with an address', async () => {
    const closed = await freePort();
    await expect(connect({ port: closed }).run()).rejects.toMatchObject({
      code: 'unreachable',
      retryable: true,
      message: `cannot reach chi-1 (127.0.0.1:${closed}) over SSH: the connection was refused`,
    });
    await expect(connect({ address: 'no-such-host.invalid' }).run()).rejects.toMatchObject({
      code: 'unreachable',
    });
  });

  it('gives up in time on something that never answers', async () => {
    const { createServer } = await import('node:net');
    const silent = createServer((socket) => socket.on('error', () => undefined));
    const port = await freePort();
    await new Promise<void>((resolve) => silent.listen(port, '127.0.0.1', resolve));
    await expect(connect({ port, connectTimeoutMs: 200 }).run()).rejects.toMatchObject({
      code: 'unreachable',
      retryable: true,
      message: expect.stringContaining('no answer within 0.2 s') as string,
    });
    silent.close();
  });

  it('waits for a host that is booting, where that is asked for', async () => {
    const port = await freePort();
    const { run } = connect({ port }, { retryRefusedMs: 20_000 });
    const done = run();
    await world.sshd({ port });
    await done;
  });

  it('shares one connection between all that ask for it at first, and stops for none of them', async () => {
    const { host, connector } = connect();
    const stop = new AbortController();
    const left = host.run(['true'], { signal: stop.signal });
    const others = [host.run(['true']), host.run(['true'])];
    stop.abort();
    await expect(left).rejects.toMatchObject({ code: 'aborted' });
    await Promise.all(others);
    expect(connector.connections).toBe(1);
  });

  it('waits its turn where the host permits few sessions', async () => {
    const few = await world.sshd({ config: ['MaxSessions 2'] });
    const { host, connector } = connect({ port: few.port });
    const all = Array.from({ length: 6 }, (_, index) => host.run(['echo', String(index)]));
    expect((await Promise.all(all)).map(({ stdout }) => stdout)).toEqual(
      ['0', '1', '2', '3', '4', '5'].map((text) => `${text}\n`),
    );
    expect(connector.connections).toBe(1);
  });
});
