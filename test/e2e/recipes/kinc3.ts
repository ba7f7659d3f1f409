import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RunSummary } from '../../../src/ports/run-summary.js';
import { containerOf, output, ROOT, run, summaryOf, type Ended } from '../harness.js';
import { type RecipePool, withWorkflow } from './recipe-pool.js';

const STAND_IN = join(ROOT, 'test/fakes/kinc3/kinc3');
const PROGRAM = '/usr/local/bin/kinc3';
const GENES = 12;
const SAMPLES = 16;
const START = 0.99;
const STOP = 0.5;
const MEMORY_MB = 128;

/** Of three groups of genes, the last one is the second upside down; every gene has its noise. */
const MATRIX = Array.from({ length: GENES }, (_, gene) =>
  Array.from({ length: SAMPLES }, (_none, sample) => {
    const group = gene % 3;
    const base = group === 0 ? Math.sin(sample) : Math.cos(2 * sample) * (group === 1 ? 1 : -1);
    return Number(
      (8 + 3 * base + (0.2 + gene / 20) * Math.sin(97 * gene + 31 * sample)).toFixed(4),
    );
  }),
);

function textOf(matrix: readonly (readonly number[])[]): string {
  const header = Array.from({ length: SAMPLES }, (_, sample) => `s${sample}`).join('\t');
  const rows = matrix.map((row, gene) => [`gene${gene}`, ...row].join('\t'));
  return [header, ...rows, ''].join('\n');
}

function pearson(a: readonly number[], b: readonly number[]): number {
  const centred = (values: readonly number[]) => {
    const mean = values.reduce((sum, value) => sum + value) / values.length;
    return values.map((value) => value - mean);
  };
  const dot = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, value, index) => sum + value * (y[index] ?? Number.NaN), 0);
  const [x, y] = [centred(a), centred(b)];
  return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
}

const PAIRS = MATRIX.flatMap((row, x) =>
  MATRIX.slice(0, x).map((other, y) => ({ edge: `gene${x} gene${y}`, r: pearson(row, other) })),
);

/** What the stand-in looks for: the middle of the widest gap between correlations. */
const THRESHOLD = middleOfGap([START, STOP, ...PAIRS.map(({ r }) => Math.abs(r))]);

/** The network as it has to be: `source target`, and its correlation. */
const EXPECTED = PAIRS.filter(({ r }) => Math.abs(r) >= THRESHOLD);

function middleOfGap(all: readonly number[]): number {
  const values = all.filter((value) => value >= STOP && value <= START).sort((a, b) => a - b);
  const gaps = values.slice(1).map((high, index) => [high, values[index] ?? high] as const);
  const [high, low] = gaps.reduce((widest, gap) =>
    gap[0] - gap[1] > widest[0] - widest[1] ? gap : widest,
  );
  return (high + low) / 2;
}

/** Chunk 2 fails once: each try asks for twice the memory. */
const WRAPPER = `#!/bin/sh
case "$1 $2" in "chunkrun 2")
  if grep -Eq '^RequestMemory *= *${MEMORY_MB}$' "$_CONDOR_JOB_AD"; then
    echo "SYSTEM ERROR"
    echo "this chunk was made to fail"
    exit 255
  fi;;
esac
exec ${PROGRAM}.stand-in "$@"
`;

async function install(runner: string): Promise<void> {
  const script = `printf %s "$1" >${PROGRAM}.stand-in && printf %s "$2" >${PROGRAM} && chmod 755 ${PROGRAM}*`;
  const shell = ['sh', '-c', script, 'sh', await readFile(STAND_IN, 'utf8'), WRAPPER];
  await output(['docker', 'exec', '--user', 'root', runner, ...shell]);
}

function runOf(ended: Ended): RunSummary {
  return (summaryOf(ended).data as { run: RunSummary }).run;
}

