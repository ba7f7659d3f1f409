import { formatDuration } from '../../util/duration.js';
import { pairsOf } from '../gem/types.js';
import { fewestByLength, fewestByOutput, mostByLength, RULES, upTo } from './rules.js';
import { workSeconds } from './speed.js';
import type { Advice, AdviceInput, Executor, Speed } from './types.js';
import { wallSeconds } from './wall-time.js';

/**
 * How many similarity jobs to cut a matrix into, and what to expect of them. Of the rules, which
 * `RULES` lists, the upper bounds of a job (four hours, 1 GB of output) come before half a minute,
 * and one job for each slot comes before it, too.
 */
export function advise(input: AdviceInput): Advice {
  const { matrix, speed } = input;
  const pairs = pairsOf(matrix.genes);
  const slots = usableSlots(input);
  const chosen = input.jobs === undefined ? choose(input, slots) : asAsked(input, input.jobs);
  const { jobs } = chosen;
  const perJob = Math.ceil(pairs / jobs);
  const secondsPerJob = speed.setupSeconds + perJob / speed.pairsPerSecond;
  const outputBytesPerJob = perJob * speed.bytesPerPair;
  return {
    jobs,
    slots,
    secondsPerJob,
    outputBytesPerJob,
    memoryMbPerJob: speed.memoryMb,
    wallSeconds: wallSeconds(input, { jobs, slots }),
    reasons: [speedInWords(input), chosen.reason],
    warnings: warningsOf(input, { secondsPerJob, outputBytesPerJob }),
  };
}

/**
 * Whether measuring the executors can change anything: not where the number of jobs is given, or
 * is the same for any speed that is at all likely.
 */
export function worthMeasuring(input: AdviceInput): boolean {
  if (input.jobs !== undefined) return false;
  const [slow, fast] = [1 / RULES.unlikely, RULES.unlikely].map(
    (factor) => advise({ ...input, speed: scaled(input.speed, factor) }).jobs,
  );
  return slow !== fast;
}

function scaled(speed: Speed, factor: number): Speed {
  return {
    ...speed,
    pairsPerSecond: speed.pairsPerSecond * factor,
    slowest: speed.slowest * factor,
    fastest: speed.fastest * factor,
    setupSeconds: speed.setupSeconds / factor,
  };
}

interface Chosen {
  readonly jobs: number;
  readonly reason: string;
}

function asAsked({ matrix }: AdviceInput, asked: number): Chosen {
  const jobs = Math.min(asked, pairsOf(matrix.genes));
  return { jobs, reason: `${count(jobs, 'job')}, as asked for` };
}

function choose(input: AdviceInput, slots: number): Chosen {
  const { matrix, speed } = input;
  const pairs = pairsOf(matrix.genes);
  const within = (jobs: number): number => Math.max(1, Math.min(jobs, pairs, RULES.mostJobs));
  const work = workSeconds(matrix, speed.pairsPerSecond);
  const slow = workSeconds(matrix, speed.slowest) * RULES.slowdown;
  const byLength = fewestByLength(slow, speed.setupSeconds * RULES.slowdown);
  const byOutput = fewestByOutput(pairs, speed.bytesPerPair);
  const fewest = Math.max(byLength, byOutput);
  const most = mostByLength(work, speed.setupSeconds);
  const busy = slots * RULES.jobsPerSlot;
  if (fewest > Math.min(busy, Math.max(most, slots))) {
    // A last round that is not full would leave slots idle.
    const jobs = within(upTo(fewest, slots));
    return { jobs, reason: `${count(jobs, 'job')}: with fewer, ${tooLarge(byLength >= byOutput)}` };
  }
  if (most >= busy) {
    const jobs = within(busy);
    const each = `${RULES.jobsPerSlot} for each of ${count(slots, 'slot')}`;
    return { jobs, reason: `${count(jobs, 'job')}: ${each}, so that all are busy to the end` };
  }
  if (most >= slots) {
    const jobs = within(Math.max(Math.floor(most / slots) * slots, fewest));
    const each = `for ${count(slots, 'slot')}`;
    return {
      jobs,
      reason: `${count(jobs, 'job')} ${each}: with more, each would be ${tooShort(speed.setupSeconds)}`,
    };
  }
  const jobs = within(slots);
  const short = `jobs of half a minute would be ${Math.max(1, most)}`;
  return {
    jobs,
    reason: `${count(jobs, 'job')}, one for each slot: ${short} and leave slots idle`,
  };
}

