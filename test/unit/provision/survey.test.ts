import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';

import { LocalHost } from '../../../src/adapters/local-host.js';
import type { HostProbe } from '../../../src/ports/host-probe.js';
import { splitAnswers, survey, surveyScript } from '../../../src/provision/survey.js';
import { FakeHost } from '../../fakes/fake-host.js';
import { surveyAnswer } from '../../fakes/survey-answer.js';

const { signal } = new AbortController();

function probe(id: string, script: string, env?: Record<string, string>): HostProbe<string> {
  return { id, script, ...(env === undefined ? {} : { env }), parse: (answer) => answer.trim() };
}

describe('survey', () => {
  it('runs all probes in one command of a real shell, each by itself', async () => {
    const answers = await survey(
      new LocalHost(),
      {
        name: probe('name', 'cd /; printf "%s\\n" "$CFT_NAME"', { CFT_NAME: "it's; $(here)" }),
        // A probe that fails, ends its shell or reads its input takes nothing from the next.
        broken: probe('broken', 'echo half; nonsense-command; exit 3'),
        greedy: probe('greedy', 'cat; pwd >/dev/null; echo read'),
        last: probe('last', 'echo "=== not a mark"'),
      },
      signal,
    );
    expect(answers).toEqual({
      name: "it's; $(here)",
      broken: 'half',
      greedy: 'read',
      last: '=== not a mark',
    });
  });

  it('asks servers at any address of the host', async () => {
    const server = createServer((request, response) => response.end(`at ${request.url}`));
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.2', resolve));
    const { port } = server.address() as AddressInfo;
    const ask = `http://127.0.0.2:${port}/state`;
    const asking: HostProbe<string> = {
      ...{ id: 'asking', script: '', get: [ask, `http://127.0.0.3:${port}/state`] },
      parse: (_, got) =>
        [ask, `http://127.0.0.3:${port}/state`].map((each) => got?.(each)?.body).join(),
    };
    const { answer } = await survey(new LocalHost(), { answer: asking }, signal);
    expect(answer).toBe('at /state,');
  });

  it('sends the text on standard input and the values in the environment', async () => {
    const host = new FakeHost().once(['sh', '-s'], surveyAnswer({ a: 'x\n' }));
    expect(await survey(host, { a: probe('a', 'echo x', { V: '1' }) }, signal)).toEqual({ a: 'x' });
    expect(host.runs[0]).toMatchObject({ options: { env: { V: '1' } } });
    expect(host.runs[0]?.stdin).toBe(surveyScript([probe('a', 'echo x')]));
  });

  it('takes an answer that ends early for none', () => {
    const whole = surveyAnswer({ a: 'x' }).stdout;
    expect(splitAnswers(whole)).toEqual(new Map([['a', 'x']]));
    expect(() => splitAnswers(whole.slice(0, -12))).toThrow('the look at the host ended early');
    expect(() => splitAnswers('')).toThrow('ended early');
  });
});
