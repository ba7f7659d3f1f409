import { scaleLinear } from 'd3-scale';
import { area, curveStepAfter, stack } from 'd3-shape';

import type { Levels, Span } from '../figures/levels.js';
import { html, type Markup } from '../html/markup.js';
import { labelRoom, xAxis, yAxis } from './axes.js';
import { type Canvas, chart, type ChartText, plotWidth, px, WIDTHS } from './canvas.js';
import { countTicks, elapsedTicks } from './ticks.js';

export interface LevelsChart {
  readonly text: ChartText;
  readonly levels: Levels;
  /** Class of each series' colour, in the order they are stacked, the lowest first. */
  readonly series: readonly string[];
  readonly span: Span;
  readonly name: string;
  /** A line to compare with, such as the slots there are. */
  readonly limit?: { readonly value: number; readonly label: string };
}

/** Levels of several series on top of each other over time. */
export function levelsChart(parts: LevelsChart): Markup {
  return chart(parts.text, WIDTHS.full, (width) => drawLevels(parts, width));
}

function drawLevels(
  { levels, series, span, name, limit }: LevelsChart,
  width: number,
): { height: number; body: Markup } {
  const most = Math.max(1, levels.peak, limit?.value ?? 0);
  const yTicks = countTicks(most, 5);
  const canvas = canvasOf(width, labelRoom(yTicks));
  const seconds = Math.max(0.001, (span.to - span.from) / 1000);
  const x = scaleLinear([0, seconds], [canvas.left, width - canvas.right]);
  const y = scaleLinear([0, most * 1.05], [canvas.height - canvas.bottom, canvas.top]);
  const xTicks = elapsedTicks(0, seconds, plotWidth(canvas) / 90);
  const body = html`${yAxis(canvas, y, yTicks, name)}
  ${areas(levels, series, (at) => x((at - span.from) / 1000), y)}
  ${limit === undefined ? '' : limitLine(canvas, y(limit.value), limit.label)}
  ${xAxis(canvas, x, xTicks, 'time since submission')}`;
  return { height: canvas.height, body };
}

function canvasOf(width: number, left: number): Canvas {
  return { width, height: width > 800 ? 330 : 270, left, right: 20, top: 30, bottom: 44 };
}

function areas(
  { pieces }: Levels,
  series: readonly string[],
  x: (at: number) => number,
  y: (level: number) => number,
): Markup[] {
  const last = pieces.at(-1);
  const points = [...pieces, ...(last === undefined ? [] : [{ ...last, from: last.to }])];
  const stacked = stack<(typeof points)[number], number>()
    .keys(series.keys())
    .value(({ levels }, key) => levels[key] ?? 0)(points);
  const shape = area<(typeof stacked)[number][number]>()
    .x(({ data }) => x(data.from))
    .y0(([low]) => y(low))
    .y1(([, high]) => y(high))
    .curve(curveStepAfter)
    .digits(1);
  return stacked.map(
    (one) => html`<path class="area ${series[one.key]}" d="${shape(one) ?? ''}" />`,
  );
}

function limitLine({ left, right, width }: Canvas, at: number, label: string): Markup {
  const y = px(at);
  return html`<line class="limit" x1="${left}" x2="${width - right}" y1="${y}" y2="${y}" /><text
      class="note halo"
      x="${width - right}"
      y="${y - 6}"
      text-anchor="end"
      >${label}</text
    >`;
}
