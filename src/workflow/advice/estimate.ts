import { type Ad, adOf, numberOf } from '../htcondor/fields.js';
import type { Advice, SecondsRange } from './types.js';

/** The estimate as it is noted in a run's `run.json`, for whoever sums the run up. */
export function noteOf(advice: Advice): Ad {
  const { jobs, slots, secondsPerJob, outputBytesPerJob, memoryMbPerJob, wallSeconds } = advice;
  return {
    jobs,
    slots,
    seconds_per_job: secondsPerJob,
    output_bytes_per_job: outputBytesPerJob,
    memory_mb_per_job: memoryMbPerJob,
    wall_seconds: wallSeconds,
    reasons: advice.reasons,
  };
}

/**
 * The wall time that was expected of a run; undefined where nobody noted it.
 * @param context what the controller noted at the submission
 */
export function expectedWall(context: Ad | undefined): SecondsRange | undefined {
  const range = adOf(adOf(context ?? {}, 'estimate') ?? {}, 'wall_seconds') ?? {};
  const low = numberOf(range, 'low');
  const high = numberOf(range, 'high');
  return low === undefined || high === undefined ? undefined : { low, high };
}
