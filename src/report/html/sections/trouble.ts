import type { ReportExecution, RunReport } from '../../../ports/run-report.js';
import type { FailedJob } from '../../../ports/run-summary.js';
import type { Figures } from '../../figures/figures.js';
import { secondsOf } from '../../figures/spans.js';
import { reasonOf, type TroubleGroup } from '../../figures/trouble.js';
import { counted, grouped } from '../../numbers.js';
import { EXECUTION_OUTCOMES } from '../../words/outcome.js';
import { secondsText } from '../../words/times.js';
import { html, type Markup, type Part } from '../markup.js';
import { absent, card, lead, type Section } from '../parts.js';
import { type Row, table } from '../table.js';

/** What is shown of each; the report as JSON has all of them. */
const FAILED = 50;
const GROUPS = 30;
const EXECUTIONS = 200;
const NAMES = 40;

export function trouble(report: RunReport, figures: Figures): Section {
  const { jobs } = report.summary;
  return {
    id: 'trouble',
    title: 'Failures and retries',
    body: html`<div class="grid">
      ${jobs.failed.length === 0 ? '' : card('Jobs that failed', failed(jobs.failed), true)}
      ${jobs.notRun.length === 0 ? '' : card('Jobs that never ran', notRun(jobs.notRun), true)}
      ${card('Executions that came to nothing', wasted(report, figures), true)}
    </div>`,
  };
}

function failed(jobs: readonly FailedJob[]): Part {
  return [jobs.slice(0, FAILED).map(failure), more(jobs.length, FAILED, 'job')];
}

function failure(job: FailedJob): Markup {
  const { node, reason, tries, address, cluster, stderr } = job;
  const where = address === undefined ? '' : ` on ${cluster ?? address} (${address})`;
  return html`<section class="failure" data-failed="${node}">
    <h4>${node}</h4>
    <p>${reason}, after ${counted(tries, 'try', 'tries')}${where}</p>
    ${stderr.length === 0 ? '' : html`<pre class="stderr">${stderr.join('\n')}</pre>`}
  </section>`;
}

function notRun(names: readonly string[]): Part {
  const shown = names.slice(0, NAMES).join(', ');
  return [
    lead('They wait for jobs that failed.'),
    html`<p class="names">${shown}</p>`,
    more(names.length, NAMES, 'job'),
  ];
}

function more(count: number, shown: number, what: string): Markup | undefined {
  if (count <= shown) return undefined;
  return absent(`${counted(count - shown, what)} more are in the report’s JSON form.`);
}

function wasted({ executions }: RunReport, figures: Figures): Part {
  const { groups, executions: all } = figures.trouble;
  if (executions.length === 0) return absent('No job has run, so none could fail.');
  if (all.length === 0) return absent('Every execution that ended succeeded.');
  return html`${table({
      name: 'trouble',
      caption: 'What came to nothing, by reason and cloud',
      columns: [
        { title: 'What happened' },
        { title: 'Why' },
        { title: 'Cloud' },
        ...['Executions', 'Jobs', 'Time lost'].map((title) => ({ title, number: true })),
      ],
      rows: groups.slice(0, GROUPS).map(groupRow),
    })}
    ${more(groups.length, GROUPS, 'reason')}
    <details>
      <summary>Each of the ${grouped(all.length)} executions</summary>
      ${table({
        name: 'wasted',
        columns: [
          { title: 'Job' },
          { title: 'Try', number: true },
          { title: 'What happened' },
          { title: 'Why' },
          { title: 'Where' },
          { title: 'Started after', number: true },
          { title: 'Ran for', number: true },
        ],
        rows: all.slice(0, EXECUTIONS).map((one) => executionRow(one, figures)),
      })}
      ${more(all.length, EXECUTIONS, 'execution')}
    </details>`;
}

function groupRow(group: TroubleGroup): Row {
  const { outcome, reason, cluster, executions, jobs, lostSeconds } = group;
  return {
    cells: [
      EXECUTION_OUTCOMES[outcome],
      { text: html`<span class="reason">${reason}</span>` },
      cluster,
      { text: grouped(executions), value: executions },
      { text: grouped(jobs), value: jobs },
      { text: secondsText(lostSeconds), value: lostSeconds },
    ],
  };
}

function executionRow(execution: ReportExecution, { span }: Figures): Row {
  const { node, outcome, cluster, address, startedAt } = execution;
  const seconds = secondsOf(execution, span.to);
  return {
    cells: [
      node,
      { text: execution.try, value: execution.try },
      EXECUTION_OUTCOMES[outcome],
      { text: html`<span class="reason">${reasonOf(execution)}</span>` },
      address === undefined || address === cluster ? cluster : `${cluster} (${address})`,
      { text: secondsText((startedAt - span.from) / 1000) },
      { text: secondsText(seconds), value: seconds },
    ],
  };
}
