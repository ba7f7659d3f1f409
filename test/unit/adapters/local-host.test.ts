import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { LocalHost } from '../../../src/adapters/local-host.js';

const host = new LocalHost();

describe('LocalHost.run', () => {
  it('keeps both outputs and the exit code', async () => {
    const result = await host.run(['sh', '-c', 'echo out; echo err >&2; exit 3']);
    expect(result).toEqual({ exitCode: 3, stdout: 'out\n', stderr: 'err\n' });
  });

  it('passes arguments through untouched by any shell', async () => {
    const result = await host.run(['printf', '%s|', '$HOME', 'a b', '*']);
    expect(result.stdout).toBe('$HOME|a b|*|');
  });

  it('feeds standard input and the environment', async () => {
    const result = await host.run(['sh', '-c', 'cat; printf %s "$WORD"'], {
      stdin: 'in ',
      env: { WORD: 'there' },
    });
    expect(result.stdout).toBe('in there');
  });

  it('gives an empty standard input, so that nothing waits for a keyboard', async () => {
    expect((await host.run(['cat'])).stdout).toBe('');
  });

  it('streams standard output instead of keeping it', async () => {
    const chunks: Uint8Array[] = [];
    const result = await host.run(['echo', 'hello'], { onStdout: (chunk) => chunks.push(chunk) });
    expect(Buffer.concat(chunks).toString()).toBe('hello\n');
    expect(result.stdout).toBe('');
  });

  it('says which program is missing', async () => {
    await expect(host.run(['no-such-program-here'])).rejects.toMatchObject({
      code: 'not-found',
      message: 'no-such-program-here is not installed on this machine',
    });
  });

  it('ends a command at its deadline', async () => {
    await expect(host.run(['sleep', '60'], { timeoutMs: 50 })).rejects.toMatchObject({
      code: 'timeout',
      retryable: true,
      message: 'sleep 60 did not end within 0.05 s',
    });
  });

  it('ends a command when asked to', async () => {
    const interrupt = new AbortController();
    const running = host.run(['sh', '-c', 'echo started; exec sleep 60'], {
      signal: interrupt.signal,
      onStdout: () => {
        interrupt.abort();
      },
    });
    await expect(running).rejects.toMatchObject({ code: 'aborted' });
  });

  it('reports the signal that ended a command', async () => {
    const result = await host.run(['sh', '-c', 'kill -9 $$']);
    expect(result).toMatchObject({ exitCode: 128, signal: 'SIGKILL' });
  });
});

describe('LocalHost.put', () => {
  it('writes with the mode asked for, making folders on the way', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'crossflock-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const path = join(folder, 'a', 'b', 'key');
    await host.put('secret\n', path, 0o600);
    expect(await readFile(path, 'utf8')).toBe('secret\n');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });
});

describe('LocalHost with sudo', () => {
  /**
   * A user who is not root, and a stand-in for sudo that does what matters here: like the real one
   * it gives the command an environment of its own, and it takes nothing but `-n --`.
   */
  async function withSudo(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'crossflock-'));
    const words = '[ "$1 $2" = "-n --" ] || exit 64; shift 2';
    const script = `#!/bin/sh\n${words}\nexec env -i PATH="$PATH" AS=root "$@"\n`;
    await writeFile(join(folder, 'sudo'), script, { mode: 0o755 });
    vi.stubEnv('PATH', `${folder}:${process.env['PATH'] ?? ''}`);
    vi.spyOn(process, 'getuid').mockReturnValue(1000);
    onTestFinished(async () => {
      vi.unstubAllEnvs();
      vi.restoreAllMocks();
      await rm(folder, { recursive: true });
    });
    return folder;
  }

  const WORD = `it's "$HOME"\n\\n and \t more`;

  it.each([
    ['text', () => 'one\ntwo\n'],
    ['bytes', () => new TextEncoder().encode('one\ntwo\n')],
    ['a stream', () => Readable.from([Buffer.from('one\n'), Buffer.from('two\n')])],
  ])('gives the environment to the command, and standard input whole: %s', async (_, stdin) => {
    await withSudo();
    const argv = ['sh', '-c', 'cat; printf "%s|%s|%s" "$WORD" "$AS" "$1"', 'sh', 'a b'];
    const result = await host.run(argv, { sudo: true, stdin: stdin(), env: { WORD } });
    expect(result).toEqual({ exitCode: 0, stdout: `one\ntwo\n${WORD}|root|a b`, stderr: '' });
  });

  it('has no value of it among the arguments', async () => {
    await withSudo();
    const argv = ['sh', '-c', 'tr "\\0" " " < /proc/$$/cmdline'];
    const { stdout } = await host.run(argv, { sudo: true, env: { TOKEN: 'hunter22' } });
    expect(stdout).toContain('cmdline');
    expect(stdout).not.toContain('hunter22');
  });

  it('needs no shell where there is nothing to add', async () => {
    await withSudo();
    const { stdout } = await host.run(['env'], { sudo: true });
    expect(stdout).toMatch(/^PATH=.*\nAS=root\n$/);
  });

  it('is left out for root, and where nobody asks for it', async () => {
    const folder = await withSudo();
    await rm(join(folder, 'sudo'));
    expect((await host.run(['printf', 'x'])).stdout).toBe('x');
    vi.spyOn(process, 'getuid').mockReturnValue(0);
    expect((await host.run(['printf', 'x'], { sudo: true })).stdout).toBe('x');
  });

  it('writes files by it', async () => {
    const folder = await withSudo();
    const path = join(folder, 'a', 'key');
    await host.put('secret\n', path, 0o600, { sudo: true });
    expect(await readFile(path, 'utf8')).toBe('secret\n');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await rm(join(folder, 'sudo'));
    vi.stubEnv('PATH', folder);
    await expect(host.put('x', path, 0o600, { sudo: true })).rejects.toMatchObject({
      code: 'not-found',
      message: 'sudo is not installed on this machine',
    });
  });
});