/** Nodes that a run's queue had jobs for, in the order they were submitted, from `since` on. */
async function submitted(submitter: string, runId: string, since = 0): Promise<readonly string[]> {
  const query = ['condor_history', '-backwards', '-autoformat', 'DAGNodeName', '-constraint'];
  const wanted = `CrossflockRun == "${runId}" && DAGNodeName =!= undefined`;
  const text = await output([
    ...['docker', 'exec', '--user', 'condor_pool', submitter, ...query, wanted],
  ]);
  return text.trim().split('\n').reverse().slice(since);
}

/** KINC 3's commands on the real HTCondor, computed by a stand-in that is strict about them. */
export function kinc3(pool: RecipePool): void {
  describe('kinc3', () => {
    let config = '';
    let folder = '';
    let submitter = '';
    let first: RunSummary | undefined;

    const network = async (): Promise<readonly string[]> => {
      const text = await readFile(join(folder, first?.runId ?? '', 'network.txt'), 'utf8');
      const [, ...lines] = text.trim().split('\n');
      return lines.map((line) => line.split('\t').slice(0, 2).join(' '));
    };

    beforeAll(async () => {
      const gem = { gem: 'gem.txt', method: 'pc', min_obs: 10, threshold: 'rmt', jobs: 4 };
      const resources = { request_memory_mb: MEMORY_MB, retries: 1 };
      ({ config, folder } = await withWorkflow(pool, { type: 'kinc3', ...gem, ...resources }));
      await writeFile(join(folder, 'gem.txt'), `${textOf(MATRIX)}\n`);
      submitter = await containerOf(pool.name, 'submitter');
      const runners = ['runner1', 'runner2'].map((id) => containerOf(pool.name, id));
      await Promise.all(runners.map(async (runner) => install(await runner)));
    });

    it('runs to the network that the matrix has; a chunk that fails is tried again', async () => {
      const ended = await run('run-kinc', ['-c', config, '--out', folder]);
      expect(ended.exitCode, ended.stdout + ended.stderr).toBe(0);
      first = runOf(ended);
      expect(EXPECTED.length).toBeGreaterThan(5);
      expect(first).toMatchObject({
        workflow: 'kinc3',
        outcome: 'succeeded',
        input: { genes: GENES, samples: SAMPLES, pairs: 66 },
        jobs: { total: 8, done: 8, failed: [], retries: 1 },
        network: {
          edges: EXPECTED.length,
          positive: EXPECTED.filter(({ r }) => r > 0).length,
          thresholdMode: 'rmt',
        },
        problems: [],
      });
      expect(first.network?.threshold).toBeCloseTo(THRESHOLD, 5);
      expect(await network()).toEqual(EXPECTED.map(({ edge }) => edge));
    });

    it('does again what a chunk that is cut or lost needs, and nothing else', async () => {
      const runId = first?.runId ?? '';
      const chunks = `/var/lib/crossflock/runs/${runId}/chunks`;
      const before = (await submitted(submitter, runId)).length;
      const damage = `truncate -s -1 ${chunks}/chunk1.abd && rm ${chunks}/chunk3.abd`;
      await output(['docker', 'exec', '--user', 'condor_pool', submitter, 'sh', '-c', damage]);
      const flags = [runId, '-c', config, '--out', folder];
      const ended = await run('crossflock', ['workflow', 'retry', ...flags]);
      expect(ended.exitCode, ended.stdout + ended.stderr).toBe(0);
      expect(ended.stdout).toContain('chunk1.abd ends in the middle of block 1');
      expect(ended.stdout).toContain('chunk3.abd is missing');
      expect(runOf(ended)).toMatchObject({
        outcome: 'succeeded',
        network: { edges: EXPECTED.length },
      });
      const again = await submitted(submitter, runId, before);
      expect([...again].sort()).toEqual([
        'extract',
        'merge',
        'similarity_00001',
        'similarity_00003',
        'threshold',
      ]);
      expect(await network()).toEqual(EXPECTED.map(({ edge }) => edge));
    });
  });
}
