import { range, ticks } from 'd3-array';

import { brief, grouped } from '../numbers.js';
import type { Tick } from './axes.js';

/** Round numbers of things that come in wholes, from 0. */
export function countTicks(most: number, wanted: number): Tick[] {
  return ticks(0, most, wanted)
    .filter((value) => Number.isInteger(value))
    .map((value) => ({ value, label: shortCount(value) }));
}

export function numberTicks(least: number, most: number, wanted: number): Tick[] {
  return ticks(least, most, wanted).map((value) => ({ value, label: brief(value) }));
}

/** 1, 10, 100, …; with 2 and 5 between them where there is room. */
export function logTicks(least: number, most: number, wanted: number): Tick[] {
  const powers = range(Math.floor(Math.log10(least)), Math.ceil(Math.log10(most)) + 1);
  const inside = (factors: readonly number[]): number[] =>
    powers
      .flatMap((power) => factors.map((factor) => Number((factor * 10 ** power).toPrecision(6))))
      .filter((value) => value >= least && value <= most);
  const fine = inside([1, 2, 5]);
  const coarse = inside([1]);
  const every = Math.max(1, Math.ceil(coarse.length / wanted));
  const picked = fine.length <= wanted ? fine : coarse.filter((_, index) => index % every === 0);
  return picked.map((value) => ({ value, label: shortCount(value) }));
}

/** Units up to which length of time, and the steps that read well in them. */
const UNITS = [
  { seconds: 1, name: 's', until: 150, steps: [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30] },
  { seconds: 60, name: 'min', until: 150 * 60, steps: [1, 2, 3, 5, 10, 15, 20, 30] },
  { seconds: 3600, name: 'h', until: 72 * 3600, steps: [1, 2, 3, 6, 12, 24] },
  { seconds: 86_400, name: 'd', until: Infinity, steps: [1, 2, 5, 10, 20, 50, 100, 200, 500] },
] as const;

/** Times from `least` to `most` seconds, in one unit. */
export function elapsedTicks(least: number, most: number, wanted: number): Tick[] {
  const unit = UNITS.find(({ until }) => most <= until) ?? UNITS[3];
  const units = most / unit.seconds;
  const first = least / unit.seconds;
  const step = unit.steps.find((one) => (units - first) / one <= wanted) ?? unit.steps.at(-1) ?? 1;
  return range(Math.ceil(first / step - 1e-9), Math.floor(units / step + 1e-9) + 1).map(
    (count) => ({
      value: count * step * unit.seconds,
      label: `${brief(count * step)} ${unit.name}`,
    }),
  );
}

/** `950`, `12k`, `4.5M`. */
export function shortCount(value: number): string {
  if (value >= 1e6) return `${brief(value / 1e6)}M`;
  if (value >= 10_000) return `${brief(value / 1e3)}k`;
  return value >= 1 ? grouped(value) : brief(value);
}
