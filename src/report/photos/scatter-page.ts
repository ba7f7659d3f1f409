import { extent, median } from 'd3-array';

import type { PhotoResult } from '../../ports/photo-result.js';
import { scatterChart, sharesDots } from '../charts/scatter-chart.js';
import { pageHead } from '../html/head.js';
import { html, Markup } from '../html/markup.js';
import { absent, card, type Fact, lead, tiles } from '../html/parts.js';
import { table } from '../html/table.js';
import { counted, grouped } from '../numbers.js';
import { secondsText } from '../words/times.js';

const FORMULAS: Readonly<Record<string, string>> = {
  bt601:
    'Luminance is the mean luma of a photo’s pixels, 0.299 R + 0.587 G + 0.114 B by ITU-R BT.601, from 0 (black) to 1 (white).',
  tutorial:
    'Luminance is the perceived brightness of the tutorial’s program: the root of 0.241 R² + 0.691 G² + 0.068 B², with the mean squares of a photo’s pixels, from 0 (black) to 1 (white).',
};

/** The plot is what the paper is for. */
const PRINT = new Markup('@media print { .drawing { max-height: 120mm; } }');
/** Failures that are shown; the file has all. */
const MOST_FAILURES = 200;
/** The tutorial’s own: docs of the OSG Connect photodemo, “Test the job locally”. */
const TUTORIAL = { printed: '1.39/s', photos: 5, seconds: 6.94 } as const;

/**
 * The luminance of photos over the years as one HTML document that needs nothing else. The same
 * result gives the same bytes.
 */
export function renderScatter(runId: string, result: PhotoResult): string {
  const { points, failures } = result;
  const years = yearsText(points.map(({ year }) => year));
  const title = 'Luminance of photos over the years';
  const page = html`<!doctype html>
    <html lang="en">
      ${pageHead(`${runId}: luminance of ${counted(points.length, 'photo')}`, PRINT)}
      <body>
        <header class="page">
          <p class="brand">crossflock · photodemo run ${runId}</p>
          <h1>${title}</h1>
          <p class="headline">${counted(points.length, 'photo')}${years}</p>
        </header>
        <main class="page">
          ${tiles(tilesOf(result))}
          <section aria-label="${title}">
            <h2>Year and luminance</h2>
            <div class="grid">
              ${card('A dot for each photo', plot(result, years), true)}
              ${points.length === 0 ? undefined : card('By decade', decades(result), true)}
            </div>
          </section>
          ${failures.length === 0 ? undefined : failed(result)}
        </main>
        <footer class="page"><p>Made from photos.json, which is beside this page.</p></footer>
      </body>
    </html> `;
  return page.toString();
}

function plot(result: PhotoResult, years: string): Markup {
  const { points, formula } = result;
  if (points.length === 0) return absent('No photo could be analyzed.');
  const text = {
    id: 'scatter',
    title: 'Luminance over the years',
    description: `A scatter plot of ${counted(points.length, 'photo')}${years}.`,
  };
  const what = FORMULAS[formula] ?? `Luminance by the formula ${formula}, from 0 to 1.`;
  const shared = sharesDots(points) ? ' Photos of a year that are nearly alike share a dot.' : '';
  return html`${lead(`${what}${shared}`)} ${scatterChart(text, result)}`;
}

function tilesOf({ points, failures, rate, seconds, jobs }: PhotoResult): readonly Fact[] {
  const middle = median(points, ({ luminance }) => luminance);
  const { printed, photos, seconds: tutorialSeconds } = TUTORIAL;
  const truth = (photos / tutorialSeconds).toFixed(2);
  return [
    {
      label: 'photos',
      text: grouped(points.length),
      fact: ['photos', points.length],
      note:
        failures.length === 0
          ? 'all of the manifest'
          : `${grouped(failures.length)} without a luminance`,
    },
    ...(middle === undefined
      ? []
      : [
          {
            label: 'median luminance',
            text: middle.toFixed(3),
            fact: ['median', middle] as const,
            note: 'half of the photos are darker',
          },
        ]),
    {
      label: 'rate',
      text: `${rate.toFixed(2)} photos/s`,
      fact: ['rate', rate],
      note: `a core, fetching included. The OSG tutorial prints ${printed} for ${photos} photos in ${tutorialSeconds} s, which are ${truth} photos/s`,
    },
    {
      label: 'core time',
      text: secondsText(seconds),
      fact: ['seconds', seconds],
      note: counted(jobs.length, 'job'),
    },
  ];
}

function yearsText(years: readonly number[]): string {
  const [first, last] = extent(years);
  if (first === undefined) return '';
  return first === last ? ` of ${first}` : ` from ${first} to ${last}`;
}

function decades({ points }: PhotoResult): Markup {
  const groups = Map.groupBy(points, ({ year }) => Math.floor(year / 10));
  return table({
    name: 'decades',
    caption: 'Photos by decade',
    columns: [
      { title: 'decade' },
      { title: 'photos', number: true },
      { title: 'median luminance', number: true },
      { title: 'from', number: true },
      { title: 'to', number: true },
    ],
    rows: [...groups].map(([decade, own]) => {
      const [least = 0, most = 0] = extent(own, ({ luminance }) => luminance);
      const middle = median(own, ({ luminance }) => luminance) ?? 0;
      const values = [middle, least, most].map((value) => ({ text: value.toFixed(3), value }));
      return {
        cells: [`${decade}0s`, { text: grouped(own.length), value: own.length }, ...values],
      };
    }),
  });
}

function failed({ failures }: PhotoResult): Markup {
  const more = failures.length - MOST_FAILURES;
  const list = table({
    name: 'failures',
    caption: 'Photos without a luminance',
    columns: [{ title: 'photo' }, { title: 'year', number: true }, { title: 'why' }],
    rows: failures.slice(0, MOST_FAILURES).map(({ url, year, reason }) => ({
      cells: [{ text: html`<code>${url}</code>` }, { text: String(year), value: year }, reason],
    })),
  });
  const rest = more > 0 ? lead(`and ${counted(more, 'more photo')}, in photos.json`) : undefined;
  return html`<section aria-label="Photos without a luminance">
    <h2>Without a luminance</h2>
    ${card(counted(failures.length, 'photo'), [list, rest], true)}
  </section>`;
}
