import { problemLine } from '../../errors/problem.js';
import type { ChangeView, ErrorView, ReportEvent } from '../../ports/reporter.js';
import { formatDuration } from '../../util/duration.js';
import { textTable } from '../../util/text-table.js';
import type { Paint } from './paint.js';
import { progressLine } from './progress.js';
import { workflowScreen } from './workflow-screen.js';

/** A log has no end to its lines; 80 columns are what a terminal has at least. */
const STATUS_SIZE = { columns: 80, rows: 1000 };

/** An event as lines of text for a person; none for events that a plain log does not show. */
export function eventLines(event: ReportEvent, paint: Paint): string[] {
  switch (event.type) {
    case 'started':
    case 'step-started':
      return [];
    case 'step-progress':
      return [`  ${event.message}`];
    case 'step-finished':
      return [finishedLine(event, paint)];
    case 'step-failed':
      return [
        `${paint('red', '✖')} ${event.title}: ${event.error.message}`,
        ...hintLines(event.error, paint),
      ];
    case 'change':
      return [`  ${changeLine(event.change, event.state)}`];
    case 'problem':
      return [problemText(event.problem, paint)];
    case 'notice':
      return [
        event.level === 'warning' ? `${paint('yellow', '!')} ${event.message}` : event.message,
      ];
    case 'table':
      return tableLines(event.title, event.columns, event.rows);
    case 'report':
      return [...event.lines];
    case 'workflow-progress':
      return [progressLine(event.snapshot)];
    case 'workflow-status':
      return ['', ...workflowScreen(event.snapshot, STATUS_SIZE, paint), ''];
    case 'workflow-event':
      return [workflowEventLine(event, paint)];
    case 'failed':
      return [`${paint('red', '✖')} ${event.error.message}`, ...hintLines(event.error, paint)];
    case 'summary':
      return [`${event.ok ? paint('green', '✔') : paint('red', '✖')} ${event.message}`];
  }
}

export function finishedLine(
  event: Extract<ReportEvent, { type: 'step-finished' }>,
  paint: Paint,
): string {
  const word = {
    unchanged: 'nothing to do',
    changed: 'changed',
    'would-change': 'would change',
    incomplete: 'incomplete',
  }[event.outcome];
  const time = paint('dim', `(${formatDuration(event.milliseconds)})`);
  const mark = event.outcome === 'incomplete' ? paint('yellow', '!') : paint('green', '✔');
  return `${mark} ${event.title}: ${event.message ?? word} ${time}`;
}

export function changeLine(change: ChangeView, state: 'planned' | 'applied'): string {
  const verb = state === 'planned' ? change.action : PAST[change.action];
  const detail = change.detail === undefined ? '' : ` (${change.detail})`;
  return `${verb} ${change.kind} ${change.target}${detail}`;
}

const PAST: Readonly<Record<ChangeView['action'], string>> = {
  create: 'created',
  update: 'updated',
  delete: 'deleted',
  start: 'started',
  stop: 'stopped',
  restart: 'restarted',
};

function hintLines(error: ErrorView, paint: Paint): string[] {
  return error.hint === undefined ? [] : [`  ${paint('dim', error.hint)}`];
}

function problemText(
  problem: Extract<ReportEvent, { type: 'problem' }>['problem'],
  paint: Paint,
): string {
  const style = problem.severity === 'error' ? 'red' : 'yellow';
  return `${paint(style, problem.severity)} ${problemLine(problem)}`;
}

function tableLines(
  title: string,
  columns: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string[] {
  const body = textTable(columns, rows).map((line) => `  ${line}`);
  return title === '' ? ['', ...body, ''] : ['', title, ...body, ''];
}

function workflowEventLine(
  event: Extract<ReportEvent, { type: 'workflow-event' }>,
  paint: Paint,
): string {
  const { at, level, message } = event;
  const text = at === undefined ? message : `${paint('dim', at.slice(11, 19))} ${message}`;
  if (level === 'error') return `${paint('red', '✖')} ${text}`;
  return level === 'warning' ? `${paint('yellow', '!')} ${text}` : `  ${text}`;
}
