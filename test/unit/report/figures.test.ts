import { describe, expect, it } from 'vitest';

import type { ReportExecution } from '../../../src/ports/run-report.js';
import { figuresOf } from '../../../src/report/figures/figures.js';
import { jobTimes } from '../../../src/report/figures/job-times.js';
import { levelsOver, meanOver } from '../../../src/report/figures/levels.js';
import { elapsedTicks, logTicks } from '../../../src/report/charts/ticks.js';
import { reportOf, START } from './fixture.js';

const SPAN = { from: 0, to: 100 };

function execution(
  node: string,
  [startedAt, endedAt]: readonly [number, number?],
  change: Partial<ReportExecution> = {},
): ReportExecution {
  return {
    node,
    try: 1,
    address: '172.16.0.3',
    cluster: 'azure',
    startedAt: START + startedAt * 1000,
    ...(endedAt === undefined ? {} : { endedAt: START + endedAt * 1000 }),
    outcome: endedAt === undefined ? 'running' : 'succeeded',
    ...change,
  };
}

describe('levels over time', () => {
  const changes = [
    { at: 10, series: 0, by: 1 },
    { at: 50, series: 0, by: -1 },
    { at: 30, series: 1, by: 2 },
    { at: 90, series: 1, by: -2 },
  ];

  it('are exact where they change seldom, whatever the order of the changes', () => {
    const { pieces, peak, averaged } = levelsOver(changes, 2, SPAN);
    expect(averaged).toBe(false);
    expect(peak).toBe(3);
    expect(pieces).toEqual([
      { from: 0, to: 10, levels: [0, 0] },
      { from: 10, to: 30, levels: [1, 0] },
      { from: 30, to: 50, levels: [1, 2] },
      { from: 50, to: 90, levels: [0, 2] },
      { from: 90, to: 100, levels: [0, 0] },
    ]);
    expect(levelsOver(changes.toReversed(), 2, SPAN).pieces).toEqual(pieces);
  });

  it('are means of the same area where they change often, with the true peak', () => {
    const { pieces, peak, averaged } = levelsOver(changes, 2, SPAN, 4);
    expect(averaged).toBe(true);
    expect(peak).toBe(3);
    expect(pieces.map(({ levels }) => levels)).toEqual([
      [0.6, 0],
      [1, 1.6],
      [0, 2],
      [0, 1.2],
    ]);
  });

  it('hold what began before and ends after the span', () => {
    const early = [
      { at: -5, series: 0, by: 1 },
      { at: 200, series: 0, by: -1 },
    ];
    expect(levelsOver(early, 1, SPAN).pieces).toEqual([{ from: 0, to: 100, levels: [1] }]);
  });

  it('of no time at all are nothing', () => {
    const none = levelsOver(changes, 2, { from: 5, to: 5 });
    expect(none.pieces).toEqual([]);
    expect(meanOver(none, 2, { from: 5, to: 5 }, 3)).toEqual([]);
  });
});

