import { EXIT, type ExitCode } from '../errors/exit-codes.js';
import type { RunOverview } from '../ports/workflow-pool.js';
import { formatDuration } from '../util/duration.js';
import type { ActionContext } from './context.js';
import { openWorkflow, stateInWords, type WorkflowOptions } from './workflow-choice.js';

const COLUMNS = ['run', 'workflow', 'state', 'done', 'failed', 'started (UTC)', 'elapsed'];

/** `workflow list`: every run of the submitter, the newest first. Changes nothing. */
export async function listRuns(
  context: ActionContext,
  options: WorkflowOptions,
): Promise<ExitCode> {
  const open = await openWorkflow(context, options);
  if (open === undefined) return EXIT.usage;
  const { reporter, clock, signal } = context;
  const runs = await open.pool.overview(signal);
  const now = clock.now().getTime();
  if (runs.length > 0) {
    const rows = runs.map((run) => rowOf(run, now));
    reporter.emit({ type: 'table', title: '', columns: COLUMNS, rows });
  }
  reporter.emit({ type: 'summary', ok: true, message: message(runs), data: { runs } });
  return EXIT.ok;
}

function rowOf(run: RunOverview, now: number): (string | number)[] {
  const started = Date.parse(run.created);
  const until = run.ended === undefined ? now : Date.parse(run.ended);
  return [
    run.id,
    run.workflow,
    stateInWords(run.state),
    `${run.done}/${run.total}`,
    run.failed,
    new Date(started).toISOString().slice(0, 19).replace('T', ' '),
    run.state === 'not-submitted' ? '-' : formatDuration(Math.max(0, until - started)),
  ];
}

function message(runs: readonly RunOverview[]): string {
  const going = runs.filter(({ state }) => ['waiting', 'running', 'held'].includes(state)).length;
  if (runs.length === 0) return 'there is no run yet';
  const all = `${runs.length} ${runs.length === 1 ? 'run' : 'runs'}`;
  return going === 0 ? `${all}, none under way` : `${all}, ${going} under way`;
}
