import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunOptions, RunResult } from '../../../src/ports/host.js';
import { HtcondorPool } from '../../../src/workflow/htcondor-pool.js';
import { FakeClock } from '../../fakes/fake-clock.js';
import { FakeHost } from '../../fakes/fake-host.js';

/** Runs what is meant for the container here: it is POSIX sh and tar. */
class Here extends FakeHost {
  override async run(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    if (argv[1] !== 'exec') return super.run(argv, options);
    const [file = '', ...args] = argv.slice(argv.indexOf('c1') + 1);
    const { stdin } = options;
    const ended = await execa(file, args, {
      reject: false,
      ...(stdin === undefined ? {} : { input: stdin as NodeJS.ReadableStream as never }),
    });
    return { exitCode: ended.exitCode ?? 1, stdout: ended.stdout, stderr: ended.stderr };
  }
}

let folder = '';
let pool: HtcondorPool;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crossflock-stage-folder-'));
  const host = new Here().on((argv) => argv[1] === 'ps', { stdout: 'c1\n' });
  pool = new HtcondorPool([host], { deployment: 'x' }, new FakeClock());
});
afterEach(() => rm(folder, { recursive: true }));

const signal = new AbortController().signal;

describe('staging a folder', () => {
  it('unpacks the files under their names, whatever these are', async () => {
    const long = `${'very '.repeat(40)}long.jpg`;
    const names = ['a b.jpg', '1936/é#.jpg', '-rf', long];
    const content = Buffer.from(Uint8Array.from({ length: 70_000 }, (_, index) => index % 251));
    await writeFile(join(folder, 'x'), content);
    const files = names.map((name) => ({ name, path: join(folder, 'x') }));
    const there = await pool.stageFolder(files, 'photos', signal);
    expect(there).toMatch(/^\/tmp\/crossflock-stage\.\w+\/photos$/);
    for (const name of names) expect(await readFile(join(there, name))).toEqual(content);
    await pool.unstage(there);
    await expect(stat(dirname(there))).rejects.toThrow('ENOENT');
  });

  it('says which file cannot be read', async () => {
    const files = [{ name: 'a', path: join(folder, 'none.jpg') }];
    await expect(pool.stageFolder(files, 'photos', signal)).rejects.toThrow('none.jpg');
  });
});
