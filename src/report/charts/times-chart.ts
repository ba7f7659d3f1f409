import { scaleLinear, scaleLog } from 'd3-scale';

import type { JobTimes, TimeBin } from '../figures/job-times.js';
import { sumOf } from '../figures/spans.js';
import { html, type Markup } from '../html/markup.js';
import { labelRoom, type Tick, xAxis, yAxis } from './axes.js';
import { type Canvas, chart, type ChartText, plotWidth, px, WIDTHS } from './canvas.js';
import { countTicks, elapsedTicks } from './ticks.js';
import { formatDuration } from '../../util/duration.js';

/** Histogram of run times, the clusters on top of each other. `series`: classes of their colours. */
export function timesChart(text: ChartText, times: JobTimes, series: readonly string[]): Markup {
  return chart(text, WIDTHS.half, (width) => {
    const most = times.bins.reduce((found, { counts }) => Math.max(found, sum(counts)), 1);
    const yTicks = countTicks(most, 4);
    const canvas = { width, height: 270, left: labelRoom(yTicks), right: 24, top: 30, bottom: 44 };
    const y = scaleLinear([0, most * 1.05], [canvas.height - canvas.bottom, canvas.top]);
    const x = timeScale(times, canvas);
    const body = html`${yAxis(canvas, y, yTicks, 'executions')}
    ${times.bins.map((bin) => bars(bin, series, x, y))}
    ${xAxis(canvas, x, timeTicks(times, canvas), 'run time')}`;
    return { height: canvas.height, body };
  });
}

function timeScale({ bins, logarithmic }: JobTimes, canvas: Canvas): (value: number) => number {
  const domain = [bins[0]?.from ?? 0, bins.at(-1)?.to ?? 1] as const;
  const pixels = [canvas.left, canvas.width - canvas.right] as const;
  return logarithmic ? scaleLog(domain, pixels) : scaleLinear(domain, pixels);
}

function timeTicks({ bins, logarithmic }: JobTimes, canvas: Canvas): Tick[] {
  const room = plotWidth(canvas) / 80;
  const least = bins[0]?.from ?? 0;
  const most = bins.at(-1)?.to ?? 1;
  if (!logarithmic) return elapsedTicks(least, most, room);
  const edges = [...bins.map(({ from }) => from), most];
  const every = Math.ceil(edges.length / room);
  return edges
    .filter((_, index) => index % every === 0)
    .map((value) => ({ value, label: formatDuration(value * 1000) }));
}

function bars(
  { from, to, counts }: TimeBin,
  series: readonly string[],
  x: (value: number) => number,
  y: (value: number) => number,
): Markup[] {
  const left = px(x(from)) + 0.5;
  const width = px(Math.max(1, x(to) - x(from) - 1));
  let below = 0;
  return counts.flatMap((count, index) => {
    if (count === 0) return [];
    const top = px(y(below + count));
    const height = px(y(below) - y(below + count));
    below += count;
    return html`<rect
      class="area ${series[index]}"
      x="${left}"
      y="${top}"
      width="${width}"
      height="${height}"
    />`;
  });
}

function sum(counts: readonly number[]): number {
  return sumOf(counts, (count) => count);
}
