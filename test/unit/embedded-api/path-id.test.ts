import { describe, expect, it } from 'vitest';
import { Violations } from '../../../src/embedded/api/errors.js';
import {
  absolutePath,
  checkAppId,
  groupsOnTheWay,
  isBelow,
  parentOf,
  topLevelOf,
  urlTimestamp,
} from '../../../src/embedded/api/parse/path-id.js';

describe('absolutePath', () => {
  it.each([
    ['foo', '/', '/foo'],
    ['/foo', '/a', '/foo'],
    ['foo/', '/a', '/a/foo'],
    ['../foo', '/a/b', '/a/foo'],
    ['./foo', '/a', '/a/foo'],
    ['//a///b//', '/', '/a/b'],
    ['../../..', '/a', '/'],
    ['', '/a', '/a'],
  ])('%s from %s is %s', (path, base, wanted) => {
    expect(absolutePath(path, base)).toBe(wanted);
  });
});

it('knows the way up', () => {
  expect(parentOf('/a/b')).toBe('/a');
  expect(parentOf('/a')).toBe('/');
  expect(topLevelOf('/a/b')).toBe('a');
  expect(groupsOnTheWay('/a/b/c')).toEqual(['/a', '/a/b']);
  expect(isBelow('/ab', '/a')).toBe(false);
  expect(isBelow('/a/b', '/a')).toBe(true);
  expect(isBelow('/a', '/')).toBe(true);
  expect(isBelow('/', '/')).toBe(false);
});

describe('checkAppId', () => {
  const paths = (id: string): string[] => {
    const violations = new Violations();
    checkAppId(id, '/id', violations);
    return violations.details.map(({ path }) => path);
  };

  it.each(['/a', '/a.b/c-1', '/0', '/a/b.c-d.e', '/restart/a'])('takes %s', (id) => {
    expect(paths(id)).toEqual([]);
  });

  it.each(['/A', '/a_b', '/-a', '/a-', '/a b', '/a..b', '/a/restart', '/tasks', '/x/versions'])(
    'refuses %s',
    (id) => {
      expect(paths(id)).toEqual(['/id']);
    },
  );

  it('refuses the root twice, as Marathon does', () => {
    expect(paths('/')).toEqual(['/id', '/']);
  });
});

it('reads timestamps of URLs', () => {
  expect(urlTimestamp('2026-01-02T03:04:05Z')).toBe('2026-01-02T03:04:05.000Z');
  for (const text of ['2026', 'x', '2026-13-01T00:00:00Z']) {
    expect(() => urlTimestamp(text)).toThrow('Expecting ISO-8601 datetime string');
  }
});
