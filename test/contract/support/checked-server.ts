/**
 * The API over an orchestrator, in this process, every answer of it checked.
 */
import type { FastifyInstance } from 'fastify';
import { createServer, type ServerOptions } from '../../../src/embedded/api/server.js';
import type { Orchestrator } from '../../../src/embedded/orchestrator.js';
import { FakeClock } from '../../fakes/fake-clock.js';
import { FakeOrchestrator } from '../../fakes/fake-orchestrator.js';
import { type Checked, checkAnswer } from './judge.js';

export type { Checked } from './judge.js';

const LEADER = 'localhost:8080';

export class CheckedApi {
  readonly app: FastifyInstance;

  constructor(orchestrator: Orchestrator, clock: FakeClock, options: Partial<ServerOptions> = {}) {
    this.app = createServer(orchestrator, {
      version: '1.11.24',
      host: '127.0.0.1',
      port: 8080,
      leader: LEADER,
      clock,
      frameworkId: '8e9c6a3e-5a0b-4a7f-9f5f-1d6c1d1b7a1c',
      ...options,
    });
  }

  /** Sends `body` (text as it is, anything else as JSON) without a Content-Type unless one is given. */
  async request(
    method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    url: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Checked> {
    const response = await this.app.inject({
      method,
      url,
      headers,
      ...(body !== undefined && {
        payload: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    });
    const json = String(response.headers['content-type']).startsWith('application/json');
    const answer: Checked = {
      status: response.statusCode,
      headers: response.headers,
      text: response.payload,
      body: json && response.payload !== '' ? (JSON.parse(response.payload) as unknown) : undefined,
    };
    checkAnswer(method, url, answer, LEADER);
    return answer;
  }
}

/** The API over the orchestrator in memory. */
export class CheckedServer extends CheckedApi {
  readonly orchestrator: FakeOrchestrator;
  readonly clock: FakeClock;

  constructor(options: Partial<ServerOptions> = {}) {
    const orchestrator = new FakeOrchestrator();
    const clock = new FakeClock();
    super(orchestrator, clock, options);
    this.orchestrator = orchestrator;
    this.clock = clock;
  }
}
