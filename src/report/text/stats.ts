import type { RunReport } from '../../ports/run-report.js';
import { textTable } from '../../util/text-table.js';
import { type Figures, figuresOf } from '../figures/figures.js';
import { brief, bytesText, counted, grouped, moneyText, percent, precise } from '../numbers.js';
import { headline } from '../words/headline.js';
import { EXECUTION_OUTCOMES } from '../words/outcome.js';
import { momentText, secondsText } from '../words/times.js';

const LABEL_WIDTH = 14;
const GROUPS = 10;
const REASON_WIDTH = 44;

/**
 * The report's numbers as aligned text, without what only a drawing can show.
 * @returns lines for a terminal, without colours and line ends
 */
export function statsLines(report: RunReport): string[] {
  const figures = figuresOf(report);
  const { summary } = report;
  return [
    `run ${summary.runId} (${summary.workflow}): ${headline(report, figures)}`,
    '',
    ...times(report, figures),
    ...jobs(report),
    ...jobTimes(figures),
    ...moved(figures),
    ...cost(report, figures),
    ...kinc(report),
    '',
    ...clouds(figures),
    ...trouble(figures),
  ];
}

function times({ summary }: RunReport, { slots, slotsInUse }: Figures): string[] {
  const { parallel } = summary;
  const formula = `${secondsText(parallel.workSeconds)} of work ÷ (${counted(parallel.slots, 'slot')} × ${secondsText(parallel.makespanSeconds)})`;
  return [
    line('submitted', momentText(summary.submittedAt)),
    line(summary.outcome === 'running' ? 'as of' : 'ended', momentText(summary.endedAt)),
    line('wall time', secondsText(summary.wallSeconds)),
    line('CPU time', secondsText(summary.cpuSeconds)),
    ...(parallel.efficiency === undefined
      ? []
      : [line('efficiency', `${percent(parallel.efficiency)} = ${formula}`)]),
    line(
      'slots in use',
      `${grouped(slotsInUse.peak)}${slots === undefined ? '' : ` of ${grouped(slots)}`} at most`,
    ),
  ];
}

function jobs({ summary }: RunReport): string[] {
  const { total, done, failed, notRun, retries, interruptions } = summary.jobs;
  const parts = [
    `${grouped(done)} of ${grouped(total)} done`,
    ...(failed.length === 0 ? [] : [`${grouped(failed.length)} failed`]),
    ...(notRun.length === 0 ? [] : [`${grouped(notRun.length)} never ran`]),
  ];
  const lost = `(${secondsText(summary.wastedSeconds)} lost)`;
  return [
    line('jobs', parts.join(', ')),
    line(
      'run again',
      retries + interruptions === 0
        ? 'none'
        : `${grouped(retries)} after a failure, ${grouped(interruptions)} after losing the slot ${lost}`,
    ),
  ];
}

function jobTimes({ jobTimes: found }: Figures): string[] {
  if (found === undefined) return [];
  const { least, mean, median, p95, most } = found;
  const parts = [
    `${secondsText(least)} least`,
    `${secondsText(median)} median`,
    `${secondsText(mean)} mean`,
    `${secondsText(p95)} 95 of 100`,
    `${secondsText(most)} most`,
  ];
  return [line('job time', parts.join(', '))];
}

function moved({ bytes }: Figures): string[] {
  if (bytes === undefined) return [];
  return [
    line('bytes', `${bytesText(bytes.received)} to executors, ${bytesText(bytes.sent)} back`),
  ];
}

function cost({ currency }: RunReport, { cost: priced }: Figures): string[] {
  if (priced === undefined) return [];
  const { used, wasted, idle, digits, coreHours, unpriced } = priced;
  const money = (amount: number): string => moneyText(amount, digits, currency);
  const parts = [
    `${money(used)} for ${brief(coreHours)} core hours`,
    `${money(wasted)} of it wasted`,
    ...(idle === undefined ? [] : [`${money(idle)} for idle slots`]),
  ];
  const without = unpriced.length === 0 ? '' : ` (no price: ${unpriced.join(', ')})`;
  return [line('cost', `${parts.join(', ')}${without}`)];
}

function kinc({ kinc: found }: RunReport): string[] {
  const { network, threshold } = found ?? {};
  return [
    ...(threshold === undefined
      ? []
      : [
          line(
            'threshold',
            `|r| ≥ ${precise(threshold.value)}, ${threshold.mode === 'rmt' ? 'found by random matrix theory' : 'as given'}`,
          ),
        ]),
    ...(network === undefined
      ? []
      : [
          line(
            'network',
            `${counted(network.edges, 'edge')} between ${counted(network.genes, 'gene')}, ${counted(network.moduleCount, 'module')}`,
          ),
        ]),
  ];
}

function clouds({ clusters, cost: priced }: Figures): string[] {
  const used = new Map(priced?.clusters.map((one) => [one.cluster, one.used]));
  const columns = ['cloud', 'slots', 'jobs', 'work', 'lost', 'mean', 'busy', 'to', 'from', 'cost'];
  return textTable(
    columns,
    clusters.map((one) => [
      one.cluster,
      one.slots ?? '–',
      one.jobs,
      secondsText(one.workSeconds),
      one.wastedSeconds === 0 ? '–' : secondsText(one.wastedSeconds),
      one.meanSeconds === undefined ? '–' : secondsText(one.meanSeconds),
      one.busyShare === undefined ? '–' : percent(one.busyShare),
      one.receivedBytes === undefined ? '–' : bytesText(one.receivedBytes),
      one.sentBytes === undefined ? '–' : bytesText(one.sentBytes),
      amount(used.get(one.cluster), priced?.digits ?? 2),
    ]),
  );
}

function amount(used: number | undefined, digits: number): string {
  return used === undefined ? '–' : moneyText(used, digits);
}

function trouble({ trouble: { groups } }: Figures): string[] {
  if (groups.length === 0) return [];
  const rows = groups
    .slice(0, GROUPS)
    .map(({ outcome, reason, cluster, executions, lostSeconds }) => [
      EXECUTION_OUTCOMES[outcome],
      shortened(reason),
      cluster,
      executions,
      secondsText(lostSeconds),
    ]);
  const more = groups.length - rows.length;
  return [
    '',
    ...textTable(['came to nothing', 'why', 'cloud', 'times', 'lost'], rows),
    ...(more > 0 ? [`… and ${counted(more, 'reason')} more`] : []),
  ];
}

/** One line of a terminal: no line breaks, and no more than fits. */
function shortened(reason: string): string {
  const flat = reason.replace(/\s+/g, ' ');
  return flat.length <= REASON_WIDTH ? flat : `${flat.slice(0, REASON_WIDTH - 1)}…`;
}

function line(label: string, text: string): string {
  return `${label.padEnd(LABEL_WIDTH)}${text}`;
}
