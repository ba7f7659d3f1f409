import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CommandHead } from '../../../../src/adapters/ssh/command/command-head.js';
import {
  BOOT,
  remoteCommand,
  type CommandSpec,
} from '../../../../src/adapters/ssh/command/remote-command.js';
import { sudoError } from '../../../../src/adapters/ssh/command/sudo-errors.js';
import { TailBuffer } from '../../../../src/adapters/ssh/command/tail-buffer.js';

const NONCE = 'cf0123456789';

function spec(changes: Partial<CommandSpec>): CommandSpec {
  return { argv: ['true'], env: {}, sudo: 'not-needed', nonce: NONCE, ...changes };
}

/** A generator of numbers from 0 up to a limit, the same at each run (mulberry32). */
function numbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

const PIECES = [
  ...Array.from(`'"\\\n\r\t $\`!*?[]{}()<>|&;#~=%^-_/.,:@aZ0é€日🐧\u0001\u007f\u0081`),
  "'\\''",
  '$HOME',
  '$(id)',
  '\\n',
  '"$_cf_n"',
  '-n',
  '\n\n',
];

describe('remoteCommand', () => {
  // The shell of the host reads the line: the real ones decide whether it is right.
  const shells = ['/bin/sh', '/bin/dash', '/bin/bash', '/usr/bin/busybox'].filter((shell) =>
    existsSync(shell),
  );
  it.each(shells)('hands arguments and environment over as they are: %s', (shell) => {
    const random = numbers(7);
    const word = (): string =>
      Array.from({ length: random(12) }, () => PIECES[random(PIECES.length)]).join('');
    for (let round = 0; round < 15; round += 1) {
      const words = Array.from({ length: 5 }, word);
      const value = word();
      const script = 'printf "%s\\0" "$@" "$CF_VALUE"; cat';
      const { first } = remoteCommand(
        spec({ argv: ['sh', '-c', script, 'sh', ...words], env: { CF_VALUE: value } }),
      );
      expect(first.indexOf('\n')).toBe(first.length - 1);
      const boot = BOOT.replace('exec sh', shell.endsWith('busybox') ? `${shell} sh` : shell);
      const { stdout } = spawnSync('/bin/sh', ['-c', boot], { input: `${first}the rest\n'` });
      const head = new CommandHead(NONCE);
      const own = head.feed(stdout)?.toString().split('\0');
      expect(own).toEqual([...words, value, "the rest\n'"]);
      expect(head.pid).toBeGreaterThan(0);
    }
  });

  it('is a constant to every login shell: nothing in it that one of them reads in its own way', () => {
    expect(BOOT).not.toMatch(/[!\\\n~]/);
  });

  it('tells that a program is missing, and runs nothing', () => {
    const { first } = remoteCommand(spec({ argv: ['no-such-program'] }));
    const { stdout, status } = spawnSync('/bin/sh', ['-c', BOOT], { input: first });
    const head = new CommandHead(NONCE);
    expect(head.feed(stdout)).toBeUndefined();
    expect(head.has('missing')).toBe(true);
    expect(status).toBe(127);
  });

  it('keeps a password out of every line', () => {
    const command = remoteCommand(spec({ sudo: { password: 'hunter22' }, env: { A: 'b' } }));
    expect(command.first).not.toContain('hunter22');
    expect(command.second).not.toContain('hunter22');
    // The environment, too, comes after sudo: it is in no argument.
    expect(command.first).not.toContain('export A');
    expect(command.password).toBe('hunter22');
  });

  it.each([
    [{ argv: [] }, 'unexpected'],
    [{ argv: ['a\0b'] }, 'invalid-input'],
    [{ env: { 'A B': 'x' } }, 'invalid-input'],
    [{ env: { A: '\0' } }, 'invalid-input'],
  ])('refuses %j', (changes, code) => {
    expect(() => remoteCommand(spec(changes))).toThrow(expect.objectContaining({ code }));
  });
});

describe('CommandHead', () => {
  it.each([1, 2, 7, 1000])('reads answers in pieces of %d bytes', (size) => {
    const text = `Welcome!\nno line end${NONCE} pid 42\n${NONCE} root\n${NONCE} run\nout ${NONCE} run\n`;
    const bytes = Buffer.from(text);
    const head = new CommandHead(NONCE);
    const own: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += size) {
      const piece = head.feed(bytes.subarray(at, at + size));
      if (piece !== undefined) own.push(piece);
    }
    expect(Buffer.concat(own).toString()).toBe(`out ${NONCE} run\n`);
    expect(head.pid).toBe(42);
    expect(head.has('root')).toBe(true);
    expect(head.has('missing')).toBe(false);
    expect(head.noise).toBe('Welcome!\nno line end');
  });

  it('keeps what was said instead', () => {
    const head = new CommandHead(NONCE);
    expect(head.feed(Buffer.from('This account is currently not available.\n'))).toBeUndefined();
    expect(head.pid).toBeUndefined();
    expect(head.noise).toBe('This account is currently not available.\n');
  });

  it('does not grow with a greeting that never ends', () => {
    const head = new CommandHead(NONCE);
    for (let count = 0; count < 100; count += 1) head.feed(Buffer.alloc(10_000, 'x'));
    expect(head.noise.length).toBeLessThan(50_000);
    expect(head.feed(Buffer.from(`${NONCE} pid 1\n${NONCE} run\nown`))?.toString()).toBe('own');
  });
});

describe('TailBuffer', () => {
  it('keeps everything up to its limit', () => {
    const buffer = new TailBuffer(10);
    buffer.push(Buffer.from('12345'));
    buffer.push(Buffer.from('67890'));
    expect(buffer.toString()).toBe('1234567890');
  });

  it('says what is left out beyond', () => {
    const buffer = new TailBuffer(4);
    for (const piece of ['abc', 'def', 'ghi', 'jk']) buffer.push(Buffer.from(piece));
    expect(buffer.toString()).toBe('[7 bytes before this are left out]\nhijk');
  });
});

describe('sudoError', () => {
  // Sentences in sudo 1.9.16 and its plug-in; the tests in a container bring most of them about.
  it.each([
    ['sudo: a password is required\n', 'unauthorized', 'wants a password'],
    [
      'Sorry, try again.\nsudo: no password was provided\nsudo: 1 incorrect password attempt\n',
      'unauthorized',
      'password is wrong',
    ],
    ['cc is not in the sudoers file.\n', 'refused', 'cc is not in the sudoers file'],
    ['sudo: sorry, you must have a tty to run sudo\n', 'refused', 'requiretty'],
    [
      'sudo: The "no new privileges" flag is set, which prevents sudo from running as root.\n',
      'refused',
      'no new privileges',
    ],
    [
      "Sorry, user cc is not allowed to execute '/usr/bin/sh' as root on chi.\n",
      'refused',
      'may not run this as root',
    ],
    ['sudo: /etc/sudoers is world writable\n', 'refused', '/etc/sudoers is world writable'],
  ])('%j', (stderr, code, message) => {
    const error = sudoError({ label: 'chi-1', user: 'cc', stderr });
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
    expect(error.hint).not.toContain('USER');
  });
});
