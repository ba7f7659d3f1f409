import { html, type Markup } from '../html/markup.js';

/** The drawing area of a chart: its size in pixels, and the margins around what is plotted. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface ChartText {
  /** Unique in the document. */
  readonly id: string;
  /** What it is, for those who cannot see it, and what it shows, in a sentence or two. */
  readonly title: string;
  readonly description: string;
}

/**
 * Widths a chart is drawn in. Without a script, lettering that is readable on a telephone and on a
 * large screen takes a drawing for each; the style sheet shows the one that fits.
 */
export const WIDTHS = { half: [340, 560], full: [340, 560, 1040] } as const;

/** @param draw the chart's content for a width, and its height */
export function chart(
  text: ChartText,
  widths: readonly number[],
  draw: (width: number) => { readonly height: number; readonly body: Markup },
): Markup {
  const drawings = widths.map((width) => {
    const { height, body } = draw(width);
    const own = `${text.id}-${width}`;
    return html`<svg
      class="drawing at-${width}"
      viewBox="0 0 ${width} ${height}"
      role="img"
      aria-labelledby="${own}-title ${own}-desc"
    >
      <title id="${own}-title">${text.title}</title>
      <desc id="${own}-desc">${text.description}</desc>
      ${body}
    </svg>`;
  });
  return html`<div class="chart widths-${widths.length}">${drawings}</div>`;
}

/** A coordinate: a tenth of a pixel is enough. */
export function px(value: number): number {
  return Math.round(value * 10) / 10;
}

export function plotWidth({ width, left, right }: Canvas): number {
  return width - left - right;
}
