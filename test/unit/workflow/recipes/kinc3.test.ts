import { describe, expect, it } from 'vitest';

import { planKinc3 } from '../../../../src/plan/kinc3.js';
import type { Kinc3Plan, WorkflowPlan } from '../../../../src/plan/types.js';
import { type GemFacts, pairsOf } from '../../../../src/workflow/gem/types.js';
import { recipeOf } from '../../../../src/workflow/recipes/index.js';
import { checkKinc3 } from '../../../../src/workflow/recipes/kinc3-check.js';
import {
  chunkArguments,
  extractArguments,
  importArguments,
  mergeArguments,
  rmtArguments,
} from '../../../../src/workflow/recipes/kinc3-commands.js';
import { readNetwork, readRmtThreshold } from '../../../../src/workflow/recipes/kinc3-result.js';
import { bytesOfPair, jobsFor, sharesOf } from '../../../../src/workflow/recipes/kinc3-shares.js';
import { kinc3Spec } from '../../../../src/workflow/recipes/kinc3-spec.js';
import { readRunRecord } from '../../../../src/workflow/run-record.js';

const PLAN = {
  type: 'kinc3',
  method: 'sc',
  minObs: 30,
  naValue: 'NA',
  threshold: 'rmt',
  requestMemoryMb: 1024,
  retries: 2,
  kinc3: planKinc3(),
} as const satisfies WorkflowPlan;

const FACTS: GemFacts = {
  genes: 1000,
  samples: 60,
  pairs: pairsOf(1000),
  missing: 0,
  bytes: 1,
  sha256: 'ab'.repeat(32),
  compressed: true,
};

function planWith(kinc3: Partial<Kinc3Plan>, plan: Partial<WorkflowPlan> = {}) {
  return { ...PLAN, ...plan, kinc3: { ...PLAN.kinc3, ...kinc3 } };
}

const SHARES = { jobs: 3, blockSize: 7, blocks: 6, blocksPerJob: 2 };

function specOf(plan: Parameters<typeof planWith>[1] = {}, kinc3: Partial<Kinc3Plan> = {}) {
  const input = {
    facts: FACTS,
    shares: SHARES,
    gemName: 'x.txt.gz',
    stagedGem: '/tmp/x',
    slots: 8,
  };
  return kinc3Spec({ ...input, plan: planWith(kinc3, plan) }) as {
    readonly jobs: Readonly<
      Record<string, { argv: string[]; inputs: string[]; outputs: string[]; memory_mb?: number }>
    >;
    readonly [field: string]: unknown;
  };
}

describe('the command lines', () => {
  const similarity =
    'similarity --input gem.emx --clusmethod none --corrmethod spearman --minsamp 30' +
    ' --minclus 1 --maxclus 5 --crit ICL --preout true --postout true' +
    ' --mincorr 0.5 --maxcorr 1 --bsize 7';

  it('are those of the documentation of KINC', () => {
    const chunks = { chunks: 3, blockSize: 7 };
    expect(importArguments(PLAN).join(' ')).toBe(
      'run import-emx --input gem.txt --output gem.emx --nan NA --samples 0',
    );
    expect(chunkArguments(PLAN, { index: '2', ...chunks }).join(' ')).toBe(
      `chunkrun 2 3 ${similarity}`,
    );
    expect(mergeArguments(PLAN, chunks).join(' ')).toBe(
      `merge 3 ${similarity} --ccm gem.ccm --cmx gem.cmx`,
    );
    expect(rmtArguments(PLAN).join(' ')).toBe(
      'run rmt --input gem.cmx --log rmt.txt --reduction first' +
        ' --tstart 0.99 --tstep 0.001 --tstop 0.5 --threads 1',
    );
    expect(extractArguments(PLAN, '0.8').join(' ')).toBe(
      'run extract --emx gem.emx --ccm gem.ccm --cmx gem.cmx --format tidy' +
        ' --output network.txt --mincorr 0.8 --maxcorr 1',
    );
  });

  it('carry every setting', () => {
    const plan = planWith(
      {
        clustering: 'gmm',
        minClusters: 2,
        maxClusters: 3,
        criterion: 'BIC',
        minExpression: -1.5,
        maxExpression: 20,
        removeOutliersBefore: false,
        removeOutliersAfter: false,
        minCorrelation: 0.25,
        maxCorrelation: 0.75,
        rmt: { start: 0.9, step: 0.01, stop: 0.3, reduction: 'maxcorr' },
        format: 'minimal',
      },
      { method: 'pc', minObs: 5, naValue: 'n a' },
    );
    expect(chunkArguments(plan, { index: '0', chunks: 2, blockSize: 1 }).join(' ')).toBe(
      'chunkrun 0 2 similarity --input gem.emx --clusmethod gmm --corrmethod pearson' +
        ' --minexpr -1.5 --maxexpr 20 --minsamp 5 --minclus 2 --maxclus 3 --crit BIC' +
        ' --preout false --postout false --mincorr 0.25 --maxcorr 0.75 --bsize 1',
    );
    expect(rmtArguments(plan)).toEqual(
      expect.arrayContaining(['maxcorr', '0.9', '0.01', '0.3'].map(String)),
    );
    expect(extractArguments(plan, '0.5').slice(-6)).toEqual([
      ...['--output', 'network.txt', '--mincorr', '0.5', '--maxcorr', '0.75'],
    ]);
    expect(importArguments(plan)).toContain('n a');
  });
});

