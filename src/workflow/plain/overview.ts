import type { RunOverview, RunState } from '../../ports/workflow-pool.js';
import { type Ad, isAd, numberOf, textOf } from '../htcondor/fields.js';
import { nodesOf, readShape } from '../run-shape.js';
import { ClassicLog } from './classic-log.js';
import { PieceStream } from './pieces.js';

/** Every run at a glance, the newest first, from what `glances` prints. */
export function plainOverviews(printed: string, now: Date): readonly RunOverview[] {
  const runs: Record<string, string>[] = [];
  const stream = new PieceStream((piece) => {
    if ('seconds' in piece) return;
    if (piece.name === 'run') runs.push({});
    const run = runs.at(-1);
    if (run !== undefined) run[piece.name] = piece.text;
  });
  stream.push(new TextEncoder().encode(printed));
  return runs
    .flatMap((run) => overviewOf(run, now))
    .sort((a, b) => Date.parse(b.created) - Date.parse(a.created));
}

function overviewOf(run: Readonly<Record<string, string>>, now: Date): RunOverview[] {
  const record = parsed(run['run'] ?? '');
  const id = textOf(record, 'id');
  const workflow = textOf(record, 'workflow');
  const created = textOf(record, 'created');
  if (id === undefined || workflow === undefined || created === undefined) return [];
  const { state, ended } = stateOf(record, run['dagman'], now);
  const counts = countsOf(record, run['out'] ?? '');
  return [
    {
      id,
      workflow,
      created,
      state,
      ...counts,
      done: state === 'succeeded' ? counts.total : counts.done,
      // DAGMan counts what it removed as failed.
      failed: state === 'removed' ? 0 : counts.failed,
      ...(ended === undefined ? {} : { ended }),
    },
  ];
}

/** By the last DAGMan job in DAGMan's log; a run that was retried has several. */
function stateOf(
  record: Ad,
  log: string | undefined,
  now: Date,
): { readonly state: RunState; readonly ended?: string } {
  if (numberOf(record, 'dagman_cluster') === undefined) return { state: 'not-submitted' };
  // A run has a log from its submission on, until Pegasus' directory is taken away.
  if (log === undefined && 'pegasus' in record) return { state: 'removed' };
  const events = new ClassicLog('dagman', now).push(log ?? '');
  const last = events.findLastIndex((event) => event['EventTypeNumber'] === 0);
  let found: { state: RunState; ended?: string } = { state: 'waiting' };
  for (const event of events.slice(Math.max(0, last))) {
    const state = after(event, found.state);
    const isOver = state === 'succeeded' || state === 'failed' || state === 'removed';
    found = { state, ...(isOver ? { ended: textOf(event, 'EventTime') ?? '' } : {}) };
  }
  return found;
}

/** By HTCondor's numbers for events. */
function after(event: Ad, before: RunState): RunState {
  switch (numberOf(event, 'EventTypeNumber')) {
    case 0:
    case 4:
      return 'waiting';
    case 1:
      return 'running';
    case 5:
      return numberOf(event, 'ReturnValue') === 0 ? 'succeeded' : 'failed';
    case 9:
      return 'removed';
    case 12:
      return 'held';
    case 13:
      return before === 'held' ? 'waiting' : before;
    default:
      return before;
  }
}

/** Of the last table of nodes in DAGMan's log: total, names of the columns, numbers. */
function countsOf(record: Ad, log: string): Pick<RunOverview, 'total' | 'done' | 'failed'> {
  const found = [...log.matchAll(TABLE)].at(-1);
  if (found === undefined) {
    const shape = readShape(record);
    return { total: shape === undefined ? 0 : nodesOf(shape).length, done: 0, failed: 0 };
  }
  const [, total = '', names = '', values = ''] = found;
  const numbers = values.trim().split(/\s+/).map(Number);
  const columns = names.trim().split(/\s+/);
  const named = (name: string): number => numbers[columns.indexOf(name)] ?? 0;
  return { total: Number(total), done: named('Done'), failed: named('Failed') };
}

const TABLE = /^\S+ \S+ Of (\d+) nodes total:\n\S+ \S+ (.+)\n.+\n\S+ \S+ ([ \d]+)$/gm;

function parsed(text: string): Ad {
  try {
    const value: unknown = JSON.parse(text);
    return isAd(value) ? value : {};
  } catch {
    return {};
  }
}
