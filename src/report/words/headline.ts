import type { RunReport } from '../../ports/run-report.js';
import { formatDuration } from '../../util/duration.js';
import type { Figures } from '../figures/figures.js';
import { networkSize } from '../figures/network-size.js';
import { counted, grouped, precise } from '../numbers.js';

/** What a run came to, in one or two sentences. */
export function headline(report: RunReport, figures: Figures): string {
  const { jobs, wallSeconds, outcome } = report.summary;
  const time = formatDuration(wallSeconds * 1000);
  const where = placeOf(figures);
  const share = `${grouped(jobs.done)} of ${counted(jobs.total, 'job')}`;
  switch (outcome) {
    case 'succeeded':
      return `${all(jobs.total)} finished in ${time}${where}.${network(report)}`;
    case 'invalid':
      return `${all(jobs.total)} finished in ${time}${where}, but the result cannot be right: ${report.summary.problems.join('; ')}.`;
    case 'failed':
      return `${share} finished; ${failures(report)} The run ended after ${time}${where}.`;
    case 'removed':
      return `The run was removed after ${time}${where}, with ${share} finished.`;
    case 'running':
      return `${share} finished after ${time}${where}; the run goes on. This report is as of the moment it was made.`;
  }
}

function all(total: number): string {
  return total === 1 ? 'The only job' : `All ${counted(total, 'job')}`;
}

function placeOf({ slots, clusters }: Figures): string {
  const busy = clusters.filter(({ executions }) => executions > 0);
  const on = slots === undefined ? '' : ` on ${counted(slots, 'slot')}`;
  if (busy.length === 0) return on;
  return busy.length === 1
    ? `${on} in ${busy[0]?.cluster ?? ''}`
    : `${on} in ${busy.length} clouds`;
}

function failures({ summary: { jobs } }: RunReport): string {
  const never = jobs.notRun.length === 0 ? '' : ` ${grouped(jobs.notRun.length)} never ran.`;
  return `${grouped(jobs.failed.length)} failed.${never}`;
}

function network(report: RunReport): string {
  const size = networkSize(report);
  if (size === undefined) return '';
  const { edges, genes, threshold } = size;
  const from = threshold === undefined ? '' : ` from |r| ≥ ${precise(threshold)} on`;
  return ` The network has ${counted(edges, 'edge')} between ${counted(genes, 'gene')}${from}.`;
}
