import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { problemLine } from '../../../../src/errors/problem.js';
import { type GemUse } from '../../../../src/workflow/gem/types.js';
import { readGem } from '../../../../src/workflow/gem/read.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crossflock-gem-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const never = new AbortController().signal;

const USE: GemUse = { naValue: 'NA', minObs: 2, method: 'sc' };

async function read(content: string | Uint8Array, use: Partial<GemUse> = {}) {
  const path = join(folder, 'gem');
  await writeFile(path, content);
  return readGem(path, { ...USE, ...use }, never);
}

async function problems(content: string | Uint8Array): Promise<string[]> {
  const report = await read(content);
  expect(report.ok).toBe(report.errors === 0);
  return report.problems.filter(({ severity }) => severity === 'error').map(problemLine);
}

async function warnings(content: string, use: Partial<GemUse> = {}): Promise<string[]> {
  const report = await read(content, use);
  expect(report).toMatchObject({ ok: true, errors: 0 });
  return report.problems.map(problemLine);
}

const GOOD = 's1\ts2\ts3\ng1\t1\t-2.5\t3e-4\ng2\tNA\t.5\t+6.\n';

describe('a well-formed GEM', () => {
  it('is counted and hashed', async () => {
    const report = await read(GOOD);
    expect(report).toMatchObject({
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
    ['with a blank line of tabs at the end', `${GOOD}\t\t\n`],
    ['with a tab at the end of every line', GOOD.replaceAll('\n', '\t\n')],
    ['with a tab at the end of the header', GOOD.replace('\n', '\t\n')],
    ['with tabs at the end of rows', GOOD.replace('3e-4', '3e-4\t\t')],
  ])('is fine %s', async (_, content) => {
    expect(await problems(content)).toEqual([]);
  });

  it('takes another text for a missing value', async () => {
    const report = await read('a\tb\ng1\t-\t1\ng2\t2\t3\n', { naValue: '-' });
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
    [
      'a gene with a space in its name',
      's1\ts2\ng 1\t1\t2\ng2\t3\t4\n',
      'line 2, column 1: "g 1" is a gene name with white space in it, which KINC would read as several fields; write "g_1"',
    ],
    [
      'a sample with a space in its name',
      's1\ts\u00a02\ng1\t1\t2\ng2\t3\t4\n',
      'line 1, column 2: "s\u00a02" is a sample name with white space',
    ],
    [
      'a row with other separators',
      's1\ts2\ng1\t1\t2\ng2;3;4\n',
      'line 3, column 2: is where the row goes wrong: it has 1 fields instead of 3, being separated by semicolons',
    ],
    [
      'a last value that is empty',
      's1\ts2\ng1\t1\t\ng2\t3\t4\n',
      'line 2, column 3: "" is an empty value (sample s2)',
    ],
    ['line ends of old Macintoshes', 's1\ts2\rg1\t1\t2\r', 'line 1: is ended by CR alone'],
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

  it('text of another encoding', async () => {
    const latin1 = (text: string) => problems(Buffer.from(text, 'latin1'));
    expect((await latin1('sé\tt\ng\t1\t2\nh\t1\t2\n'))[0]).toContain('line 1: is not UTF-8 text');
    const gene = await latin1('s\tt\ngé\t1\t2\nh\t1\t2\n');
    expect(gene[0]).toMatch(/^line 2, column 1: .* is not UTF-8 text/);
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

  it('the first five of a kind, and how many there are', async () => {
    const rows = Array.from({ length: 100 }, (_, i) => `g${i}\tx\ty`).join('\n');
    const report = await read(`s1\ts2\n${rows}\n`);
    expect(report).toMatchObject({ ok: false, errors: 200 });
    expect(report.problems).toHaveLength(6);
    expect(report.problems.map(problemLine).at(-1)).toBe(
      'line 4 to line 101: 195 more values that are not finite numbers',
    );
  });

  it('rows that all have another length, as the header that is wrong', async () => {
    const rows = Array.from({ length: 30 }, (_, i) => `g${i}\t1\t2\t3\t4`).join('\n');
    expect(await problems(`s1\ts2\n${rows}\n`)).toEqual([
      'line 1: names 2 samples, but every row has 4 values; is the header shifted? name each column of values, and nothing else',
    ]);
    expect(await read(`s1\ts2\n${rows}\n`)).toMatchObject({ errors: 1 });
    const uneven = await problems(`s1\ts2\n${rows}\ng\t1\n`);
    expect(uneven).toHaveLength(6);
    const one = await problems(`s1\ts2\n${rows}\ng\t1\t2\n`);
    expect(one).toHaveLength(6);
    expect(one[5]).toBe('line 7 to line 31: 25 more rows of the wrong length');
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
    await expect(readGem(nothing, USE, never)).rejects.toMatchObject({
      code: 'invalid-input',
      message: `the gene expression matrix ${nothing} does not exist`,
    });
    await expect(readGem(folder, USE, never)).rejects.toMatchObject({
      code: 'invalid-input',
      message: `the gene expression matrix ${folder} is a directory`,
    });
  });

  it('an interrupt', async () => {
    const path = join(folder, 'gem');
    await writeFile(path, GOOD);
    await expect(readGem(path, USE, AbortSignal.abort())).rejects.toMatchObject({
      code: 'aborted',
    });
  });
});

describe('what is odd but works is a warning', () => {
  const row = (name: string, values: readonly (number | string)[]) => [name, ...values].join('\t');
  const table = (...rows: string[]) => `${['s1\ts2\ts3\ts4', ...rows].join('\n')}\n`;

  it.each([
    ['1-Mar', 'MARCH1 (now MARCHF1) or MARC1'],
    ['2-Sep', 'SEPT2 (now SEPTIN2)'],
    ['Sep-02', 'SEPT2 (now SEPTIN2)'],
    ['1-Dec', 'DEC1 (now DELEC1)'],
    ['2019-09-02', 'from the original table'],
    ['02.09.19', 'from the original table'],
    ['2.31E+13', 'such as 2310009E13'],
  ])('a gene called %s', async (name, expected) => {
    const [line, ...more] = await warnings(table(row(name, [1, 2, 3, 4]), row('h', [2, 1, 3, 4])));
    expect(line).toContain(`line 2, column 1: "${name}" is a`);
    expect(line).toContain(expected);
    expect(more).toEqual([]);
  });

  it.each(['SEPTIN2', 'MARCHF1', '1007_s_at', 'DEC1', 'H1-2', 'HLA-A', '7SK', '100287102'])(
    'but no gene called %s',
    async (name) => {
      const content = table(row(name, [1, 2, 3, 4]), row('h', [2, 1, 3, 4]));
      expect(await warnings(content)).toEqual([]);
    },
  );

  it('a gene that does not vary, however its value is written', async () => {
    const report = await read(table(row('g', ['1', '1.0', '10e-1', 'NA']), row('h', [2, 1, 3, 4])));
    expect(report.problems.map(problemLine)).toEqual([
      'line 2: "g" has the same value in all samples: it correlates with nothing; leave the gene out, or accept that it gets no edge',
    ]);
    expect(report).toMatchObject({ profile: { constantGenes: 1, genesWithMissing: 1 } });
  });

  it('a gene with fewer values than a pair needs', async () => {
    const content = table(row('g', [1, 2, 'NA', 4]), row('h', [2, 1, 3, 4]));
    expect(await warnings(content, { minObs: 3 })).toEqual([]);
    const [line] = await warnings(content, { minObs: 4 });
    expect(line).toContain('line 2: "g" has 3 values in 4 samples, fewer than the 4 that a pair');
  });

  it('a sample that is mostly missing', async () => {
    const gone = (name: string) => row(name, [1, 'NA', 3, 4]);
    const there = (name: string) => row(name, [4, 2, 3, 1]);
    expect(await warnings(table(gone('a'), there('b')))).toEqual([]);
    expect(await warnings(table(gone('a'), gone('b'), there('c')))).toEqual([
      'line 1, column 2: "s2" is a sample without a value in 67 % of the genes; leave the sample out',
    ]);
  });

  it('Windows line ends, and mixed ones', async () => {
    const content = table(row('g', [1, 2, 3, 4]), row('h', [2, 1, 3, 4]), row('i', [2, 1, 3, 5]));
    const crLf = content.replaceAll('\n', '\r\n');
    expect((await warnings(crLf))[0]).toContain('line ends: are CR LF, as on Windows');
    expect((await warnings(crLf.slice(0, -2)))[0]).toContain('as on Windows');
    expect((await warnings(content.replace('\n', '\r\n')))[0]).toContain('CR LF in 1 of 4 lines');
  });

  it("the raw scale for Pearson's correlation, and negative values on it", async () => {
    const rows = Array.from({ length: 10 }, (_, i) => row(`g${i}`, [100.5 * i, 7, 2000, 30]));
    expect(await warnings(table(...rows))).toEqual([]);
    const [line] = await warnings(table(...rows), { method: 'pc' });
    expect(line).toMatch(/^values: are on the raw scale .* decide Pearson's correlation/);
    const [negative] = await warnings(table(...rows, row('x', [-5, 7, 2000, 30])));
    expect(negative).toContain('1 of them are negative');
  });

  it('nothing is told of what errors make meaningless', async () => {
    const report = await read('a,b\n1,2\n');
    expect(report).toMatchObject({ ok: false, errors: 1, warnings: 0 });
  });
});
