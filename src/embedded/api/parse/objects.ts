/** Small helpers for immutable objects. */

/** A copy of `value` without the named properties. */
export function omit<T extends object, K extends keyof T>(
  value: T,
  ...names: readonly K[]
): Omit<T, K> {
  const entries = Object.entries(value).filter(([name]) => !names.includes(name as K));
  return Object.fromEntries(entries) as Omit<T, K>;
}

/** `{ [name]: value }`, or nothing when the value is absent. */
export function optionally<K extends string, V>(name: K, value: V | undefined): { [P in K]?: V } {
  return (value === undefined ? {} : { [name]: value }) as { [P in K]?: V };
}
