/** `GET /v2/events`: server-sent events, framed as Jetty's EventSourceServlet does. */
import type { ServerResponse } from 'node:http';
import type { MarathonEvent } from '../../orchestrator.js';
import { type Answer, type Call, type Route, text } from '../http.js';
import type { ApiContext } from '../server-options.js';

export const eventRoutes: readonly Route[] = [
  { method: 'GET', path: /^\/v2\/events$/, handle: openStream },
];

const HEARTBEAT_MS = 10_000;
/** `--event_stream_max_outstanding_messages`: a reader further behind is cut off. */
const MAX_OUTSTANDING = 1024;

function openStream(call: Call): Answer {
  // The header is compared as a whole; a list of types is refused.
  if (call.headers['accept'] !== 'text/event-stream') {
    return text(
      405,
      '<html><body><h2>HTTP ERROR 405</h2><p>Problem accessing /v2/events. Reason: HTTP method GET is not supported by this URL</p></body></html>',
      'text/html;charset=iso-8859-1',
    );
  }
  const types = new Set(call.query.getAll('event_type'));
  return {
    status: 200,
    headers: { Connection: 'close' },
    type: 'text/event-stream;charset=utf-8',
    stream: (response) => {
      new EventStream(response, types).run(call.context, call.clientIp);
    },
  };
}

class EventStream {
  readonly #response: ServerResponse;
  readonly #types: ReadonlySet<string>;
  #outstanding = 0;

  constructor(response: ServerResponse, types: ReadonlySet<string>) {
    this.#response = response;
    this.#types = types;
  }

  run(context: ApiContext, remoteAddress: string): void {
    const { orchestrator, options } = context;
    const gone = new AbortController();
    const announce = (eventType: string): void => {
      orchestrator.publish({
        eventType,
        timestamp: options.clock.now().toISOString(),
        remoteAddress,
      });
    };
    const unsubscribe = orchestrator.subscribe((event) => {
      this.#send(event);
    });
    this.#response.once('close', () => {
      gone.abort();
      unsubscribe();
      announce('event_stream_detached');
    });
    this.#response.on('error', () => {
      this.#response.destroy();
    });
    announce('event_stream_attached');
    void this.#beat(context, gone.signal);
  }

  #send(event: MarathonEvent): void {
    if (this.#types.size > 0 && !this.#types.has(event.eventType)) return;
    this.#write(`event: ${event.eventType}\r\ndata: ${JSON.stringify(event)}\r\n\r\n`);
  }

  #write(frame: string): void {
    if (this.#outstanding >= MAX_OUTSTANDING) {
      this.#response.destroy();
      return;
    }
    this.#outstanding += 1;
    this.#response.write(frame, () => {
      this.#outstanding -= 1;
    });
  }

  /** An empty line now and then keeps the connection alive and finds dead ones. */
  async #beat(context: ApiContext, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await context.options.clock.sleep(HEARTBEAT_MS, signal);
      } catch {
        return;
      }
      this.#write('\r\n');
    }
  }
}
