import { describe, expect, it } from 'vitest';
import { whyUnreadable } from '../../../src/util/why-unreadable.js';

describe('why a file could not be read', () => {
  it.each([
    ['ENOENT', 'does not exist'],
    ['ENOTDIR', 'does not exist'],
    ['EISDIR', 'is a directory'],
    ['EACCES', 'may not be read by this user'],
    ['EPERM', 'may not be read by this user'],
    ['EIO', 'cannot be read (i/o error)'],
  ])('%s: it %s', (code, text) => {
    expect(whyUnreadable(Object.assign(new Error('i/o error'), { code }))).toBe(text);
  });

  it('says what it was given where that is no error', () => {
    expect(whyUnreadable('odd')).toBe('cannot be read (odd)');
  });
});
