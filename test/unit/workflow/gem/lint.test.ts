import { describe, expect, it } from 'vitest';

import { GemLinter } from '../../../../src/workflow/gem/lint.js';
import type { GemUse } from '../../../../src/workflow/gem/types.js';
import { LineSplitter, MAX_LINE_BYTES } from '../../../../src/workflow/gem/lines.js';

const USE: GemUse = { naValue: 'NA', minObs: 2, method: 'sc' };
const GEM = Buffer.from('s1\tsé\r\ngén\t1.25\tNA\r\ng2\t-3e2\tx\r\n');

function lint(chunks: readonly Buffer[]) {
  const linter = new GemLinter(Buffer.from('NA'), USE);
  for (const chunk of chunks) linter.push(chunk);
  return linter.end();
}

describe('GemLinter', () => {
  it('gives the same answer wherever the chunks are cut', () => {
    const whole = lint([GEM]);
    expect(whole).toMatchObject({ genes: 2, samples: 2, missing: 1, errors: 1 });
    for (let cut = 0; cut <= GEM.length; cut += 1) {
      expect(lint([GEM.subarray(0, cut), GEM.subarray(cut)])).toEqual(whole);
    }
    expect(lint([...GEM].map((byte) => Buffer.from([byte])))).toEqual(whole);
  });

  it('does not keep the chunk that it was given', () => {
    const chunk = Buffer.from('s1\ts2\ng1\t1\t');
    const linter = new GemLinter(Buffer.from('NA'), USE);
    linter.push(chunk);
    chunk.fill(0);
    linter.push(Buffer.from('2\ng2\t3\t4\n'));
    expect(linter.end()).toMatchObject({ genes: 2, errors: 0 });
  });

  it('stops at a line that no table has', () => {
    const linter = new GemLinter(Buffer.from('NA'), USE);
    const chunk = Buffer.alloc(MAX_LINE_BYTES / 8, 'a');
    for (let i = 0; i < 9; i += 1) linter.push(chunk);
    expect(linter.stopped).toBe(true);
    expect(linter.end().problems).toMatchObject([
      { path: 'line 1', message: 'is longer than 64 MiB: this is no table of text' },
    ]);
  });
});

describe('LineSplitter', () => {
  it('stops when told to', () => {
    const seen: string[] = [];
    const splitter = new LineSplitter((bytes, start, end) => {
      seen.push(bytes.toString('utf8', start, end));
      return seen.length < 2;
    });
    splitter.push(Buffer.from('a\nb\nc\nd'));
    splitter.end();
    expect(seen).toEqual(['a', 'b']);
    expect(splitter.stopped).toBe(true);
  });
});
