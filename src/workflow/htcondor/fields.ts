/** Reads one attribute of a ClassAd in JSON; what has another type counts as absent. */
export type Ad = Readonly<Record<string, unknown>>;

export function textOf(ad: Ad, name: string): string | undefined {
  const value = ad[name];
  return typeof value === 'string' ? value : undefined;
}

export function numberOf(ad: Ad, name: string): number | undefined {
  const value = ad[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

export function flagOf(ad: Ad, name: string): boolean | undefined {
  const value = ad[name];
  return typeof value === 'boolean' ? value : undefined;
}

export function adOf(ad: Ad, name: string): Ad | undefined {
  const value = ad[name];
  return isAd(value) ? value : undefined;
}

export function isAd(value: unknown): value is Ad {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
