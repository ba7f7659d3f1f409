import { describe, expect, it } from 'vitest';
import { noPaint } from '../../../src/adapters/reporters/paint.js';
import { rowsForScreen, workflowScreen } from '../../../src/adapters/reporters/workflow-screen.js';
import type { ExecutorSnapshot, WorkflowSnapshot } from '../../../src/ports/reporter.js';

const chameleon: ExecutorSnapshot = {
  ...{ address: '172.16.0.2', cluster: 'chameleon', slots: 12, running: 12, done: 1402 },
  ...{ failed: 0, jobsPerMinute: 31.4, meanSeconds: 22.9 },
};
const azure: ExecutorSnapshot = {
  ...{ address: '172.16.0.3', cluster: 'azure', slots: 8, running: 7, done: 893, failed: 2 },
  ...{ jobsPerMinute: 19.8, meanSeconds: 24.1 },
};
const SNAPSHOT: WorkflowSnapshot = {
  ...{ runId: 'kinc-1795281388', total: 10_003, idle: 7688, running: 19, done: 2295 },
  ...{ failed: 1, held: 0, phase: 'correlating', elapsedSeconds: 2712, meanSeconds: 23.4 },
  queue: { later: 6687, queued: 1000, retrying: 1, lost: 0 },
  ...{ jobsPerMinute: 51.2, secondsLeft: 9034, secondsLeftRange: [6800, 12_000], cost: 0.7461 },
  ...{ runningByCluster: {}, doneByCluster: {}, executors: [chameleon, azure] },
};

/** The screen on a terminal of that size, whose last column stays free. */
function screen(columns: number, rows: number, changes: Partial<WorkflowSnapshot> = {}) {
  const size = { columns: columns - 1, rows: rowsForScreen(rows) };
  return workflowScreen({ ...SNAPSHOT, ...changes }, size, noPaint);
}

const numbered = (count: number, clouds: number): ExecutorSnapshot[] =>
  Array.from({ length: count }, (_, index) => ({
    ...{ ...azure, address: `172.16.0.${index + 2}`, cluster: `cloud${index % clouds}` },
  }));

describe('the screen', () => {
  it('on 80x24', () => {
    expect(screen(80, 24)).toEqual([
      'kinc-1795281388  correlating                            cost 0.75 · 45 min 12 s',
      '█████████████▌░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  22 %  2,295/10,003',
      '19 running of 20 slots · 1,000 queued · 1 failed · 1 retrying · 6,687 later',
      '2 h 31 min left (1 h 53 min to 3 h 20 min) · 51 jobs/min · 23 s a job',
      '',
      'cloud      executor    slots  running   done  jobs/min  a job  failed',
      'chameleon  172.16.0.2     12       12  1,402        31   23 s       0',
      'azure      172.16.0.3      8        7    893        20   24 s       2',
    ]);
  });

  it('on 120x40, with what is in use', () => {
    const lines = screen(120, 40);
    expect(lines.slice(5)).toEqual([
      'cloud      executor    slots  running   done  jobs/min  a job  failed  in use',
      'chameleon  172.16.0.2     12       12  1,402        31   23 s       0  ████████████████████',
      'azure      172.16.0.3      8        7    893        20   24 s       2  █████████████████▌░░',
    ]);
    expect(lines[0]).toHaveLength(119);
    expect(lines[1]).toHaveLength(119);
  });

  it('on the smallest terminal', () => {
    expect(screen(44, 10)).toEqual([
      'kinc-1795281388  …  cost 0.75 · 45 min 12 s',
      '█████▎░░░░░░░░░░░░░░░░░  22 %  2,295/10,003',
      '19 running of 20 slots · 1,000 queued',
      '2 h 31 min left (1 h 53 min to 3 h 20 min)',
      '',
      'cloud      running   done  failed',
      'chameleon       12  1,402       0',
      'azure            7    893       2',
    ]);
  });

  it('says which pool is gone, and that its jobs wait', () => {
    const { slots, jobsPerMinute, ...other } = azure;
    const gone = { ...other, running: 0, goneSeconds: 42 };
    const queue = { ...SNAPSHOT.queue, lost: 7 };
    const lines = screen(80, 24, { executors: [chameleon, gone], running: 12, failed: 0, queue });
    expect(lines[2]).toBe('12 running of 12 slots · 1,000 queued · 7 lost, waiting · 1 retrying');
    expect(lines.slice(-3)).toEqual([
      'cloud      executor    slots   running   done  jobs/min  a job  failed',
      'chameleon  172.16.0.2     12        12  1,402        31   23 s       0',
      'azure      172.16.0.3      ?  gone 42s    893         -   24 s       2',
    ]);
    expect(slots).toBe(8);
    expect(jobsPerMinute).toBe(19.8);
  });

  it('shows clouds where not all executors have room, and counts those that have none', () => {
    const some = screen(80, 24, { executors: numbered(30, 3) });
    expect(some.slice(6)).toEqual([
      'cloud0  10 executors     80       70  8,930       198   24 s      20',
      'cloud1  10 executors     80       70  8,930       198   24 s      20',
      'cloud2  10 executors     80       70  8,930       198   24 s      20',
    ]);
    const many = screen(80, 24, { executors: numbered(60, 20) });
    expect(many).toHaveLength(rowsForScreen(24));
    expect(many.at(-1)).toBe('… and 11 more clouds');
    expect(screen(80, 50, { executors: numbered(25, 20) })).toHaveLength(6 + 25);
  });

  it('before anything is known', () => {
    const lines = workflowScreen(
      {
        ...{ runId: 'r', total: 4, idle: 4, running: 0, done: 0, failed: 0, held: 0 },
        ...{ queue: { later: 4, queued: 0, retrying: 0, lost: 0 }, executors: [] },
        ...{ runningByCluster: {}, doneByCluster: {}, elapsedSeconds: 0.2, phase: 'waiting' },
      },
      { columns: 60, rows: 12 },
      noPaint,
    );
    expect(lines.slice(2)).toEqual(['0 running · 0 queued · 4 later', '']);
    expect(lines[1]).toMatch(/^░+ +0 % {2}0\/4$/);
  });
});
