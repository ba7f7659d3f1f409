import { describe, expect, it } from 'vitest';

import type { WorkflowPlan } from '../../../../src/plan/types.js';
import type { GemFacts } from '../../../../src/workflow/gem/types.js';
import {
  checkFit,
  measuredCpu,
  readResult,
  submitArguments,
} from '../../../../src/workflow/recipes/kinc.js';
import { kincRun } from '../../../../src/workflow/recipes/kinc-recipe.js';
import { nodesOf } from '../../../../src/workflow/run-shape.js';
import { readRunRecord } from '../../../../src/workflow/run-record.js';
import { fixture } from '../fixture.js';

const PLAN: WorkflowPlan = {
  type: 'kinc',
  method: 'sc',
  minObs: 30,
  naValue: 'NA',
  threshold: 'rmt',
  requestMemoryMb: 1024,
  retries: 2,
};
const FACTS: GemFacts = {
  genes: 10,
  samples: 38,
  pairs: 45,
  missing: 0,
  bytes: 1,
  sha256: 'x',
  compressed: false,
};

describe('options', () => {
  it('become arguments of submit', () => {
    const args = submitArguments(PLAN, {
      jobs: 8,
      stagedGem: '/tmp/g.txt',
      stagedContext: '/c',
      slots: 8,
    });
    expect(args.join(' ')).toBe(
      '8 --gem /tmp/g.txt --method sc --min-obs 30 --na-val NA --threshold rmt --request-memory 1024 --retries 2 --slots 8 --context /c',
    );
    const more = { jobs: 8, stagedGem: '/g', stagedContext: '/c', slots: 8, minJobSeconds: 2 };
    expect(submitArguments({ ...PLAN, threshold: 0.8 }, more).slice(-2)).toEqual([
      '--min-job-seconds',
      '2',
    ]);
  });

  it('must fit the matrix', () => {
    expect(checkFit(PLAN, FACTS)).toEqual([]);
    expect(checkFit({ ...PLAN, jobs: 46, minObs: 39 }, FACTS)).toMatchObject([
      { path: 'workflow.jobs', value: '46' },
      { path: 'workflow.min_obs', value: '39' },
    ]);
  });
});

describe('the result', () => {
  const record = readRunRecord('d2', fixture('run.json'));
  const run = kincRun(record);
  const texts = {
    merge: fixture('result-merge.json'),
    threshold: fixture('result-threshold.json'),
    extract: fixture('result-extract.json'),
  };
  const changed = (text: string, changes: object): string =>
    JSON.stringify({ ...(JSON.parse(text) as object), ...changes });

  const firstOf = (merge: string): unknown =>
    (JSON.parse(merge) as { chunk_cpu_seconds: unknown[] }).chunk_cpu_seconds[0];

  it('of a captured run is as R says', () => {
    const { network, problems } = readResult(run, texts);
    expect(problems).toEqual([]);
    expect(network).toEqual({
      edges: 1659,
      nodes: 520,
      positive: 1632,
      negative: 27,
      threshold: 0.8,
      thresholdMode: 'value',
      pairs: 4_652_775,
      pairsWithCorrelation: 4_652_775,
    });
  });

  it('is wrong when a pair is missing', () => {
    const merge = changed(texts.merge, { pairs: 4_652_774 });
    expect(readResult(run, { ...texts, merge }).problems).toContain(
      'pairs counted: 4652774, expected 4652775',
    );
  });

  it.each([
    ['a chunk is missing', { merge: { chunks: 19 } }, 'chunks merged: 19, expected 20'],
    [
      'a pair is in neither count',
      { merge: { pairs_without_correlation: 1 } },
      'pairs with and without',
    ],
    [
      'it is of another matrix',
      { extract: { gem_sha256: 'f00' } },
      'matrix that the network is from',
    ],
    ['it has another threshold', { threshold: { threshold: 0.7 } }, 'threshold of the network'],
    ['its edges do not add up', { extract: { positive: 1 } }, 'positive and negative edges'],
    ['a number is not there', { extract: { edges: undefined } }, 'expected NaN'],
  ])('is wrong when %s', (_, changes: Partial<Record<keyof typeof texts, object>>, problem) => {
    const wrong = Object.fromEntries(
      Object.entries(texts).map(([name, text]) => [
        name,
        changed(text, changes[name as keyof typeof texts] ?? {}),
      ]),
    ) as typeof texts;
    const { problems } = readResult(run, wrong);
    expect(problems).toEqual([expect.stringContaining(problem)]);
  });

  it('tells the CPU time of every node, as far as the payload measured it', () => {
    const measured = measuredCpu(texts);
    expect([...measured.keys()].sort()).toEqual(nodesOf(record.shape).sort());
    expect(measured.get('similarity_00000')).toBe(firstOf(texts.merge));
    const without = measuredCpu({ merge: '{"chunk_cpu_seconds":[1,null,3]}', extract: '{' });
    expect([...without]).toEqual([
      ['similarity_00000', 1],
      ['similarity_00002', 3],
    ]);
  });

  it('is refused when it is no JSON', () => {
    expect(() => readResult(run, { ...texts, merge: '' })).toThrow('merge.json is not a JSON');
  });
});

describe('run.json', () => {
  it('says the slots at the submission, where the run was told', () => {
    expect(readRunRecord('d2', fixture('run.json'))).not.toHaveProperty('slots');
    const told = fixture('run.json').replace('"retries": 2', '"retries": 2, "slots": 8');
    expect(readRunRecord('d2', told).slots).toBe(8);
  });

  it('is told apart from none and from a broken one', () => {
    expect(() => readRunRecord('r', undefined)).toThrow('there is no run r');
    expect(() => readRunRecord('r', '{')).toThrow('it is not a JSON object');
    const noDag = fixture('run.json').replace('"dagman_cluster": 300', '"dagman_cluster": null');
    expect(() => readRunRecord('r', noDag)).toThrow('it has no number dagman_cluster');
  });
});
