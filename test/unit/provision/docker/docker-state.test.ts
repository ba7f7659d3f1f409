import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  dockerProbe,
  marathonProbe,
  parseEngine,
} from '../../../../src/provision/docker/docker-state.js';
import { parseHttpAnswer, splitHttpAnswers } from '../../../../src/provision/http-answer.js';

function fixture(name: string): string {
  return readFileSync(new URL(`../../../fixtures/host-facts/${name}`, import.meta.url), 'utf8');
}

describe('parseEngine', () => {
  it.each([
    ['20.10', '20.10.24+dfsg1', '1.41', '1.12'],
    ['26', '26.1.5+dfsg1', '1.45', '1.24'],
  ])('reads the answer of Docker %s', (file, version, api, minApi) => {
    const answer = parseHttpAnswer(fixture(`ping-docker-${file}.txt`));
    expect(parseEngine(answer)).toEqual({ version, api, minApi });
  });

  it('finds no engine in no answer, or in another server’s', () => {
    expect(parseEngine(undefined)).toBeUndefined();
    expect(parseEngine({ status: 200, headers: { server: 'nginx' }, body: '' })).toBeUndefined();
  });
});

describe('dockerProbe', () => {
  it('reads the containers of the deployment', () => {
    const probe = dockerProbe('cft-prov');
    const body = fixture('containers-docker-26.json');
    const state = probe.parse('', (address) =>
      address.startsWith('/containers') ? { status: 200, headers: {}, body } : undefined,
    );
    expect(state.engine).toBeUndefined();
    expect(state.containers.map(({ name, running }) => `${name} ${String(running)}`)).toContain(
      'cft-prov-network true',
    );
    expect(state.containers[0]?.labels['crossflock.deployment']).toBe('cft-prov');
  });

  it('asks for nothing with a blank in it', () => {
    for (const address of dockerProbe('a b').get ?? []) expect(address).not.toMatch(/\s/);
  });
});

describe('marathonProbe', () => {
  const answers = (status: number) => () => ({ status, headers: {}, body: '' });
  it('takes 200 and the demand for a password for an answer', () => {
    expect(marathonProbe(19090).parse('', answers(200))).toBe(true);
    expect(marathonProbe(19090).parse('', answers(401))).toBe(true);
    expect(marathonProbe(19090).parse('', answers(404))).toBe(false);
    expect(marathonProbe(19090).parse('', () => undefined)).toBe(false);
  });
});

describe('splitHttpAnswers', () => {
  it('keeps each answer with its request, and leaves out those that are none', () => {
    const output = [
      '\n=== crossflock answer /a',
      'HTTP/1.0 200 OK\r\nX-Y: z\r\n\r\n{"a":1}\n',
      '\n=== crossflock answer /b',
      '\n=== crossflock answer /c',
      'HTTP/1.1 404 Not Found\r\n\r\n{}',
    ].join('\n');
    const answers = splitHttpAnswers(output);
    expect([...answers.keys()]).toEqual(['/a', '/c']);
    expect(answers.get('/a')).toMatchObject({ status: 200, headers: { 'x-y': 'z' } });
    expect(JSON.parse(answers.get('/a')?.body ?? '')).toEqual({ a: 1 });
    expect(answers.get('/c')?.status).toBe(404);
  });
});
