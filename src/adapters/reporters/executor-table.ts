import type { ExecutorSnapshot } from '../../ports/reporter.js';
import { bar } from '../../util/bar.js';
import type { Paint } from './paint.js';
import { roughDuration, shortNumber, tinyDuration } from './quantities.js';

/** One line of the table: an executor, or a cloud with all of its executors. */
interface Row {
  readonly cluster: string;
  /** Address of an executor, or how many there are. */
  readonly executor: string;
  readonly of: Figures;
}

type Figures = Omit<ExecutorSnapshot, 'address' | 'cluster'>;

interface Column {
  readonly title: string;
  /** The higher, the sooner it goes where there is no room. */
  readonly gives: number;
  readonly left?: boolean;
  readonly text: (row: Row) => string;
}

const BAR_WIDTH = 20;
const GAP = '  ';
const COLUMNS: readonly Column[] = [
  { title: 'cloud', gives: 0, left: true, text: ({ cluster }) => cluster },
  { title: 'executor', gives: 2, left: true, text: ({ executor }) => executor },
  { title: 'slots', gives: 3, text: ({ of }) => (of.slots === undefined ? '?' : number(of.slots)) },
  { title: 'running', gives: 0, text: running },
  { title: 'done', gives: 0, text: ({ of }) => number(of.done) },
  { title: 'jobs/min', gives: 4, text: ({ of }) => maybe(of.jobsPerMinute, shortNumber) },
  { title: 'a job', gives: 5, text: ({ of }) => maybe(of.meanSeconds, roughDuration) },
  { title: 'failed', gives: 1, text: ({ of }) => number(of.failed) },
  { title: 'in use', gives: 6, left: true, text: usage },
];

/**
 * The executors by cloud in at most `rows` lines of at most `columns` characters. Where not all
 * have room, clouds are summed up; where not even those have, the last ones are counted.
 */
export function executorTable(
  executors: readonly ExecutorSnapshot[],
  { columns, rows }: { readonly columns: number; readonly rows: number },
  paint: Paint,
): string[] {
  if (executors.length === 0 || rows < 2) return [];
  const clouds = [...Map.groupBy(executors, ({ cluster }) => cluster)].map(([cluster, own]) => ({
    cluster,
    own,
  }));
  const room = rows - 1;
  const all = executors.length <= room ? executors.map(executorRow) : clouds.map(cloudRow);
  const shown = all.length <= room ? all : all.slice(0, room - 1);
  const used = fitting(shown, columns);
  const widths = used.map((column) => widthOf(column, shown));
  const line = (cells: readonly string[]): string =>
    cells.map((cell, at) => padded(cell, widths[at] ?? 0, used[at]?.left)).join(GAP);
  const head = paint('dim', line(used.map(({ title }) => title)).trimEnd());
  const body = shown.map((row) => {
    const text = line(used.map((column) => column.text(row)))
      .trimEnd()
      .slice(0, columns);
    return row.of.goneSeconds === undefined ? text : paint('yellow', text);
  });
  const more = all.length - shown.length;
  return [head, ...body, ...(more === 0 ? [] : [`… and ${more} more clouds`])];
}

function executorRow({ address, cluster, ...of }: ExecutorSnapshot): Row {
  return { cluster, executor: address, of };
}

function cloudRow({ cluster, own }: { cluster: string; own: readonly ExecutorSnapshot[] }): Row {
  const sum = (value: (one: ExecutorSnapshot) => number | undefined): number =>
    own.reduce((total, one) => total + (value(one) ?? 0), 0);
  const some = (value: (one: ExecutorSnapshot) => number | undefined): boolean =>
    own.some((one) => value(one) !== undefined);
  const done = sum((one) => one.done);
  const work = sum((one) => one.done * (one.meanSeconds ?? 0));
  const gone = own.filter(({ goneSeconds }) => goneSeconds !== undefined);
  return {
    cluster,
    executor: `${own.length} executor${own.length === 1 ? '' : 's'}`,
    of: {
      running: sum((one) => one.running),
      done,
      failed: sum((one) => one.failed),
      ...(some((one) => one.slots) ? { slots: sum((one) => one.slots) } : {}),
      ...(some((one) => one.jobsPerMinute)
        ? { jobsPerMinute: sum((one) => one.jobsPerMinute) }
        : {}),
      ...(done > 0 ? { meanSeconds: work / done } : {}),
      ...(gone.length === own.length
        ? { goneSeconds: Math.min(...gone.map(({ goneSeconds = 0 }) => goneSeconds)) }
        : {}),
    },
  };
}

/** The columns that there is room for; the most important ones always stay. */
function fitting(rows: readonly Row[], columns: number): readonly Column[] {
  let used = COLUMNS;
  const width = (): number =>
    used.reduce((sum, column) => sum + widthOf(column, rows) + GAP.length, -GAP.length);
  while (width() > columns) {
    const most = Math.max(...used.map(({ gives }) => gives));
    if (most === 0) break;
    used = used.filter(({ gives }) => gives !== most);
  }
  return used;
}

function widthOf({ title, text }: Column, rows: readonly Row[]): number {
  return Math.max(title.length, ...rows.map((row) => text(row).length));
}

/** What runs; nothing does in a pool that is gone, which is worth more than a 0. */
function running({ of: { running: count, goneSeconds } }: Row): string {
  return goneSeconds === undefined ? number(count) : `gone ${tinyDuration(goneSeconds)}`;
}

function usage({ of: { slots, running: busy } }: Row): string {
  if (slots === undefined || slots === 0) return ' '.repeat(BAR_WIDTH);
  return bar(busy / slots, BAR_WIDTH, '░');
}

function padded(cell: string, width: number, left = false): string {
  return left ? cell.padEnd(width) : cell.padStart(width);
}

function number(value: number): string {
  return shortNumber(value);
}

function maybe(value: number | undefined, show: (value: number) => string): string {
  return value === undefined ? '-' : show(value);
}
