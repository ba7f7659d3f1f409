import type { Ad } from '../htcondor/fields.js';
import { ClassicLog } from './classic-log.js';
import { type Piece, PieceStream } from './pieces.js';

/**
 * The events of a run from what `eventLogs` prints, as `crossflock-events` would tell them.
 * @param known how many events of each log, from its beginning, are to be left out
 */
export function plainEvents(
  onEvent: (event: Ad) => void,
  known: ReadonlyMap<string, number>,
  now: Date,
): PieceStream {
  const left = new Map(known);
  const logs = { nodes: new ClassicLog('nodes', now), dagman: new ClassicLog('dagman', now) };
  const tell = (log: keyof typeof logs, events: readonly Ad[]): void => {
    for (const event of events) {
      const skip = left.get(log) ?? 0;
      if (skip > 0) left.set(log, skip - 1);
      else onEvent(event);
    }
  };
  return new PieceStream((piece: Piece) => {
    if ('seconds' in piece) tell('nodes', [retried(piece.seconds)]);
    else if (piece.name === 'nodes' || piece.name === 'dagman') {
      tell(piece.name, logs[piece.name].push(piece.text));
    }
  });
}

/** The submitter's own event between two tries of a run. */
function retried(seconds: number): Ad {
  const time = new Date(1000 * seconds).toISOString();
  return { MyType: 'RunRetriedEvent', EventTypeNumber: -2, EventTime: time, Log: 'nodes' };
}
