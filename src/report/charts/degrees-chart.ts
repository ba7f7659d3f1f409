import { scaleLog } from 'd3-scale';

import type { NetworkDescription } from '../../ports/run-report.js';
import { html, type Markup } from '../html/markup.js';
import { labelRoom, xAxis, yAxis } from './axes.js';
import { chart, type ChartText, px, WIDTHS } from './canvas.js';
import { logTicks } from './ticks.js';

/** Genes by number of edges, both on logarithmic scales. */
export function degreesChart(text: ChartText, { degrees }: NetworkDescription): Markup {
  const most = degrees.reduce((found, { genes }) => Math.max(found, genes), 10);
  const largest = Math.max(10, degrees.at(-1)?.degree ?? 1);
  return chart(text, WIDTHS.half, (width) => {
    const yTicks = logTicks(1, most, 5);
    const canvas = { width, height: 290, left: labelRoom(yTicks), right: 24, top: 34, bottom: 44 };
    const x = scaleLog([0.85, largest * 1.15], [canvas.left, width - canvas.right]);
    const y = scaleLog([0.8, most * 1.4], [canvas.height - canvas.bottom, canvas.top]);
    const body = html`${yAxis(canvas, y, yTicks, 'genes')}
    ${degrees.map(
      ({ degree, genes }) =>
        html`<circle class="point c0" cx="${px(x(degree))}" cy="${px(y(genes))}" r="3.5" />`,
    )}
    ${xAxis(canvas, x, logTicks(1, largest, width > 400 ? 8 : 5), 'edges of a gene')}`;
    return { height: canvas.height, body };
  });
}
