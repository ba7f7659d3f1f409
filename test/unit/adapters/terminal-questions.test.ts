import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { TerminalQuestions } from '../../../src/adapters/questions/terminal-questions.js';
import { noPaint } from '../../../src/adapters/reporters/paint.js';
import { PlainReporter } from '../../../src/adapters/reporters/plain-reporter.js';
import type { Suspendable } from '../../../src/adapters/reporters/suspendable.js';
import { TerminalReporter } from '../../../src/adapters/reporters/terminal-reporter.js';
import type { WorkflowSnapshot } from '../../../src/ports/reporter.js';
import { Redactor } from '../../../src/util/redact.js';
import { Screen } from './screen.js';

const SNAPSHOT: WorkflowSnapshot = {
  runId: 'kinc-1',
  total: 40,
  idle: 20,
  queue: { later: 0, queued: 20, retrying: 0, lost: 0 },
  executors: [],
  running: 0,
  done: 20,
  failed: 0,
  held: 0,
  runningByCluster: {},
  doneByCluster: {},
  elapsedSeconds: 30,
  phase: 'similarity',
};
const never = new AbortController().signal;
const still: Suspendable = { suspend: (work) => work() };

/** A keyboard: what is typed arrives as lines. */
function keyboard(isTTY = true): { type: (text: string) => void; input: NodeJS.ReadStream } {
  const stream = new PassThrough();
  const input = Object.assign(stream, { isTTY }) as unknown as NodeJS.ReadStream;
  return { type: (text) => stream.write(text), input };
}

function asking(view: Suspendable = still, screen = new Screen(120)) {
  const { type, input } = keyboard();
  const output = screen.asStream();
  return {
    type,
    input,
    screen,
    questions: new TerminalQuestions({ input, output, view, json: false }),
  };
}

/** Long enough for a question to be asked. */
async function turn(): Promise<void> {
  for (let times = 0; times < 5; times += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('TerminalQuestions', () => {
  it.each([
    ['y\n', true],
    ['Yes\n', true],
    [' y \n', true],
    ['n\n', false],
    ['\n', false],
    ['yess\n', false],
  ])('takes %j for %s', async (typed, expected) => {
    const { questions, type, screen } = asking();
    const answer = questions.confirm(['line one', 'line two'], 'go on?', never);
    await turn();
    expect(screen.text).toBe('line one\nline two\ngo on? [y/N]');
    type(typed);
    expect(await answer).toBe(expected);
  });

  it('takes nothing that was typed before the question for its answer', async () => {
    const { questions, type, screen } = asking();
    type('y\n');
    const answer = questions.confirm([], 'go on?', never);
    await turn();
    expect(screen.text).toBe('go on? [y/N]');
    type('n\n');
    expect(await answer).toBe(false);
  });

  it('takes an end of the input for no', async () => {
    const { questions, input } = asking();
    const answer = questions.confirm([], 'go on?', never);
    await turn();
    (input as unknown as PassThrough).end();
    expect(await answer).toBe(false);
  });

  it('asks one question at a time', async () => {
    const { questions, type, screen } = asking();
    const first = questions.confirm(['first'], 'one?', never);
    const second = questions.confirm(['second'], 'two?', never);
    await turn();
    expect(screen.text).not.toContain('second');
    type('y\n');
    expect(await first).toBe(true);
    await turn();
    expect(screen.text).toContain('second');
    type('n\n');
    expect(await second).toBe(false);
  });

  it('ends with the signal, also for those that wait their turn', async () => {
    const { questions } = asking();
    const stop = new AbortController();
    const first = questions.confirm([], 'one?', stop.signal);
    const second = questions.confirm([], 'two?', stop.signal);
    await turn();
    stop.abort();
    await expect(first).rejects.toMatchObject({ code: 'aborted' });
    await expect(second).rejects.toMatchObject({ code: 'aborted' });
  });

  it.each([
    ['input', false, true, false],
    ['output', true, false, false],
    ['a program that reads', true, true, true],
  ])('cannot ask without a terminal: %s', async (_, inputIs, outputIs, json) => {
    const screen = new Screen(80);
    const output = Object.assign(screen.asStream(), { isTTY: outputIs });
    const questions = new TerminalQuestions({
      input: keyboard(inputIs).input,
      output,
      view: still,
      json,
    });
    expect(questions.possible).toBe(false);
    expect(await questions.confirm(['x'], 'y?', never)).toBe(false);
    expect(screen.text).toBe('');
  });

  it('is alone on the terminal: what is drawn in place makes room and comes back', async () => {
    const screen = new Screen(120);
    const reporter = new TerminalReporter(screen.asStream(), new Redactor());
    reporter.emit({ type: 'workflow-progress', snapshot: SNAPSHOT });
    const { questions, type } = asking(reporter, screen);
    const answer = questions.confirm(['chi-1 is not known yet'], 'trust it?', never);
    await expect.poll(() => screen.text).toContain('trust it?');
    // What happens meanwhile waits.
    reporter.emit({ type: 'notice', level: 'info', message: 'something happened' });
    await turn();
    expect(screen.text).toBe('chi-1 is not known yet\ntrust it? [y/N]');
    expect(screen.cursorIsHidden).toBe(false);
    type('y\n');
    expect(await answer).toBe(true);
    await expect.poll(() => screen.text).toContain('something happened');
    await expect.poll(() => screen.text).toContain('kinc-1  similarity');
    await reporter.close();
    expect(screen.cursorIsHidden).toBe(false);
  });
});

describe('a plain view', () => {
  it('holds its lines back during a question', async () => {
    const lines: string[] = [];
    const write = (line: string): void => void lines.push(line);
    const reporter = new PlainReporter(
      { write, writeError: write },
      { now: () => new Date(0), redactor: new Redactor(), paint: noPaint },
    );
    await reporter.suspend(async () => {
      reporter.emit({ type: 'notice', level: 'info', message: 'one' });
      await turn();
      expect(lines).toEqual([]);
    });
    expect(lines).toEqual(['one\n']);
    reporter.emit({ type: 'notice', level: 'info', message: 'two' });
    expect(lines).toEqual(['one\n', 'two\n']);
  });
});
