import { scaleLinear } from 'd3-scale';
import { extent, ticks } from 'd3-array';

import type { PhotoResult } from '../../ports/photo-result.js';
import { html, type Markup } from '../html/markup.js';
import { counted, precise } from '../numbers.js';
import { labelRoom, type Tick, xAxis, yAxis } from './axes.js';
import { chart, type ChartText, px, WIDTHS } from './canvas.js';
import { numberTicks } from './ticks.js';

type Point = PhotoResult['points'][number];

/** From so many photos on, those of a year that are nearly alike share a dot. */
const MANY = 4000;
/** Luminance that a dot stands for then. */
const STEP = 0.005;

export interface Dot {
  readonly year: number;
  readonly luminance: number;
  readonly points: readonly Point[];
}

/** Luminance over the years, a dot for each photo; which photo it is stands in its tooltip. */
export function scatterChart(text: ChartText, { points }: PhotoResult): Markup {
  const dots = dotsOf(points);
  const [first, last] = yearsOf(points);
  return chart(text, WIDTHS.full, (width) => {
    const yTicks = numberTicks(0, 1, 6);
    const height = width > 900 ? 520 : 340;
    const canvas = { width, height, left: labelRoom(yTicks), right: 20, top: 30, bottom: 44 };
    const x = scaleLinear([first, last], [canvas.left + 8, width - canvas.right - 8]);
    const y = scaleLinear([0, 1], [height - canvas.bottom, canvas.top]);
    const body = html`${yAxis(canvas, y, yTicks, 'luminance')}
    ${dots.map(
      (dot) =>
        html`<circle
          class="point c0"
          cx="${px(x(dot.year))}"
          cy="${px(y(dot.luminance))}"
          r="${radius(dot)}"
          ><title>${titleOf(dot)}</title></circle
        >`,
    )}
    ${xAxis(canvas, x, yearTicks(first, last, width / 90), 'year')}`;
    return { height, body };
  });
}

/** Whether there are so many photos that not each has a dot of its own. */
export function sharesDots(points: readonly Point[]): boolean {
  return points.length > MANY;
}

/** A dot for each photo, or of very many photos one for those that are nearly alike. */
export function dotsOf(points: readonly Point[]): readonly Dot[] {
  if (!sharesDots(points)) return points.map((point) => ({ ...point, points: [point] }));
  const groups = Map.groupBy(points, ({ year, luminance }) => {
    return `${year} ${Math.round(luminance / STEP)}`;
  });
  return [...groups.values()].map((group) => ({
    year: group[0]?.year ?? 0,
    luminance: Math.round((group[0]?.luminance ?? 0) / STEP) * STEP,
    points: group,
  }));
}

/** The years of the axis; of a single one also those beside it. */
function yearsOf(points: readonly Point[]): readonly [number, number] {
  const [first = 0, last = 0] = extent(points, ({ year }) => year);
  return first === last ? [first - 1, last + 1] : [first, last];
}

function yearTicks(first: number, last: number, wanted: number): Tick[] {
  return ticks(first, last, wanted)
    .filter((year) => Number.isInteger(year))
    .map((value) => ({ value, label: String(value) }));
}

function radius({ points }: Dot): number {
  return px(Math.min(6, 2.5 + Math.log10(points.length)));
}

function titleOf({ year, luminance, points }: Dot): string {
  const [point] = points;
  const what = points.length === 1 ? nameOf(point?.url ?? '') : counted(points.length, 'photo');
  return `${year}: ${precise(luminance)}, ${what}`;
}

/** The last part of an address, readable. */
export function nameOf(url: string): string {
  const last =
    url
      .replace(/[?#].*$/s, '')
      .split('/')
      .at(-1) ?? '';
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}
