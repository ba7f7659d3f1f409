import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { problemLine } from '../../../../src/errors/problem.js';
import { readGem } from '../../../../src/workflow/gem/read.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crossflock-gem-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const never = new AbortController().signal;

async function read(content: string | Uint8Array, na = 'NA') {
  const path = join(folder, 'gem');
  await writeFile(path, content);
  return readGem(path, na, never);
}

async function problems(content: string | Uint8Array): Promise<string[]> {
  const report = await read(content);
  return report.ok ? [] : report.problems.map(problemLine);
}

const GOOD = 's1\ts2\ts3\ng1\t1\t-2.5\t3e-4\ng2\tNA\t.5\t+6.\n';

describe('a well-formed GEM', () => {
  it('is counted and hashed', async () => {
    const report = await read(GOOD);
    expect(report).toEqual({
      ok: true,
      facts: {
        genes: 2,
        samples: 3,
        pairs: 1,
        missing: 1,
        bytes: Buffer.byteLength(GOOD),
        sha256: createHash('sha256').update(GOOD).digest('hex'),
        compressed: false,
      },
    });
  });

  it('is the same when gzipped, whatever its name', async () => {
    const plain = await read(GOOD);
    const packed = await read(gzipSync(GOOD));
    expect(packed.ok && plain.ok).toBe(true);
    if (!packed.ok || !plain.ok) return;
    expect(packed.facts).toEqual({ ...plain.facts, compressed: true });
  });

  it.each([
    ['without a last line end', GOOD.slice(0, -1)],
    ['with Windows line endings', GOOD.replaceAll('\n', '\r\n')],
    ['with empty lines at the end', `${GOOD}\n\r\n`],
    ['with numbers as sample names', '1\t2\ng1\t1\t2\ng2\t3\t4\n'],
    ['with names that are not ASCII', 'é\tü\ngén\t1\t2\ngün\t3\t4\n'],
    ['with spaces in names', 'a b\tc d\ng 1\t1\t2\ng 2\t3\t4\n'],
  ])('is fine %s', async (_, content) => {
    expect(await problems(content)).toEqual([]);
  });

  it('takes another text for a missing value', async () => {
    const report = await read('a\tb\ng1\t-\t1\ng2\t2\t3\n', '-');
    expect(report.ok && report.facts.missing).toBe(1);
  });
});

