import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { appendItem, removeAt, setProperty } from '../../../src/config/edit.js';

const LOCAL = readFileSync(new URL('../../../configs/local.json', import.meta.url), 'utf8');
const TUTORIAL = readFileSync(
  new URL('../../../configs/kinc-tutorial.json', import.meta.url),
  'utf8',
);

/** Lines of `after` that are not in `before`, and those that went. */
function changed(before: string, after: string) {
  const [a, b] = [before.split('\n'), after.split('\n')];
  return { added: b.filter((x) => !a.includes(x)), gone: a.filter((x) => !b.includes(x)) };
}

describe('appendItem', () => {
  it('writes like the neighbours and leaves every other character alone', () => {
    const after = appendItem(TUTORIAL, ['network', 'containers'], { id: 'r3', ip_addr: '1.2.3.4' });
    expect(changed(TUTORIAL, after)).toEqual({
      added: [
        '      {"id": "runner2", "ip_addr": "172.16.0.3"},',
        '      {"id": "r3", "ip_addr": "1.2.3.4"}',
      ],
      gone: ['      {"id": "runner2", "ip_addr": "172.16.0.3"}'],
    });
    expect(after.length - TUTORIAL.length).toBe(
      '      {"id": "r3", "ip_addr": "1.2.3.4"}\n,'.length,
    );
  });

  it('breaks what does not fit into a line, inner parts only where they do not fit either', () => {
    const host = { address: '192.0.2.10', user: 'cc', private_address: '10.0.0.4' };
    const cluster = { id: 'cloudlab', engine: 'embedded', hosts: [host, host] };
    const after = appendItem(LOCAL, ['clusters'], cluster);
    expect(after).toContain(
      [
        '    },',
        '    {',
        '      "id": "cloudlab",',
        '      "engine": "embedded",',
        '      "hosts": [',
        '        { "address": "192.0.2.10", "user": "cc", "private_address": "10.0.0.4" },',
        '        { "address": "192.0.2.10", "user": "cc", "private_address": "10.0.0.4" }',
        '      ]',
        '    }',
        '  ],',
      ].join('\n'),
    );
    expect(removeAt(after, ['clusters', 2])).toBe(LOCAL);
  });

  it.each([
    ['{"a":[1,2]}', '{"a":[1,2,{"b":3}]}'],
    ['{"a": [1, 2]}', '{"a": [1, 2, {"b": 3}]}'],
    ['{ "a": [1] }', '{ "a": [1, { "b": 3 }] }'],
    ['{"a":[]}', '{"a":[{"b":3}]}'],
    ['{\n\t"a": []\n}\n', '{\n\t"a": [\n\t\t{"b": 3}\n\t]\n}\n'],
    [
      '{\r\n    "a": [\r\n        1\r\n    ]\r\n}',
      '{\r\n    "a": [\r\n        1,\r\n        {"b": 3}\r\n    ]\r\n}',
    ],
    ['{"x":1}', '{"x":1,"a":[{"b":3}]}'],
    ['{\n  "x": 1\n}', '{\n  "x": 1,\n  "a": [{"b": 3}]\n}'],
  ])('%j', (before, after) => {
    expect(appendItem(before, ['a'], { b: 3 })).toBe(after);
  });
});

describe('removeAt', () => {
  it.each([
    ['{"a": [1, 2, 3]}', ['a', 0], '{"a": [2, 3]}'],
    ['{"a": [1, 2, 3]}', ['a', 1], '{"a": [1, 3]}'],
    // Where jsonc-parser's modify leaves {"a": [12]}.
    ['{"a": [1, 2]}', ['a', 1], '{"a": [1]}'],
    ['{"a": [1]}', ['a', 0], '{"a": []}'],
    ['{\n  "a": 1,\n  "b": 2\n}', ['a'], '{\n  "b": 2\n}'],
    ['{\n  "a": 1,\n  "b": 2\n}', ['b'], '{\n  "a": 1\n}'],
    ['[\n  {"a": 1},\n  {"a": 2}\n]\n', [1], '[\n  {"a": 1}\n]\n'],
  ])('%j without %j', (before, path, after) => {
    expect(removeAt(before, path)).toBe(after);
  });
});

describe('setProperty', () => {
  it('replaces a value, and adds a property in a line of its own', () => {
    const text = '{\n  "engine": "embedded",\n  "x": {}\n}';
    expect(setProperty(text, ['engine'], { type: 'embedded', port: 19091 })).toBe(
      '{\n  "engine": {"type": "embedded", "port": 19091},\n  "x": {}\n}',
    );
    expect(setProperty(text, ['x', 'port'], 1)).toBe(
      '{\n  "engine": "embedded",\n  "x": {\n    "port": 1\n  }\n}',
    );
  });

  it('throws for a place that is not there', () => {
    expect(() => setProperty('{}', ['a', 'b'], 1)).toThrow(/no a to change/);
  });
});
