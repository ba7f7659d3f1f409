import { scaleLinear, scaleLog } from 'd3-scale';

import type { Correlations } from '../../ports/run-report.js';
import { html, type Markup } from '../html/markup.js';
import { brief, precise } from '../numbers.js';
import { labelRoom, xAxis, yAxis } from './axes.js';
import { type Canvas, chart, type ChartText, px, WIDTHS } from './canvas.js';
import { logTicks, numberTicks } from './ticks.js';

type Bin = Correlations['bins'][number];

/**
 * Pairs by correlation, their number on a logarithmic scale. Bins are not all of one width, so the
 * height is pairs for each `unit` of r, the width of the narrowest bin: a wide bin shows its mean.
 */
export function correlationsChart(
  text: ChartText,
  { bins }: Correlations,
  threshold: number | undefined,
): Markup {
  const unit = narrowest(bins);
  const heights = bins.map((bin) => densityOf(bin, unit)).filter((height) => height > 0);
  const most = heights.reduce((found, height) => Math.max(found, height), 10);
  const least = Math.min(1, ...heights) * 0.7;
  return chart(text, WIDTHS.half, (width) => {
    const yTicks = logTicks(least, most, 6);
    const canvas = { width, height: 290, left: labelRoom(yTicks), right: 20, top: 46, bottom: 44 };
    const x = scaleLinear([-1, 1], [canvas.left, width - canvas.right]);
    const y = scaleLog([least, most * 1.6], [canvas.height - canvas.bottom, canvas.top]);
    const cuts = threshold === undefined ? [] : [-threshold, threshold];
    const body = html`${yAxis(canvas, y, yTicks, `pairs per ${brief(unit)} of r`)}
    ${bins.flatMap((bin) => parts(bin, cuts)).map((bin) => bar(bin, canvas, { x, y, unit }))}
    ${cuts.map((cut) => cutLine(canvas, x(cut), cut))}
    ${xAxis(canvas, x, numberTicks(-1, 1, width > 400 ? 9 : 5), 'correlation r')}`;
    return { height: canvas.height, body };
  });
}

/** Width of the narrowest bin, as a round number. */
export function narrowest(bins: readonly Bin[]): number {
  const width = bins.reduce((least, { from, to }) => Math.min(least, to - from), 2);
  return Number(width.toPrecision(6));
}

/** Pairs for each `unit` of r in a bin. */
export function densityOf({ from, to, pairs }: Bin, unit: number): number {
  return (pairs * unit) / (to - from);
}

interface Part extends Bin {
  readonly kept: boolean;
  readonly wide: boolean;
  readonly whole: Bin;
}

/** A bin that the threshold goes through is drawn in two parts. */
function parts(whole: Bin, cuts: readonly number[]): Part[] {
  const inside = cuts.filter((cut) => cut > whole.from && cut < whole.to);
  const edges = [whole.from, ...inside, whole.to];
  const threshold = cuts[1] ?? Infinity;
  return edges.slice(1).map((to, index) => {
    const from = edges[index] ?? whole.from;
    const kept = from >= threshold - 1e-9 || to <= -threshold + 1e-9;
    return { from, to, pairs: whole.pairs, kept, wide: inside.length > 1, whole };
  });
}

interface Scales {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  readonly unit: number;
}

function bar(part: Part, canvas: Canvas, { x, y, unit }: Scales): Markup | undefined {
  const height = densityOf(part.whole, unit);
  if (height <= 0) return undefined;
  const top = px(y(height));
  const mean = part.whole.to - part.whole.from > unit * 1.5;
  return html`<rect
    class="area ${part.kept ? 'kept' : mean ? 'mean' : 'rest'}"
    x="${px(x(part.from) + 0.5)}"
    y="${top}"
    width="${px(Math.max(0.5, x(part.to) - x(part.from) - 1))}"
    height="${px(canvas.height - canvas.bottom - top)}"
  />`;
}

function cutLine({ height, bottom, top }: Canvas, at: number, cut: number): Markup {
  return html`<line
      class="limit"
      x1="${px(at)}"
      x2="${px(at)}"
      y1="${top}"
      y2="${height - bottom}"
    /><text class="note halo" x="${px(at)}" y="${top - 6}" text-anchor="middle"
      >${precise(cut)}</text
    >`;
}
