import type { NetworkSummary } from '../../ports/run-summary.js';
import { adOf, textOf } from '../htcondor/fields.js';
import type { RunRecord } from '../run-record.js';
import { NETWORK, RMT_LOG } from './kinc3-commands.js';
import { type ExtractedNetwork, readNetwork, readRmtThreshold } from './kinc3-result.js';
import { kincRun } from './kinc-recipe.js';
import type { Examination, ReadResult, Recipe } from './recipe.js';

/** KINC writes eight digits of single precision (`setRealNumberPrecision` in its writer). */
const ROUNDING = 1e-6;

/** KINC version 3, the C++ program of github.com/SystemsGenetics/KINC. */
export const kinc3: Recipe = {
  name: 'kinc3',
  networkFiles: { threshold: RMT_LOG, network: NETWORK },
  inputOf: (record) => {
    const { gem, pairs, method, minObs } = kincRun(record);
    const told = adOf(record.details, 'kinc3') ?? {};
    return {
      input: { ...gem, pairs },
      method,
      minObs,
      highlights: [
        { label: 'program', text: textOf(told, 'program') ?? 'unknown' },
        { label: 'clusters', text: textOf(told, 'clustering') ?? 'unknown' },
      ],
    };
  },
  examine,
  measuredCpu: () => Promise.resolve(new Map()),
};

async function examine(record: RunRecord, read: ReadResult): Promise<Examination> {
  const { threshold: asked, pairs, gem } = kincRun(record);
  const threshold = asked === 'rmt' ? readRmtThreshold((await read(RMT_LOG)) ?? '') : asked;
  if (threshold === undefined) return { problems: [`${RMT_LOG} does not end with a threshold`] };
  const found = readNetwork((await read(NETWORK)) ?? '');
  if (typeof found === 'string') return { problems: [found] };
  const { edges, nodes, positive, negative } = found;
  const network: NetworkSummary = {
    ...{ edges, nodes, positive, negative },
    ...{ threshold, thresholdMode: asked === 'rmt' ? 'rmt' : 'value', pairs },
  };
  return { network, problems: problemsOf(found, threshold, gem.genes) };
}

function problemsOf(
  { weakest = 1, nodes }: ExtractedNetwork,
  threshold: number,
  genes: number,
): readonly string[] {
  return [
    ...(weakest < threshold - ROUNDING
      ? [`the weakest edge has |r| = ${weakest}, below the threshold ${threshold}`]
      : []),
    ...(nodes > genes ? [`${nodes} genes have an edge, the matrix has ${genes}`] : []),
  ];
}
