import type { KincFindings, ThresholdChoice } from '../../ports/run-report.js';
import { describeNetwork } from '../network/describe.js';
import { readNetwork } from '../network/edges.js';
import { optional } from '../../util/optional.js';
import { correlationBins } from './correlation-bins.js';
import { readRmtLog } from './rmt-log.js';

/** Contents of what the steps of a KINC run left; absent of a step that is not done. */
export interface KincTexts {
  readonly merge?: string | undefined;
  readonly threshold?: string | undefined;
  readonly network?: string | undefined;
}

interface MergeSummary {
  readonly pairs: number;
  readonly pairs_with_correlation: number;
  readonly counts: Parameters<typeof correlationBins>[0];
}

interface ThresholdSummary {
  readonly mode: 'value' | 'rmt';
  readonly threshold: number;
  readonly curve: readonly { threshold: number; chi_square: number; genes: number }[];
}

/**
 * What a KINC run found out, as far as it got.
 * @throws SyntaxError when a summary is not JSON; `CrossflockError` when the network is none
 */
export function kincFindings({ merge, threshold, network }: KincTexts): KincFindings {
  return {
    ...(merge === undefined ? {} : { correlations: correlations(merge) }),
    ...optional('threshold', threshold === undefined ? undefined : choice(threshold)),
    ...(network === undefined ? {} : { network: describeNetwork(readNetwork(network)) }),
  };
}

function correlations(text: string): NonNullable<KincFindings['correlations']> {
  const {
    counts,
    pairs,
    pairs_with_correlation: withCorrelation,
  } = JSON.parse(text) as MergeSummary;
  return correlationBins(counts, { pairs, withCorrelation });
}

/** KINC version 3 leaves a log, the project's own a summary. */
function choice(text: string): ThresholdChoice | undefined {
  if (!text.startsWith('{')) return readRmtLog(text);
  const { threshold, mode, curve } = JSON.parse(text) as ThresholdSummary;
  const points = curve.map(({ threshold: at, chi_square: chiSquare, genes }) => {
    return { threshold: at, chiSquare, genes };
  });
  return { value: threshold, mode, curve: points };
}
