/** An item whose key an earlier one has already. */
export interface Repeated<T> {
  readonly item: T;
  readonly first: T;
}

/**
 * The items whose key an earlier item has, each with the first that has it; items without a key
 * are left out.
 */
export function repeated<T>(
  items: readonly T[],
  keyOf: (item: T) => string | number | undefined,
): readonly Repeated<T>[] {
  const firsts = new Map<string | number, T>();
  return items.flatMap((item) => {
    const key = keyOf(item);
    if (key === undefined) return [];
    const first = firsts.get(key);
    if (first !== undefined) return [{ item, first }];
    firsts.set(key, item);
    return [];
  });
}
