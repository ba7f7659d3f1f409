import type { ExecutorSnapshot, WorkflowSnapshot } from '../../ports/reporter.js';
import { bar } from '../../util/bar.js';
import { executorTable } from './executor-table.js';
import type { Paint } from './paint.js';
import { roughDuration, shortNumber } from './quantities.js';

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** The least that the screen makes sense on; below it, one line has to do. */
const LEAST: ScreenSize = { columns: 44, rows: 10 };
/** Lines that are left to what happens, above the screen: some, and a third of a tall terminal. */
const EVENT_ROWS = 7;
const BAR_REST = '░';

export function fitsScreen({ columns, rows }: ScreenSize): boolean {
  return columns >= LEAST.columns && rows >= LEAST.rows;
}

/** Rows for the screen on a terminal of that many, the rest being for what happens. */
export function rowsForScreen(rows: number): number {
  return Math.max(LEAST.rows - 1, rows - Math.max(EVENT_ROWS, Math.floor(rows / 3)));
}

/**
 * Everything about a running workflow in at most `rows` lines of at most `columns` characters:
 * a bar over all jobs, the queue, the pace, and the executors as far as there is room.
 */
export function workflowScreen(
  snapshot: WorkflowSnapshot,
  { columns, rows }: ScreenSize,
  paint: Paint,
): readonly string[] {
  const head = [
    headline(snapshot, columns),
    progressBar(snapshot, columns),
    fitted(queueParts(snapshot), columns),
    fitted(paceParts(snapshot), columns),
  ];
  const [title = '', progress = '', queue = '', pace = ''] = head;
  const lines = [paint('bold', title), paint('cyan', progress), queue, pace];
  const left = rows - lines.length - 1;
  const table = executorTable(snapshot.executors, { columns, rows: left }, paint);
  return table.length === 0 ? lines : [...lines, '', ...table];
}

function headline(snapshot: WorkflowSnapshot, columns: number): string {
  const { runId, phase, elapsedSeconds, cost } = snapshot;
  const spent = cost === undefined ? '' : `cost ${shortNumber(cost)} · `;
  const right = `${spent}${roughDuration(elapsedSeconds)}`;
  const left = cut(`${runId}  ${phase}`, columns - right.length - 2);
  return `${left.padEnd(columns - right.length)}${right}`;
}

function progressBar({ done, total }: WorkflowSnapshot, columns: number): string {
  const share = total === 0 ? 0 : done / total;
  const percent = done === total ? 100 : Math.min(99, Math.floor(share * 100));
  const text = `${percent} %  ${shortNumber(done)}/${shortNumber(total)}`;
  const width = columns - Math.max(text.length, 16) - 2;
  return `${bar(share, width, BAR_REST)}  ${text.padStart(16)}`.slice(0, columns);
}

/** Parts that are none are left out, except the first two. */
function queueParts(snapshot: WorkflowSnapshot): string[] {
  const { running, queue, held, failed } = snapshot;
  const slots = slotsOf(snapshot.executors);
  const of = slots === undefined ? '' : ` of ${shortNumber(slots)} slots`;
  const others = [
    ['failed', failed],
    ['held', held],
    ['lost, waiting', queue.lost],
    ['retrying', queue.retrying],
    ['later', queue.later],
  ] as const;
  return [
    `${shortNumber(running)} running${of}`,
    `${shortNumber(queue.queued)} queued`,
    ...others
      .filter(([, count]) => count > 0)
      .map(([word, count]) => `${shortNumber(count)} ${word}`),
  ];
}

function paceParts(snapshot: WorkflowSnapshot): string[] {
  const { jobsPerMinute, meanSeconds, secondsLeft, secondsLeftRange } = snapshot;
  const parts: string[] = [];
  if (secondsLeft !== undefined) {
    const [from, to] = secondsLeftRange ?? [];
    const range =
      from === undefined || to === undefined
        ? ''
        : ` (${roughDuration(from)} to ${roughDuration(to)})`;
    parts.push(`${roughDuration(secondsLeft)} left${range}`);
  }
  if (jobsPerMinute !== undefined) parts.push(`${shortNumber(jobsPerMinute)} jobs/min`);
  if (meanSeconds !== undefined) parts.push(`${roughDuration(meanSeconds)} a job`);
  return parts;
}

/** Slots of all executors that have said; undefined where none has. */
function slotsOf(executors: readonly ExecutorSnapshot[]): number | undefined {
  const known = executors.flatMap(({ slots }) => (slots === undefined ? [] : [slots]));
  return known.length === 0 ? undefined : known.reduce((sum, slots) => sum + slots, 0);
}

/** As many of the parts as there is room for, the first ones first. */
function fitted(parts: readonly string[], columns: number): string {
  let line = '';
  for (const part of parts) {
    const longer = line === '' ? part : `${line} · ${part}`;
    if (longer.length > columns) break;
    line = longer;
  }
  return line;
}

/** At most `columns` characters, with `…` where something is missing. */
function cut(text: string, columns: number): string {
  if (text.length <= columns) return text;
  return columns < 1 ? '' : `${text.slice(0, columns - 1)}…`;
}