/** How KINC itself gives out blocks: `Chunk::setupIndexes` of the ACE library. */
function blocksOfChunks(pairs: number, blockSize: number, jobs: number): readonly number[] {
  const blocks = Math.ceil(pairs / blockSize);
  const each = Math.ceil(blocks / jobs);
  return Array.from({ length: jobs }, (_, index) =>
    Math.max(0, Math.min((index + 1) * each, blocks) - index * each),
  );
}

describe('the shares', () => {
  it('leave no chunk empty, whatever the numbers', () => {
    for (let pairs = 2; pairs < 70; pairs += 1) {
      for (let wanted = 2; wanted <= pairs; wanted += 1) {
        const { jobs, blockSize, blocks, blocksPerJob } = sharesOf(pairs, wanted);
        const chunks = blocksOfChunks(pairs, blockSize, jobs);
        expect(Math.min(...chunks)).toBeGreaterThan(0);
        expect(chunks.reduce((sum, count) => sum + count)).toBe(blocks);
        expect(chunks[0]).toBe(blocksPerJob);
        expect(jobs).toBeGreaterThan(1);
        expect(jobs).toBeLessThanOrEqual(wanted);
      }
    }
  });

  it('are as many as wanted for a matrix of any size that is worth it', () => {
    expect(sharesOf(pairsOf(3051), 200)).toMatchObject({ jobs: 200, blocksPerJob: 1 });
    expect(sharesOf(pairsOf(60_000), 1000)).toMatchObject({ jobs: 1000, blocksPerJob: 55 });
    expect(sharesOf(pairsOf(60_000), 1000).blockSize).toBeLessThanOrEqual(32_768);
    expect(sharesOf(10, 7)).toEqual({ jobs: 5, blockSize: 2, blocks: 5, blocksPerJob: 1 });
  });

  it('are by the slots, not smaller than a block of KINC, and their files not too large', () => {
    const small = { samples: 60, clusters: 1, slots: 8 };
    expect(jobsFor({ ...small, pairs: pairsOf(10_000) })).toBe(32);
    expect(jobsFor({ ...small, pairs: 12 * 32_768 })).toBe(12);
    expect(jobsFor({ ...small, pairs: 1000 })).toBe(8);
    expect(jobsFor({ ...small, slots: 1, pairs: 1000 })).toBe(2);
    expect(jobsFor({ ...small, pairs: 3 })).toBe(3);
    const large = { pairs: pairsOf(50_000), samples: 2000, clusters: 5, slots: 8 };
    const jobs = jobsFor(large);
    expect((large.pairs * bytesOfPair(2000, 5)) / jobs).toBeLessThanOrEqual(1e9);
    expect(jobs).toBe(2570);
  });
});

