import type { RunReport } from '../../ports/run-report.js';
import { type Figures, figuresOf } from '../figures/figures.js';
import { headline } from '../words/headline.js';
import { RUN_OUTCOMES } from '../words/outcome.js';
import { momentText } from '../words/times.js';
import { pageHead } from './head.js';
import { html, type Markup } from './markup.js';
import type { Section } from './parts.js';
import { cost } from './sections/cost.js';
import { network } from './sections/network.js';
import { overTime } from './sections/over-time.js';
import { overview } from './sections/overview.js';
import { trouble } from './sections/trouble.js';
import { whatRan } from './sections/what-ran.js';
import { where } from './sections/where.js';

/**
 * The report as one HTML document that needs nothing else: no script, no network, no other file.
 * The same report gives the same bytes. Numbers stand in `data-value`, exactly, under the name in
 * `data-fact` or in a table's cells under `data-table`.
 */
export function renderHtml(report: RunReport): string {
  const figures = figuresOf(report);
  const { summary } = report;
  const sections = sectionsOf(report, figures);
  const page = html`<!doctype html>
    <html lang="en">
      ${pageHead(`${summary.runId}: ${summary.workflow} run ${RUN_OUTCOMES[summary.outcome]}`)}
      <body>
        <header class="page">
          <p class="brand">crossflock · report on a ${summary.workflow} run</p>
          <h1>
            ${summary.runId}
            <span class="badge ${summary.outcome}">${RUN_OUTCOMES[summary.outcome]}</span>
          </h1>
          <p class="headline">${headline(report, figures)}</p>
          <p class="when">${momentText(summary.submittedAt)} to ${momentText(summary.endedAt)}</p>
        </header>
        <main class="page">
          ${overview(report, figures)} ${contents(sections)} ${sections.map(section)}
        </main>
        <footer class="page">
          <p>
            Made ${momentText(report.gatheredAt)} from HTCondor’s own record of the run. Times are
            UTC; those of charts count from the submission.
          </p>
        </footer>
      </body>
    </html> `;
  return page.toString();
}

/** What a reader asks first comes first: what was found, or what went wrong. */
function sectionsOf(report: RunReport, figures: Figures): Section[] {
  const wentWell = report.summary.outcome === 'succeeded' || report.summary.outcome === 'running';
  const found = network(report);
  const wrong = trouble(report, figures);
  return [
    ...(wentWell ? [] : [wrong]),
    ...(found === undefined ? [] : [found]),
    overTime(report, figures),
    where(report, figures),
    ...(wentWell ? [wrong] : []),
    cost(report, figures),
    whatRan(report),
  ];
}

function contents(sections: readonly Section[]): Markup {
  return html`<nav aria-label="Contents">
    ${sections.map(({ id, title }) => html`<a href="#${id}">${title}</a>`)}
  </nav>`;
}

function section({ id, title, body }: Section): Markup {
  return html`<section id="${id}" aria-labelledby="${id}-heading">
    <h2 id="${id}-heading">${title}</h2>
    ${body}
  </section>`;
}