describe('figures of a run', () => {
  const base = reportOf(0);

  it('count a job as idle between two tries, and as done after its last', () => {
    const { queue, span } = figuresOf({
      ...base,
      executions: [
        execution('a', [2, 4], { outcome: 'evicted' }),
        execution('a', [6, 9]),
        execution('b', [3, 5], { outcome: 'failed', exitCode: 1 }),
      ],
      jobs: [
        { node: 'a', submittedAt: START + 1000, endedAt: START + 9000, state: 'done' },
        { node: 'b', submittedAt: START + 1000, endedAt: START + 5000, state: 'failed' },
        { node: 'c', state: 'waiting' },
      ],
    });
    const seen = queue.pieces.map(({ from, levels }) => [(from - span.from) / 1000, ...levels]);
    expect(seen).toEqual([
      // seconds, done, failed, running, idle
      [0, 0, 0, 0, 0],
      [1, 0, 0, 0, 2],
      [2, 0, 0, 1, 1],
      [3, 0, 0, 2, 0],
      [4, 0, 0, 1, 1],
      [5, 0, 1, 0, 1],
      [6, 0, 1, 1, 0],
    ]);
  });

  it('let a running execution run until the report is made', () => {
    const report = {
      ...base,
      gatheredAt: new Date(START + 60_000).toISOString(),
      summary: { ...base.summary, outcome: 'running' as const },
      executions: [execution('a', [10])],
      jobs: [{ node: 'a', submittedAt: START, state: 'running' as const }],
    };
    const { slotsInUse, clusters, trouble } = figuresOf(report);
    expect(slotsInUse.pieces.at(-1)).toMatchObject({ to: START + 60_000, levels: [0, 1, 0] });
    expect(clusters[1]).toMatchObject({ jobs: 0, runningSeconds: 50, workSeconds: 0 });
    expect(trouble.executions).toEqual([]);
  });

  it('count cores, not executions, for slots and cost', () => {
    const { slotsInUse, clusters, cost } = figuresOf({
      ...base,
      executions: [execution('a', [0, 1800], { cores: 4 })],
      jobs: [{ node: 'a', submittedAt: START, endedAt: START + 1_800_000, state: 'done' }],
    });
    expect(slotsInUse.peak).toBe(4);
    expect(clusters[1]).toMatchObject({ busyShare: 1, meanSeconds: 1800 });
    expect(cost?.clusters[1]).toMatchObject({ coreHours: 2, used: 0.192, wasted: 0, idle: 0 });
  });

  it('know the waste of each cloud, its idle slots, and which cloud has no price', () => {
    const { cost } = figuresOf({
      ...base,
      clusters: [
        { cluster: 'azure', executors: [{ address: '172.16.0.3', slots: 2 }], pricePerCoreHour: 1 },
        { cluster: 'cloudlab', executors: [{ address: '172.16.0.4' }] },
      ],
      summary: { ...base.summary, endedAt: new Date(START + 3_600_000).toISOString() },
      executions: [
        execution('a', [0, 900], { outcome: 'lost' }),
        execution('a', [900, 2700]),
        execution('b', [0, 60], { cluster: 'cloudlab', address: '172.16.0.4' }),
      ],
    });
    expect(cost).toMatchObject({ used: 0.75, wasted: 0.25, idle: 1.25, unpriced: ['cloudlab'] });
  });

  it('have no cost without prices and no bytes when nobody says', () => {
    const { cost, bytes } = figuresOf({
      ...base,
      clusters: [],
      executions: [execution('a', [0, 1])],
    });
    expect(cost).toBeUndefined();
    expect(bytes).toBeUndefined();
  });

  it('put executions on an executor that no cluster has into a cluster of its own', () => {
    const { names, clusters } = figuresOf({
      ...base,
      executions: [execution('a', [0, 1], { cluster: '10.0.0.9', address: '10.0.0.9' })],
    });
    expect(names).toEqual(['chameleon', 'azure', 'cloudlab', '10.0.0.9']);
    expect(clusters[3]).toMatchObject({ jobs: 1, executors: [{ address: '10.0.0.9', jobs: 1 }] });
  });
});

describe('run times', () => {
  const timesOf = (seconds: readonly number[]): ReturnType<typeof jobTimes> =>
    jobTimes(
      seconds.map((one, index) => execution(`n${index}`, [0, one])),
      ['azure'],
    );

  it('are counted once each, the longest too', () => {
    const times = timesOf([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(times).toMatchObject({ count: 10, least: 1, median: 5.5, mean: 5.5, most: 10 });
    const counts = times?.bins.flatMap((bin) => bin.counts) ?? [];
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(10);
    expect(times?.bins[0]?.from).toBeLessThanOrEqual(1);
    expect(times?.bins.at(-1)?.to).toBeGreaterThanOrEqual(10);
  });

  it.each([[[0]], [[5]], [[0.004, 0.005]], [[7, 7, 7]], [[1, 1, 1, 5000]], [[0, 0, 90_000]]])(
    'have bins that hold all of %j',
    (seconds) => {
      const times = timesOf(seconds);
      const counts = times?.bins.flatMap((bin) => bin.counts) ?? [];
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(seconds.length);
      const edges = times?.bins.flatMap(({ from, to }) => [from, to]) ?? [];
      expect(edges).toEqual(edges.toSorted((a, b) => a - b));
      expect(times?.bins.length).toBeLessThan(60);
    },
  );

  it('far apart are shown on a logarithmic scale', () => {
    expect(timesOf([1, 1, 2, 400])?.logarithmic).toBe(true);
    expect(timesOf([1, 1, 2, 4])?.logarithmic).toBe(false);
  });

  it('of nothing are nothing', () => {
    expect(timesOf([])).toBeUndefined();
  });
});

describe('ticks', () => {
  it('of time are whole numbers of one unit', () => {
    expect(elapsedTicks(0, 402, 10).map(({ label }) => label)).toEqual(
      ['0', '1', '2', '3', '4', '5', '6'].map((minutes) => `${minutes} min`),
    );
    expect(elapsedTicks(24, 72, 3).map(({ value }) => value)).toEqual([40, 60]);
    expect(elapsedTicks(0, 400_000, 6).map(({ label }) => label)).toEqual([
      '0 d',
      '1 d',
      '2 d',
      '3 d',
      '4 d',
    ]);
  });

  it('of a logarithmic scale are few', () => {
    expect(logTicks(1, 4_650_000, 5).map(({ label }) => label)).toEqual(['1', '100', '10k', '1M']);
    expect(logTicks(1, 54, 8).map(({ value }) => value)).toEqual([1, 2, 5, 10, 20, 50]);
  });
});