describe('the specification', () => {
  it('goes from the matrix to the network, each step with what the one before left', () => {
    const { jobs, ...spec } = specOf();
    expect(spec).toMatchObject({
      workflow: 'kinc3',
      retries: 2,
      request_memory_mb: 1024,
      slots: 8,
      results: ['network.txt', 'rmt.txt'],
      before: [{ node: 'import' }],
      parallel: {
        prefix: 'similarity_',
        variables: [{ chunk: '0' }, { chunk: '1' }, { chunk: '2' }],
      },
      after: [{ node: 'merge' }, { node: 'threshold' }, { node: 'extract' }],
      files: { matrix: '/tmp/x' },
      details: {
        jobs: 3,
        pairs: 499_500,
        gem: { file: 'x.txt.gz', genes: 1000, samples: 60, sha256: FACTS.sha256 },
        kinc3: { blocks: 6, blocks_per_chunk: 2 },
      },
    });
    const files = Object.entries(jobs).map(([node, job]) => [node, job.inputs, job.outputs]);
    const matrices = ['results/gem.emx', 'results/gem.ccm', 'results/gem.cmx'];
    expect(files).toEqual([
      ['import', ['matrix'], ['results/gem.emx']],
      ['similarity_', ['results/gem.emx'], ['chunks/chunk$(chunk).abd']],
      ['merge', ['results/gem.emx', 'chunks'], ['results/gem.ccm', 'results/gem.cmx']],
      ['threshold', ['results/gem.cmx'], ['results/rmt.txt']],
      ['extract', [...matrices, 'results/rmt.txt'], ['results/network.txt']],
    ]);
  });

  it('hands KINC its words as they are, and the variable of a chunk as one', () => {
    const { jobs } = specOf({ naValue: "n'a" }, { program: ['/opt/my kinc', '--nice'] });
    const chunk = jobs['similarity_']?.argv.join(' ');
    expect(chunk).toContain(' --output chunks/chunk$(chunk).abd -- /opt/my%20kinc --nice -- ');
    expect(chunk).toContain(' -- chunkrun $(chunk) 3 similarity --input gem.emx ');
    expect(jobs['import']?.argv).toContain('n%27a');
    expect(jobs['import']?.argv.slice(1, 5)).toEqual([
      ...['--unpack', 'matrix', 'gem.txt', FACTS.sha256],
    ]);
    expect(jobs['merge']?.argv.join(' ')).toContain(' --setting chunkdir chunks ');
  });

  it('takes the threshold from the log of the step before, where none is given', () => {
    const extract = specOf().jobs['extract']?.argv.join(' ');
    expect(extract).toContain(' --threshold rmt.txt ');
    expect(extract).toContain(' --mincorr %7Bthreshold%7D ');
    const given = specOf({ threshold: 0.8 }, { fetchMatrices: true });
    expect(Object.keys(given.jobs)).toEqual(['import', 'similarity_', 'merge', 'extract']);
    expect(given['after']).toEqual([{ node: 'merge', phase: 'merging' }, expect.anything()]);
    expect(given['results']).toEqual(['network.txt', 'gem.emx', 'gem.ccm', 'gem.cmx']);
    expect(given.jobs['extract']?.argv.join(' ')).toContain(' --mincorr 0.8 ');
    expect(given.jobs['extract']?.argv).not.toContain('--threshold');
  });

  it('asks for memory for the eigenvalues of a large matrix', () => {
    expect(specOf().jobs['threshold']?.memory_mb).toBe(1024);
    const facts = { ...FACTS, genes: 20_000 };
    const spec = kinc3Spec({
      ...{ plan: PLAN, facts, shares: SHARES, gemName: 'x', stagedGem: '/tmp/x', slots: 8 },
    }) as ReturnType<typeof specOf>;
    expect(spec.jobs['threshold']?.memory_mb).toBe(256 + 1526);
  });
});

describe('the check', () => {
  function problemsOf(kinc3: Partial<Kinc3Plan>, plan: Partial<WorkflowPlan> = {}, facts = FACTS) {
    return checkKinc3(planWith(kinc3, plan), facts).map(
      ({ path, value = '', message }) =>
        `${path.replace('workflow.', '')} ${value} ${message.replace(/: .*/, '')}`,
    );
  }

  it('finds nothing wrong with the defaults', () => {
    expect(problemsOf({})).toEqual([]);
    expect(problemsOf({ program: ['/opt/kinc', 'x'] }, { threshold: 0.5, jobs: 2 })).toEqual([]);
  });

  it('names everything that does not fit', () => {
    expect(
      problemsOf(
        {
          program: ['./kinc', '--'],
          minClusters: 6,
          minExpression: 2,
          maxExpression: 1,
          minCorrelation: 0.9,
          maxCorrelation: 0.7,
        },
        { threshold: 0.8, jobs: 1 },
      ),
    ).toEqual([
      'kinc3.program "./kinc" is no program of an executor',
      'kinc3.program "--" cannot be a word of the program',
      'kinc3.min_clusters 6 is more than max_clusters, 5',
      'kinc3.min_expression 2 is more than max_expression, 1',
      'kinc3.min_correlation 0.9 is more than max_correlation, 0.7',
      'kinc3.min_correlation 0.9 correlations below 0.9 are not kept, but workflow.threshold is 0.8',
      'kinc3.max_correlation 0.7 is below workflow.threshold',
      'jobs 1 is too few',
    ]);
    const rmt = { start: 0.4, step: 0.1, stop: 0.4, reduction: 'first' } as const;
    expect(problemsOf({ rmt, program: [''] })).toEqual([
      'kinc3.program "" is no program of an executor',
      'kinc3.rmt.start 0.4 has to be more than rmt.stop, 0.4',
      'kinc3.min_correlation 0.5 is more than rmt.stop, 0.4',
    ]);
    expect(problemsOf({}, {}, { ...FACTS, genes: 2, pairs: 1 })).toEqual([
      'gem  with 2 genes is too small',
    ]);
  });
});

