/** What an answer says of where to ask instead. */
export interface Redirection {
  readonly status: number;
  /** The header `Location`. */
  readonly location: unknown;
  /** The URL that was asked, and how. */
  readonly from: string;
  readonly method: string;
}

/**
 * Where to ask again; undefined where not to. A standby sends event streams on to its leader, with
 * the same credentials; they never follow from https to http. Only the statuses that keep the
 * method are followed for anything but reads.
 */
export function redirectTarget({
  status,
  location,
  from,
  method,
}: Redirection): string | undefined {
  const keepsMethod = status === 307 || status === 308;
  if (!keepsMethod && !(method === 'GET' && [301, 302, 303].includes(status))) return undefined;
  if (typeof location !== 'string' || !URL.canParse(location, from)) return undefined;
  const target = new URL(location, from);
  if (from.startsWith('https:') && target.protocol !== 'https:') return undefined;
  return target.href;
}
