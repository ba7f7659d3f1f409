/** Pairs of a work block at most, as KINC chooses them itself (`similarity.cpp`, `initialize`). */
const LARGEST_BLOCK = 32_768;
/** `chunkrun` of one chunk is a plain run to KINC (`makeManager` of the ACE library). */
export const LEAST_JOBS = 2;
const MOST_JOBS = 100_000;
/** Jobs for each slot, so that faster executors can take more of them. */
const JOBS_PER_SLOT = 4;
const MOST_OUTPUT_BYTES = 1e9;

/** How the pairs are cut into chunks, one for each job. */
export interface Shares {
  readonly jobs: number;
  /** Pairs of a work block: KINC's `--bsize`. */
  readonly blockSize: number;
  readonly blocks: number;
  /** Of each chunk; the last one may have fewer. */
  readonly blocksPerJob: number;
}

/**
 * The chunks of as many jobs as wanted, or of a few less: KINC gives out whole blocks, ⌈blocks ÷
 * chunks⌉ to each chunk (`Chunk::setupIndexes` of the ACE library, github.com/SystemsGenetics/ACE),
 * so that the last chunks of other numbers would be empty. Left to itself it would also make
 * blocks so large that a small matrix has fewer of them than jobs.
 * @param pairs of genes; two at least
 * @param wanted jobs, from 2 to the number of pairs
 */
export function sharesOf(pairs: number, wanted: number): Shares {
  const blocksWanted = wanted * Math.ceil(pairs / (wanted * LARGEST_BLOCK));
  const blockSize = Math.ceil(pairs / blocksWanted);
  const blocks = Math.ceil(pairs / blockSize);
  const jobs = Math.ceil(blocks / Math.ceil(blocks / wanted));
  return { jobs, blockSize, blocks, blocksPerJob: Math.ceil(blocks / jobs) };
}

/** What the number of jobs depends on where nobody said it. */
export interface Load {
  readonly pairs: number;
  readonly samples: number;
  /** Correlations that a pair can have. */
  readonly clusters: number;
  /** CPUs of all executors. */
  readonly slots: number;
}

/**
 * How many jobs to make without knowing how fast they are: four for each slot, but each with a
 * block of KINC's own size where that leaves no slot idle, and none with an output over 1 GB.
 */
export function jobsFor({ pairs, samples, clusters, slots }: Load): number {
  const filled = Math.max(slots, Math.ceil(pairs / LARGEST_BLOCK));
  const bySlots = Math.min(JOBS_PER_SLOT * slots, filled);
  const byOutput = Math.ceil((pairs * bytesOfPair(samples, clusters)) / MOST_OUTPUT_BYTES);
  return Math.min(Math.max(bySlots, byOutput, LEAST_JOBS), pairs, MOST_JOBS);
}

/**
 * Bytes of a pair in a chunk's file at most: two indexes, a byte for each sample and the
 * correlations, both with their number in front (`similarity_resultblock.cpp`; Qt's QDataStream
 * writes a float as a double unless told otherwise).
 */
export function bytesOfPair(samples: number, clusters: number): number {
  return 2 * 4 + (4 + samples) + (4 + 8 * clusters);
}
