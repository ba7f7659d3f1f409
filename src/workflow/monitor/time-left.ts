/** Seconds to the end: the likely value, and the range in which it will most probably be. */
export interface TimeLeft {
  readonly seconds: number;
  readonly range: readonly [number, number];
}

/** Standard errors to each side of the estimate: about 95 % of a normal distribution. */
const WIDTH = 2;
/** A step may take this many times as long as a job, or no time to speak of. */
const STEP_AT_MOST = 3;

/** How fast it goes. */
export interface Pace {
  /** Jobs a minute, counted from `samples` completions. */
  readonly perMinute: number;
  readonly samples: number;
  /** Mean time of a job. */
  readonly meanSeconds: number;
}

/**
 * Jobs side by side that are left ÷ jobs per minute, and for each step that runs alone the time of
 * a job, since nothing is known of a step before it has run. The rate comes from counting
 * completions, and a count of n has a relative standard error of 1/√n where jobs end independently
 * of each other (Poisson); the range is that, twice to each side, as a factor so that it never
 * reaches 0; the steps widen it.
 */
export function timeLeft(
  { jobs, steps }: { readonly jobs: number; readonly steps: number },
  { perMinute, samples, meanSeconds }: Pace,
): TimeLeft {
  const parallel = (jobs * 60) / perMinute;
  const alone = steps * meanSeconds;
  const factor = Math.exp(WIDTH / Math.sqrt(Math.max(1, samples)));
  return {
    seconds: parallel + alone,
    range: [parallel / factor, parallel * factor + alone * STEP_AT_MOST],
  };
}
