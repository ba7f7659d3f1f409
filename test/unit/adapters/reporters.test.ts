import { describe, expect, it } from 'vitest';
import { JsonReporter } from '../../../src/adapters/reporters/json-reporter.js';
import { noPaint } from '../../../src/adapters/reporters/paint.js';
import { PlainReporter } from '../../../src/adapters/reporters/plain-reporter.js';
import type { ReportEvent, WorkflowSnapshot } from '../../../src/ports/reporter.js';
import { Redactor } from '../../../src/util/redact.js';
import { FakeClock } from '../../fakes/fake-clock.js';

const change = { action: 'create', kind: 'app', target: '/a on azure', detail: 'cpus 1' } as const;
const finished = { type: 'step-finished', step: 's', title: 'apps', milliseconds: 2100 } as const;

function plain() {
  const lines: string[] = [];
  const clock = new FakeClock();
  const redactor = new Redactor();
  const errors: string[] = [];
  const output = {
    write: (line: string) => void lines.push(line.trimEnd()),
    writeError: (line: string) => void errors.push(line.trimEnd()),
  };
  const reporter = new PlainReporter(output, {
    now: () => clock.now(),
    redactor,
    paint: noPaint,
  });
  return { lines, errors, clock, redactor, reporter };
}

const snapshot: WorkflowSnapshot = {
  runId: 'kinc-1',
  total: 40,
  idle: 20,
  queue: { later: 0, queued: 20, retrying: 0, lost: 0 },
  executors: [],
  running: 8,
  done: 12,
  failed: 0,
  held: 1,
  runningByCluster: { azure: 4, chameleon: 4, cloudlab: 0 },
  doneByCluster: {},
  jobsPerMinute: 38.2,
  secondsLeft: 45,
  elapsedSeconds: 30,
  phase: 'similarity',
};

describe('PlainReporter', () => {
  it('shows each change once, as applied', () => {
    const { lines, reporter } = plain();
    reporter.emit({ type: 'change', step: 's', change, state: 'planned' });
    reporter.emit({ type: 'change', step: 's', change, state: 'applied' });
    reporter.emit({ ...finished, outcome: 'changed', message: '1 app runs' });
    expect(lines).toEqual(['  created app /a on azure (cpus 1)', '✔ apps: 1 app runs (2.1 s)']);
  });

  it('shows planned changes in a dry run only', () => {
    const { lines, reporter } = plain();
    reporter.emit({ type: 'change', step: 's', change, state: 'planned' });
    reporter.emit({ ...finished, outcome: 'would-change' });
    expect(lines).toEqual(['✔ apps: would change (2.1 s)', '  create app /a on azure (cpus 1)']);
  });

  it('marks a step that is incomplete, with what would change all the same', () => {
    const { lines, reporter } = plain();
    reporter.emit({ type: 'change', step: 's', change, state: 'planned' });
    reporter.emit({ ...finished, outcome: 'incomplete', message: 'azure: no answer' });
    expect(lines).toEqual([
      '! apps: azure: no answer (2.1 s)',
      '  create app /a on azure (cpus 1)',
    ]);
  });

  it('shows an error with its hint and without secrets', () => {
    const { lines, errors, reporter, redactor } = plain();
    redactor.add('hunter22');
    reporter.emit({
      type: 'failed',
      error: { code: 'unauthorized', message: 'hunter22 is wrong', hint: 'check auth' },
    });
    expect(errors).toEqual(['✖ [secret] is wrong', '  check auth']);
    expect(lines).toEqual([]);
  });

  it('shows progress every half minute, and at once when something else changed', async () => {
    const { lines, clock, reporter } = plain();
    const emit = (patch: Partial<WorkflowSnapshot>) => {
      reporter.emit({ type: 'workflow-progress', snapshot: { ...snapshot, ...patch } });
    };
    emit({});
    emit({ done: 13 });
    expect(lines).toEqual([
      'similarity 12/40 · running 8 (azure 4, chameleon 4) · idle 20 · held 1 · 38 jobs/min · 45.0 s left',
    ]);
    await clock.advance(1000);
    emit({ failed: 1 });
    expect(lines).toHaveLength(2);
    await clock.advance(29_000);
    emit({ failed: 1, done: 14 });
    expect(lines).toHaveLength(2);
    await clock.advance(1000);
    emit({ failed: 1, done: 14 });
    expect(lines).toHaveLength(3);
    await clock.advance(200_000);
    emit({ failed: 1, done: 14 });
    expect(lines).toHaveLength(3);
    await clock.advance(100_000);
    emit({ failed: 1, done: 14 });
    expect(lines).toHaveLength(4);
  });

  it('shows at once that a pool is gone', async () => {
    const { lines, clock, reporter } = plain();
    const azure = { address: '172.16.0.3', cluster: 'azure', running: 0, done: 4, failed: 0 };
    reporter.emit({ type: 'workflow-progress', snapshot: { ...snapshot, executors: [azure] } });
    await clock.advance(1000);
    const executors = [{ ...azure, goneSeconds: 31 }];
    reporter.emit({ type: 'workflow-progress', snapshot: { ...snapshot, executors } });
    expect(lines).toHaveLength(2);
  });

  it('says when something happened, where that is known', () => {
    const { lines, reporter } = plain();
    const event = {
      type: 'workflow-event',
      runId: 'r',
      level: 'warning',
      message: 'held',
    } as const;
    reporter.emit({ ...event, at: '2026-11-21T11:33:58.120Z' });
    reporter.emit(event);
    expect(lines).toEqual(['! 11:33:58 held', '! held']);
  });
});

describe('JsonReporter', () => {
  it('writes a snapshot when it changed, not too often, and always the last one', async () => {
    const clock = new FakeClock();
    const done: number[] = [];
    const write = (line: string): void => {
      const event = JSON.parse(line) as { type: string; snapshot?: WorkflowSnapshot };
      done.push(event.snapshot?.done ?? -1);
    };
    const reporter = new JsonReporter(write, () => clock.now(), new Redactor());
    const emit = (count: number) => {
      reporter.emit({ type: 'workflow-progress', snapshot: { ...snapshot, done: count } });
    };
    emit(1);
    for (let quarters = 1; quarters <= 16; quarters += 1) {
      await clock.advance(250);
      emit(1 + quarters);
    }
    expect(done).toEqual([1, 9, 17]);
    for (let seconds = 1; seconds <= 59; seconds += 1) {
      await clock.advance(1000);
      emit(17);
    }
    expect(done).toEqual([1, 9, 17]);
    await clock.advance(1000);
    emit(17);
    emit(18);
    reporter.emit({ type: 'workflow-event', runId: 'r', level: 'info', message: 'x' });
    expect(done).toEqual([1, 9, 17, 17, -1]);
    reporter.emit({ type: 'summary', ok: true, message: 'done' });
    expect(done).toEqual([1, 9, 17, 17, -1, 18, -1]);
  });

  it('writes one object a line, with the time and without secrets', () => {
    const lines: string[] = [];
    const redactor = new Redactor();
    redactor.add('hunter22');
    const clock = new FakeClock('2026-01-02T03:04:05.000Z');
    const reporter = new JsonReporter(
      (line) => lines.push(line),
      () => clock.now(),
      redactor,
    );
    const event: ReportEvent = { type: 'notice', level: 'info', message: 'key hunter22' };
    reporter.emit(event);
    expect(lines).toEqual([
      '{"time":"2026-01-02T03:04:05.000Z","type":"notice","level":"info","message":"key [secret]"}\n',
    ]);
  });
});
