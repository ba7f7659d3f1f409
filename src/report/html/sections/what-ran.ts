import type { RunReport } from '../../../ports/run-report.js';
import { sumOf } from '../../figures/spans.js';
import { bytesText, counted, grouped } from '../../numbers.js';
import { momentText } from '../../words/times.js';
import { html, type Part } from '../markup.js';
import { absent, card, type Fact, facts, type Section } from '../parts.js';

/** More results than these are only counted. */
const FILES_SHOWN = 24;

export function whatRan(report: RunReport): Section {
  const { configuration } = report;
  return {
    id: 'what-ran',
    title: 'What ran',
    body: html`<div class="grid">
        ${card('Run', facts(runFacts(report)))} ${card('Input', input(report))}
        ${card('Software', software(report))} ${card('Results', results(report))}
      </div>
      ${
        configuration === undefined
          ? absent('The configuration of the run is not known: it was not recorded with the run.')
          : html`<details class="card">
              <summary>Configuration, without its secrets</summary>
              <pre>${JSON.stringify(configuration, null, 2)}</pre>
            </details>`
      }`,
  };
}

function runFacts({ summary, clusters, submitterCluster }: RunReport): Fact[] {
  return [
    { label: 'Run', text: summary.runId },
    { label: 'Workflow', text: summary.workflow },
    { label: 'Submitted', text: momentText(summary.submittedAt) },
    {
      label: summary.outcome === 'running' ? 'As of' : 'Ended',
      text: momentText(summary.endedAt),
    },
    { label: 'Clouds', text: clusters.map(({ cluster }) => cluster).join(', ') },
    ...(submitterCluster === undefined ? [] : [{ label: 'Submitter on', text: submitterCluster }]),
    ...(summary.highlights ?? []),
  ];
}

const METHODS: Readonly<Record<string, string>> = {
  sc: 'Spearman (sc)',
  pc: 'Pearson (pc)',
  mi: 'mutual information (mi)',
};

function input({ summary: { input: matrix, method, minObs } }: RunReport): Part {
  if (matrix === undefined) return absent('This workflow does not read a gene expression matrix.');
  return facts([
    { label: 'Matrix', text: matrix.file },
    { label: 'Genes', text: grouped(matrix.genes), fact: ['input.genes', matrix.genes] },
    { label: 'Samples', text: grouped(matrix.samples), fact: ['input.samples', matrix.samples] },
    { label: 'Pairs', text: grouped(matrix.pairs), fact: ['input.pairs', matrix.pairs] },
    ...(method === undefined ? [] : [{ label: 'Correlation', text: METHODS[method] ?? method }]),
    ...(minObs === undefined
      ? []
      : [{ label: 'Least observations', text: counted(minObs, 'common sample') }]),
    { label: 'SHA-256', text: html`<code>${matrix.sha256}</code>` },
  ]);
}

function software({ software: programs }: RunReport): Part {
  if (programs.length === 0) return absent('Nobody recorded which versions ran.');
  return facts(programs.map(({ name, version }) => ({ label: name, text: version })));
}

function results({ summary: { results: folder, problems } }: RunReport): Part {
  const wrong = problems.map((problem) => html`<p class="problem">Wrong result: ${problem}</p>`);
  if (folder.files.length === 0) {
    return [...wrong, absent('No results were fetched when this report was made.')];
  }
  const { files } = folder;
  const shown =
    files.length > FILES_SHOWN
      ? [
          {
            label: counted(files.length, 'file'),
            text: bytesText(sumOf(files, ({ bytes }) => bytes)),
          },
        ]
      : files.map(({ name, bytes }) => ({ label: name, text: bytesText(bytes) }));
  return [...wrong, facts([...shown, { label: 'In the folder', text: folder.folder }])];
}
