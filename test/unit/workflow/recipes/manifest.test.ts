import { describe, expect, it } from 'vitest';

import { readManifest } from '../../../../src/workflow/recipes/manifest.js';

function values(name: string, text: string): readonly Record<string, string>[] {
  return readManifest(name, text).rows.map((row) => Object.fromEntries(row));
}

function problems(name: string, text: string): readonly string[] {
  return readManifest(name, text).problems.map(({ path, message }) => `${path} ${message}`);
}

describe('a manifest', () => {
  it('is tab-separated as it stands, whatever its line ends', () => {
    const text = '\uFEFFid\ttext\r\na\t"x, y"\r\n\r\nb\t\r\n';
    expect(values('m.tsv', text)).toEqual([
      { id: 'a', text: '"x, y"' },
      { id: 'b', text: '' },
    ]);
    expect(readManifest('m.tsv', text)).toMatchObject({
      format: '.tsv',
      columns: ['id', 'text'],
      header: ['id\ttext'],
      lines: ['a\t"x, y"', 'b\t'],
      problems: [],
    });
  });

  it('is comma-separated with quotes', () => {
    expect(values('m.csv', 'id,text\na,"x, ""y"""\n"",\nc,it\'s\n')).toEqual([
      { id: 'a', text: 'x, "y"' },
      { id: '', text: '' },
      { id: 'c', text: "it's" },
    ]);
  });

  it('is an object a line, whose plain values in every line are columns', () => {
    const text = '{"id":1,"ok":true,"more":[1]}\n{"ok":false,"id":"b","extra":"x"}\n';
    const manifest = readManifest('m.jsonl', text);
    expect(manifest.columns).toEqual(['id', 'ok']);
    expect(manifest.rows.map((row) => row.get('id'))).toEqual(['1', 'b']);
    expect(manifest.header).toEqual([]);
  });

  it('has all its problems named, with their lines', () => {
    expect(problems('m.csv', 'id,id\na,b\n\nc,"open\nd\n')).toEqual([
      'workflow.command.manifest names more than one column',
      'workflow.command.manifest line 4 has a quote that does not end, or something behind it',
      'workflow.command.manifest line 5 has 1 fields, the header 2',
    ]);
    expect(problems('m.jsonl', '{"a":1}\n[1]\nx\n')).toEqual([
      'workflow.command.manifest line 2 is not a JSON object',
      'workflow.command.manifest line 3 is not a JSON object',
    ]);
  });

  it.each([
    ['m.tsv', 'id\ttext\n'],
    ['m.csv', ''],
    ['m.jsonl', '\n'],
  ])('without a row (%s) is refused', (name, text) => {
    expect(problems(name, text)).toEqual([
      'workflow.command.manifest has no rows: there is nothing to do',
    ]);
  });
});
