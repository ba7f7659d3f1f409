import { CrossflockError } from '../../errors/crossflock-error.js';
import type { HttpAnswer } from '../../ports/host-probe.js';

export type Fields = Readonly<Record<string, unknown>>;

/** The body of an answer as an object; undefined where it is no 200. Throws `unexpected`. */
export function bodyOf(answer: HttpAnswer | undefined, what: string): Fields | undefined {
  if (answer?.status !== 200) return undefined;
  try {
    return fieldsOf(JSON.parse(answer.body));
  } catch (cause) {
    throw new CrossflockError(`${what} answers what nothing here can read`, {
      code: 'unexpected',
      hint: 'see that no other program has its port',
      cause,
    });
  }
}

/** An object; an empty one for anything else. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : {};
}

export function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** The fields that are text, numbers as text too. */
export function textsOf(value: unknown): Readonly<Record<string, string>> {
  const entries = Object.entries(fieldsOf(value)).flatMap(([name, field]) =>
    typeof field === 'string' || typeof field === 'number' ? [[name, String(field)] as const] : [],
  );
  return Object.fromEntries(entries);
}
