import type { Kinc3Plan, WorkflowPlan } from '../../plan/types.js';

/** KINC's own files, in the folder that a job runs in. */
export const GEM = 'gem.txt';
export const EMX = 'gem.emx';
export const CCM = 'gem.ccm';
export const CMX = 'gem.cmx';
export const RMT_LOG = 'rmt.txt';
export const NETWORK = 'network.txt';

/** What every matrix recipe has, as far as KINC is told of it. */
export type Kinc3Settings = Pick<WorkflowPlan, 'method' | 'minObs' | 'naValue'> & {
  readonly kinc3: Kinc3Plan;
};

/** KINC's words for crossflock's. */
const METHODS = { sc: 'spearman', pc: 'pearson' } as const;

/*
 * The command lines of KINC 3, without the program: `run FUNCTION`, `chunkrun INDEX SIZE FUNCTION`
 * and `merge SIZE FUNCTION`, then options with a value each (docs/usage.rst and
 * docs/create_a_network.rst of github.com/SystemsGenetics/KINC; the names and limits of the options
 * are those of src/core/*_input.cpp there, version 3.4.2; how they are put together is as in
 * github.com/SystemsGenetics/KINC-nf, main.nf).
 */

/** The text of the matrix → `gem.emx`. Its first line names the samples only. */
export function importArguments({ naValue }: Kinc3Settings): readonly string[] {
  return [
    ...['run', 'import-emx'],
    ...['--input', GEM, '--output', EMX],
    ...['--nan', naValue, '--samples', '0'],
  ];
}

/**
 * `gem.emx` → the file `chunk<index>.abd`.
 * @param index from 0; may be a variable of the job
 */
export function chunkArguments(
  settings: Kinc3Settings,
  { index, chunks, blockSize }: { index: string; chunks: number; blockSize: number },
): readonly string[] {
  return ['chunkrun', index, String(chunks), ...similarity(settings, blockSize)];
}

/**
 * `gem.emx` and the files of all chunks → `gem.ccm` and `gem.cmx`. Its options have to be those of
 * the chunks ("the exact same arguments", docs/usage.rst), and the names of the outputs.
 */
export function mergeArguments(
  settings: Kinc3Settings,
  { chunks, blockSize }: { chunks: number; blockSize: number },
): readonly string[] {
  const outputs = ['--ccm', CCM, '--cmx', CMX];
  return ['merge', String(chunks), ...similarity(settings, blockSize), ...outputs];
}

/** `gem.cmx` → the log of the search for a threshold, whose last line is what was found. */
export function rmtArguments({ kinc3: { rmt } }: Kinc3Settings): readonly string[] {
  return [
    ...['run', 'rmt'],
    ...['--input', CMX, '--log', RMT_LOG],
    ...['--reduction', rmt.reduction],
    ...['--tstart', String(rmt.start), '--tstep', String(rmt.step), '--tstop', String(rmt.stop)],
    ...['--threads', '1'],
  ];
}

/**
 * KINC's matrices → the edges, a line each under a header.
 * @param threshold least correlation of an edge, in absolute value
 */
export function extractArguments(
  { kinc3: { format, maxCorrelation } }: Kinc3Settings,
  threshold: string,
): readonly string[] {
  return [
    ...['run', 'extract'],
    ...['--emx', EMX, '--ccm', CCM, '--cmx', CMX],
    ...['--format', format, '--output', NETWORK],
    ...['--mincorr', threshold, '--maxcorr', String(maxCorrelation)],
  ];
}

function similarity(
  { method, minObs, kinc3 }: Kinc3Settings,
  blockSize: number,
): readonly string[] {
  const { minExpression, maxExpression } = kinc3;
  return [
    ...['similarity', '--input', EMX],
    ...['--clusmethod', kinc3.clustering, '--corrmethod', METHODS[method]],
    ...(minExpression === undefined ? [] : ['--minexpr', String(minExpression)]),
    ...(maxExpression === undefined ? [] : ['--maxexpr', String(maxExpression)]),
    ...['--minsamp', String(minObs)],
    ...['--minclus', String(kinc3.minClusters), '--maxclus', String(kinc3.maxClusters)],
    ...['--crit', kinc3.criterion],
    ...['--preout', String(kinc3.removeOutliersBefore)],
    ...['--postout', String(kinc3.removeOutliersAfter)],
    ...['--mincorr', String(kinc3.minCorrelation), '--maxcorr', String(kinc3.maxCorrelation)],
    ...['--bsize', String(blockSize)],
  ];
}
