import { scaleLinear, scaleLog } from 'd3-scale';
import { line } from 'd3-shape';

import type { ThresholdChoice } from '../../ports/run-report.js';
import { html, type Markup } from '../html/markup.js';
import { brief } from '../numbers.js';
import { labelRoom, type Place, xAxis, yAxis } from './axes.js';
import { type Canvas, chart, type ChartText, px, WIDTHS } from './canvas.js';
import { logTicks, numberTicks } from './ticks.js';

/** Beyond this many times Poisson's limit, the curve needs a logarithmic scale. */
const WIDE = 12;

/** Chi-square over the threshold, with the limit that counts as Poisson and the one chosen. */
export function rmtChart(
  text: ChartText,
  { curve, value }: ThresholdChoice,
  limit: number,
): Markup {
  const points = curve.toSorted((a, b) => a.threshold - b.threshold);
  const most = points.reduce((found, { chiSquare }) => Math.max(found, chiSquare), limit * 1.3);
  const least = points.reduce((found, { chiSquare }) => Math.min(found, chiSquare), limit);
  const steep = most > WIDE * limit;
  const ends = [points[0]?.threshold ?? 0, points.at(-1)?.threshold ?? 1] as const;
  return chart(text, WIDTHS.half, (width) => {
    const floor = steep ? Math.max(1, least * 0.8) : 0;
    const yTicks = steep ? logTicks(floor, most, 5) : numberTicks(0, most, 5);
    const canvas = { width, height: 290, left: labelRoom(yTicks), right: 24, top: 46, bottom: 44 };
    const pad = Math.max(0.005, (ends[1] - ends[0]) * 0.03);
    const x = scaleLinear([ends[0] - pad, ends[1] + pad], [canvas.left, width - canvas.right]);
    const scale = steep ? scaleLog : scaleLinear;
    const y = scale([floor, most * 1.08], [canvas.height - canvas.bottom, canvas.top]);
    const path = line<(typeof points)[number]>()
      .x(({ threshold }) => x(threshold))
      .y(({ chiSquare }) => y(chiSquare))
      .digits(1)(points);
    const body = html`${yAxis(canvas, y, yTicks, 'χ² against Poisson')}
      <path class="curve" d="${path ?? ''}" />
      ${points.length > 120 ? '' : points.map((point) => dot(x(point.threshold), y(point.chiSquare)))}
      ${marks(canvas, { x, y }, { value, limit })}
      ${xAxis(canvas, x, numberTicks(ends[0], ends[1], width > 400 ? 7 : 4), 'threshold |r|')}`;
    return { height: canvas.height, body };
  });
}

function dot(x: number, y: number): Markup {
  return html`<circle class="dot" cx="${px(x)}" cy="${px(y)}" r="2" />`;
}

function marks(
  { width, height, left, right, top, bottom }: Canvas,
  { x, y }: { readonly x: Place; readonly y: Place },
  { value, limit }: { readonly value: number; readonly limit: number },
): Markup {
  const at = px(x(value));
  const level = px(y(limit));
  return html`<line
      class="limit faint"
      x1="${left}"
      x2="${width - right}"
      y1="${level}"
      y2="${level}"
    />
    <text class="note halo" x="${width - right}" y="${level - 6}" text-anchor="end"
      >Poisson below ${brief(limit)}</text
    >
    <line class="limit" x1="${at}" x2="${at}" y1="${top}" y2="${height - bottom}" />
    <text class="note halo" x="${at}" y="${top - 6}" text-anchor="middle">${value}</text>`;
}
