import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { algorithmOrder, judge } from '../../../../src/adapters/ssh/host-keys/judge.js';
import {
  fingerprint,
  isAbout,
  keyType,
  knownHostName,
  parseKnownHosts,
  type KnownHost,
} from '../../../../src/adapters/ssh/host-keys/known-hosts.js';

const fixture = (name: string): string =>
  readFileSync(new URL(`../../../fixtures/openssh/${name}`, import.meta.url), 'utf8');

const plain = parseKnownHosts(fixture('known_hosts'), 'kh');
const hashed = parseKnownHosts(fixture('known_hosts.hashed'), 'hashed');
const keyOf = (entries: readonly KnownHost[], type: string): Buffer =>
  Buffer.from(entries.find((entry) => entry.type === type)!.key, 'base64');
const ed = keyOf(plain, 'ssh-ed25519');
const rsa = keyOf(plain, 'ssh-rsa');

const names = (name: string, fallback?: string) => ({ name, fallback });

describe('known_hosts', () => {
  it('is read line by line; comments and keys of protocol 1 are none', () => {
    expect(plain.map(({ line, marker, hosts }) => [line, marker, hosts])).toEqual([
      [2, 'none', 'alpha.example,192.0.2.1'],
      [3, 'none', '[beta.example]:2222'],
      [5, 'none', '*.cloud.example,!bad.cloud.example'],
      [6, 'revoked', 'gamma.example'],
      [7, 'cert-authority', '*.ca.example'],
    ]);
    expect(parseKnownHosts('', 'x')).toEqual([]);
    expect(parseKnownHosts('garbage\n@what x y z\nhost ssh-rsa', 'x')).toEqual([]);
  });

  it.each([
    ['alpha.example', 2],
    ['192.0.2.1', 2],
    ['[beta.example]:2222', 3],
    ['a.cloud.example', 5],
    ['x.a.cloud.example', 5],
  ])('%s is in line %d', (name, line) => {
    expect(plain.filter((entry) => isAbout(entry, name)).map((entry) => entry.line)).toEqual([
      line,
    ]);
  });

  it.each(['beta.example', 'bad.cloud.example', 'cloud.example', 'alphaXexample', '192.0.2.11'])(
    '%s is in none',
    (name) => {
      expect(plain.filter((entry) => isAbout(entry, name))).toEqual([]);
    },
  );

  it('knows hashed names', () => {
    expect(hashed.filter((entry) => isAbout(entry, 'alpha.example'))).toEqual([hashed[0]]);
    expect(hashed.filter((entry) => isAbout(entry, '[beta.example]:2222'))).toEqual([hashed[1]]);
    expect(hashed.some((entry) => isAbout(entry, 'beta.example'))).toBe(false);
  });

  it('names hosts as OpenSSH does', () => {
    expect(knownHostName('Alpha.Example', 22)).toBe('alpha.example');
    expect(knownHostName('2001:DB8::1', 2222)).toBe('[2001:db8::1]:2222');
  });

  it('shows fingerprints as ssh-keygen does', () => {
    const shown = fixture('fingerprints')
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[1]);
    expect([fingerprint(ed), fingerprint(rsa)]).toEqual(shown);
    expect(keyType(ed)).toBe('ssh-ed25519');
    expect(keyType(Buffer.alloc(2))).toBe('');
  });
});

describe('judge', () => {
  const known: readonly KnownHost[] = plain;

  it('knows a key by its exact name', () => {
    expect(judge(known, names('alpha.example'), ed).kind).toBe('known');
    expect(judge(hashed, names('[beta.example]:2222', 'beta.example'), rsa).kind).toBe('known');
  });

  it('takes another key for a change, also one of another kind', () => {
    expect(judge(known, names('alpha.example'), rsa)).toMatchObject({
      kind: 'changed',
      entries: [{ line: 2 }],
    });
    const mixed = parseKnownHosts(
      `h ssh-rsa ${rsa.toString('base64')}\nh ssh-ed25519 ${Buffer.alloc(51, ed.subarray(0, 19)).toString('base64')}`,
      'x',
    );
    // Of two old keys, the one that the new one stands for.
    expect(judge(mixed, names('h'), ed)).toMatchObject({ kind: 'changed', entries: [{ line: 2 }] });
  });

  it('asks for all others', () => {
    expect(judge(known, names('nobody.example'), ed)).toEqual({
      kind: 'unknown',
      certAuthority: undefined,
    });
    expect(judge(known, names('a.ca.example'), ed)).toMatchObject({
      kind: 'unknown',
      certAuthority: { line: 7 },
    });
  });

  it('takes the name without the port for a key that fits, not against one that does not', () => {
    expect(judge(known, names('[alpha.example]:2200', 'alpha.example'), ed).kind).toBe('known');
    expect(judge(known, names('[alpha.example]:2200', 'alpha.example'), rsa).kind).toBe('unknown');
  });

  it('lets a revoked key count more than anything', () => {
    const both = [
      ...known,
      ...parseKnownHosts(`gamma.example ssh-rsa ${rsa.toString('base64')}`, 'x'),
    ];
    expect(judge(both, names('gamma.example'), rsa)).toMatchObject({
      kind: 'revoked',
      entry: { line: 6 },
    });
    expect(judge(both, names('[gamma.example]:22000', 'gamma.example'), rsa).kind).toBe('revoked');
  });
});

describe('algorithmOrder', () => {
  it('asks for the kinds that are known first', () => {
    expect(algorithmOrder(plain, names('[beta.example]:2222')).slice(0, 3)).toEqual([
      'rsa-sha2-512',
      'rsa-sha2-256',
      'ssh-ed25519',
    ]);
    expect(algorithmOrder(plain, names('nobody.example'))[0]).toBe('ssh-ed25519');
    expect(new Set(algorithmOrder(plain, names('alpha.example'))).size).toBe(6);
    // A revoked key is none to ask for.
    expect(algorithmOrder(plain, names('gamma.example'))[0]).toBe('ssh-ed25519');
  });
});
