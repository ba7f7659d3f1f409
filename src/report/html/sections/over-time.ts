import type { RunReport } from '../../../ports/run-report.js';
import { levelsChart } from '../../charts/levels-chart.js';
import { timesChart } from '../../charts/times-chart.js';
import type { Figures } from '../../figures/figures.js';
import { type Levels, meanOver, type Span } from '../../figures/levels.js';
import { QUEUE_STATES } from '../../figures/queue.js';
import { brief, counted, grouped } from '../../numbers.js';
import { secondsText } from '../../words/times.js';
import type { Markup, Part } from '../markup.js';
import { html } from '../markup.js';
import { absent, card, colourOf, facts, lead, legend, type Section } from '../parts.js';
import { behind, type Table } from '../table.js';

const TABLE_ROWS = 24;
const QUEUE_COLOURS = ['done', 'failed', 'running', 'idle'] as const;

export function overTime(report: RunReport, figures: Figures): Section {
  return {
    id: 'over-time',
    title: 'Over time',
    body: html`<div class="grid">
      ${card('Slots in use', slots(report, figures), true)}
      ${card('Queue', queue(report, figures), true)}
      ${card('Run times of the jobs', times(report, figures), true)}
    </div>`,
  };
}

function slots({ executions }: RunReport, figures: Figures): Part {
  const { names, slotsInUse: levels, span, slots: all } = figures;
  if (executions.length === 0) return absent('No job has run: there is no slot to show in use.');
  const most = all === undefined ? '' : ` of ${grouped(all)}`;
  const peak = `At most ${grouped(levels.peak)}${most} slots were in use at once.`;
  return html`${lead(`${peak}${meanNote(levels)}`)}
  ${legend(names.map((name, index) => ({ name, colour: colourOf(index) })))}
  ${levelsChart({
    text: { id: 'slots', title: 'Slots in use over time, by cloud', description: peak },
    levels,
    series: names.map((_, index) => colourOf(index)),
    span,
    name: 'slots',
    ...(all === undefined ? {} : { limit: { value: all, label: counted(all, 'slot') } }),
  })}
  ${behind(levelsTable('slots-in-use', levels, names, span))}`;
}

function meanNote({ averaged }: Levels): string {
  return averaged ? ' The curve shows means over equal pieces of time.' : '';
}

function queue({ jobs }: RunReport, { queue: levels, span }: Figures): Part {
  if (levels.peak === 0) return absent('No job was submitted: there is no queue to show.');
  const shown = QUEUE_STATES.map((name, index) => ({ name, colour: QUEUE_COLOURS[index] ?? '' }));
  const text = `${counted(jobs.length, 'job')}, each idle from its submission until it is done whenever it does not run.`;
  return html`${lead(`${text}${meanNote(levels)}`)}
  ${legend(shown.filter((_, index) => levels.pieces.some((piece) => (piece.levels[index] ?? 0) > 0)))}
  ${levelsChart({
    text: { id: 'queue', title: 'Jobs by state over time', description: text },
    levels,
    series: QUEUE_COLOURS,
    span,
    name: 'jobs',
  })}
  ${behind(levelsTable('queue', levels, QUEUE_STATES, span))}`;
}

/** Means over some equal pieces of time: a table of every change would be no use to anyone. */
function levelsTable(name: string, levels: Levels, series: readonly string[], span: Span): Table {
  const pieces = meanOver(levels, series.length, span, TABLE_ROWS);
  return {
    name,
    caption: 'Means over equal pieces of time',
    columns: [{ title: 'From' }, ...series.map((title) => ({ title, number: true }))],
    rows: pieces.map((piece) => ({
      cells: [
        { text: secondsText((piece.from - span.from) / 1000) },
        ...piece.levels.map((level) => ({ text: brief(level), value: level })),
      ],
    })),
  };
}

function times({ executions }: RunReport, { jobTimes, names }: Figures): Part {
  if (jobTimes === undefined) {
    return absent(
      executions.length === 0
        ? 'No job has run: there are no run times to show.'
        : 'No job has succeeded: there are no run times to show.',
    );
  }
  const { count, least, mean, median, p95, most } = jobTimes;
  const seconds = (label: string, fact: string, value: number) =>
    ({ label, text: secondsText(value), fact: [`jobTimes.${fact}`, value] }) as const;
  const text = `${counted(count, 'execution')} that succeeded: half of them took ${secondsText(median)} or less, nineteen of twenty ${secondsText(p95)} or less.`;
  const drawn = timesChart(
    { id: 'times', title: 'Histogram of the run times, by cloud', description: text },
    jobTimes,
    names.map((_, index) => colourOf(index)),
  );
  return html`${lead(text)}
    ${legend(names.map((name, index) => ({ name, colour: colourOf(index) })))}
    <div class="beside">
      ${drawn}
      ${facts([
        seconds('Shortest', 'least', least),
        seconds('Mean', 'mean', mean),
        seconds('Median', 'median', median),
        seconds('95 of 100 within', 'p95', p95),
        seconds('Longest', 'most', most),
      ])}
    </div>
    ${timesTable(jobTimes, names)}`;
}

function timesTable({ bins }: NonNullable<Figures['jobTimes']>, names: readonly string[]): Markup {
  return behind({
    name: 'job-times',
    columns: [
      { title: 'From' },
      { title: 'To', number: true },
      ...names.map((title) => ({ title, number: true })),
    ],
    rows: bins.map(({ from, to, counts }) => ({
      cells: [
        { text: secondsText(from), value: from },
        { text: secondsText(to), value: to },
        ...counts.map((count) => ({ text: grouped(count), value: count })),
      ],
    })),
  });
}