describe('what is wrong is told with line and column', () => {
  it.each([
    ['an empty file', '', 'line 1: is not there: the file is empty'],
    ['only a header', 's1\ts2\n', 'line 1: is the only line: there are no genes'],
    ['only one gene', 's1\ts2\ng\t1\t2\n', 'line 2: is the only gene'],
    ['only one sample', 's1\ng\t1\nh\t2\n', 'line 1: names one sample'],
    ['no header', 'g1\t1\t2\ng2\t3\tNA\n', 'line 1: is a row of values: the header'],
    [
      'quoted sample names',
      '"s1"\t"s2"\ng1\t1\t2\ng2\t3\t4\n',
      'line 1: has its names in quotation',
    ],
    ['quoted genes', 's1\ts2\n"g1"\t1\t2\n"g2"\t3\t4\n', 'line 2: has its names in quotation'],
    [
      'a corner field',
      'gene\ts1\ts2\ng1\t1\t2\ng2\t3\t4\n',
      'line 1, column 1: "gene" stands above',
    ],
    [
      'an empty corner field',
      '\ts1\ts2\ng1\t1\t2\ng2\t3\t4\n',
      'line 1, column 1: "" stands above',
    ],
    [
      'a short row',
      's1\ts2\ng1\t1\t2\ng2\t3\n',
      'line 3, column 3: is where the row goes wrong: it has 2 fields instead of 3',
    ],
    [
      'a long row',
      's1\ts2\ng1\t1\t2\ng2\t3\t4\t5\n',
      'line 3, column 4: is where the row goes wrong: it has 4 fields instead of 3',
    ],
    [
      'a word for a number',
      's1\ts2\ng1\t1\tx\ng2\t3\t4\n',
      'line 2, column 3: "x" is not a finite number (sample s2)',
    ],
    [
      'NaN',
      's1\ts2\ng1\tNaN\t1\ng2\t3\t4\n',
      'line 2, column 2: "NaN" is not the text for a missing value',
    ],
    ['infinity', 's1\ts2\ng1\t-inf\t1\ng2\t3\t4\n', 'line 2, column 2: "-inf" is infinite'],
    [
      'a number too large to hold',
      's1\ts2\ng1\t1e999\t1\ng2\t3\t4\n',
      'line 2, column 2: "1e999" is not a finite',
    ],
    ['hexadecimal', 's1\ts2\ng1\t0x10\t1\ng2\t3\t4\n', 'line 2, column 2: "0x10" is not'],
    [
      'a decimal comma',
      's1\ts2\ng1\t1,5\t1\ng2\t3\t4\n',
      'line 2, column 2: "1,5" has a decimal comma',
    ],
    ['an empty value', 's1\ts2\ng1\t\t1\ng2\t3\t4\n', 'line 2, column 2: "" is an empty value'],
    ['a lone sign', 's1\ts2\ng1\t+\t1\ng2\t3\t4\n', 'line 2, column 2: "+" is not'],
    ['a lone dot', 's1\ts2\ng1\t.\t1\ng2\t3\t4\n', 'line 2, column 2: "." is not'],
    [
      'an exponent without digits',
      's1\ts2\ng1\t1e\t1\ng2\t3\t4\n',
      'line 2, column 2: "1e" is not',
    ],
    [
      'a gene twice',
      's1\ts2\ng1\t1\t2\ng1\t3\t4\n',
      'line 3, column 1: "g1" is a gene that line 2 already has',
    ],
    [
      'a gene without a name',
      's1\ts2\n\t1\t2\ng2\t3\t4\n',
      'line 2, column 1: is an empty gene name',
    ],
    [
      'a sample twice',
      's1\ts1\ng1\t1\t2\ng2\t3\t4\n',
      'line 1, column 2: "s1" is a sample that column 1 already has',
    ],
    [
      'a sample without a name',
      's1\t\ng1\t1\t2\ng2\t3\t4\n',
      'line 1, column 2: is an empty sample name',
    ],
    ['an empty line between rows', 's1\ts2\ng1\t1\t2\n\ng2\t3\t4\n', 'line 3: is empty'],
    ['an empty first line', '\ns1\ts2\ng1\t1\t2\n', 'line 1: is empty'],
    ['commas', 's1,s2\ng1,1,2\ng2,3,4\n', 'line 1: has its fields separated by commas'],
    [
      'commas and a corner',
      'gene,s1,s2\ng1,1,2\ng2,3,4\n',
      'line 1: has its fields separated by commas',
    ],
    ['semicolons', 's1;s2\ng1;1,0;2,0\n', 'line 1: has its fields separated by semicolons'],
    ['spaces', 's1 s2\ng1  1  2\ng2 3 4\n', 'line 1: has its fields separated by spaces'],
    [
      'a text that is no table',
      '# Title\n\nA sentence, and more.\nAnother\tone.\n',
      'line 1: has no tab, and neither has the first row',
    ],
    ['one sample, and rows of another width', 's1\ng\t1\t2\nh\t2\t3\n', 'line 1: names one'],
    ['a byte order mark', `\ufeff${GOOD}`, 'line 1, column 1: starts with a byte order mark'],
    ['a zip archive', 'PK\u0003\u0004abc\n', 'line 1: is the start of a zip archive'],
    ['zero bytes', 'ab\u0000c\n', 'line 1: contains zero bytes'],
  ])('%s', async (_, content, expected) => {
    const lines = await problems(content);
    expect(lines[0]).toContain(expected);
    expect(lines).toHaveLength(1);
  });

  it('UTF-16', async () => {
    const lines = await problems(Buffer.from(`\ufeff${GOOD}`, 'utf16le'));
    expect(lines[0]).toContain('line 1: is UTF-16 text');
  });

  it('all at once', async () => {
    const lines = await problems('s1\ts2\ts1\ng1\t1\tx\t2\ng1\t1\n');
    expect(lines.map((line) => line.split(':')[0])).toEqual([
      'line 1, column 3',
      'line 2, column 3',
      'line 3, column 1',
      'line 3, column 3',
    ]);
  });

  it('the first twenty, and how many there are', async () => {
    const rows = Array.from({ length: 100 }, (_, i) => `g${i}\tx\ty`).join('\n');
    const report = await read(`s1\ts2\n${rows}\n`);
    expect(report).toMatchObject({ ok: false, problemCount: 200 });
    expect(!report.ok && report.problems.length).toBe(20);
  });

  it('a truncated and a damaged gzip file', async () => {
    const packed = gzipSync(GOOD.repeat(500));
    expect((await problems(packed.subarray(0, packed.length - 12)))[0]).toContain('truncated');
    const damaged = Buffer.from(packed);
    damaged[packed.length - 6]! ^= 0xff;
    expect((await problems(damaged))[0]).toContain('is damaged');
  });

  it('a file that is not there, or is a folder', async () => {
    const nothing = join(folder, 'nothing');
    await expect(readGem(nothing, 'NA', never)).rejects.toMatchObject({
      code: 'invalid-input',
      message: `the gene expression matrix ${nothing} does not exist`,
    });
    await expect(readGem(folder, 'NA', never)).rejects.toMatchObject({
      code: 'invalid-input',
      message: `the gene expression matrix ${folder} is a directory`,
    });
  });

  it('an interrupt', async () => {
    const path = join(folder, 'gem');
    await writeFile(path, GOOD);
    await expect(readGem(path, 'NA', AbortSignal.abort())).rejects.toMatchObject({
      code: 'aborted',
    });
  });
});
