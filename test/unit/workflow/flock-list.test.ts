import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it, test } from 'vitest';
import {
  isSameFlockList,
  parseFlockChange,
  parseFlockList,
  readFlockList,
  setFlockList,
  vacatePools,
} from '../../../src/workflow/flock-list.js';
import { FakeHost } from '../../fakes/fake-host.js';

const never = new AbortController().signal;
const FOLDER = new URL('../../fixtures/flock/', import.meta.url);
const captured = (name: string): string => readFileSync(new URL(name, FOLDER), 'utf8');

const FIND = (argv: readonly string[]): boolean => argv[1] === 'ps';
const inside = (...argv: string[]) => [
  ...['docker', 'exec', '--user', 'root', 'abc', 'crossflock-flock'],
  ...argv,
];

const containing = (text: string): unknown => expect.stringContaining(text);

let host: FakeHost;
beforeEach(() => {
  host = new FakeHost().on(FIND, { stdout: 'abc\n' });
});

test('what the command printed is read', () => {
  expect(parseFlockList(captured('get.json'))).toEqual({
    pools: ['172.29.11.3', '172.29.11.77'],
    origin: 'stored',
  });
  expect(parseFlockChange(captured('set.json'))).toEqual({ pools: ['172.29.11.3'], changed: true });
});

test.each(['', 'null', '3', '{}', '{"pools": [1], "origin": "stored"}', 'no JSON'])(
  'anything else is named: %j',
  (text) => {
    for (const parse of [parseFlockList, parseFlockChange]) {
      expect(() => parse(text)).toThrow(/crossflock-flock answered/);
    }
  },
);

test.each([
  [[], [], true],
  [['a', 'b'], ['b', 'a'], true],
  [['a', 'a'], ['a'], true],
  [['a'], ['a', 'b'], false],
  [['a', 'c'], ['a', 'b'], false],
])('%j and %j are the same list: %s', (a, b, same) => {
  expect(isSameFlockList(a, b)).toBe(same);
  expect(isSameFlockList(b, a)).toBe(same);
});

describe('in the submitter', () => {
  it('is read, set and rid of its jobs as root', async () => {
    host
      .once(inside('get'), { stdout: captured('get.json') })
      .once(inside('set', '10.0.0.2,10.0.0.3'), { stdout: captured('set.json') })
      .once(inside('set', ''), { stdout: '{"pools": [], "changed": true}' })
      .once(inside('vacate', '172.29.11.3'), { stdout: captured('vacate.json') });
    expect((await readFlockList([host], 'demo', never)).origin).toBe('stored');
    expect((await setFlockList([host], 'demo', ['10.0.0.2', '10.0.0.3'], never)).changed).toBe(
      true,
    );
    expect((await setFlockList([host], 'demo', [], never)).pools).toEqual([]);
    expect(await vacatePools([host], 'demo', ['172.29.11.3'], never)).toBe(2);
    expect(host.commandLines[0]).toContain('label=crossflock.deployment=demo');
    host.verify();
  });

  it('of an image without the command is named, with a way out', async () => {
    host
      .once(inside('set', '10.0.0.2'), { exitCode: 126, stdout: captured('no-such-command.txt') })
      .once((argv) => argv.includes('inspect'), { stdout: 'example/submitter:1\n' });
    await expect(setFlockList([host], 'demo', ['10.0.0.2'], never)).rejects.toMatchObject({
      code: 'refused',
      retryable: false,
      message: containing('the image example/submitter:1 has no crossflock-flock'),
      hint: containing('["-f", "IP,IP"]'),
    });
    host.verify();
  });

  it('that was started with -f keeps its list', async () => {
    host.once(inside('set', '10.0.0.2'), { exitCode: 2, stderr: captured('refused.txt') });
    await expect(setFlockList([host], 'demo', ['10.0.0.2'], never)).rejects.toMatchObject({
      code: 'refused',
      retryable: false,
      message: containing('was started with -f 172.29.11.4'),
    });
  });

  it('whose schedd does not answer may be asked again', async () => {
    const stderr = 'crossflock-flock: the list is kept, but the schedd has not taken it in 30 s\n';
    host.once(inside('set', '10.0.0.2'), { exitCode: 1, stderr });
    await expect(setFlockList([host], 'demo', ['10.0.0.2'], never)).rejects.toMatchObject({
      code: 'command-failed',
      retryable: true,
    });
  });

  it('that is not there yet may be asked again', async () => {
    const none = new FakeHost('h').on(FIND, {});
    await expect(readFlockList([none], 'demo', never)).rejects.toMatchObject({
      code: 'not-found',
      retryable: true,
    });
    host.once(inside('get'), { exitCode: 1, stderr: 'Error: No such container: abc\n' });
    await expect(readFlockList([host], 'demo', never)).rejects.toMatchObject({
      code: 'unavailable',
      retryable: true,
    });
  });
});
