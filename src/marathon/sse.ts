import { createParser } from 'eventsource-parser';

import type { MarathonEvent } from './answers.js';
import { isObject, textOf } from './answers.js';

const MAX_EVENT_CHARACTERS = 16 * 1024 * 1024;

/**
 * Server-sent events out of a byte stream. Frames that are not JSON objects are passed over: a
 * stream that goes on is worth more than one event. Ends where the stream ends.
 */
export async function* readEvents(
  chunks: AsyncIterable<Uint8Array | string>,
): AsyncGenerator<MarathonEvent> {
  const ready: MarathonEvent[] = [];
  const parser = createParser({
    maxBufferSize: MAX_EVENT_CHARACTERS,
    onEvent: ({ event, data }) => {
      const parsed = parseEvent(event, data);
      if (parsed !== undefined) ready.push(parsed);
    },
  });
  const decoder = new TextDecoder();
  for await (const chunk of chunks) {
    parser.feed(typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }));
    yield* ready.splice(0);
  }
}

function parseEvent(name: string | undefined, text: string): MarathonEvent | undefined {
  try {
    const data = JSON.parse(text) as unknown;
    if (!isObject(data)) return undefined;
    return { eventType: name ?? textOf(data['eventType']) ?? '', data };
  } catch {
    return undefined;
  }
}
