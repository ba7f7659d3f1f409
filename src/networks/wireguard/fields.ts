export type Fields = Readonly<Record<string, unknown>>;

/** An object's properties; none for anything else. */
export function fields(value: unknown): Fields {
  return value !== null && typeof value === 'object' ? (value as Fields) : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The properties that are text. */
export function textsOf(value: unknown): Readonly<Record<string, string>> {
  const texts = Object.entries(fields(value)).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return Object.fromEntries(texts);
}
