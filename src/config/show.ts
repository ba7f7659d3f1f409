import { isObject } from './paths.js';

const LONGEST = 60;

/**
 * A value of the document as it is shown in a problem: shortened, and of objects the keys alone,
 * so that a message about an object never shows a secret inside it.
 */
export function show(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `a list of ${String(value.length)}`;
  if (isObject(value)) {
    const keys = Object.keys(value).map((key) => `${JSON.stringify(key)}: …`);
    return shorten(`{${keys.join(', ')}}`);
  }
  return shorten(JSON.stringify(value));
}

function shorten(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}
