import type { RunFinding } from '../../ports/run-finding.js';
import type { ExecutorResources, QueuedJob } from '../../ports/workflow-pool.js';
import type { ClusterOfAddress } from '../monitor/snapshot.js';

/** Jobs that wait for less than this are none to wonder about, seconds. */
const PATIENCE_SECONDS = 60;

export interface WaitingInput {
  readonly queue: readonly QueuedJob[];
  /** What each executor has in all; undefined of one that does not answer. */
  readonly executors: ReadonlyMap<string, ExecutorResources | undefined>;
  readonly clusters: ClusterOfAddress;
  readonly now: Date;
  /** The gist of HTCondor's own analysis, by job. */
  readonly explained: ReadonlyMap<string, readonly string[]>;
}

/** Executors that do not answer, jobs that fit nowhere, and jobs that wait for no visible reason. */
export function waiting(input: WaitingInput): readonly RunFinding[] {
  return [...gone(input), ...unmatched(input), ...unexplained(input)];
}

/** Jobs about which only HTCondor itself can say something; the oldest first. */
export function jobsToExplain(input: Omit<WaitingInput, 'explained'>): readonly QueuedJob[] {
  return longIdle(input).filter((job) => !isTooLarge(job, largest(input)));
}

function gone({ executors, clusters }: WaitingInput): readonly RunFinding[] {
  return [...executors]
    .filter(([, resources]) => resources === undefined)
    .map(([address]) => ({
      kind: 'pool-gone',
      severity: 'warning',
      nodes: [],
      what: `the executor ${address} of ${clusters.get(address) ?? 'no cluster'} does not answer`,
      said: [],
      advice: 'see crossflock status and crossflock peers check; create-containers starts it again',
    }));
}

interface Largest {
  readonly cpus: number;
  readonly memoryMb: number;
  readonly where: string;
}

/** The largest slot there is, by memory; undefined where no executor answers. */
function largest({ executors, clusters }: Omit<WaitingInput, 'explained'>): Largest | undefined {
  const known = [...executors].flatMap(([address, resources]) =>
    resources === undefined
      ? []
      : [{ ...resources, where: `${clusters.get(address) ?? 'no cluster'} (${address})` }],
  );
  const [first] = known.sort((a, b) => b.memoryMb - a.memoryMb);
  if (first === undefined) return undefined;
  return { ...first, cpus: Math.max(...known.map(({ cpus }) => cpus)) };
}

function isTooLarge({ memoryMb = 0, cpus = 1 }: QueuedJob, most: Largest | undefined): boolean {
  return most !== undefined && (memoryMb > most.memoryMb || cpus > most.cpus);
}

function unmatched(input: WaitingInput): readonly RunFinding[] {
  const most = largest(input);
  if (most === undefined) return [];
  const jobs = input.queue.filter((job) => job.state === 'idle' && isTooLarge(job, most));
  const groups = Map.groupBy(jobs, ({ memoryMb = 0, cpus = 1 }) => `${memoryMb} ${cpus}`);
  return [...groups.values()].map((own) => {
    const [{ memoryMb = 0, cpus = 1 }] = own as [QueuedJob, ...QueuedJob[]];
    const asks = memoryMb > most.memoryMb ? `${memoryMb} MB of memory` : `${cpus} CPUs`;
    const has = memoryMb > most.memoryMb ? `${most.memoryMb} MB` : `${most.cpus} CPUs`;
    return {
      kind: 'unmatched',
      severity: 'error',
      nodes: own.map(nameOf),
      what: `no executor is large enough: asks for ${asks}, the largest slot has ${has}, on ${most.where}`,
      said: [],
      advice: 'ask for less, or give an executor more (mem or cpus of its container)',
    };
  });
}

function longIdle({ queue, now }: Pick<WaitingInput, 'queue' | 'now'>): readonly QueuedJob[] {
  return queue
    .filter(({ state }) => state === 'idle')
    .filter(({ since }) => now.getTime() - since.getTime() > 1000 * PATIENCE_SECONDS)
    .sort((a, b) => a.since.getTime() - b.since.getTime());
}

function unexplained(input: WaitingInput): readonly RunFinding[] {
  const said = jobsToExplain(input).map(
    (job) => [job, input.explained.get(job.job) ?? []] as const,
  );
  const groups = Map.groupBy(
    said.filter(([, lines]) => lines.length > 0),
    ([, lines]) => lines.join('\n'),
  );
  return [...groups.values()].map((own) => {
    const [[oldest, lines]] = own as [(typeof own)[number], ...typeof own];
    const seconds = Math.round((input.now.getTime() - oldest.since.getTime()) / 1000);
    return {
      kind: 'waiting',
      severity: 'info',
      nodes: own.map(([job]) => nameOf(job)),
      what: `waiting for ${seconds} s; HTCondor says`,
      said: lines,
    };
  });
}

function nameOf({ node, job }: QueuedJob): string {
  return node ?? `job ${job}`;
}
