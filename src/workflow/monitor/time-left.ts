/** Seconds to the end: the likely value, and the range in which it will most probably be. */
export interface TimeLeft {
  readonly seconds: number;
  readonly range: readonly [number, number];
}

/** Standard errors to each side of the estimate: about 95 % of a normal distribution. */
const WIDTH = 2;

/**
 * Jobs that are left ÷ jobs per minute. The rate comes from counting `samples` completions, and a
 * count of n has a relative standard error of 1/√n where jobs end independently of each other
 * (Poisson); the range is that, twice to each side, as a factor so that it never reaches 0.
 */
export function timeLeft(left: number, perMinute: number, samples: number): TimeLeft {
  const seconds = (left * 60) / perMinute;
  const factor = Math.exp(WIDTH / Math.sqrt(Math.max(1, samples)));
  return { seconds, range: [seconds / factor, seconds * factor] };
}
