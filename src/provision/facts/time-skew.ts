/** When the controller asked and when it had the answer, in seconds since 1970 by its own clock. */
export interface Asked {
  readonly from: number;
  readonly to: number;
}

/**
 * How far a host's clock is off, in seconds, positive when it is ahead: the part that cannot be
 * the time that question and answer took. The host read its clock somewhere in between.
 */
export function timeSkew(hostTime: number, { from, to }: Asked): number {
  if (!Number.isFinite(hostTime) || hostTime <= 0) return 0;
  if (hostTime > to) return hostTime - to;
  if (hostTime < from) return hostTime - from;
  return 0;
}
