import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { progressView } from '../../../src/adapters/reporters/progress.js';
import { TerminalReporter } from '../../../src/adapters/reporters/terminal-reporter.js';
import type { ReportEvent, WorkflowSnapshot } from '../../../src/ports/reporter.js';
import { Redactor } from '../../../src/util/redact.js';
import { Screen } from './screen.js';

const SNAPSHOT: WorkflowSnapshot = {
  runId: 'kinc-1',
  total: 40,
  idle: 20,
  queue: { later: 0, queued: 20, retrying: 0, lost: 0 },
  executors: [],
  running: 8,
  done: 20,
  failed: 0,
  held: 0,
  runningByCluster: { azure: 4, chameleon: 4, cloudlab: 0 },
  doneByCluster: {},
  jobsPerMinute: 38.2,
  secondsLeft: 45,
  elapsedSeconds: 30,
  phase: 'similarity',
};
/** Milliseconds after which ora has drawn its next frame, whichever spinner it has. */
const FRAME_MS = 200;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A reporter on a terminal of its own. */
function terminal(columns = 120, rows = 50) {
  const screen = new Screen(columns, rows);
  const redactor = new Redactor();
  const reporter = new TerminalReporter(screen.asStream(), redactor);
  /** Emits, and lets the view draw it: everything pending, then a frame of the spinner. */
  const show = async (...events: ReportEvent[]): Promise<string[]> => {
    for (const event of events) reporter.emit(event);
    await new Promise((resolve) => setImmediate(resolve));
    vi.advanceTimersByTime(FRAME_MS);
    return screen.text.split('\n');
  };
  return { screen, redactor, reporter, show };
}

function progress(changes: Partial<WorkflowSnapshot> = {}): ReportEvent {
  return { type: 'workflow-progress', snapshot: { ...SNAPSHOT, ...changes } };
}

function happened(message: string, level: 'info' | 'warning' = 'info'): ReportEvent {
  return { type: 'workflow-event', runId: 'kinc-1', level, message };
}

describe('the workflow on a terminal', () => {
  it('is a screen, redrawn in place', async () => {
    const { reporter, show } = terminal(80, 24);
    const first = await show(progress());
    expect(first).toHaveLength(4);
    expect(first[0]).toMatch(/^kinc-1 {2}similarity {50,}30 s$/);
    expect(first[1]).toMatch(/^█+▌░+ +50 % {2}20\/40$/);
    const second = await show(progress({ done: 40, running: 0, runningByCluster: {} }));
    expect(second).toHaveLength(4);
    expect(second[1]).toMatch(/^█+ +100 % {2}40\/40$/);
    await reporter.close();
  });

  it('has what happens above it, drawn with the next snapshot', async () => {
    const { reporter, show, screen } = terminal();
    await show(progress());
    const before = screen.text;
    expect((await show(happened('similarity_00003 runs again'))).join('\n')).toBe(before);
    const lines = await show(happened('the submitter is stopping', 'warning'), progress());
    expect(lines.slice(0, 2)).toEqual([
      '  similarity_00003 runs again',
      '! the submitter is stopping',
    ]);
    expect(lines.slice(2).join('\n')).toBe(before);
    await reporter.close();
  });

  it('shows the last of very many things that happened at once', async () => {
    const { reporter, show } = terminal();
    const many = Array.from({ length: 500 }, (_, index) => happened(`event ${index}`));
    const lines = await show(progress(), ...many, progress());
    expect(lines.slice(0, 2)).toEqual(['  … 490 earlier lines', '  event 490']);
    expect(lines).toHaveLength(11 + 4);
    await reporter.close();
  });

  it.each<ReportEvent>([
    { type: 'summary', ok: true, message: 'run kinc-1 finished after 30.0 s' },
    { type: 'failed', error: { code: 'unavailable', message: 'the submitter is gone' } },
    { type: 'report', lines: ['matrix      golub'] },
  ])('ends with $type: the screen is gone, the lines stay', async (ending) => {
    const { reporter, show, screen } = terminal();
    await show(progress(), happened('similarity_00003 runs again'));
    const lines = await show(ending);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toBe('  similarity_00003 runs again');
    expect(lines.join('\n')).not.toMatch(/[█░]/);
    expect(screen.cursorIsHidden).toBe(false);
    await reporter.close();
  });

  it('stays below other messages', async () => {
    const { reporter, show } = terminal();
    await show(progress());
    const lines = await show({ type: 'notice', level: 'info', message: 'news' });
    expect(lines[0]).toBe('news');
    expect(lines[1]).toMatch(/^kinc-1/);
    await reporter.close();
  });

  it('gives the terminal back when nothing ended it', async () => {
    const { reporter, show, screen } = terminal();
    await show(progress(), happened('last words'));
    await reporter.close();
    expect(screen.text).toBe('  last words');
    expect(screen.cursorIsHidden).toBe(false);
  });

  it('shows no secret', async () => {
    const { reporter, redactor, show } = terminal();
    redactor.add('hunter22');
    const lines = await show(progress(), happened('key hunter22'), progress());
    expect(lines[0]).toBe('  key [secret]');
    await reporter.close();
  });

  it.each([
    [120, 50],
    [80, 24],
    [60, 24],
    [44, 10],
    [43, 24],
    [80, 9],
    [20, 5],
  ])('never wraps on %d columns and %d rows, and leaves nothing behind', async (columns, rows) => {
    const { reporter, show, screen } = terminal(columns, rows);
    const executors = Array.from({ length: 9 }, (_, index) => ({
      ...{ address: `172.16.0.${index}`, cluster: `cloud${index % 3}`, running: 4, done: 100 },
      ...{ slots: 4, failed: 0, jobsPerMinute: 12.1, meanSeconds: 125, goneSeconds: 42 },
    }));
    const many = { held: 3, failed: 2, total: 12345, done: 1234, executors };
    await show(progress(many));
    const lines = await show(progress(many));
    expect(lines.length).toBeLessThan(rows);
    expect(lines.filter((line) => line.length >= columns)).toEqual([]);
    await reporter.close();
    expect(screen.text).toBe('');
  });

  it('is one line with a spinner where there is no room for a screen', async () => {
    const { reporter, show, screen } = terminal(80, 9);
    const [line = '', ...others] = await show(progress());
    expect(line).toContain('similarity 20/40 · running 8 (azure 4, chameleon 4)');
    expect(others).toEqual([]);
    expect(screen.cursorIsHidden).toBe(true);
    await show(progress(), happened('x'), progress());
    expect(screen.text.split('\n')).toHaveLength(2);
    await reporter.close();
    expect(screen.cursorIsHidden).toBe(false);
  });
});

describe('progressView', () => {
  it.each([
    [
      140,
      '████████████░░░░░░░░░░░░ similarity 20/40 · running 8 (azure 4, chameleon 4) · idle 20 · 38 jobs/min · 45.0 s left',
    ],
    [90, '█████░░░░░ similarity 20/40 · running 8 (azure 4, chameleon 4) · idle 20 · 45.0 s left'],
    [77, '█████░░░░░ similarity 20/40 · running 8 (azure 4, chameleon 4) · 45.0 s left'],
    [70, 'similarity 20/40 · running 8 (azure 4, chameleon 4) · 45.0 s left'],
    [20, 'similarity 20/40 · …'],
    [1, '…'],
  ])('leaves out the least important first: %d columns', (width, expected) => {
    expect(progressView(SNAPSHOT, width)).toBe(expected);
  });
});
