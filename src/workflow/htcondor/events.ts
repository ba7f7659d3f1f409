import { type Ad, adOf, flagOf, numberOf, textOf } from './fields.js';
import { addressOfSinful, cpuSecondsOf, dagNodeOf, parseEventTime } from './values.js';

interface Base {
  /** `<cluster>.<proc>` of the job. */
  readonly job: string;
  /** HTCondor cluster number of the job; not a cluster of this project's configuration. */
  readonly jobCluster: number;
  /** Which log it stood in, where the submitter says so: the DAG's jobs or DAGMan itself. */
  readonly log?: 'nodes' | 'dagman';
  /** DAG node of the job, where the event itself tells it. */
  readonly node?: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/**
 * User and system time of this execution, in whole seconds. From HTCondor's snapshots of the job's
 * processes: what ends within a second or two, or between two of them, is not in it.
 */
type CpuSeconds = number;

/** Largest resident set that HTCondor saw of this execution; absent where it has looked at none. */
type MemoryMb = number;

/**
 * A job event as far as crossflock uses it. Numbers and names of the events as in HTCondor's
 * manual, "Job Event Log Codes".
 */
export type JobEvent = Base &
  (
    | { readonly type: 'submit' }
    /** `address`: virtual IP of the executor. */
    | {
        readonly type: 'execute';
        readonly address?: string;
        readonly slot?: string;
        /** Of the slot that it runs in. */
        readonly cpus?: number;
      }
    | {
        readonly type: 'terminated';
        /** Absent when a signal ended the job. */
        readonly exitCode?: number;
        readonly exitSignal?: number;
        readonly cpuSeconds?: CpuSeconds;
        readonly memoryMb?: MemoryMb;
        readonly receivedBytes?: number;
        readonly sentBytes?: number;
      }
    | {
        readonly type: 'evicted';
        readonly reason?: string;
        readonly cpuSeconds?: CpuSeconds;
        readonly memoryMb?: MemoryMb;
      }
    | { readonly type: 'held'; readonly reason: string; readonly holdCode?: number }
    | { readonly type: 'released' }
    | { readonly type: 'aborted'; readonly reason: string }
    | { readonly type: 'shadow-exception'; readonly reason: string }
    | { readonly type: 'disconnected'; readonly reason: string; readonly address?: string }
    | { readonly type: 'reconnected'; readonly address?: string }
    | { readonly type: 'reconnect-failed'; readonly reason: string }
    | { readonly type: 'image-size'; readonly memoryMb?: MemoryMb }
    | { readonly type: 'transfer'; readonly direction: 'input' | 'output' | 'other' }
    /** The run was tried again; the submitter's own event, between the logs of two tries. */
    | { readonly type: 'retried' }
    | { readonly type: 'post-script'; readonly exitCode?: number }
    /** Any other event: it changes no job's state. */
    | { readonly type: 'other'; readonly number: number }
  );

export type ReadEvent =
  { readonly ok: true; readonly event: JobEvent } | { readonly ok: false; readonly reason: string };

type Details = JobEvent extends infer E ? (E extends Base ? Omit<E, keyof Base> : never) : never;

/** Attributes of the FileTransferEvent's `Type`: 1 to 3 are the input's, 4 to 6 the output's. */
const LAST_INPUT_TRANSFER = 3;
const LAST_OUTPUT_TRANSFER = 6;

/** Reads one event object; events without a job (a log's own header) are `other` of job `-1.-1`. */
export function readEvent(ad: Ad): ReadEvent {
  const number = numberOf(ad, 'EventTypeNumber');
  if (number === undefined) return { ok: false, reason: 'has no EventTypeNumber' };
  const time = textOf(ad, 'EventTime');
  const at = time === undefined ? undefined : parseEventTime(time);
  if (at === undefined)
    return { ok: false, reason: `has the unreadable EventTime ${String(time)}` };
  const details = READERS[number]?.(ad) ?? { type: 'other', number };
  return { ok: true, event: { ...baseOf(ad, at), ...details } };
}

function baseOf(ad: Ad, at: number): Base {
  const jobCluster = numberOf(ad, 'Cluster') ?? -1;
  const log = textOf(ad, 'Log');
  const node = textOf(ad, 'Node') ?? dagNodeOf(textOf(ad, 'LogNotes') ?? '');
  return {
    job: `${jobCluster}.${numberOf(ad, 'Proc') ?? -1}`,
    jobCluster,
    at,
    ...(log === 'nodes' || log === 'dagman' ? { log } : {}),
    ...(node === undefined ? {} : { node }),
  };
}

const READERS: Readonly<Record<number, (ad: Ad) => Details>> = {
  0: () => ({ type: 'submit' }),
  1: (ad) => ({
    type: 'execute',
    ...optional('address', addressOfSinful(textOf(ad, 'ExecuteHost') ?? '')),
    ...optional('slot', textOf(ad, 'SlotName')),
    ...optional('cpus', numberOf(adOf(ad, 'ExecuteProps') ?? {}, 'Cpus')),
  }),
  4: (ad) => ({
    type: 'evicted',
    ...optional('reason', textOf(ad, 'Reason')),
    ...optional('cpuSeconds', cpuSecondsOf(textOf(ad, 'RunRemoteUsage') ?? '')),
    ...optional('memoryMb', memoryOf(ad)),
  }),
  5: readTerminated,
  6: (ad) => ({ type: 'image-size', ...optional('memoryMb', memoryOf(ad)) }),
  7: (ad) => ({ type: 'shadow-exception', reason: textOf(ad, 'Message') ?? 'no reason given' }),
  9: (ad) => ({ type: 'aborted', reason: reasonOf(ad, 'Reason') }),
  12: (ad) => ({
    type: 'held',
    reason: reasonOf(ad, 'HoldReason'),
    ...optional('holdCode', numberOf(ad, 'HoldReasonCode')),
  }),
  13: () => ({ type: 'released' }),
  [-2]: () => ({ type: 'retried' }),
  16: (ad) => ({ type: 'post-script', ...optional('exitCode', numberOf(ad, 'ReturnValue')) }),
  22: (ad) => ({
    type: 'disconnected',
    reason: reasonOf(ad, 'DisconnectReason'),
    ...optional('address', addressOfSinful(textOf(ad, 'StartdAddr') ?? '')),
  }),
  23: (ad) => ({
    type: 'reconnected',
    ...optional('address', addressOfSinful(textOf(ad, 'StartdAddr') ?? '')),
  }),
  24: (ad) => ({ type: 'reconnect-failed', reason: reasonOf(ad, 'Reason') }),
  40: (ad) => ({ type: 'transfer', direction: directionOf(numberOf(ad, 'Type') ?? 0) }),
};

function readTerminated(ad: Ad): Details {
  const normally = flagOf(ad, 'TerminatedNormally') ?? true;
  const byItself = adOf(ad, 'ToE');
  const exitCode = numberOf(ad, 'ReturnValue') ?? numberOf(byItself ?? {}, 'ExitCode');
  const exitSignal = numberOf(ad, 'TerminatedBySignal') ?? numberOf(byItself ?? {}, 'ExitSignal');
  return {
    type: 'terminated',
    ...(normally ? optional('exitCode', exitCode) : optional('exitSignal', exitSignal)),
    ...optional('cpuSeconds', cpuSecondsOf(textOf(ad, 'RunRemoteUsage') ?? '')),
    ...optional('memoryMb', memoryOf(ad)),
    ...optional('receivedBytes', numberOf(ad, 'TotalReceivedBytes')),
    ...optional('sentBytes', numberOf(ad, 'TotalSentBytes')),
  };
}

/** 0 stands for a job that was over before anybody looked. */
function memoryOf(ad: Ad): number | undefined {
  const memory = numberOf(ad, 'MemoryUsage');
  return memory === 0 ? undefined : memory;
}

function directionOf(type: number): 'input' | 'output' | 'other' {
  if (type >= 1 && type <= LAST_INPUT_TRANSFER) return 'input';
  return type > LAST_INPUT_TRANSFER && type <= LAST_OUTPUT_TRANSFER ? 'output' : 'other';
}

function reasonOf(ad: Ad, name: string): string {
  return textOf(ad, name) ?? 'no reason given';
}

function optional<K extends string, V>(name: K, value: V | undefined): { [P in K]?: V } {
  return (value === undefined ? {} : { [name]: value }) as { [P in K]?: V };
}
