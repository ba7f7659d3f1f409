import { describe, expect, it } from 'vitest';
import { JsonReporter } from '../../../src/adapters/reporters/json-reporter.js';
import { noPaint } from '../../../src/adapters/reporters/lines.js';
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

  it('shows progress every ten seconds, and at once when something else changed', () => {
    const { lines, clock, reporter } = plain();
    const emit = (patch: Partial<WorkflowSnapshot>) => {
      reporter.emit({ type: 'workflow-progress', snapshot: { ...snapshot, ...patch } });
    };
    emit({});
    emit({ done: 13 });
    expect(lines).toEqual([
      'similarity 12/40 · running 8 (azure 4, chameleon 4) · idle 20 · held 1 · 38 jobs/min · 45.0 s left',
    ]);
    emit({ failed: 1 });
    expect(lines).toHaveLength(2);
    return clock.advance(10_000).then(() => {
      emit({ failed: 1, done: 14 });
      expect(lines).toHaveLength(3);
    });
  });
});

describe('JsonReporter', () => {
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
