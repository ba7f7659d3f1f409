/**
 * The bounds of a job, with their sources; docs/gem.md explains them.
 *
 * README of OSG-KINC (feltus/OSG-KINC, commit 546eda7): less than 1 GB of output a job, a mean run
 * time of less than 4 hours. README of scidas' workflow on several clouds: 1 GB of memory a job.
 * Half a minute and the jobs for each slot are ours.
 */
export const RULES = {
  leastSeconds: 30,
  mostSeconds: 4 * 3600,
  mostOutputBytes: 1e9,
  /** Several for each, so that no slot waits long for the last one. */
  jobsPerSlot: 4,
  /** Of a workflow: what the configuration allows, and DAGMan handles on one machine. */
  mostJobs: 100_000,
  /** So much slower than measured a slot may be later: others use the same machines, too. */
  slowdown: 2.5,
  /** The same for a speed that was not measured; also how much faster it may be. */
  unmeasured: 4,
  /** No executor is so many times slower or faster than assumed. */
  unlikely: 10,
} as const;

/** Largest number of jobs for which each still takes half a minute, and is at least half work. */
export function mostByLength(workSeconds: number, setupSeconds: number): number {
  const least = Math.max(RULES.leastSeconds - setupSeconds, setupSeconds);
  return Math.floor(workSeconds / least);
}

/** Smallest number of jobs for which none takes more than four hours, the slowdown included. */
export function fewestByLength(workSeconds: number, setupSeconds: number): number {
  // Where reading alone takes long, the rule cannot be kept; half of the time is then for work.
  const room = Math.max(RULES.mostSeconds - setupSeconds, RULES.mostSeconds / 2);
  return Math.ceil(workSeconds / room);
}

/** Smallest number of jobs whose outputs stay below 1 GB each. */
export function fewestByOutput(pairs: number, bytesPerPair: number): number {
  const most = Math.floor((RULES.mostOutputBytes - 1) / bytesPerPair);
  return Math.ceil(pairs / most);
}

/** `value` rounded up to a multiple of `step`. */
export function upTo(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}
