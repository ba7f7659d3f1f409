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
function terminal(columns = 120) {
  const screen = new Screen(columns);
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

/** Without the spinner's own character, which turns. */
const still = (line: string | undefined): string => (line ?? '').replace(/^\S /, '');

describe('the workflow on a terminal', () => {
  it('is a bar and the counts of each cloud, redrawn in place', async () => {
    const { reporter, show, screen } = terminal(140);
    const first = await show(progress());
    expect(first.map(still)).toEqual([
      '████████████░░░░░░░░░░░░ similarity 20/40 · running 8 (azure 4, chameleon 4) · idle 20 · 38 jobs/min · 45.0 s left',
    ]);
    expect(screen.cursorIsHidden).toBe(true);
    const second = await show(progress({ done: 40, idle: 0, running: 0, runningByCluster: {} }));
    expect(second.map(still)).toEqual([
      '████████████████████████ similarity 40/40 · running 0 · idle 0 · 38 jobs/min · 45.0 s left',
    ]);
    await reporter.close();
  });

  it('has what happens above the spinner, which stays the last line', async () => {
    const { reporter, show } = terminal();
    await show(progress(), happened('similarity_00003 runs again'));
    const lines = await show(happened('the submitter is stopping', 'warning'));
    expect(lines).toHaveLength(3);
    expect(lines.slice(0, 2)).toEqual([
      '  similarity_00003 runs again',
      '! the submitter is stopping',
    ]);
    expect(lines[2]).toContain('similarity 20/40');
    await reporter.close();
  });

  it.each<ReportEvent>([
    { type: 'summary', ok: true, message: 'run kinc-1 finished after 30.0 s' },
    { type: 'failed', error: { code: 'unavailable', message: 'the submitter is gone' } },
    { type: 'report', lines: ['matrix      golub'] },
  ])('ends with $type: the spinner is gone, the lines stay', async (ending) => {
    const { reporter, show, screen } = terminal();
    await show(progress(), happened('similarity_00003 runs again'));
    const lines = await show(ending);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toBe('  similarity_00003 runs again');
    expect(lines.join('\n')).not.toMatch(/[█░]/);
    expect(screen.cursorIsHidden).toBe(false);
    await reporter.close();
  });

  it('gives the terminal back when nothing ended it', async () => {
    const { reporter, show, screen } = terminal();
    await show(progress());
    await reporter.close();
    expect(screen.text).toBe('');
    expect(screen.cursorIsHidden).toBe(false);
  });

  it('shows no secret', async () => {
    const { reporter, redactor, show } = terminal();
    redactor.add('hunter22');
    expect(await show(happened('key hunter22'))).toEqual(['  key [secret]']);
    await reporter.close();
  });

  it.each([120, 80, 60, 40, 20])('never wraps on %d columns', async (columns) => {
    const { reporter, show } = terminal(columns);
    const many = { held: 3, failed: 2, total: 12345, done: 1234 };
    await show(progress(many));
    const lines = await show(progress(many));
    expect(lines).toHaveLength(1);
    expect(lines[0]?.length).toBeLessThan(columns);
    await reporter.close();
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
