import { CrossflockError } from '../../errors/crossflock-error.js';
import { type Ad, isAd } from './fields.js';

/**
 * Reads what an HTCondor tool prints with `-json`; no output at all means an empty list.
 * @param tool its name, for the message
 * @throws CrossflockError `unexpected` when it is anything else than a list of ClassAds
 */
export function readAds(tool: string, text: string): readonly Ad[] {
  if (text.trim() === '') return [];
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw noList(tool, text, cause);
  }
  if (!Array.isArray(value) || !value.every(isAd)) throw noList(tool, text);
  return value;
}

function noList(tool: string, text: string, cause?: unknown): CrossflockError {
  const start = JSON.stringify(text.trim().slice(0, 80));
  return new CrossflockError(`${tool} answered ${start}, which is not a list of ClassAds`, {
    code: 'unexpected',
    ...(cause === undefined ? {} : { cause }),
  });
}
