import { expect, test } from 'vitest';
import { didYouMean, nearest, orList } from '../../../src/config/suggest.js';

test.each([
  ['chameleom', ['azure', 'chameleon'], 'chameleon'],
  ['Azure', ['azure', 'chameleon'], 'azure'],
  ['memory', ['disk', 'mem'], 'mem'],
  ['cpus', ['n_cpus', 'mem'], 'n_cpus'],
  ['prot', ['type', 'port'], 'port'],
  ['zzz', ['id', 'ip_addr'], undefined],
  ['x', [], undefined],
])('%s among %j was meant to be %s', (word, known, expected) => {
  expect(nearest(word, known)).toBe(expected);
});

test('offers the choices where nothing is near', () => {
  expect(didYouMean('ec2', ['azure'], 'write "azure"')).toBe('write "azure"');
  expect(didYouMean('azur', ['azure'], 'write "azure"')).toBe('did you mean "azure"?');
});

test('lists choices', () => {
  expect(orList([])).toBe('');
  expect(orList(['a'])).toBe('a');
  expect(orList(['a', 'b', 'c'])).toBe('a, b or c');
});
