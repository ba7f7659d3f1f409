import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { putCommand, putFile } from '../../../../src/adapters/ssh/put-file.js';

describe('putCommand', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'cft-ssh-put-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('keeps the old file when not all of the new one arrived', () => {
    const path = join(folder, 'file');
    writeFileSync(path, 'old');
    const [program = '', ...args] = putCommand(path, 0o600, 100);
    const { status, stderr } = spawnSync(program, args, { input: 'only a part' });
    expect(status).toBe(1);
    expect(stderr.toString()).toBe('only 11 of 100 bytes arrived\n');
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['file']);
  });
});

describe('putFile', () => {
  it('counts bytes, not characters', async () => {
    const seen: (readonly string[])[] = [];
    const run = (argv: readonly string[]) => {
      seen.push(argv);
      return Promise.resolve({ exitCode: 0, stdout: '', stderr: '' });
    };
    await putFile(run, 'chi-1', { content: '日本', path: '/a', mode: 0o644 }, {});
    expect(seen[0]?.slice(-3)).toEqual(['/a', '644', '6']);
  });
});
