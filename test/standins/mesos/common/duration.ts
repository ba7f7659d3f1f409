import { ownSetting } from './own-setting.js';

/** Durations as Mesos writes them (`10secs`, `1mins`, `6hrs`), in milliseconds. */

const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  ms: 1,
  secs: 1000,
  mins: 60_000,
  hrs: 3_600_000,
  days: 86_400_000,
  weeks: 604_800_000,
};

/** Undefined when the text is none. */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)([a-z]+)$/.exec(text) ?? [];
  const factor = UNITS[unit];
  return factor === undefined ? undefined : Number(amount) * factor;
}

/** A time that only stand-ins know, for tests that cannot wait as long as the real ones do. */
export function standInMs(name: string, fallback: number): number {
  const value = Number(ownSetting(`${name}_MS`));
  return Number.isFinite(value) && value > 0 ? value : fallback;
}
