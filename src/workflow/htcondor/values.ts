/**
 * Epoch milliseconds of an event's time: `2026-11-21T10:16:28.863Z`, with `Z`, with an offset such
 * as `+01:00`, or without a zone, which is then taken as UTC because crossflock's pools write their
 * logs in UTC. Digits after the third of a second are dropped.
 */
export function parseEventTime(text: string): number | undefined {
  const found = EVENT_TIME.exec(text);
  if (found === null) return undefined;
  const [, date = '', time = '', fraction = '', zone = 'Z'] = found;
  const milliseconds = fraction.padEnd(3, '0').slice(0, 3);
  const parsed = Date.parse(`${date}T${time}.${milliseconds}${zone}`);
  return Number.isNaN(parsed) ? undefined : parsed;
}

const EVENT_TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)?$/;

/**
 * The IP address in a "sinful string", HTCondor's name for the address of a daemon:
 * `<172.16.0.2:9618?addrs=…>` or `<[fd00::2]:9618?…>`.
 */
export function addressOfSinful(text: string): string | undefined {
  const found = /^<(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+)):\d+(?:\?[^>]*)?>$/.exec(text.trim());
  return found?.[1] ?? found?.[2];
}

/**
 * Seconds of CPU time, user and system together, in a usage text of HTCondor such as
 * `Usr 0 00:01:05, Sys 0 00:00:02` (days, hours, minutes, seconds).
 */
export function cpuSecondsOf(usage: string): number | undefined {
  const found = /^Usr (\d+) (\d+):(\d+):(\d+), Sys (\d+) (\d+):(\d+):(\d+)$/.exec(usage.trim());
  if (found === null) return undefined;
  const [ud, uh, um, us, sd, sh, sm, ss] = found.slice(1).map(Number) as Eight;
  return seconds([ud, uh, um, us]) + seconds([sd, sh, sm, ss]);
}

type Eight = [number, number, number, number, number, number, number, number];

function seconds([days, hours, minutes, rest]: readonly [number, number, number, number]): number {
  return ((days * 24 + hours) * 60 + minutes) * 60 + rest;
}

/** The DAG node in the note that DAGMan gives each of its jobs: `DAG Node: merge`. */
export function dagNodeOf(notes: string): string | undefined {
  return /^DAG Node:\s*(\S+)/m.exec(notes)?.[1];
}
