import type {
  ReportExecution,
  ReportJob,
  RunReport,
  ThresholdChoice,
} from '../../../src/ports/run-report.js';
import { correlationBins } from '../../../src/report/kinc/correlation-bins.js';
import { describeNetwork } from '../../../src/report/network/describe.js';
import type { NetworkEdges } from '../../../src/report/network/edges.js';
import { seededRandom } from '../../../src/report/network/random.js';

export const START = Date.parse('2026-03-04T10:00:00.000Z');

export const CLUSTERS: RunReport['clusters'] = [
  {
    cluster: 'chameleon',
    executors: [
      { address: '172.16.0.2', slots: 4 },
      { address: '172.16.0.12', slots: 2 },
    ],
    pricePerCoreHour: 0.05,
  },
  { cluster: 'azure', executors: [{ address: '172.16.0.3', slots: 4 }], pricePerCoreHour: 0.096 },
  { cluster: 'cloudlab', executors: [{ address: '172.16.0.4', slots: 4 }], pricePerCoreHour: 0 },
];

interface Slot {
  readonly cluster: string;
  readonly address: string;
  readonly slot: string;
  freeAt: number;
}

function slots(): Slot[] {
  return CLUSTERS.flatMap(({ cluster, executors }) =>
    executors.flatMap(({ address, slots: count = 1 }) =>
      Array.from({ length: count }, (_, index) => ({
        cluster,
        address,
        slot: `slot1_${index + 1}@${address}`,
        freeAt: START + 4000 + index * 300,
      })),
    ),
  );
}

/** Executions of `count` jobs on the slots above; one of `unlucky` executions comes to nothing. */
export function pool(
  count: number,
  { meanSeconds = 40, unlucky = 25 } = {},
): Pick<RunReport, 'executions' | 'jobs'> {
  const random = seededRandom(7);
  const free = slots();
  const executions: ReportExecution[] = [];
  const jobs: ReportJob[] = [];
  for (let index = 0; index < count; index += 1) {
    const node = `similarity_${String(index).padStart(5, '0')}`;
    for (let attempt = 1; ; attempt += 1) {
      const slot = free.reduce((a, b) => (b.freeAt < a.freeAt ? b : a));
      const fails = random() < 1 / unlucky;
      const seconds = meanSeconds * (0.6 + 0.8 * random()) * (slot.cluster === 'azure' ? 1.4 : 1);
      const startedAt = slot.freeAt + 400;
      const endedAt = startedAt + Math.round(seconds * (fails ? 300 : 1000));
      slot.freeAt = endedAt;
      executions.push({
        node,
        try: attempt,
        address: slot.address,
        cluster: slot.cluster,
        slot: slot.slot,
        startedAt,
        endedAt,
        ...(fails ? misfortune(random()) : { outcome: 'succeeded', exitCode: 0 }),
        cpuSeconds: Math.round(seconds * 0.93),
        memoryMb: 180,
        receivedBytes: 1_250_000,
        sentBytes: fails ? 0 : 386_000,
      });
      if (fails) continue;
      jobs.push({ node, submittedAt: START + 1000, endedAt, state: 'done' });
      break;
    }
  }
  return { executions, jobs };
}

function misfortune(dice: number): Pick<ReportExecution, 'outcome' | 'exitCode' | 'reason'> {
  if (dice < 0.4) return { outcome: 'evicted', reason: 'the slot was needed for another job' };
  if (dice < 0.7) return { outcome: 'lost', reason: 'no answer from the executor for 60 s' };
  return { outcome: 'failed', exitCode: 137 };
}

