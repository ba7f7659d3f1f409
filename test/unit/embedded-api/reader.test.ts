import { describe, expect, it } from 'vitest';
import { ApiError } from '../../../src/embedded/api/errors.js';
import { partial, read } from '../../../src/embedded/api/parse/reader.js';
import {
  bool,
  integer,
  listOf,
  mapOf,
  number,
  object,
  oneOf,
  optional,
  required,
  setOf,
  string,
  timestamp,
} from '../../../src/embedded/api/parse/type-words.js';

const thing = object({
  name: required({ kind: 'string', min: 2, max: 4, is: /^[a-z]*$/ }),
  size: optional(number(0, 10), 5),
  count: optional(integer(1)),
  on: optional(bool),
  mode: optional(oneOf('Fast', 'Slow')),
  tags: optional(setOf(string, 1)),
  parts: optional(listOf(object({ port: required(integer(0, 65535)) }))),
  env: optional(mapOf(string), {}),
  at: optional(timestamp),
});

function problemsOf(value: unknown): unknown {
  try {
    read(thing, value);
  } catch (error) {
    if (error instanceof ApiError) return error.body['details'];
    throw error;
  }
  return [];
}

describe('read', () => {
  it('fills in defaults, drops what is unknown, takes null for absent', () => {
    expect(read(thing, { name: 'ab', what: 1, size: null, on: null })).toEqual({
      name: 'ab',
      size: 5,
      env: {},
    });
  });

  it('gives every reading its own defaults', () => {
    const first = read(thing, { name: 'ab' }) as { env: object };
    const second = read(thing, { name: 'ab' }) as { env: object };
    expect(first.env).not.toBe(second.env);
  });

  it('takes enum values in any case, drops repeated elements of sets, makes times UTC', () => {
    expect(
      read(thing, {
        name: 'ab',
        mode: 'FAST',
        tags: ['x', 'y', 'x'],
        at: '2026-01-02T03:04+01:00',
      }),
    ).toMatchObject({ mode: 'Fast', tags: ['x', 'y'], at: '2026-01-02T02:04:00.000Z' });
  });

  it('reports all problems at once, each at its path', () => {
    const value = {
      size: 11,
      count: 1.5,
      on: 'yes',
      mode: 'medium',
      tags: [],
      parts: [{ port: 1 }, { port: 70000 }, {}, 3],
      env: { A: 1 },
      at: 'today',
    };
    expect(problemsOf(value)).toEqual([
      { path: '/name', errors: [`'name' is undefined on object: ${JSON.stringify(value)}`] },
      { path: '/size', errors: ['error.max'] },
      { path: '/count', errors: ['error.expected.int'] },
      { path: '/on', errors: ['error.expected.jsboolean'] },
      { path: '/mode', errors: ['error.unknown.enum.literal'] },
      { path: '/tags', errors: ['error.minLength'] },
      { path: '/parts(1)/port', errors: ['error.max'] },
      { path: '/parts(2)/port', errors: ["'port' is undefined on object: {}"] },
      { path: '/parts(3)', errors: ['error.expected.jsobject'] },
      { path: '/env/A', errors: ['error.expected.jsstring'] },
      { path: '/at', errors: ['error.expected.date.isoformat'] },
    ]);
  });

  it.each([
    ['a', 'error.minLength'],
    ['abcde', 'error.maxLength'],
    ['A-B', 'error.pattern'],
    [1, 'error.expected.jsstring'],
  ])('refuses the name %j with %s', (name, error) => {
    expect(problemsOf({ name })).toEqual([{ path: '/name', errors: [error] }]);
  });

  it.each([[[]], ['x'], [null], [3]])('wants an object, not %j', (value) => {
    expect(problemsOf(value)).toEqual([{ path: '', errors: ['error.expected.jsobject'] }]);
  });

  it('wants nothing and fills in nothing at the top of an update', () => {
    expect(read(partial(thing), {})).toEqual({});
    expect(() => read(partial(thing), { parts: [{}] })).toThrow('Invalid JSON');
  });
});