function tooLarge(isLength: boolean): string {
  return isLength
    ? `one might take more than ${RULES.mostSeconds / 3600} hours`
    : `each would have ${RULES.mostOutputBytes / 1e9} GB of output or more`;
}

function tooShort(setupSeconds: number): string {
  return setupSeconds > RULES.leastSeconds / 2
    ? 'busier reading the matrix than correlating'
    : 'done in under half a minute';
}

function speedInWords({ matrix, speed }: AdviceInput): string {
  const { source, pairsPerSecond } = speed;
  const pairs = pairsOf(matrix.genes);
  const work = formatDuration((1000 * pairs) / pairsPerSecond);
  const rate = `${rounded(pairsPerSecond)} pairs/s`;
  const from =
    source.kind === 'measured'
      ? `measured on ${count(source.executors, 'executor')}`
      : 'assumed: nothing was measured';
  return `${pairs} pairs at ${rate} (${from}) are ${work} of work for one slot`;
}

/** Jobs at once: an executor's CPUs, or as many as its memory is enough for. */
export function usableSlots({
  executors,
  requestMemoryMb,
}: Pick<AdviceInput, 'executors' | 'requestMemoryMb'>): number {
  const of = ({ cpus, memoryMb }: Executor): number =>
    memoryMb === undefined ? cpus : Math.min(cpus, Math.floor(memoryMb / requestMemoryMb));
  return Math.max(
    1,
    executors.reduce((sum, executor) => sum + of(executor), 0),
  );
}

function warningsOf(
  input: AdviceInput,
  { secondsPerJob, outputBytesPerJob }: Pick<Advice, 'secondsPerJob' | 'outputBytesPerJob'>,
): readonly string[] {
  const { speed, requestMemoryMb, executors } = input;
  const warnings: string[] = [];
  const cpus = executors.reduce((sum, executor) => sum + executor.cpus, 0);
  const slots = usableSlots(input);
  if (speed.memoryMb > requestMemoryMb) {
    warnings.push(
      `a job may need ${speed.memoryMb} MB and asks for ${requestMemoryMb}: the first tries may be spent finding out; set workflow.request_memory_mb`,
    );
  }
  if (slots < cpus) {
    warnings.push(
      `${count(cpus - slots, 'CPU')} of ${cpus} will be idle: a job asks for ${requestMemoryMb} MB, and the executors have less for each CPU`,
    );
  }
  if (secondsPerJob > RULES.mostSeconds) {
    warnings.push(
      `a job may take ${formatDuration(1000 * secondsPerJob)}, more than ${RULES.mostSeconds / 3600} hours: one that is lost costs as much again`,
    );
  }
  if (outputBytesPerJob >= RULES.mostOutputBytes) {
    const gigabytes = (outputBytesPerJob / 1e9).toFixed(1);
    warnings.push(
      `a job has ${gigabytes} GB of output, which takes long to transfer: more jobs have less`,
    );
  }
  return warnings;
}

function count(many: number, what: string): string {
  return `${many} ${what}${many === 1 ? '' : 's'}`;
}

/** Two significant digits, such as `4.2 million` or `48000`. */
function rounded(value: number): string {
  const short = Number(value.toPrecision(2));
  return short >= 1e6 ? `${short / 1e6} million` : String(short);
}
