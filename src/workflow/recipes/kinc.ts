import { CrossflockError } from '../../errors/crossflock-error.js';
import type { Problem } from '../../errors/problem.js';
import type { WorkflowPlan } from '../../plan/types.js';
import type { NetworkSummary } from '../../ports/run-summary.js';
import { type GemFacts, pairsOf } from '../gem/types.js';
import { type Ad, isAd, numberOf, textOf } from '../htcondor/fields.js';
import type { MeasuredCpu } from '../monitor/facts.js';
import { parallelNode } from '../run-shape.js';

const SIMILARITY_PREFIX = 'similarity_';

/** The DAG's steps after the similarity jobs, as `submit` names their nodes. */
export const LAST_STEPS = ['merge', 'threshold', 'extract'] as const;
export type LastStep = (typeof LAST_STEPS)[number];

/** What does not fit together between the options of a run and its matrix. */
export function checkFit(plan: WorkflowPlan, facts: GemFacts): readonly Problem[] {
  const problems: Problem[] = [];
  if (plan.jobs !== undefined && plan.jobs > facts.pairs) {
    problems.push({
      severity: 'error',
      path: 'workflow.jobs',
      value: String(plan.jobs),
      message: `is more than the ${facts.pairs} pairs of ${facts.genes} genes`,
      fix: `write a number from 1 to ${facts.pairs}`,
    });
  }
  if (plan.minObs > facts.samples) {
    problems.push({
      severity: 'error',
      path: 'workflow.min_obs',
      value: String(plan.minObs),
      message: `is more than the ${facts.samples} samples of the matrix: no pair would count`,
      fix: `write a number from 1 to ${facts.samples}`,
    });
  }
  return problems;
}

/** What `submit` is given besides the plan. */
export interface Submission {
  readonly jobs: number;
  /** Path of the matrix in the submitter. */
  readonly stagedGem: string;
  /** Path in the submitter of what is to be noted in `run.json`. */
  readonly stagedContext: string;
  /** CPUs of all executors. */
  readonly slots: number;
  /** Least duration of a similarity job, for measuring the pool rather than the payload. */
  readonly minJobSeconds?: number;
}

/** Arguments of the submitter's `submit`. */
export function submitArguments(plan: WorkflowPlan, submission: Submission): string[] {
  const { jobs, stagedGem, stagedContext, slots, minJobSeconds } = submission;
  return [
    String(jobs),
    ...['--gem', stagedGem],
    ...['--method', plan.method],
    ...['--min-obs', String(plan.minObs)],
    ...['--na-val', plan.naValue],
    ...['--threshold', String(plan.threshold)],
    ...['--request-memory', String(plan.requestMemoryMb)],
    ...['--retries', String(plan.retries)],
    ...['--slots', String(slots)],
    ...['--context', stagedContext],
    ...(minJobSeconds === undefined ? [] : ['--min-job-seconds', String(minJobSeconds)]),
  ];
}

/** A run of KINC, as its `run.json` has it. */
export interface KincRun {
  /** Similarity jobs. */
  readonly jobs: number;
  readonly pairs: number;
  readonly method: string;
  readonly minObs: number;
  readonly threshold: number | 'rmt';
  readonly gem: {
    readonly file: string;
    readonly genes: number;
    readonly samples: number;
    readonly sha256: string;
  };
}

/** The result in numbers, and what about it cannot be right. */
export interface KincResult {
  readonly network: NetworkSummary;
  readonly problems: readonly string[];
}

/**
 * Reads the summaries that the last steps wrote and checks them against the run: every chunk was
 * merged, every pair of genes counted, and all of it from the matrix that was submitted.
 * @param texts contents of `merge.json`, `threshold.json` and `extract.json`
 */
export function readResult(run: KincRun, texts: Readonly<Record<LastStep, string>>): KincResult {
  const merge = summary('merge.json', texts.merge);
  const threshold = summary('threshold.json', texts.threshold);
  const extract = summary('extract.json', texts.extract);
  const correlated = number(merge, 'pairs_with_correlation');
  const network: NetworkSummary = {
    edges: number(extract, 'edges'),
    nodes: number(extract, 'nodes'),
    positive: number(extract, 'positive'),
    negative: number(extract, 'negative'),
    threshold: number(extract, 'threshold'),
    thresholdMode: textOf(threshold, 'mode') ?? 'unknown',
    pairs: number(merge, 'pairs'),
    pairsWithCorrelation: correlated,
  };
  const { genes, samples, sha256 } = run.gem;
  const without = number(merge, 'pairs_without_correlation');
  const checks: readonly Check[] = [
    ['pairs counted', network.pairs, pairsOf(genes)],
    ['pairs with and without a correlation', correlated + without, network.pairs],
    ['chunks merged', number(merge, 'chunks'), run.jobs],
    ['genes merged', number(merge, 'genes'), genes],
    ['samples merged', number(merge, 'samples'), samples],
    ['pairs in the matrix that the network is from', number(extract, 'pairs'), network.pairs],
    ['positive and negative edges', network.positive + network.negative, network.edges],
    ['threshold of the network', network.threshold, number(threshold, 'threshold')],
    ['matrix that the network is from', textOf(extract, 'gem_sha256') ?? 'unknown', sha256],
  ];
  const problems = checks
    .filter(([, found, expected]) => found !== expected)
    .map(([what, found, expected]) => `${what}: ${found}, expected ${expected}`);
  return { network, problems };
}

type Check = readonly [what: string, found: number | string, expected: number | string];

/**
 * The CPU time that the payload measured: of the last steps in their own summaries, of the
 * similarity jobs in that of `merge`, in their order.
 * @param texts contents of the summaries that are there
 */
export function measuredCpu(texts: Partial<Record<LastStep, string>>): MeasuredCpu {
  const summaries = LAST_STEPS.map((step) => [step, objectIn(texts[step] ?? '') ?? {}] as const);
  const chunks = summaries.find(([step]) => step === 'merge')?.[1]['chunk_cpu_seconds'];
  const entries: (readonly [string, unknown])[] = [
    ...(Array.isArray(chunks) ? (chunks as unknown[]) : []).map(
      (seconds, index) => [parallelNode(SIMILARITY_PREFIX, index), seconds] as const,
    ),
    ...summaries.map(([step, ad]) => [step, ad['cpu_seconds']] as const),
  ];
  return new Map(
    entries.filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );
}

function summary(file: string, text: string): Ad {
  const value = objectIn(text);
  if (value !== undefined) return value;
  throw new CrossflockError(`the result ${file} is not a JSON object`, { code: 'work-failed' });
}

function objectIn(text: string): Ad | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isAd(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function number(ad: Ad, name: string): number {
  return numberOf(ad, name) ?? Number.NaN;
}
