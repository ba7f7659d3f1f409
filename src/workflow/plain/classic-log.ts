import type { Ad } from '../htcondor/fields.js';
import { dagNodeOf } from '../htcondor/values.js';

/**
 * Reads a job event log in HTCondor's own text format, the one that DAGMan follows, into the objects
 * that the submitter's `crossflock-events` prints, as far as `readEvent` uses them. The format is
 * that of `condor_wait` and of the manual's "Job Event Log Codes"; a line `...` ends each event. It
 * is there for submitters without `crossflock-events`, as the original's images are.
 */
export class ClassicLog {
  readonly #log: string;
  readonly #now: Date;
  readonly #nodes = new Map<number, string>();
  #rest = '';

  /** @param now for logs of HTCondor 8, whose times have no year; taken as UTC */
  constructor(log: string, now: Date) {
    this.#log = log;
    this.#now = now;
  }

  /** The events that are complete with this text; a piece may end anywhere. */
  push(text: string): readonly Ad[] {
    const pieces = `${this.#rest}${text}`.split(/^\.\.\.\r?\n/m);
    this.#rest = pieces.pop() ?? '';
    return pieces.flatMap((piece) => this.#read(piece));
  }

  #read(piece: string): Ad[] {
    const [head = '', ...body] = piece.trimStart().split(/\r?\n/);
    const found = HEAD.exec(head);
    if (found === null) return [];
    const [, code = '', cluster = '', proc = '', time = '', title = ''] = found;
    const number = Number(code);
    const lines = body.map((line) => line.trim()).filter((line) => line !== '');
    const said = dagNodeOf(lines.join('\n'));
    if (said !== undefined) this.#nodes.set(Number(cluster), said);
    const node = this.#nodes.get(Number(cluster));
    return [
      {
        EventTypeNumber: number,
        MyType: TYPES[number] ?? 'Event',
        EventTime: withYear(time, this.#now),
        Cluster: Number(cluster),
        Proc: Number(proc),
        Log: this.#log,
        ...(node === undefined ? {} : { Node: node }),
        ...READERS[number]?.(lines, title),
      },
    ];
  }
}

/** `005 (002.000.000) 2026-11-21 20:12:08.989Z Job terminated.`, or `03/13 23:23:41`. */
const HEAD = /^(\d{3}) \((\d+)\.(\d+)\.\d+\) (\d\S* \d\S*) ?(.*)$/;

/** Those that begin and end a DAGMan job. */
const TYPES: Readonly<Record<number, string>> = {
  0: 'SubmitEvent',
  5: 'JobTerminatedEvent',
  9: 'JobAbortedEvent',
};

/** What one kind of event says, of the lines below its first and of what that says. */
type Reader = (lines: readonly string[], title: string) => Ad;

const READERS: Readonly<Record<number, Reader>> = {
  1: (lines, title) => ({
    ...named('ExecuteHost', /(<\S*>)/.exec(title)?.[1]),
    ...named('SlotName', first(lines, /^SlotName: (\S+)/)),
    ...cpusOf(lines),
  }),
  4: (lines) => ({ ...usage(lines), ...named('Reason', first(lines, /^Reason: (.+)/)) }),
  5: (lines) => ({
    ...ending(lines),
    ...usage(lines),
    ...count('TotalSentBytes', first(lines, /^(\d+) +- +Total Bytes Sent By Job/)),
    ...count('TotalReceivedBytes', first(lines, /^(\d+) +- +Total Bytes Received By Job/)),
  }),
  6: (lines) => count('MemoryUsage', first(lines, /^(\d+) +- +MemoryUsage of job/)),
  7: ([message]) => named('Message', message),
  9: ([reason]) => named('Reason', reason),
  12: (lines) => ({
    ...named('HoldReason', lines[0]),
    ...count('HoldReasonCode', first(lines, /^Code (\d+)/)),
  }),
  16: (lines) => ending(lines),
  22: (lines) => ({
    ...named('DisconnectReason', lines[0]),
    ...named('StartdAddr', first(lines, /(<\S*>)/)),
  }),
  23: (lines) => named('StartdAddr', first(lines, /startd address: (<\S*>)/)),
  24: ([reason]) => named('Reason', reason),
  40: (_lines, title) => ({ Type: TRANSFERS.findIndex((words) => title.startsWith(words)) }),
};

/** `Type` of the file transfer event by its title, from 1 on. */
const TRANSFERS = [
  'None',
  'Entered queue to transfer input files',
  'Started transferring input files',
  'Finished transferring input files',
  'Entered queue to transfer output files',
  'Started transferring output files',
  'Finished transferring output files',
];

function ending(lines: readonly string[]): Ad {
  const value = first(lines, /\(return value (-?\d+)\)/);
  const signal = first(lines, /\(signal (\d+)\)/);
  return {
    TerminatedNormally: signal === undefined,
    ...count('ReturnValue', value),
    ...count('TerminatedBySignal', signal),
  };
}

function usage(lines: readonly string[]): Ad {
  return {
    ...named('RunRemoteUsage', first(lines, /^(Usr .*?) +- +Run Remote Usage/)),
    // Used, asked and given; without the first, nobody has looked.
    ...count('MemoryUsage', first(lines, /^Memory \(MB\) +: +(\d+) +\d+ +\d+/)),
  };
}

function cpusOf(lines: readonly string[]): Ad {
  const cpus = first(lines, /^Cpus = (\d+)/);
  return cpus === undefined ? {} : { ExecuteProps: { Cpus: Number(cpus) } };
}

function first(lines: readonly string[], pattern: RegExp): string | undefined {
  for (const line of lines) {
    const found = pattern.exec(line)?.[1];
    if (found !== undefined) return found;
  }
  return undefined;
}

function named(name: string, value: string | undefined): Ad {
  return value === undefined ? {} : { [name]: value };
}

function count(name: string, value: string | undefined): Ad {
  return value === undefined ? {} : { [name]: Number(value) };
}

const DAY_MS = 24 * 60 * 60_000;

/** The time as ISO 8601; without a year, the last one in which it was not to come yet. */
function withYear(time: string, now: Date): string {
  const [date = '', clock = ''] = time.split(' ');
  const parts = /^(\d\d)\/(\d\d)$/.exec(date);
  if (parts === null) return `${date}T${clock.replace(/Z?$/, 'Z')}`;
  const [, month = '', day = ''] = parts;
  const inYear = (year: number): string => `${year}-${month}-${day}T${clock}Z`;
  const year = now.getUTCFullYear();
  const isToCome = Date.parse(inYear(year)) > now.getTime() + DAY_MS;
  return inYear(isToCome ? year - 1 : year);
}
