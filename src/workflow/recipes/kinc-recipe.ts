import { requiredNumber, requiredText, type RunRecord } from '../run-record.js';
import { adOf, textOf } from '../htcondor/fields.js';
import { type KincRun, LAST_STEPS, type LastStep, measuredCpu, readResult } from './kinc.js';
import type { Examination, ReadResult, Recipe } from './recipe.js';

/** KINC as crossflock's own images run it. */
export const kinc: Recipe = {
  name: 'kinc',
  inputOf: (record) => {
    const { gem, pairs, method, minObs } = kincRun(record);
    return { input: { ...gem, pairs }, method, minObs };
  },
  networkFiles: { merge: 'merge.json', threshold: 'threshold.json', network: 'network.tsv' },
  examine,
  measuredCpu: async (read) => measuredCpu(await summaries(read)),
};

/** What `run.json` of a run of this recipe says beyond what every run has. */
export function kincRun({ id, details, shape }: RunRecord): KincRun {
  const gem = adOf(details, 'gem') ?? {};
  return {
    jobs: shape.parallel.count,
    pairs: requiredNumber(id, details, 'pairs'),
    method: requiredText(id, details, 'method'),
    minObs: requiredNumber(id, details, 'min_obs'),
    threshold:
      textOf(details, 'threshold') === 'rmt' ? 'rmt' : requiredNumber(id, details, 'threshold'),
    gem: {
      file: requiredText(id, gem, 'file'),
      genes: requiredNumber(id, gem, 'genes'),
      samples: requiredNumber(id, gem, 'samples'),
      sha256: requiredText(id, gem, 'sha256'),
    },
  };
}

async function examine(record: RunRecord, read: ReadResult): Promise<Examination> {
  const { network, problems } = readResult(kincRun(record), await summaries(read));
  const lines = countLines((await read('network.tsv')) ?? '');
  const edges =
    lines - 1 === network.edges
      ? []
      : [`network.tsv has ${lines - 1} edges, expected ${network.edges}`];
  return { network, problems: [...problems, ...edges] };
}

async function summaries(read: ReadResult): Promise<Record<LastStep, string>> {
  const texts = LAST_STEPS.map(async (step) => [step, (await read(`${step}.json`)) ?? ''] as const);
  return Object.fromEntries(await Promise.all(texts)) as Record<LastStep, string>;
}

function countLines(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}
