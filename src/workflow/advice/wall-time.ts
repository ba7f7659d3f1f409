import { pairsOf } from '../gem/types.js';
import { RULES } from './rules.js';
import type { AdviceInput, SecondsRange } from './types.js';

/** From the submission to the first job: DAGMan's start, and negotiation with each pool. */
const START = { low: 2, high: 20 };
/** Between two jobs on a slot: matching, starting, and the transfer of what a small job needs. */
const BETWEEN = { low: 0.2, high: 3 };
/** Bytes a second from the submitter to an executor and back. */
const TRANSFER = { low: 200e6, high: 10e6 };
/** How much smaller a matrix is when it is packed. */
const PACKED = { low: 5, high: 2 };
/** Pairs a second of merging, and of reading the merged matrix. */
const MERGED = { low: 40e6, high: 8e6 };
/**
 * Seconds of random matrix theory for 1,000 genes: the cost is that of the eigenvalues of the
 * largest component, with the third power of its genes, at up to 490 thresholds. How large it is
 * shows only then.
 */
const RMT = { low: 0.05, high: 3 };
const LAST_JOBS = 3;

/** How a number of jobs would run. */
export interface Course {
  readonly jobs: number;
  readonly slots: number;
}

/** The time from the submission to the network, as a range; pure arithmetic on `AdviceInput`. */
export function wallSeconds(input: AdviceInput, course: Course): SecondsRange {
  return { low: bound(input, course, 'low'), high: bound(input, course, 'high') };
}

function bound(
  { matrix, speed, threshold, minJobSeconds = 0 }: AdviceInput,
  { jobs, slots }: Course,
  end: 'low' | 'high',
): number {
  const pairs = pairsOf(matrix.genes);
  const measured = speed.source.kind === 'measured';
  const [faster, slower] = measured
    ? [1, RULES.slowdown]
    : [1 / RULES.unmeasured, RULES.unmeasured];
  const factor = end === 'low' ? faster : slower;
  const rate = end === 'low' ? speed.fastest : speed.slowest;
  const run = Math.max(minJobSeconds, factor * (speed.setupSeconds + pairs / jobs / rate));
  const bytes = matrix.bytes / PACKED[end] + (pairs / jobs) * speed.bytesPerPair;
  // All slots share the submitter's connection.
  const transfer = (bytes * Math.min(jobs, slots)) / TRANSFER[end];
  const rounds = end === 'low' ? Math.max(1, jobs / slots) : Math.ceil(jobs / slots);
  const matrixBytes = pairs * speed.bytesPerPair;
  // The merged matrix comes back once and goes out twice; the chunks go to the merge.
  const merge = (4 * matrixBytes) / TRANSFER[end] + pairs / MERGED[end];
  const rmt = threshold === 'rmt' ? RMT[end] * (matrix.genes / 1000) ** (end === 'low' ? 2 : 3) : 0;
  const last = LAST_JOBS * (BETWEEN[end] + 1) + merge + factor * rmt;
  return START[end] + rounds * (run + BETWEEN[end] + transfer) + last;
}
