import { html, type Markup } from '../html/markup.js';
import { type Canvas, px } from './canvas.js';

export interface Tick {
  readonly value: number;
  readonly label: string;
}

export type Place = (value: number) => number;

/** Grid lines across the plot with their labels on the left, and what they measure above. */
export function yAxis(canvas: Canvas, place: Place, ticks: readonly Tick[], name: string): Markup {
  const { width, left, right } = canvas;
  const lines = ticks.map(({ value, label }) => {
    const y = px(place(value));
    return html`<line
        class="gridline"
        x1="${left}"
        x2="${width - right}"
        y1="${y}"
        y2="${y}"
      /><text class="tick" x="${left - 8}" y="${y}" dy="0.32em" text-anchor="end">${label}</text>`;
  });
  return html`${lines}<text class="axis" x="0" y="11">${name}</text>`;
}

/** The line under the plot with its labels, and what it measures at its end. */
export function xAxis(canvas: Canvas, place: Place, ticks: readonly Tick[], name: string): Markup {
  const { width, height, left, right, bottom } = canvas;
  const base = height - bottom;
  const labels = ticks.map(({ value, label }) => {
    const x = px(place(value));
    return html`<line class="base" x1="${x}" x2="${x}" y1="${base}" y2="${base + 4}" /><text
        class="tick"
        x="${x}"
        y="${base + 18}"
        text-anchor="middle"
        >${label}</text
      >`;
  });
  return html`<line class="base" x1="${left}" x2="${width - right}" y1="${base}" y2="${base}" />
    ${labels}<text class="axis" x="${width - right}" y="${base + 36}" text-anchor="end"
      >${name}</text
    >`;
}

/** Room of the labels on the left, whose letters are some 7 pixels wide. */
export function labelRoom(ticks: readonly Tick[]): number {
  return 14 + 7 * Math.max(1, ...ticks.map(({ label }) => label.length));
}
