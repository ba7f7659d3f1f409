import type { Clock } from '../ports/clock.js';
import type { FollowHandlers } from '../ports/workflow-pool.js';
import { followRun, readEvents } from './commands.js';
import type { Ad } from './htcondor/fields.js';
import { JsonObjectStream } from './htcondor/json-objects.js';
import { eventLogs } from './plain/commands.js';
import { plainEvents } from './plain/events.js';
import { commandFailed, missingCommand, type SubmitterContainer } from './submitter-container.js';

/** How the events of a run are read: a command in the submitter, and what takes its output. */
interface Source {
  readonly argv: readonly string[];
  readonly stream: { push(chunk: Uint8Array): void };
}

interface Wanted {
  readonly runId: string;
  readonly follow: boolean;
  readonly onEvent: (event: Ad) => void;
  readonly onDamage: FollowHandlers['onDamage'];
  /** Events told already, by log. */
  readonly told: ReadonlyMap<string, number>;
  readonly now: Date;
}

/** With the submitter's own command. */
export function ownSource({ runId, follow, onEvent, onDamage, told }: Wanted): Source {
  const stream = new JsonObjectStream((piece) => {
    if (piece.ok) onEvent(piece.value);
    else onDamage(`${piece.reason}: ${piece.text}`);
  });
  return { argv: follow ? followRun(runId, told) : readEvents(runId), stream };
}

/** With a shell, where the image of the submitter has no such command. */
export function plainSource({ runId, follow, onEvent, told, now }: Wanted): Source {
  return { argv: eventLogs(runId, follow), stream: plainEvents(onEvent, told, now) };
}

export const EVENTS_COMMAND = 'crossflock-events';

/** Tells the events of a run up to now. */
export async function readRunEvents(
  container: SubmitterContainer,
  clock: Clock,
  { id, handlers }: { readonly id: string; readonly handlers: FollowHandlers },
  signal: AbortSignal,
): Promise<void> {
  const { onEvent, onDamage } = handlers;
  const told = new Map<string, number>();
  const wanted = { runId: id, follow: false, onEvent, onDamage, told, now: clock.now() };
  for (const sourceOf of [ownSource, plainSource]) {
    const { argv, stream } = sourceOf(wanted);
    const onStdout = (chunk: Uint8Array): void => {
      stream.push(chunk);
    };
    const result = await container.run(argv, { signal, onStdout });
    if (result.exitCode === 0) return;
    const isMissing = missingCommand(EVENTS_COMMAND, result) !== undefined;
    if (!isMissing || sourceOf === plainSource) throw commandFailed(argv, result);
  }
}