const HEADER =
  'Source\tTarget\tSimilarity_Score\tInteraction\tCluster_Index\tCluster_Size\tSamples\n';
const NETWORK = `${HEADER}b\ta\t0.95\tco\t1\t4\t1111\nc\ta\t-0.8\tco\t1\t2\t1100\nc\ta\t0.9\tco\t2\t2\t0011\n`;
const LOG = '0.990\t12\t10\t3.5\n0.989\t13\t11\t210.2\n0.8\n';

describe('the results', () => {
  it('are counted', () => {
    expect(readNetwork(NETWORK)).toEqual({
      ...{ edges: 3, nodes: 3, positive: 2, negative: 1, weakest: 0.8, strongest: 0.95 },
    });
    expect(readNetwork(HEADER)).toEqual({ edges: 0, nodes: 0, positive: 0, negative: 0 });
    expect(
      readNetwork('Source\tTarget\tSimilarity_Score\tCluster_Index\tNum_Clusters\na\tb\t1\t1\t1'),
    ).toMatchObject({ edges: 1, strongest: 1 });
  });

  it('that are no network are told', () => {
    expect(readNetwork('')).toMatch('has the columns ""');
    expect(readNetwork('0\t1\t0\t1\n')).toMatch('has the columns "0 1 0"');
    for (const line of ['a\tb', 'a\t\t1', 'a\tb\tnan', 'a\tb\t1.2', '\tb\t1', '']) {
      expect(readNetwork(`${HEADER}${line}\n`), line).toMatch('line 2 is no edge');
    }
  });

  it('have their threshold in the last line of the log', () => {
    expect(readRmtThreshold(LOG)).toBe(0.8);
    expect(readRmtThreshold('0.826002')).toBe(0.826002);
    for (const log of ['', '0.990\t12\t10\t3.5\n', '0\n', '1.5\n', 'inf\n']) {
      expect(readRmtThreshold(log), log).toBeUndefined();
    }
  });
});

describe('a run', () => {
  const recipe = recipeOf('kinc3');

  function recordOf(plan: Partial<WorkflowPlan> = {}) {
    const { parallel, before, after, details, results } = specOf(plan) as Record<string, object>;
    const { variables, ...shape } = parallel as { variables: readonly object[] };
    const record = {
      ...{ id: 'r1', workflow: 'kinc3', retries: 2, dagman_cluster: 1, created: '2026-01-01' },
      ...{ ...details, results },
      shape: { before, after, parallel: { ...shape, count: variables.length } },
    };
    return readRunRecord('r1', JSON.stringify(record));
  }

  function examine(files: Readonly<Record<string, string>>, plan: Partial<WorkflowPlan> = {}) {
    return recipe.examine(recordOf(plan), (name) => Promise.resolve(files[name]));
  }

  it('is summed up by its matrix and its network', async () => {
    expect(recipe.inputOf(recordOf())).toMatchObject({
      input: { file: 'x.txt.gz', genes: 1000, samples: 60, pairs: 499_500 },
      method: 'sc',
      minObs: 30,
      highlights: [
        { label: 'program', text: 'kinc3' },
        { label: 'clusters', text: 'none' },
      ],
    });
    expect(await examine({ 'network.txt': NETWORK, 'rmt.txt': LOG })).toEqual({
      network: {
        ...{ edges: 3, nodes: 3, positive: 2, negative: 1 },
        ...{ threshold: 0.8, thresholdMode: 'rmt', pairs: 499_500 },
      },
      problems: [],
    });
    expect(await examine({ 'network.txt': NETWORK }, { threshold: 0.5 })).toMatchObject({
      network: { threshold: 0.5, thresholdMode: 'value' },
      problems: [],
    });
  });

  it('whose result cannot be right is told', async () => {
    expect(await examine({ 'network.txt': NETWORK }, { threshold: 0.85 })).toMatchObject({
      problems: ['the weakest edge has |r| = 0.8, below the threshold 0.85'],
    });
    expect(await examine({ 'network.txt': NETWORK, 'rmt.txt': '' })).toEqual({
      problems: ['rmt.txt does not end with a threshold'],
    });
    expect(await examine({ 'rmt.txt': LOG })).toEqual({
      problems: [expect.stringContaining('network.txt has the columns')],
    });
  });
});
