import type { WorkflowPlan } from '../../plan/types.js';
import type { GemFacts } from '../gem/types.js';
import {
  CCM,
  chunkArguments,
  CMX,
  EMX,
  extractArguments,
  GEM,
  importArguments,
  type Kinc3Settings,
  mergeArguments,
  NETWORK,
  RMT_LOG,
  rmtArguments,
} from './kinc3-commands.js';
import type { Shares } from './kinc3-shares.js';
import { encoded } from './words.js';

/** Program of the submitter's image that starts KINC on an executor; see kinc3_job.py there. */
const JOB_PROGRAM = '/usr/local/lib/crossflock/crossflock_submit/kinc3_job.py';
const RUNNER = 'crossflock-kinc3';
/** The matrix as it was given, plain or gzip. */
const GIVEN = 'matrix';
const PREFIX = 'similarity_';
const CHUNKS = 'chunks';
/** What the runner puts the threshold in the place of. */
const THRESHOLD = '{threshold}';
const BASE_MB = 256;

export interface Kinc3SpecInput {
  readonly plan: WorkflowPlan & Kinc3Settings;
  readonly facts: GemFacts;
  readonly shares: Shares;
  /** Name of the matrix, without folders. */
  readonly gemName: string;
  /** Path of the matrix in the submitter. */
  readonly stagedGem: string;
  /** CPUs of all executors. */
  readonly slots: number;
}

/** The specification for `crossflock-submit`; its fields are in docs/recipes.md. */
export function kinc3Spec(input: Kinc3SpecInput): object {
  const { plan, shares, stagedGem, slots } = input;
  const rmt = plan.threshold === 'rmt';
  return {
    workflow: 'kinc3',
    retries: plan.retries,
    request_memory_mb: plan.requestMemoryMb,
    slots,
    results: resultsOf(plan),
    before: [{ node: 'import', phase: 'reading the matrix' }],
    parallel: {
      prefix: PREFIX,
      phase: 'correlating',
      variables: Array.from({ length: shares.jobs }, (_, index) => ({ chunk: String(index) })),
    },
    after: [
      { node: 'merge', phase: 'merging' },
      ...(rmt ? [{ node: 'threshold', phase: 'finding the threshold' }] : []),
      { node: 'extract', phase: 'extracting the network' },
    ],
    jobs: jobsOf(input),
    files: { [RUNNER]: JOB_PROGRAM, [GIVEN]: stagedGem },
    executables: [RUNNER],
    details: detailsOf(input),
  };
}

/** Files of the run's folder `results` that are fetched. */
function resultsOf({ threshold, kinc3 }: Kinc3SpecInput['plan']): readonly string[] {
  return [
    NETWORK,
    ...(threshold === 'rmt' ? [RMT_LOG] : []),
    ...(kinc3.fetchMatrices ? [EMX, CCM, CMX] : []),
  ];
}

/** KINC wants its settings on the machine it runs on: those are not kept from job to job. */
function jobsOf({ plan, facts, shares }: Kinc3SpecInput): Readonly<Record<string, object>> {
  const chunks = { chunks: shares.jobs, blockSize: shares.blockSize };
  const rmt = plan.threshold === 'rmt';
  const found = rmt ? THRESHOLD : String(plan.threshold);
  const job = (does: JobDoes): object => jobOf(plan, does);
  return {
    import: job({
      options: ['--unpack', GIVEN, GEM, facts.sha256],
      inputs: [GIVEN],
      outputs: [result(EMX)],
      kinc: importArguments(plan),
    }),
    [PREFIX]: job({
      inputs: [result(EMX)],
      outputs: [`${CHUNKS}/chunk$(chunk).abd`],
      kinc: chunkArguments(plan, { index: '$(chunk)', ...chunks }),
    }),
    merge: job({
      options: ['--setting', 'chunkdir', CHUNKS],
      inputs: [result(EMX), CHUNKS],
      outputs: [result(CCM), result(CMX)],
      kinc: mergeArguments(plan, chunks),
    }),
    ...(rmt
      ? {
          threshold: {
            ...job({ inputs: [result(CMX)], outputs: [result(RMT_LOG)], kinc: rmtArguments(plan) }),
            memory_mb: Math.max(plan.requestMemoryMb, eigenvalueMemoryMb(facts.genes)),
          },
        }
      : {}),
    extract: job({
      options: rmt ? ['--threshold', RMT_LOG] : [],
      inputs: [...[EMX, CCM, CMX].map(result), ...(rmt ? [result(RMT_LOG)] : [])],
      outputs: [result(NETWORK)],
      kinc: extractArguments(plan, found),
    }),
  };
}

interface JobDoes {
  /** Of the runner. */
  readonly options?: readonly string[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly kinc: readonly string[];
}

function jobOf({ kinc3 }: Kinc3Settings, { options = [], inputs, outputs, kinc }: JobDoes): object {
  const handedOver = outputs.flatMap((path) => ['--output', path]);
  return {
    argv: [
      RUNNER,
      ...options,
      ...handedOver,
      ...['--', ...kinc3.program.map(encoded)],
      ...['--', ...kinc.map((word) => (word.startsWith('$(') ? word : encoded(word)))],
    ],
    inputs,
    outputs,
    transfer_executable: true,
  };
}

/**
 * The matrix whose eigenvalues are searched has a row for each gene with an edge, and single
 * precision (`RMT::computePruneMatrix`): with all genes, four bytes × genes².
 */
function eigenvalueMemoryMb(genes: number): number {
  return BASE_MB + Math.ceil((4 * genes ** 2) / 2 ** 20);
}

function detailsOf({ plan, facts, shares, gemName }: Kinc3SpecInput): object {
  const { genes, samples, sha256, pairs } = facts;
  const { clustering, minCorrelation, maxCorrelation, program } = plan.kinc3;
  return {
    jobs: shares.jobs,
    method: plan.method,
    gem: { file: gemName, genes, samples, sha256 },
    pairs,
    min_obs: plan.minObs,
    na_val: plan.naValue,
    threshold: plan.threshold,
    kinc3: {
      program: program.join(' '),
      clustering,
      min_correlation: minCorrelation,
      max_correlation: maxCorrelation,
      blocks: shares.blocks,
      blocks_per_chunk: shares.blocksPerJob,
    },
  };
}

function result(name: string): string {
  return `results/${name}`;
}
