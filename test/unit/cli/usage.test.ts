import { describe, expect, it } from 'vitest';
import { commandWords, usageSentence } from '../../../src/cli/usage.js';

describe('usageSentence', () => {
  it.each([
    ['Unknown argument: ony', ['provision', '--ony', 'a'], 'unknown argument: --ony'],
    ['Unknown arguments: dry-run, dryRun', ['down', '--dry-run'], 'unknown argument: --dry-run'],
    ['Unknown arguments: a-b, aB, c', ['x', '--a-b=1', '-c'], 'unknown arguments: --a-b, -c'],
    ['Unknown argument: extra', ['peers', 'list', 'extra'], 'unknown argument: extra'],
    ['Not enough arguments following: only', ['provision', '--only'], '--only wants a value'],
    ['Not enough arguments following: c', ['validate', '-c'], '-c wants a value'],
    [
      'Not enough non-option arguments: got 0, need at least 1',
      ['peers', 'add', '-c', 'x'],
      'peers add wants one more argument',
    ],
    [
      'Did you mean provision?',
      ['provison', '-c', 'x'],
      '"provison" is no command; did you mean provision?',
    ],
    ['Did you mean list?', ['peers', 'lst'], '"lst" is no command; did you mean list?'],
    ['which peers command? see crossflock peers --help', ['peers'], 'which peers command?'],
    ['wait: write a number of seconds', ['peers', 'remove'], 'wait: write a number of seconds'],
  ])('%s', (message, args, expected) => {
    expect(usageSentence(message, args)).toBe(expected);
  });
});

describe('commandWords', () => {
  const commands = ['peers', 'status'];
  it.each([
    [['peers', 'add', '-c', 'x'], 'peers add wants one more argument', ['peers', 'add']],
    [['peers', 'lst'], '"lst" is no command; did you mean list?', ['peers']],
    [['peers', 'nix'], 'unknown argument: nix', ['peers']],
    [['status', 'x'], 'unknown argument: x', ['status']],
    [['nix'], 'unknown argument: nix', []],
    [[], 'which command?', []],
  ])('%j: %s', (args, sentence, expected) => {
    expect(commandWords(args, commands, sentence)).toEqual(expected);
  });
});
