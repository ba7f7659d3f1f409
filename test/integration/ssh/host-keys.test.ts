import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SshConnectorOptions } from '../../../src/adapters/ssh/index.js';
import type { SshTarget } from '../../../src/ports/ssh-target.js';
import { connectorIn, ScriptedQuestions, targetOf, type Kit } from './connector-kit.js';
import { SshWorld, whyNoSshd, type Sshd } from './sshd.js';

const why = whyNoSshd();

describe.skipIf(why !== undefined)(`host keys${why === undefined ? '' : ` (${why})`}`, () => {
  let world: SshWorld;
  /** Has an RSA key and an ed25519 key. */
  let sshd: Sshd;
  let own: string;
  const kits: Kit[] = [];

  beforeAll(async () => {
    world = await SshWorld.create();
    const hostKeys = [world.makeKey('rsa', 'rsa'), world.makeKey('ed')];
    sshd = await world.sshd({ hostKeys });
    own = world.path('state/crossflock/known_hosts');
  });
  beforeEach(async () => {
    await rm(world.path('state'), { recursive: true, force: true });
    await rm(join(world.home, '.ssh/known_hosts'), { force: true });
  });
  afterEach(async () => {
    await Promise.all(kits.splice(0).map(({ connector }) => connector.close()));
  });
  afterAll(async () => {
    await world.close();
  });

  function connect(options: Partial<SshConnectorOptions> = {}, target: Partial<SshTarget> = {}) {
    const kit = connectorIn(world, { acceptNewHostKeys: false, ...options });
    kits.push(kit);
    const host = kit.connector.open(targetOf(world, sshd, target));
    return { ...kit, host, run: () => host.run(['true']) };
  }

  const printOf = (key: string): string =>
    execFileSync('ssh-keygen', ['-lf', `${key}.pub`])
      .toString()
      .split(' ')[1] ?? '';
  const name = (): string => `[127.0.0.1]:${sshd.port}`;

  async function know(line: string): Promise<void> {
    await mkdir(join(world.home, '.ssh'), { recursive: true });
    await appendFile(join(world.home, '.ssh/known_hosts'), `${line}\n`);
  }

  it('refuses a host that is not known, with its fingerprint and the way out', async () => {
    const { run, connector } = connect();
    await expect(run()).rejects.toMatchObject({
      code: 'refused',
      retryable: false,
      message: expect.stringContaining(printOf(world.path('ed'))) as string,
      hint: expect.stringContaining('--accept-new-host-keys') as string,
    });
    expect(connector.connections).toBe(0);
    await expect(readFile(own)).rejects.toThrow('ENOENT');
  });

  it('accepts it where that was asked for, says so, and knows it from then on', async () => {
    const { run, notices } = connect({ acceptNewHostKeys: true });
    await run();
    expect(notices).toEqual([expect.stringContaining(printOf(world.path('ed')))]);
    expect(await readFile(own, 'utf8')).toBe(`${name()} ${await sshd.publicKey(1)}\n`);
    await connect().run();
  });

  it('asks one question at a time, and each key once', async () => {
    const questions = new ScriptedQuestions(true);
    const kit = connectorIn(world, { acceptNewHostKeys: false, questions });
    kits.push(kit);
    // The same server under addresses of its own, and one of them three times.
    const addresses = ['127.0.0.1', '127.0.0.1', '127.0.0.1', 'localhost'];
    await Promise.all(
      addresses.map((address, index) =>
        kit.connector.open(targetOf(world, sshd, { name: `host-${index}`, address })).run(['true']),
      ),
    );
    expect(questions.asked).toHaveLength(2);
    expect(questions.mostAtOnce).toBe(1);
    expect(questions.asked.flat().join('\n')).toContain(printOf(world.path('ed')));
    expect((await readFile(own, 'utf8')).trim().split('\n')).toHaveLength(2);
  });

  it('refuses it when the answer is no', async () => {
    const { run } = connect({ questions: new ScriptedQuestions(true, () => false) });
    await expect(run()).rejects.toMatchObject({ code: 'refused' });
    await expect(readFile(own)).rejects.toThrow('ENOENT');
  });

  it('takes the key that is known, whatever the host would rather show', async () => {
    await know(`${name()} ${await sshd.publicKey(0)}`);
    await connect().run();
  });

  it('reads hashed names, as ssh-keygen makes them', async () => {
    await know(`${name()} ${await sshd.publicKey(1)}`);
    execFileSync('ssh-keygen', ['-H', '-f', join(world.home, '.ssh/known_hosts')]);
    expect(await readFile(join(world.home, '.ssh/known_hosts'), 'utf8')).toMatch(/^\|1\|/);
    await connect().run();
  });

  it('reads one more file where one is named', async () => {
    const knownHostsFile = world.path('team_known_hosts');
    await writeFile(knownHostsFile, `${name()} ${await sshd.publicKey(1)}`);
    await connect({}, { knownHostsFile }).run();
  });

  it('stops at a key that has changed: which, where, and how to forget it', async () => {
    const other = world.makeKey('other');
    const old = (await readFile(`${other}.pub`, 'utf8')).split(' ').slice(0, 2).join(' ');
    await know('# the first line');
    await know(`${name()} ${old}`);
    const file = join(world.home, '.ssh/known_hosts');
    // Accepting new ones is not accepting changed ones.
    const questions = new ScriptedQuestions(true);
    const { run, connector } = connect({ acceptNewHostKeys: true, questions });
    const thrown: unknown = await run().catch((error: unknown) => error);
    expect(thrown).toMatchObject({ code: 'refused', retryable: false });
    const { message, hint } = thrown as { message: string; hint: string };
    expect(message).toContain(`${printOf(other)} in ${file}:2`);
    expect(message).toContain(`now shows ssh-ed25519 ${printOf(world.path('ed'))}`);
    expect(hint).toContain(`ssh-keygen -R '${name()}' -f ${file}`);
    expect(questions.asked).toEqual([]);
    expect(connector.connections).toBe(0);
    // What the hint says works.
    execFileSync('ssh-keygen', ['-R', name(), '-f', file], { stdio: 'ignore' });
    await run();
  });

  it('stops at a revoked key', async () => {
    await know(`@revoked * ${await sshd.publicKey(1)}`);
    await expect(connect({ acceptNewHostKeys: true }).run()).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('revoked') as string,
    });
  });

  it('adds below a last line without an end, and loses nothing side by side', async () => {
    await mkdir(world.path('state/crossflock'), { recursive: true });
    await writeFile(own, '# by hand');
    const accepting = ['127.0.0.1', 'localhost'].map((address) =>
      connect({ acceptNewHostKeys: true }, { address }).run(),
    );
    await Promise.all(accepting);
    const lines = (await readFile(own, 'utf8')).split('\n').filter((line) => line !== '');
    const key = await sshd.publicKey(1);
    expect(lines.sort()).toEqual(
      ['# by hand', `${name()} ${key}`, `[localhost]:${sshd.port} ${key}`].sort(),
    );
  });
});
