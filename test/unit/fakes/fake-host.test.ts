import { Readable } from 'node:stream';

import { describe, expect, it } from 'vitest';

import { FakeHost } from '../../fakes/fake-host.js';

describe('fake host', () => {
  it('answers what it was told', async () => {
    const host = new FakeHost().on(['uname', /^-/], { stdout: 'Linux\n', exitCode: 3 });
    const result = await host.run(['uname', '-s']);
    expect(result).toEqual({ exitCode: 3, stdout: 'Linux\n', stderr: '' });
  });

  it('refuses a command it was not told about, and remembers it', async () => {
    const host = new FakeHost().on(['uname', '-s'], {});
    await expect(host.run(['uname'])).rejects.toThrow('not told about: uname');
    await expect(host.run(['uname', '-s', '-r'])).rejects.toMatchObject({ code: 'unexpected' });
    expect(host.strays).toEqual(['uname', 'uname -s -r']);
    expect(() => {
      host.verify();
    }).toThrow('not told about: uname');
  });

  it('uses each "once" one time, in order, before "on"', async () => {
    const host = new FakeHost()
      .on(['id'], { stdout: 'always' })
      .once(['id'], { stdout: 'first' })
      .once(['id'], { stdout: 'second' });
    expect(() => {
      host.verify();
    }).toThrow('never run: id');
    const seen = [];
    for (let i = 0; i < 4; i += 1) seen.push((await host.run(['id'])).stdout);
    expect(seen).toEqual(['first', 'second', 'always', 'always']);
    host.verify();
  });

  it('streams to onStdout and then keeps nothing', async () => {
    const host = new FakeHost().on(['cat'], { stdout: ['a', 'b'] });
    const chunks: string[] = [];
    const result = await host.run(['cat'], {
      onStdout: (chunk) => chunks.push(Buffer.from(chunk).toString()),
    });
    expect(chunks).toEqual(['a', 'b']);
    expect(result.stdout).toBe('');
  });

  it('records standard input, streams included', async () => {
    const host = new FakeHost().on(['tee'], {});
    await host.run(['tee'], { stdin: Readable.from([Buffer.from('x'), Buffer.from('y')]) });
    await host.run(['tee'], { stdin: 'z' });
    expect(host.runs.map((run) => run.stdin)).toEqual(['xy', 'z']);
  });

  it('does not wait for input that the command ignores', async () => {
    const host = new FakeHost().on(['true'], { ignoresStdin: true });
    const open = new Readable({ read: () => undefined });
    expect((await host.run(['true'], { stdin: open })).exitCode).toBe(0);
    expect(host.runs[0]?.stdin).toBe('');
  });

  it('hangs until aborted, and refuses an aborted signal at once', async () => {
    const host = new FakeHost().on(['tail'], { hangs: true, stdout: 'so far' });
    const stop = new AbortController();
    const running = host.run(['tail'], { signal: stop.signal });
    stop.abort();
    await expect(running).rejects.toMatchObject({ code: 'aborted' });
    await expect(host.run(['tail'], { signal: stop.signal })).rejects.toMatchObject({
      code: 'aborted',
    });
    expect(host.runs).toHaveLength(1);
  });

  it('throws what it was told to throw, and lets a function decide', async () => {
    const host = new FakeHost().on(['a'], { throws: new Error('no') }).on(
      (argv) => argv[0] === 'echo',
      (argv) => ({ stdout: argv.slice(1).join('+') }),
    );
    await expect(host.run(['a'])).rejects.toThrow('no');
    expect((await host.run(['echo', '1', '2'])).stdout).toBe('1+2');
  });

  it('records files and forwards only where told', async () => {
    const host = new FakeHost();
    await host.put('secret', '/run/key', 0o600);
    expect(host.puts).toEqual([{ path: '/run/key', content: 'secret', mode: 0o600 }]);
    await expect(host.forward('10.0.0.1', 22)).rejects.toThrow('10.0.0.1:22');
    const forward = { host: '127.0.0.1', port: 1, close: () => Promise.resolve() };
    host.onForward({ host: '10.0.0.1', port: 22 }, forward);
    expect(await host.forward('10.0.0.1', 22)).toBe(forward);
    await host.close();
    expect(host.closed).toBe(true);
  });
});
