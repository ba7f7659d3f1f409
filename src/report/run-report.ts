import type { FailedJob, RunSummary } from '../ports/run-summary.js';
import { bar } from '../util/bar.js';
import { formatDuration } from '../util/duration.js';
import { counted, grouped, percent } from './numbers.js';

const BAR_WIDTH = 30;
const LABEL_WIDTH = 12;
const NAMES_SHOWN = 10;

/** A run's summary as lines of text for a terminal, without colours and line ends. */
export function runReport(summary: RunSummary): readonly string[] {
  return [
    headline(summary),
    '',
    ...matrix(summary),
    ...(summary.highlights ?? []).map(({ label, text }) => line(label, text)),
    ...network(summary),
    '',
    ...histogram(summary),
    '',
    ...times(summary),
    ...repeats(summary),
    ...failures(summary),
    ...results(summary),
  ];
}

const OUTCOMES = {
  succeeded: 'finished',
  failed: 'failed',
  removed: 'was removed',
  invalid: 'finished with a result that cannot be right',
} as const;

function headline({ runId, outcome, wallSeconds }: RunSummary): string {
  return `run ${runId} ${OUTCOMES[outcome]} after ${seconds(wallSeconds)}`;
}

function matrix({ input }: RunSummary): string[] {
  if (input === undefined) return [];
  const size = `${counted(input.genes, 'gene')} × ${counted(input.samples, 'sample')}`;
  return [line('matrix', `${input.file}: ${size}, ${counted(input.pairs, 'pair')}`)];
}

function network({ network }: RunSummary): string[] {
  if (network === undefined) return [];
  const { edges, nodes, positive, negative, threshold, thresholdMode } = network;
  const how = thresholdMode === 'rmt' ? ', found by random matrix theory' : '';
  const uncorrelated = network.pairs - (network.pairsWithCorrelation ?? network.pairs);
  return [
    line('network', `${counted(edges, 'edge')} between ${counted(nodes, 'gene')}`),
    line('', `${grouped(positive)} positive, ${grouped(negative)} negative`),
    line('threshold', `|r| ≥ ${Number(threshold.toFixed(6))}${how}`),
    ...(uncorrelated === 0
      ? []
      : [line('', `${counted(uncorrelated, 'pair')} had too few common samples`)]),
  ];
}

/** Jobs by cluster, the executors of a cluster below it where there are several. */
function histogram({ clusters, jobs }: RunSummary): string[] {
  const most = Math.max(1, ...clusters.map((cluster) => cluster.jobs));
  const names = clusters.flatMap(({ cluster, executors }) => [
    cluster,
    ...executors.map(({ address }) => `  ${address}`),
  ]);
  const width = Math.max(LABEL_WIDTH, ...names.map((name) => name.length));
  const row = (name: string, count: number): string =>
    `  ${name.padEnd(width)}  ${bar(count / most, BAR_WIDTH).padEnd(BAR_WIDTH)}  ${grouped(count)}`;
  const title = `jobs by cloud (${grouped(jobs.done)} of ${grouped(jobs.total)} done)`;
  return [
    title,
    ...clusters.flatMap(({ cluster, jobs: count, executors }) => [
      `${row(cluster, count)} (${percent(count / Math.max(1, jobs.done))})`,
      ...(executors.length < 2
        ? []
        : executors.map((executor) => row(`  ${executor.address}`, executor.jobs))),
    ]),
  ];
}

function times({ wallSeconds, cpuSeconds, parallel, estimate }: RunSummary): string[] {
  const { efficiency, workSeconds, slots, makespanSeconds } = parallel;
  const formula = `${seconds(workSeconds)} of work ÷ (${counted(slots, 'slot')} × ${seconds(makespanSeconds)})`;
  return [
    line('wall time', `${seconds(wallSeconds)}${expectation(estimate)}`),
    // Of a run that failed there are only HTCondor's figures, which miss short jobs.
    line('CPU time', cpuSeconds === 0 ? 'less than a second for each job' : seconds(cpuSeconds)),
    ...(efficiency === undefined
      ? []
      : [line('efficiency', `${percent(efficiency)} = ${formula}`)]),
  ];
}

function expectation(estimate: RunSummary['estimate']): string {
  if (estimate === undefined) return '';
  const { lowSeconds, highSeconds, actualSeconds } = estimate;
  const range = `${seconds(lowSeconds)} to ${seconds(highSeconds)}`;
  if (actualSeconds < lowSeconds) return `, faster than the expected ${range}`;
  if (actualSeconds > highSeconds) return `, slower than the expected ${range}`;
  return `, expected ${range}`;
}

function repeats({ jobs, wastedSeconds }: RunSummary): string[] {
  const parts = [
    ...(jobs.retries === 0 ? [] : [`${grouped(jobs.retries)} tried again after a failure`]),
    ...(jobs.interruptions === 0
      ? []
      : [`${grouped(jobs.interruptions)} run again after losing their slot`]),
  ];
  if (parts.length === 0) return [];
  return [line('repeated', `${parts.join(', ')} (${seconds(wastedSeconds)} lost)`)];
}

function failures({ jobs, problems }: RunSummary): string[] {
  const lines = [
    ...jobs.failed.slice(0, NAMES_SHOWN).flatMap(failure),
    ...more(jobs.failed.length, 'more failed'),
    ...(jobs.notRun.length === 0
      ? []
      : [`never run: ${jobs.notRun.slice(0, NAMES_SHOWN).join(', ')}`]),
    ...more(jobs.notRun.length, 'more never run'),
    ...problems.map((problem) => `wrong result: ${problem}`),
  ];
  return lines.length === 0 ? [] : ['', ...lines];
}

function failure({ node, reason, tries, address, cluster, stderr }: FailedJob): string[] {
  const where = address === undefined ? '' : ` on ${cluster ?? address} (${address})`;
  const times = counted(tries, 'try', 'tries');
  return [
    `failed: ${node}${where}: ${reason} after ${times}`,
    ...stderr.map((text) => `  | ${text}`),
  ];
}

function more(count: number, words: string): string[] {
  return count > NAMES_SHOWN ? [`… and ${grouped(count - NAMES_SHOWN)} ${words}`] : [];
}

function results({ results }: RunSummary): string[] {
  if (results.files.length === 0) return [];
  const shown = results.files.slice(0, NAMES_SHOWN).map((file) => file.name);
  const left = results.files.length - shown.length;
  const names = [...shown, ...(left > 0 ? [`${grouped(left)} more`] : [])].join(', ');
  return [line('results', `${results.folder} (${names})`)];
}

function line(label: string, text: string): string {
  return `${label.padEnd(LABEL_WIDTH)}${text}`;
}

function seconds(value: number): string {
  return formatDuration(value * 1000);
}
