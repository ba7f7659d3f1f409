import type { KincFindings, NetworkDescription, RunReport } from '../../../ports/run-report.js';
import { correlationsChart, densityOf, narrowest } from '../../charts/correlations-chart.js';
import { degreesChart } from '../../charts/degrees-chart.js';
import { rmtChart } from '../../charts/rmt-chart.js';
import { brief, counted, grouped, percent, precise } from '../../numbers.js';
import { POISSON_CHI_SQUARE, thresholdReason } from '../../words/threshold.js';
import { html, type Part } from '../markup.js';
import { absent, card, lead, type Section } from '../parts.js';
import { behind } from '../table.js';
import { modules } from './modules.js';

const WHY_NOT = {
  failed: 'the run failed before',
  removed: 'the run was removed before',
  running: 'the run has not come to it yet',
  succeeded: 'its files were not at hand when the report was made',
  invalid: 'its files were not at hand when the report was made',
} as const;

/** Undefined for workflows that make no gene network. */
export function network({ kinc, summary }: RunReport): Section | undefined {
  if (kinc === undefined) return undefined;
  const why = WHY_NOT[summary.outcome];
  const { correlations: found, threshold: choice, network: edges } = kinc;
  if (found === undefined && choice === undefined && edges === undefined) {
    return { id: 'network', title: 'The network', body: absent(`There is none: ${why}.`) };
  }
  return {
    id: 'network',
    title: 'The network',
    body: html`<div class="grid">
      ${card('Correlations', correlations(kinc, why))} ${card('Threshold', threshold(kinc, why))}
      ${card('Degrees', degrees(kinc.network, why))}
      ${card('Genes with the most edges', hubs(kinc.network, why))}
      ${card('Largest modules', modules(kinc.network, why), true)}
    </div>`,
  };
}

function correlations({ correlations: found, threshold: choice }: KincFindings, why: string): Part {
  if (found === undefined) return absent(`There are no correlations to show: ${why}.`);
  const { bins, withoutCorrelation } = found;
  const pairs = bins.reduce((sum, bin) => sum + bin.pairs, 0);
  const unit = narrowest(bins);
  const none =
    withoutCorrelation === 0
      ? ''
      : ` ${counted(withoutCorrelation, 'pair')} had too few common samples.`;
  const wide = bins.find(({ from, to }) => to - from > unit * 1.5);
  const note =
    wide === undefined
      ? ''
      : ` Between ${precise(wide.from)} and ${precise(wide.to)} the bar is a mean: KINC does not count finer there.`;
  const text = `${counted(pairs, 'pair')} of genes.${none}`;
  return html`${lead(`${text}${note}`)}
  ${correlationsChart(
    { id: 'correlations', title: 'Distribution of the correlations', description: text },
    found,
    choice?.value,
  )}
  ${behind({
    name: 'correlations',
    columns: [
      { title: 'From' },
      { title: 'To', number: true },
      { title: 'Pairs', number: true },
      { title: `Pairs per ${brief(unit)}`, number: true },
    ],
    rows: bins.map((bin) => ({
      cells: [
        { text: precise(bin.from), value: bin.from },
        { text: precise(bin.to), value: bin.to },
        { text: grouped(bin.pairs), value: bin.pairs },
        { text: grouped(densityOf(bin, unit)) },
      ],
    })),
  })}`;
}

function threshold({ threshold: choice }: KincFindings, why: string): Part {
  if (choice === undefined) return absent(`There is no threshold to show: ${why}.`);
  const reason = thresholdReason(choice);
  const value = html`<p class="value">
    |r| ≥
    <strong data-fact="threshold" data-value="${choice.value}">${precise(choice.value)}</strong>
  </p>`;
  if (choice.curve.length === 0) return html`${value}${lead(reason)}`;
  return html`${value}${lead(reason)}
  ${rmtChart(
    { id: 'rmt', title: 'χ² of the eigenvalue spacings over the threshold', description: reason },
    choice,
    POISSON_CHI_SQUARE,
  )}
  ${behind({
    name: 'rmt',
    columns: [
      { title: 'Threshold' },
      { title: 'χ²', number: true },
      { title: 'Genes', number: true },
    ],
    rows: choice.curve.map(({ threshold: tried, chiSquare, genes }) => ({
      cells: [
        { text: precise(tried), value: tried },
        { text: brief(chiSquare), value: chiSquare },
        { text: grouped(genes), value: genes },
      ],
    })),
  })}`;
}

function degrees(found: NetworkDescription | undefined, why: string): Part {
  if (found === undefined) return absent(`There are no degrees to show: ${why}.`);
  if (found.edges === 0) return absent('The network has no edge: no pair reaches the threshold.');
  const single = found.degrees.find(({ degree }) => degree === 1)?.genes ?? 0;
  const text = `${counted(found.genes, 'gene')} have ${((found.edges * 2) / found.genes).toFixed(1)} edges on average; ${grouped(single)} (${percent(single / found.genes)}) have one only.`;
  return html`${lead(text)}
  ${degreesChart(
    { id: 'degrees', title: 'Genes by number of edges, on logarithmic scales', description: text },
    found,
  )}
  ${behind({
    name: 'degrees',
    columns: [{ title: 'Edges' }, { title: 'Genes', number: true }],
    rows: found.degrees.map(({ degree, genes }) => ({
      cells: [
        { text: grouped(degree), value: degree },
        { text: grouped(genes), value: genes },
      ],
    })),
  })}`;
}

function hubs(found: NetworkDescription | undefined, why: string): Part {
  if (found === undefined) return absent(`There are no genes to show: ${why}.`);
  const most = found.hubs[0]?.degree;
  if (most === undefined) return absent('No gene has an edge.');
  return html`<ol class="hubs">
    ${found.hubs.map(
      ({ gene, degree }) =>
        html`<li>
          <span class="gene-name">${gene}</span>
          <svg class="bar" aria-hidden="true">
            <rect
              class="area c0"
              width="${Math.round((1000 * degree) / most) / 10}%"
              height="100%"
              rx="2"
            />
          </svg>
          <span class="count" data-hub="${degree}">${grouped(degree)}</span>
        </li>`,
    )}
  </ol>`;
}
