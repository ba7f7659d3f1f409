import { describe, expect, it } from 'vitest';
import { formatDuration } from '../../../src/util/duration.js';
import { fanOut } from '../../../src/util/fan-out.js';
import { pasteable } from '../../../src/util/quote.js';
import { Redactor } from '../../../src/util/redact.js';
import { textTable } from '../../../src/util/text-table.js';

describe('formatDuration', () => {
  it.each([
    [0, '0 ms'],
    [340, '340 ms'],
    [2140, '2.1 s'],
    [59_949, '59.9 s'],
    [59_990, '1 min 00 s'],
    [245_000, '4 min 05 s'],
    [11_520_000, '3 h 12 min'],
    [187_200_000, '2 d 4 h'],
  ])('%d ms is %s', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });
});

describe('fanOut', () => {
  it('never runs more than the limit at a time and keeps the order of the targets', async () => {
    let running = 0;
    let most = 0;
    const result = await fanOut([5, 4, 3, 2, 1], 2, async (target) => {
      most = Math.max(most, ++running);
      for (let turn = 0; turn < target; turn++) await Promise.resolve();
      running--;
      return target * 10;
    });
    expect(most).toBe(2);
    expect(result.done.map(({ value }) => value)).toEqual([50, 40, 30, 20, 10]);
  });

  it('collects failures without stopping the others', async () => {
    const result = await fanOut(['a', 'b', 'c'], 1, (target) =>
      target === 'b' ? Promise.reject(new Error('no b')) : Promise.resolve(target),
    );
    expect(result.done.map(({ target }) => target)).toEqual(['a', 'c']);
    expect(result.failed).toEqual([{ target: 'b', error: new Error('no b') }]);
  });

  it('does nothing for no targets', async () => {
    await expect(fanOut([], 4, () => Promise.resolve(1))).resolves.toEqual({
      done: [],
      failed: [],
    });
  });
});

describe('pasteable', () => {
  it('quotes what a shell would read otherwise', () => {
    expect(pasteable(['docker', 'exec', 'a b', "it's", '', '$HOME'])).toBe(
      `docker exec 'a b' 'it'\\''s' '' '$HOME'`,
    );
  });
});

describe('Redactor', () => {
  it('hides a secret in plain, JSON and base64 form', () => {
    const redactor = new Redactor();
    redactor.add('pass"word');
    const base64 = Buffer.from('pass"word').toString('base64');
    expect(redactor.text(`a pass"word b ${JSON.stringify('pass"word')} ${base64}`)).toBe(
      'a [secret] b "[secret]" [secret]',
    );
  });

  it('hides the longer of two secrets that share a beginning', () => {
    const redactor = new Redactor();
    redactor.add('abcd');
    redactor.add('abcdefgh');
    expect(redactor.text('abcdefgh')).toBe('[secret]');
  });

  it('walks through nested data and leaves everything else alone', () => {
    const redactor = new Redactor();
    redactor.add('hunter22');
    expect(redactor.deep({ a: ['hunter22', 1, null], b: { c: 'x hunter22' } })).toEqual({
      a: ['[secret]', 1, null],
      b: { c: 'x [secret]' },
    });
  });

  it('leaves values too short to be told apart from text', () => {
    const redactor = new Redactor();
    redactor.add('1');
    expect(redactor.text('cpus 1')).toBe('cpus 1');
  });
});

describe('textTable', () => {
  it('aligns text left, numbers right, and ignores colours when measuring', () => {
    expect(
      textTable(
        ['app', 'jobs'],
        [
          ['\u001B[32mone\u001B[39m', 5],
          ['three', 120],
        ],
      ),
    ).toEqual(['app    jobs', '\u001B[32mone\u001B[39m       5', 'three   120']);
  });
});
