import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Host } from '../../../src/ports/host.js';
import { connectorIn, targetOf, type Kit } from './connector-kit.js';
import { SshWorld, whyNoSshd, type Sshd } from './sshd.js';

const why = whyNoSshd();

describe.skipIf(why !== undefined)(
  `commands over ssh${why === undefined ? '' : ` (${why})`}`,
  () => {
    let world: SshWorld;
    let sshd: Sshd;
    let kit: Kit;
    let host: Host;
    let folder: string;

    beforeAll(async () => {
      world = await SshWorld.create();
      sshd = await world.sshd();
      kit = connectorIn(world);
      host = kit.connector.open(targetOf(world, sshd));
      folder = await mkdtemp(join(tmpdir(), 'cft-ssh-files-'));
    });
    afterAll(async () => {
      await kit.connector.close();
      await world.close();
      await rm(folder, { recursive: true, force: true });
    });

    it('gives output, errors and the exit code', async () => {
      const result = await host.run(['sh', '-c', 'echo out; echo err >&2; exit 3']);
      expect(result).toEqual({ exitCode: 3, stdout: 'out\n', stderr: 'err\n' });
    });

    it('passes arguments and environment as they are, whatever is in them', async () => {
      const nasty = [
        '',
        ' ',
        "it's",
        '"',
        '\\',
        '\\n',
        '\n',
        '\n\nx\n',
        '$HOME `id` $(id)',
        '!!',
        '*',
        '~',
        '-n',
        '\t',
        '\r',
        'äöü€ 日本語 \u{1F427} āĂ',
        "'\n'",
        '#',
        ';&|<>',
        '%s',
        '\u0001\u007f',
      ];
      const { stdout } = await host.run(['printf', '%s\\0', ...nasty]);
      expect(stdout.split('\0').slice(0, -1)).toEqual(nasty);
      const env = Object.fromEntries(nasty.map((value, index) => [`CF_${index}`, value]));
      const shown = await host.run(['env', '-0'], { env });
      const seen = new Map(
        shown.stdout.split('\0').map((line) => {
          const at = line.indexOf('=');
          return [line.slice(0, at), line.slice(at + 1)] as const;
        }),
      );
      for (const [name, value] of Object.entries(env)) expect(seen.get(name)).toBe(value);
    });

    it('has neither arguments nor environment in a process list before the program runs', async () => {
      const script = 'for p in $$ $PPID; do tr "\\0" " " < /proc/$p/cmdline; echo; done';
      const { stdout } = await host.run(['sh', '-c', script], { env: { TOKEN: 'hunter22' } });
      expect(stdout).not.toContain('hunter22');
    });

    it('feeds 10 MB and takes 10 MB back', async () => {
      const big = Buffer.alloc(10_000_000, 'abcdefghij\n');
      const sum = createHash('sha256').update(big).digest('hex');
      const hashed = await host.run(['sha256sum'], { stdin: big });
      expect(hashed.stdout).toBe(`${sum}  -\n`);
      const streamed = await host.run(['sha256sum'], { stdin: Readable.from([big]) });
      expect(streamed.stdout).toBe(`${sum}  -\n`);
      const taken = createHash('sha256');
      const result = await host.run(['cat'], {
        stdin: big,
        onStdout: (chunk) => taken.update(chunk),
      });
      expect(taken.digest('hex')).toBe(sum);
      expect(result.stdout).toBe('');
      // A command that does not read its input ends all the same.
      expect(await host.run(['true'], { stdin: big })).toMatchObject({ exitCode: 0 });
      expect(await host.run(['true'], { stdin: Readable.from([big]) })).toMatchObject({
        exitCode: 0,
      });
    });

    it('leaves the input after the start alone', async () => {
      expect((await host.run(['sh', '-s'], { stdin: 'echo one\necho two' })).stdout).toBe(
        'one\ntwo\n',
      );
      expect((await host.run(['cat'])).stdout).toBe('');
    });

    it('tells a program that is missing from one that says so itself', async () => {
      await expect(host.run(['no-such-program', 'x'])).rejects.toMatchObject({
        code: 'not-found',
        message: 'no-such-program is not installed on 127.0.0.1:PORT'.replace(
          '127.0.0.1:PORT',
          `chi-1 (127.0.0.1:${sshd.port})`,
        ),
      });
      expect((await host.run(['sh', '-c', 'no-such-program'])).exitCode).toBe(127);
    });

    it('reports the signal that ended a command', async () => {
      const result = await host.run(['sh', '-c', 'kill -KILL $$']);
      expect(result).toMatchObject({ exitCode: 137, signal: 'SIGKILL' });
    });

    it('streams, and keeps the end of a long standard error', async () => {
      const chunks: Uint8Array[] = [];
      const script = 'i=0; head -c 3000000 /dev/zero | tr "\\0" x >&2; echo last >&2';
      const { stderr } = await host.run(['sh', '-c', script], {
        onStderr: (chunk) => chunks.push(chunk),
      });
      expect(Buffer.concat(chunks)).toHaveLength(3_000_005);
      expect(stderr).toMatch(/^\[\d+ bytes before this are left out\]\nx+last\n$/);
      expect(stderr.length).toBeLessThan(1_100_000);
    });

    it('runs many at once on one connection, more than the server has sessions', async () => {
      const before = kit.connector.connections;
      const all = await Promise.all(
        Array.from({ length: 30 }, (_, index) => host.run(['echo', String(index)])),
      );
      expect(all.map(({ stdout }) => stdout.trim())).toEqual(all.map((_, index) => String(index)));
      expect(kit.connector.connections).toBe(before);
      expect(before).toBe(1);
    });

    describe('ends a command on the host', () => {
      /** A command that says which process it is, and one more that it started. */
      const LONG = ['sh', '-c', 'sleep 300 & echo "$$ $!"; wait'];
      /** Also of one that nobody has buried yet, as it happens in containers. */
      const isGone = (pid: string): boolean => {
        try {
          return /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
        } catch {
          return true;
        }
      };
      const started = (): {
        options: { onStdout: (chunk: Uint8Array) => void };
        pids: Promise<string[]>;
      } => {
        const { promise, resolve } = Promise.withResolvers<string[]>();
        const onStdout = (chunk: Uint8Array): void => {
          resolve(Buffer.from(chunk).toString().trim().split(' '));
        };
        return { options: { onStdout }, pids: promise };
      };

      it('when it is aborted', async () => {
        const stop = new AbortController();
        const { options, pids } = started();
        const run = host.run(LONG, { ...options, signal: stop.signal });
        const all = await pids;
        expect(all.map(isGone)).toEqual([false, false]);
        stop.abort();
        await expect(run).rejects.toMatchObject({ code: 'aborted' });
        await expect.poll(() => all.map(isGone)).toEqual([true, true]);
      });

      it('when its time is over', async () => {
        const { options, pids } = started();
        const run = host.run(LONG, { ...options, timeoutMs: 300 });
        await expect(run).rejects.toMatchObject({ code: 'timeout', retryable: true });
        const all = await pids;
        await expect.poll(() => all.map(isGone)).toEqual([true, true]);
      });

      it('also one that does not want to', async () => {
        const { options, pids } = started();
        const script = 'trap "" TERM; echo "$$"; while :; do sleep 0.1; done';
        const stop = new AbortController();
        const run = host.run(['sh', '-c', script], { ...options, signal: stop.signal });
        const all = await pids;
        stop.abort();
        await expect(run).rejects.toMatchObject({ code: 'aborted' });
        await expect.poll(() => all.map(isGone)).toEqual([true]);
      });

      it('not at all when it was aborted before', async () => {
        await expect(host.run(['true'], { signal: AbortSignal.abort() })).rejects.toMatchObject({
          code: 'aborted',
        });
      });
    });

    describe('writes files', () => {
      it('with their mode, and makes the folders on the way', async () => {
        const path = join(folder, "a/b c/it's");
        await host.put('secret\n', path, 0o600);
        expect(await readFile(path, 'utf8')).toBe('secret\n');
        expect((await stat(path)).mode & 0o777).toBe(0o600);
        await host.put('other', path, 0o755);
        expect(await readFile(path, 'utf8')).toBe('other');
        expect((await stat(path)).mode & 0o777).toBe(0o755);
      });

      it('of any size and content', async () => {
        const path = join(folder, 'big');
        const big = Buffer.alloc(5_000_000, Buffer.from([0, 255, 10, 13, 1]));
        await host.put(big, path, 0o644);
        expect((await readFile(path)).equals(big)).toBe(true);
        await host.put('', path, 0o644);
        expect(await readFile(path, 'utf8')).toBe('');
      });

      it('or says why not, and leaves nothing behind', async () => {
        const path = join(folder, 'file');
        await writeFile(path, 'x');
        await expect(host.put('y', join(path, 'below'), 0o600)).rejects.toMatchObject({
          code: 'command-failed',
        });
        await expect(host.put('y', folder, 0o600)).rejects.toThrow('it is a folder');
        const { stdout } = await host.run(['find', folder, '-name', '.crossflock*']);
        expect(stdout).toBe('');
      });
    });
  },
);