/** A summary that agrees with the executions. */
export function summaryOf(
  { executions, jobs }: Pick<RunReport, 'executions' | 'jobs'>,
  change: Partial<RunReport['summary']> = {},
): RunReport['summary'] {
  const done = executions.filter(({ outcome }) => outcome === 'succeeded');
  const seconds = (some: readonly ReportExecution[]): number =>
    some.reduce((sum, { startedAt, endedAt }) => sum + ((endedAt ?? 0) - startedAt) / 1000, 0);
  const end = Math.max(START, ...executions.map(({ endedAt }) => endedAt ?? 0)) + 2000;
  const first = Math.min(end, ...done.map(({ startedAt }) => startedAt));
  const workSeconds = seconds(done);
  const makespanSeconds = Math.max(0, (end - 2000 - first) / 1000);
  return {
    runId: 'kinc-1772618400',
    workflow: 'kinc',
    outcome: 'succeeded',
    submittedAt: new Date(START).toISOString(),
    endedAt: new Date(end).toISOString(),
    input: {
      file: 'golub-gem.txt',
      genes: 3051,
      samples: 38,
      pairs: 4_652_775,
      sha256: 'ab12'.repeat(16),
    },
    method: 'sc',
    minObs: 30,
    jobs: {
      total: jobs.length,
      done: jobs.filter(({ state }) => state === 'done').length,
      failed: [],
      notRun: [],
      retries: executions.filter(({ outcome }) => outcome === 'failed').length,
      interruptions: executions.filter(({ outcome }) => ['evicted', 'lost'].includes(outcome))
        .length,
    },
    clusters: [],
    wallSeconds: (end - START) / 1000,
    cpuSeconds: executions.reduce((sum, { cpuSeconds = 0 }) => sum + cpuSeconds, 0),
    wastedSeconds: seconds(executions.filter(({ outcome }) => outcome !== 'succeeded')),
    parallel: {
      jobs: jobs.length,
      slots: 14,
      makespanSeconds,
      workSeconds,
      ...(makespanSeconds > 0 ? { efficiency: workSeconds / (14 * makespanSeconds) } : {}),
    },
    results: { folder: 'results/kinc-1772618400', files: [{ name: 'network.tsv', bytes: 61_127 }] },
    problems: [],
    ...change,
  };
}

/** A network of modules of the given sizes, with a few edges between them. */
export function plantedNetwork(sizes: readonly number[] = [60, 40, 25, 12, 6, 3, 2]): NetworkEdges {
  const random = seededRandom(11);
  const edges = { source: [] as number[], target: [] as number[], r: [] as number[] };
  const add = (source: number, target: number): void => {
    edges.source.push(source);
    edges.target.push(target);
    edges.r.push((random() < 0.05 ? -1 : 1) * (0.8 + 0.19 * random()));
  };
  let first = 0;
  for (const size of sizes) {
    for (let gene = 1; gene < size; gene += 1) {
      add(first + Math.floor(random() * gene * 0.4), first + gene);
      if (gene > 3 && random() < 0.7) add(first + gene - 2, first + gene);
    }
    if (first > 0 && size > 20) add(0, first);
    first += size;
  }
  return { genes: Array.from({ length: first }, (_, index) => `GENE${index}_at`), ...edges };
}

export const CURVE: ThresholdChoice['curve'] = Array.from({ length: 150 }, (_, step) => {
  const threshold = Number((0.99 - step * 0.001).toFixed(6));
  return {
    threshold,
    chiSquare: threshold > 0.86 ? 70 + ((step * 37) % 23) : 95 + (0.86 - threshold) * 6000,
    genes: 120 + step * 6,
  };
});

export const COUNTS = [
  { threshold: 0.5, pairs: 161_640, positive: 103_791 },
  { threshold: 0.55, pairs: 88_108, positive: 60_691 },
  { threshold: 0.6, pairs: 44_320, positive: 33_067 },
  { threshold: 0.65, pairs: 20_858, positive: 16_933 },
  { threshold: 0.7, pairs: 9236, positive: 8106 },
  { threshold: 0.75, pairs: 3828, positive: 3589 },
  { threshold: 0.8, pairs: 1659, positive: 1632 },
  { threshold: 0.85, pairs: 733, positive: 733 },
  { threshold: 0.9, pairs: 274, positive: 274 },
  { threshold: 0.95, pairs: 66, positive: 66 },
];

/** A whole report on `count` jobs; `change` replaces parts of it. */
export function reportOf(count: number, change: Partial<RunReport> = {}): RunReport {
  const ran = pool(count);
  return {
    formatVersion: 1,
    gatheredAt: '2026-03-04T12:00:00.000Z',
    summary: summaryOf(ran),
    software: [
      { name: 'crossflock', version: '0.1.0' },
      { name: 'HTCondor', version: '23.9.6' },
      { name: 'Docker Engine', version: '28.3.0' },
    ],
    configuration: {
      name: 'crossflock',
      clusters: [{ id: 'chameleon' }],
      network: { cidr: '172.16.0.0/24' },
    },
    clusters: CLUSTERS,
    submitterCluster: 'chameleon',
    ...ran,
    kinc: {
      correlations: correlationBins(COUNTS, { pairs: 4_652_775, withCorrelation: 4_650_000 }),
      threshold: { value: 0.8603, mode: 'rmt', curve: CURVE },
      network: describeNetwork(plantedNetwork([30, 12, 6, 3, 2])),
    },
    ...change,
  };
}
