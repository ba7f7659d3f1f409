import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigFiles } from '../../../../src/adapters/ssh/openssh/config-files.js';
import { scanConfig } from '../../../../src/adapters/ssh/openssh/config-scan.js';
import { expandPath } from '../../../../src/adapters/ssh/openssh/expand-path.js';
import { parseProxyJump, parseSshG } from '../../../../src/adapters/ssh/openssh/ssh-g.js';

const fixture = (name: string): string =>
  readFileSync(new URL(`../../../fixtures/openssh/${name}`, import.meta.url), 'utf8');

describe('parseSshG', () => {
  it('reads all that matters', () => {
    expect(parseSshG(fixture('ssh-G.chameleon-1'))).toEqual({
      hostname: '192.0.2.7',
      user: 'cc',
      port: 2222,
      identityFiles: ['~/.ssh/chameleon', '~/.ssh/%r-key'],
      identitiesOnly: true,
      identityAgent: 'none',
      proxyJump: 'gate@jump.example:2200,inner',
      proxyCommand: undefined,
      knownHostsFiles: [
        '/home/alice/.ssh/cloud_hosts',
        '/etc/ssh/ssh_known_hosts',
        '/etc/ssh/ssh_known_hosts2',
      ],
      hostKeyAlias: 'chameleon',
    });
  });

  it('reads the defaults, and a ProxyCommand', () => {
    expect(parseSshG(fixture('ssh-G.plain'))).toMatchObject({
      hostname: 'plain.example',
      user: 'alice',
      port: 22,
      identitiesOnly: false,
      identityAgent: undefined,
      proxyJump: undefined,
      hostKeyAlias: undefined,
    });
    expect(parseSshG(fixture('ssh-G.behind'))?.proxyCommand).toBe('nc %h %p');
  });

  it.each(['', 'usage: ssh', 'hostname x\nuser y'])('is not fooled by %j', (text) => {
    expect(parseSshG(text)).toBeUndefined();
  });
});

describe('parseProxyJump', () => {
  it.each([
    ['jump', [{ address: 'jump' }]],
    [
      'gate@jump.example:2200,inner',
      [{ address: 'jump.example', user: 'gate', port: 2200 }, { address: 'inner' }],
    ],
    ['ssh://a@[2001:db8::1]:22', [{ address: '2001:db8::1', user: 'a', port: 22 }]],
    ['a@b@c', undefined],
    ['a:b', undefined],
    ['', undefined],
  ])('%s', (text, expected) => {
    expect(parseProxyJump(text)).toEqual(expected);
  });
});

describe('scanConfig', () => {
  const config = fixture('ssh_config');

  it.each([
    ['chameleon-1', true],
    ['behind', true],
    ['azure-1', false],
  ])('whether it matters for %s', (address, matters) => {
    expect(scanConfig(config, address).kind).toBe(matters ? 'matters' : 'does-not-matter');
  });

  it.each([
    ['User x', true],
    ['  port=2222', true],
    ['"IdentityFile" ~/.ssh/x', true],
    ['Match user x\n  User y', true],
    ['Host *\n  SendEnv LANG', false],
    ['Host * !a\n  User x', false],
    ['Host b\n  User x\nHost a\n  Compression yes', false],
    ['# User x', false],
    ['', false],
  ])('%j matters for a: %s', (text, matters) => {
    expect(scanConfig(text, 'a').kind).toBe(matters ? 'matters' : 'does-not-matter');
  });

  it('names more files, where they count', () => {
    expect(scanConfig('Include one "two three"\nHost b\n Include four', 'a')).toEqual({
      kind: 'does-not-matter',
      includes: ['one', 'two three'],
    });
  });
});

describe('ConfigFiles', () => {
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'cft-ssh-config-'));
    await mkdir(join(root, 'home/.ssh/conf.d'), { recursive: true });
    await mkdir(join(root, 'etc/ssh_config.d'), { recursive: true });
    await writeFile(join(root, 'home/.ssh/config'), 'Include conf.d/*.conf\n');
    await writeFile(join(root, 'home/.ssh/conf.d/a.conf'), 'Host a\n  User x\n');
    await writeFile(join(root, 'home/.ssh/conf.d/a.off'), 'User x\n');
    await writeFile(
      join(root, 'etc/ssh_config'),
      'Include ssh_config.d/*.conf\nHost *\n SendEnv X\n',
    );
    await writeFile(join(root, 'etc/ssh_config.d/b.conf'), 'Host b\n  Port 23\n');
    await writeFile(join(root, 'own'), 'Include ~/.ssh/config\n');
    await writeFile(join(root, 'odd'), 'Include ~/x{a,b}\n');
    await writeFile(join(root, 'loop'), `Include ${join(root, 'loop')}\n`);
  });
  afterAll(async () => {
    await rm(root, { recursive: true });
  });

  it.each([
    ['a', undefined, true],
    ['b', undefined, true],
    ['c', undefined, false],
    ['a', 'own', true],
    ['b', 'own', false],
    // What only OpenSSH can tell is left to it.
    ['c', 'odd', true],
    ['c', 'loop', true],
  ])('%s with %s: %s', async (address, file, concerned) => {
    const places = {
      home: join(root, 'home'),
      systemFolder: join(root, 'etc'),
      configFile: file === undefined ? undefined : join(root, file),
    };
    expect(await new ConfigFiles().mayConcern(places, address)).toBe(concerned);
  });

  it('does not mind that there are none, unless one was named', async () => {
    const places = { home: '/nonexistent', systemFolder: '/nonexistent', configFile: undefined };
    expect(await new ConfigFiles().mayConcern(places, 'a')).toBe(false);
    const named = { ...places, configFile: '/nonexistent/config' };
    await expect(new ConfigFiles().mayConcern(named, 'a')).rejects.toMatchObject({
      code: 'invalid-input',
    });
    expect(await readFile(join(root, 'own'), 'utf8')).not.toBe('');
  });
});

describe('expandPath', () => {
  const tokens = { home: '/home/a', host: '192.0.2.7', address: 'chi', port: 2222, user: 'cc' };
  it.each([
    ['~/.ssh/id', '/home/a/.ssh/id'],
    ['%d/%h-%n-%p-%r-%%h', '/home/a/192.0.2.7-chi-2222-cc-%h'],
    ['${X}/id${NONE}', '/x/id'],
    ['/plain', '/plain'],
    ['~other/id', '~other/id'],
  ])('%s', (path, expected) => {
    expect(expandPath(path, tokens, { X: '/x' })).toBe(expected);
  });
});
