import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
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
