import type { RunReport } from '../../../ports/run-report.js';
import type { Figures } from '../../figures/figures.js';
import { networkSize } from '../../figures/network-size.js';
import { bytesText, counted, grouped, moneyText, percent, precise } from '../../numbers.js';
import { secondsText } from '../../words/times.js';
import type { Markup } from '../markup.js';
import { type Fact, tiles } from '../parts.js';

/** The numbers that count, at the top. */
export function overview(report: RunReport, figures: Figures): Markup {
  const { summary } = report;
  return tiles([
    {
      label: 'Jobs done',
      text: grouped(summary.jobs.done),
      fact: ['jobs.done', summary.jobs.done],
      note: `of ${grouped(summary.jobs.total)}`,
    },
    {
      label: 'Wall time',
      text: secondsText(summary.wallSeconds),
      fact: ['wallSeconds', summary.wallSeconds],
      note: figures.slots === undefined ? undefined : `on ${counted(figures.slots, 'slot')}`,
    },
    {
      label: 'CPU time',
      text: secondsText(summary.cpuSeconds),
      fact: ['cpuSeconds', summary.cpuSeconds],
      note: 'user and system, all jobs',
    },
    ...efficiency(report),
    ...repeats(report),
    ...network(report),
    ...bytes(figures),
    ...cost(report, figures),
  ]);
}

function efficiency({ summary: { parallel } }: RunReport): Fact[] {
  if (parallel.efficiency === undefined) return [];
  return [
    {
      label: 'Efficiency',
      text: percent(parallel.efficiency),
      fact: ['parallel.efficiency', parallel.efficiency],
      note: `${secondsText(parallel.workSeconds)} ÷ (${grouped(parallel.slots)} × ${secondsText(parallel.makespanSeconds)})`,
    },
  ];
}

function repeats({ summary: { jobs, wastedSeconds } }: RunReport): Fact[] {
  const repeated = jobs.retries + jobs.interruptions;
  return [
    {
      label: 'Run again',
      text: grouped(repeated),
      fact: ['jobs.repeated', repeated],
      note:
        repeated === 0
          ? 'no failure, no lost slot'
          : `${grouped(jobs.retries)} failed, ${grouped(jobs.interruptions)} interrupted; ${secondsText(wastedSeconds)} lost`,
    },
  ];
}

function network(report: RunReport): Fact[] {
  const size = networkSize(report);
  if (size === undefined) return [];
  const from = size.threshold === undefined ? '' : `, |r| ≥ ${precise(size.threshold)}`;
  return [
    {
      label: 'Network edges',
      text: grouped(size.edges),
      fact: ['network.edges', size.edges],
      note: `${counted(size.genes, 'gene')}${from}`,
    },
  ];
}

function bytes({ bytes: moved }: Figures): Fact[] {
  if (moved === undefined) return [];
  return [
    {
      label: 'Data moved',
      text: bytesText(moved.received + moved.sent),
      fact: ['bytes.moved', moved.received + moved.sent],
      note: `${bytesText(moved.received)} out, ${bytesText(moved.sent)} back`,
    },
  ];
}

function cost({ currency }: RunReport, { cost: priced }: Figures): Fact[] {
  if (priced === undefined) return [];
  return [
    {
      label: 'Cost of the core hours',
      text: moneyText(priced.used, priced.digits, currency),
      fact: ['cost.used', priced.used],
      note:
        priced.wasted === 0
          ? 'none wasted'
          : `${moneyText(priced.wasted, priced.digits, currency)} wasted`,
    },
  ];
}
