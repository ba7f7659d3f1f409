import type Docker from 'dockerode';
import type { EngineEvent, EventStream } from './engine.js';

const CONTAINER_ACTIONS = ['die', 'start', 'destroy', 'oom'];

interface RawEvent {
  readonly Type?: string;
  readonly Action?: string;
  readonly Actor?: { readonly ID?: string; readonly Attributes?: Record<string, string> };
}

/** Opens Docker's event stream for containers and volumes. */
export async function openEvents(
  docker: Docker,
  onEvent: (event: EngineEvent) => void,
  signal: AbortSignal,
): Promise<EventStream> {
  const stream = await docker.getEvents({
    // One filter for both kinds: a label filter would hide volumes, whose events carry no labels.
    filters: { type: ['container', 'volume'], event: CONTAINER_ACTIONS },
    abortSignal: signal,
  });
  const feed = lineReader((line) => {
    const event = parseEvent(line);
    if (event !== undefined) onEvent(event);
  });
  stream.on('data', (chunk: Buffer) => {
    feed(chunk.toString('utf8'));
  });
  const closed = new Promise<void>((resolve) => {
    const done = (): void => {
      resolve();
    };
    stream.once('end', done);
    stream.once('close', done);
    stream.once('error', done);
  });
  return { closed };
}

/** Reads one line of `GET /events`; undefined when it is none that matters. */
export function parseEvent(line: string): EngineEvent | undefined {
  if (line.trim() === '') return undefined;
  const raw = JSON.parse(line) as RawEvent;
  const id = raw.Actor?.ID;
  if (id === undefined || raw.Action === undefined) return undefined;
  if (raw.Type !== 'container' && raw.Type !== 'volume') return undefined;
  return { type: raw.Type, action: raw.Action, id, labels: raw.Actor?.Attributes ?? {} };
}

/** Cuts a stream of text into lines; the last one is kept until its end has come. */
export function lineReader(onLine: (line: string) => void): (chunk: string) => void {
  let rest = '';
  return (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  };
}
