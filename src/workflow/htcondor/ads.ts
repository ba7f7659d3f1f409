import { CrossflockError } from '../../errors/crossflock-error.js';
import { type Ad, flagOf, isAd, numberOf, textOf } from './fields.js';
import { addressOfSinful } from './values.js';

/** Job states by `JobStatus`, from HTCondor's manual, "Job ClassAd Attributes". */
const JOB_STATES: Readonly<Record<number, JobState>> = {
  1: 'idle',
  2: 'running',
  3: 'removed',
  4: 'completed',
  5: 'held',
  6: 'transferring-output',
  7: 'suspended',
};

export type JobState =
  | 'idle'
  | 'running'
  | 'removed'
  | 'completed'
  | 'held'
  | 'transferring-output'
  | 'suspended'
  | 'unknown';

/** A job in the queue or in the history. */
export interface JobAd {
  readonly job: string;
  readonly jobCluster: number;
  readonly state: JobState;
  readonly node?: string;
  /** HTCondor cluster of the DAGMan job that submitted it. */
  readonly dagmanCluster?: number;
  /** Slot and machine, as in `slot1_2@172-16-0-2.crossflock`; while running or where it ran last. */
  readonly remoteHost?: string;
  readonly exitCode?: number;
  readonly holdReason?: string;
}

/** A slot as its executor advertises it. */
export interface SlotAd {
  readonly name: string;
  readonly address?: string;
  /** CPUs of the whole slot, the ones in use included. */
  readonly totalCpus: number;
  readonly totalMemoryMb: number;
  readonly state: string;
  /** Partitionable: the slot that the dynamic ones are cut from. */
  readonly partitionable: boolean;
}

/** Reads the output of `condor_q -json` or `condor_history -json`. An empty output means no jobs. */
export function readJobAds(text: string): readonly JobAd[] {
  return readAds(text, 'a list of jobs').map((ad) => {
    const jobCluster = numberOf(ad, 'ClusterId') ?? -1;
    const status = numberOf(ad, 'JobStatus') ?? 0;
    return {
      job: `${jobCluster}.${numberOf(ad, 'ProcId') ?? 0}`,
      jobCluster,
      state: JOB_STATES[status] ?? 'unknown',
      ...pick('node', textOf(ad, 'DAGNodeName')),
      ...pick('dagmanCluster', numberOf(ad, 'DAGManJobId')),
      ...pick('remoteHost', textOf(ad, 'RemoteHost') ?? textOf(ad, 'LastRemoteHost')),
      ...pick('exitCode', numberOf(ad, 'ExitCode')),
      ...pick('holdReason', textOf(ad, 'HoldReason')),
    };
  });
}

/** Reads the output of `condor_status -json`. An empty output means no slots. */
export function readSlotAds(text: string): readonly SlotAd[] {
  return readAds(text, 'a list of slots').map((ad) => ({
    name: textOf(ad, 'Name') ?? '',
    totalCpus: numberOf(ad, 'TotalSlotCpus') ?? numberOf(ad, 'Cpus') ?? 0,
    totalMemoryMb: numberOf(ad, 'TotalSlotMemory') ?? numberOf(ad, 'Memory') ?? 0,
    state: textOf(ad, 'State') ?? 'Unknown',
    partitionable: flagOf(ad, 'PartitionableSlot') ?? false,
    ...pick('address', addressOfSinful(textOf(ad, 'MyAddress') ?? '')),
  }));
}

/** CPUs that these slots offer in all: of a partitionable one, its parts are not counted again. */
export function totalCpus(slots: readonly SlotAd[]): number {
  const whole = slots.filter((slot) => slot.partitionable || !/^slot\d+_\d+@/.test(slot.name));
  return whole.reduce((sum, slot) => sum + slot.totalCpus, 0);
}

function readAds(text: string, what: string): readonly Ad[] {
  if (text.trim() === '') return [];
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new CrossflockError(`HTCondor's answer is not ${what} in JSON: ${start(text)}`, {
      code: 'unexpected',
      cause,
    });
  }
  if (!Array.isArray(value) || !value.every(isAd)) {
    throw new CrossflockError(`HTCondor's answer is not ${what}: ${start(text)}`, {
      code: 'unexpected',
    });
  }
  return value;
}

function start(text: string): string {
  return JSON.stringify(text.trim().slice(0, 80));
}

function pick<K extends string, V>(name: K, value: V | undefined): { [P in K]?: V } {
  return (value === undefined ? {} : { [name]: value }) as { [P in K]?: V };
}
