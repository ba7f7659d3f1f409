import type { RunReport } from '../../ports/run-report.js';
import { type Figures, figuresOf } from '../figures/figures.js';
import { brief, bytesText, counted, grouped, moneyText, percent } from '../numbers.js';
import { headline } from '../words/headline.js';
import { EXECUTION_OUTCOMES, RUN_OUTCOMES } from '../words/outcome.js';
import { thresholdReason } from '../words/threshold.js';
import { momentText, secondsText } from '../words/times.js';
import { code, escaped, fenced, list, table } from './markdown-parts.js';

const FAILED = 20;
const GROUPS = 20;

/** The report in Markdown, without drawings: for an issue, a wiki or a lab book. */
export function renderMarkdown(report: RunReport): string {
  const figures = figuresOf(report);
  const { summary } = report;
  const blocks = [
    `# ${escaped(summary.runId)}: ${RUN_OUTCOMES[summary.outcome]}`,
    escaped(headline(report, figures)),
    list(overview(report, figures)),
    ...clouds(figures),
    ...failures(report, figures),
    ...cost(report, figures),
    ...network(report),
    '## What ran',
    list(whatRan(report)),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function overview(
  { summary }: RunReport,
  { slotsInUse, slots, bytes, jobTimes }: Figures,
): string[] {
  const { parallel, jobs } = summary;
  return [
    `Jobs done: ${grouped(jobs.done)} of ${grouped(jobs.total)}`,
    `Wall time: ${secondsText(summary.wallSeconds)}; CPU time: ${secondsText(summary.cpuSeconds)}`,
    ...(parallel.efficiency === undefined
      ? []
      : [
          `Efficiency: ${percent(parallel.efficiency)} = ${secondsText(parallel.workSeconds)} ÷ (${counted(parallel.slots, 'slot')} × ${secondsText(parallel.makespanSeconds)})`,
        ]),
    `Slots in use: ${grouped(slotsInUse.peak)}${slots === undefined ? '' : ` of ${grouped(slots)}`} at most`,
    ...(jobTimes === undefined
      ? []
      : [
          `Job time: ${secondsText(jobTimes.median)} median, ${secondsText(jobTimes.p95)} for 95 of 100, ${secondsText(jobTimes.most)} most`,
        ]),
    `Run again: ${grouped(jobs.retries)} after a failure, ${grouped(jobs.interruptions)} after losing the slot (${secondsText(summary.wastedSeconds)} lost)`,
    ...(bytes === undefined
      ? []
      : [`Data moved: ${bytesText(bytes.received)} to executors, ${bytesText(bytes.sent)} back`]),
  ];
}

function clouds({ clusters }: Figures): string[] {
  if (clusters.length === 0) return [];
  return [
    '## Where it ran',
    table(
      ['Cloud', 'Slots', 'Jobs done', 'Work', 'Lost', 'Mean job', 'Busy', 'Received', 'Sent'],
      clusters.map((one) => [
        one.cluster,
        one.slots === undefined ? '–' : grouped(one.slots),
        grouped(one.jobs),
        secondsText(one.workSeconds),
        secondsText(one.wastedSeconds),
        one.meanSeconds === undefined ? '–' : secondsText(one.meanSeconds),
        one.busyShare === undefined ? '–' : percent(one.busyShare),
        one.receivedBytes === undefined ? '–' : bytesText(one.receivedBytes),
        one.sentBytes === undefined ? '–' : bytesText(one.sentBytes),
      ]),
    ),
  ];
}

function failures({ summary: { jobs, problems } }: RunReport, { trouble }: Figures): string[] {
  const { groups } = trouble;
  const blocks = [
    ...problems.map((problem) => `**Wrong result:** ${escaped(problem)}`),
    ...jobs.failed
      .slice(0, FAILED)
      .flatMap(({ node, reason, tries, cluster, address, stderr }) => [
        `**${escaped(node)}**: ${escaped(reason)}, after ${counted(tries, 'try', 'tries')}${address === undefined ? '' : ` on ${escaped(cluster ?? address)} (${escaped(address)})`}`,
        stderr.length === 0 ? '' : fenced(stderr.join('\n')),
      ]),
    jobs.failed.length > FAILED ? `… and ${counted(jobs.failed.length - FAILED, 'job')} more.` : '',
    jobs.notRun.length === 0 ? '' : `${counted(jobs.notRun.length, 'job')} never ran.`,
    groups.length === 0
      ? ''
      : table(
          ['What happened', 'Why', 'Cloud', 'Executions', 'Time lost'],
          groups
            .slice(0, GROUPS)
            .map(({ outcome, reason, cluster, executions, lostSeconds }) => [
              EXECUTION_OUTCOMES[outcome],
              reason,
              cluster,
              grouped(executions),
              secondsText(lostSeconds),
            ]),
        ),
  ].filter((block) => block !== '');
  const none = 'Every execution that ended succeeded.';
  return ['## Failures and retries', ...(blocks.length === 0 ? [none] : blocks)];
}

function cost({ currency }: RunReport, { cost: priced }: Figures): string[] {
  if (priced === undefined) return [];
  const money = (amount: number): string => moneyText(amount, priced.digits, currency);
  const rows = [
    ...priced.clusters.map((one) => ({ ...one, name: one.cluster })),
    { ...priced, name: 'all' },
  ];
  return [
    '## Cost',
    table(
      ['Cloud', 'Core hours', 'Used', 'Wasted', 'Idle'],
      rows.map(({ name, coreHours, used, wasted, idle }) => [
        name,
        brief(coreHours),
        money(used),
        money(wasted),
        idle === undefined ? '–' : money(idle),
      ]),
    ),
  ];
}

function network({ kinc }: RunReport): string[] {
  const { network: found, threshold } = kinc ?? {};
  const blocks = [
    threshold === undefined ? '' : escaped(thresholdReason(threshold)),
    ...(found === undefined
      ? []
      : [
          `${counted(found.edges, 'edge')} between ${counted(found.genes, 'gene')}: ${grouped(found.positive)} positive, ${grouped(found.negative)} negative; ${counted(found.moduleCount, 'module')} by the Louvain method (modularity ${found.modularity.toFixed(2)}).`,
          table(
            ['Gene', 'Edges'],
            found.hubs.slice(0, 10).map(({ gene, degree }) => [gene, grouped(degree)]),
          ),
        ]),
  ].filter((block) => block !== '');
  return blocks.length === 0 ? [] : ['## The network', ...blocks];
}

function whatRan({ summary, software }: RunReport): string[] {
  const { input } = summary;
  return [
    `Workflow: ${escaped(summary.workflow)}`,
    `Submitted: ${momentText(summary.submittedAt)}; ended: ${momentText(summary.endedAt)}`,
    ...(input === undefined
      ? []
      : [
          `Matrix: ${escaped(input.file)}, ${counted(input.genes, 'gene')} × ${counted(input.samples, 'sample')}, SHA-256 ${code(input.sha256)}`,
        ]),
    ...(summary.highlights ?? []).map(({ label, text }) => `${escaped(label)}: ${escaped(text)}`),
    ...software.map(({ name, version }) => `${escaped(name)}: ${escaped(version)}`),
  ];
}
