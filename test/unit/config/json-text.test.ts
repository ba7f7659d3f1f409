import { describe, expect, test } from 'vitest';
import { problemLine } from '../../../src/errors/problem.js';
import { parseJsonText } from '../../../src/config/json-text.js';

const firstLine = (text: string): string => {
  const [problem] = parseJsonText(text).problems;
  return problem === undefined ? 'no problem' : problemLine(problem);
};

describe('text that is JSON', () => {
  test.each([
    '{}',
    '[]',
    ' [ 1 , -2.5e+3, true, false, null, "" ] ',
    '{"a":{"b":[{"c":"\\u00e9\\n\\"\\\\"}]},"é":"\u007f"}',
    '\t{\r\n"a"\n:\r1}\n',
    '0',
    '"x"',
  ])('%j is what JSON.parse says', (text) => {
    expect(parseJsonText(text)).toEqual({
      ok: true,
      value: JSON.parse(text) as unknown,
      problems: [],
    });
  });
});

describe('text that is not JSON', () => {
  test.each([
    [
      '{',
      'line 1, column 2: not JSON: the text ends too early, in `{`; write a property name in double quotes, and close what is open',
    ],
    [
      '{"a": 1,}',
      'line 1, column 8: not JSON: a comma after the last property, in `{"a": 1,}`; remove the comma',
    ],
    [
      '[1,\n]',
      'line 1, column 3: not JSON: a comma after the last item, in `[1,`; remove the comma',
    ],
    [
      '{\n  "a": 1\n  "b": 2\n}',
      'line 2, column 9: not JSON: a comma is missing, in `"a": 1`; write a comma here',
    ],
    ['[1 2]', 'line 1, column 3: not JSON: a comma is missing, in `[1 2]`; write a comma here'],
    [
      '{"a"; 1}',
      'line 1, column 5: not JSON: ";" where ":" after a property name should be, in `{"a"; 1}`; write ":" after a property name',
    ],
    ["{'a': 1}", "line 1, column 2: not JSON: a single quote, in `{'a': 1}`; write double quotes"],
    [
      '{a: 1}',
      'line 1, column 2: not JSON: "a" where a property name in double quotes should be, in `{a: 1}`; write a property name in double quotes',
    ],
    [
      '{"a": yes}',
      'line 1, column 7: not JSON: yes is not a value, in `{"a": yes}`; write it in double quotes, if it is a string',
    ],
    [
      '[01]',
      'line 1, column 2: not JSON: a number in a form that JSON does not have, in `[01]`; write it as 10 or 0.5',
    ],
    [
      '[1,\r\n  // two\r\n]',
      'line 2, column 3: not JSON: a comment, which JSON does not have, in `// two`; remove it',
    ],
    [
      '{} x',
      'line 1, column 4: not JSON: text after the end of the document, in `{} x`; remove it',
    ],
    [
      '{"a": "b\n"}',
      'line 1, column 7: not JSON: a string without its closing quote, in `{"a": "b`; write " at its end',
    ],
    [
      '["\\x"]',
      'line 1, column 2: not JSON: a string with a character or escape that JSON does not know, in `["\\x"]`; write a backslash as \\\\ and a tab as \\t',
    ],
    [
      '[1}',
      'line 1, column 3: not JSON: "}" where "," or "]" should be, in `[1}`; write "," or "]"',
    ],
  ])('%j', (text, expected) => {
    expect(parseJsonText(text).ok).toBe(false);
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
    expect(firstLine(text)).toBe(expected);
  });

  test('a long line is cut around the column', () => {
    const line = firstLine(`{${'"aaaaaaaa": 1, '.repeat(20)} oops}`);
    expect(line).toContain('in `…');
    expect(line).toContain('oops}`');
    expect(line.length).toBeLessThan(220);
  });

  test('every cut of a good text is refused, wherever it is cut', () => {
    const text = '{"a": [1, -2.5, "x\\n"], "b": {"c": null, "d": true}}';
    for (let end = 0; end < text.length; end += 1) {
      expect(parseJsonText(text.slice(0, end)).ok).toBe(false);
    }
  });

  test.each([
    '{"auth": {"password": "hunter2" "x": 1}}',
    '{"args": ["-p", "hunter2",,]}',
    '{"IRODS_PASSWORD": "hunter2",}',
    '{"my_token": "hunter2',
    '{"marathon_uri": "http://me:hunter2@host",}',
  ])('the offending line does not show a secret: %s', (text) => {
    expect(firstLine(text)).toContain('(hidden)');
    expect(firstLine(text)).not.toContain('hunter2');
  });
});

test('a property that is there twice is told, where JSON.parse keeps the last one silently', () => {
  const parsed = parseJsonText('{"a": [{"b": 1,\n"b": 2}],\n "a": 3}');
  expect(parsed.problems.map(problemLine)).toEqual([
    'a[0].b: is there a second time in line 2, column 1; remove one of the two',
    'a: is there a second time in line 3, column 2; remove one of the two',
  ]);
});
