/** `/v2/events` over a real connection. */
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CheckedServer } from './support/checked-server.js';
import { problems } from './support/schemas.js';

let server: CheckedServer;
let port: number;
let sockets: Socket[];

/** A raw client: what the server wrote, byte for byte. */
class Reader {
  readonly socket: Socket;
  #text = '';
  #look: () => void = () => undefined;
  readonly closed: Promise<void>;

  constructor(query = '', accept = 'text/event-stream') {
    this.socket = connect(port, '127.0.0.1');
    sockets.push(this.socket);
    this.closed = new Promise((resolve) => {
      this.socket.once('close', () => {
        resolve();
      });
    });
    this.socket.on('error', () => undefined);
    this.socket.setEncoding('utf8').on('data', (chunk: Buffer | string) => {
      this.#text += chunk.toString();
      this.#look();
    });
    this.socket.write(`GET /v2/events${query} HTTP/1.1\r\nHost: x\r\nAccept: ${accept}\r\n\r\n`);
  }

  /** Resolves with everything read so far once it matches. */
  async until(pattern: RegExp): Promise<string> {
    return new Promise((resolve) => {
      this.#look = () => {
        if (pattern.test(this.#text)) resolve(this.#text);
      };
      this.#look();
    });
  }

  get events(): { eventType: string }[] {
    const lines = [...this.#text.matchAll(/^data: (.*)\r$/gm)];
    return lines.map(([, data]) => JSON.parse(data!) as { eventType: string });
  }
}

beforeEach(async () => {
  server = new CheckedServer();
  await server.app.listen({ host: '127.0.0.1', port: 0 });
  port = (server.app.server.address() as { port: number }).port;
  sockets = [];
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await server.app.close();
});

describe('the event stream', () => {
  it('greets with its own attachment, in CRLF frames', async () => {
    const reader = new Reader();
    const text = await reader.until(/event_stream_attached.*\r\n\r\n/);
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect(text).toMatch(/content-type: text\/event-stream;charset=utf-8\r\n/i);
    expect(text).toMatch(/connection: close\r\n/i);
    expect(text).toMatch(/x-marathon-leader: http:\/\/localhost:8080\r\n/i);
    expect(text).toMatch(/event: event_stream_attached\r\ndata: \{.*\}\r\n\r\n/);
    expect(text).not.toMatch(/^(id|retry):/m);
  });

  it('tells of writes, each event as the schema has it', async () => {
    const reader = new Reader();
    await reader.until(/event_stream_attached/);
    await server.request('POST', '/v2/apps', { id: '/g/a', cmd: 'sleep 1' });
    await server.request('PUT', '/v2/apps/g/a', { instances: 2 });
    server.orchestrator.finish();
    await server.request('PUT', '/v2/apps/g/a', { instances: 2 });
    await server.request('DELETE', '/v2/apps/g/a');
    await reader.until(/(group_change_success[^]*){6}/);
    expect(reader.events.map(({ eventType }) => eventType)).toEqual([
      'event_stream_attached',
      'group_change_success',
      'api_post_event',
      'group_change_failed',
      'group_change_success',
      'api_post_event',
      'group_change_success',
    ]);
    expect(reader.events[1]).toMatchObject({ groupId: '/g' });
    expect(reader.events[2]).toMatchObject({ uri: '/v2/apps', appDefinition: { id: '/g/a' } });
    for (const event of reader.events) expect(problems('event', event)).toBeUndefined();
  });

  it('sends only the types asked for', async () => {
    const reader = new Reader('?event_type=api_post_event&event_type=x');
    await reader.until(/\r\n\r\n/);
    await server.request('POST', '/v2/apps', { id: 'a', cmd: 'sleep 1' });
    await reader.until(/api_post_event/);
    expect(reader.events.map(({ eventType }) => eventType)).toEqual(['api_post_event']);
  });

  it('beats every ten seconds', async () => {
    const reader = new Reader('?event_type=none');
    const head = await reader.until(/\r\n\r\n/);
    expect(head).not.toMatch(/\r\n\r\n\r\n/);
    await server.clock.advance(9_999);
    await server.clock.advance(1);
    // Chunked: two bytes, the empty line.
    await reader.until(/\r\n2\r\n\r\n\r\n/);
    await server.clock.advance(10_000);
    await reader.until(/(2\r\n\r\n\r\n){2}/);
  });

  it.each(['*/*', 'text/event-stream, */*', 'TEXT/EVENT-STREAM'])(
    'wants exactly its Accept header, not %s',
    async (accept) => {
      const headers = { accept };
      const answer = await server.request('GET', '/v2/events', undefined, headers);
      expect(answer.status).toBe(405);
      expect(answer.headers['content-type']).toContain('text/html');
    },
  );

  it('forgets a reader that went away', async () => {
    const reader = new Reader();
    const other = new Reader();
    await reader.until(/attached/);
    await other.until(/attached/);
    reader.socket.destroy();
    await other.until(/event_stream_detached/);
    expect(server.orchestrator.listeners).toBe(1);
  });

  it('cuts off a reader that falls behind', async () => {
    const reader = new Reader();
    await reader.until(/attached/);
    // Nothing is flushed while this loop runs, so all of it is outstanding.
    for (let index = 0; index < 2_000; index += 1) {
      server.orchestrator.publish({ eventType: 'x', timestamp: '' });
    }
    await reader.closed;
    expect(server.orchestrator.listeners).toBe(0);
  });

  it('ends when the server closes', async () => {
    const reader = new Reader();
    await reader.until(/attached/);
    await server.app.close();
    await reader.closed;
    expect(server.orchestrator.listeners).toBe(0);
  });
});
