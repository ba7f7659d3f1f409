import type { QueuedJob } from '../../ports/workflow-pool.js';
import { readAds } from './ads.js';
import { type Ad, numberOf, textOf } from './fields.js';

/** Attributes of a job that a diagnosis needs. */
export const QUEUE_ATTRIBUTES = [
  'ClusterId',
  'ProcId',
  'DAGNodeName',
  'JobStatus',
  'RequestMemory',
  'RequestCpus',
  'HoldReason',
  'HoldReasonCode',
  'NumJobStarts',
  'LastRejMatchReason',
  'QDate',
  'EnteredCurrentStatus',
] as const;

/** `JobStatus`, as in the HTCondor manual, "Job ClassAd Attributes". */
const STATES: Readonly<Record<number, QueuedJob['state']>> = {
  1: 'idle',
  2: 'running',
  3: 'removed',
  4: 'completed',
  5: 'held',
  6: 'transferring',
  7: 'suspended',
};

/** Reads the output of `condor_q -json`. Expressions that HTCondor did not work out are left out. */
export function readQueue(text: string): readonly QueuedJob[] {
  return readAds('condor_q', text).map(readJob);
}

function readJob(ad: Ad): QueuedJob {
  const node = textOf(ad, 'DAGNodeName');
  const holdReason = textOf(ad, 'HoldReason');
  const holdCode = numberOf(ad, 'HoldReasonCode');
  const memoryMb = numberOf(ad, 'RequestMemory');
  const cpus = numberOf(ad, 'RequestCpus');
  return {
    job: `${numberOf(ad, 'ClusterId') ?? -1}.${numberOf(ad, 'ProcId') ?? 0}`,
    state: STATES[numberOf(ad, 'JobStatus') ?? 0] ?? 'other',
    starts: numberOf(ad, 'NumJobStarts') ?? 0,
    since: new Date(1000 * (numberOf(ad, 'EnteredCurrentStatus') ?? 0)),
    ...(node === undefined ? {} : { node }),
    ...(memoryMb === undefined ? {} : { memoryMb }),
    ...(cpus === undefined ? {} : { cpus }),
    ...(holdReason === undefined ? {} : { holdReason }),
    ...(holdCode === undefined ? {} : { holdCode }),
  };
}
