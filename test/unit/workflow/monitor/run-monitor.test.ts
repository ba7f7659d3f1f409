import { describe, expect, it } from 'vitest';

import type { JobEvent } from '../../../../src/workflow/htcondor/events.js';
import { factsOf, type RunFacts } from '../../../../src/workflow/monitor/facts.js';
import { type Notice, RunMonitor } from '../../../../src/workflow/monitor/run-monitor.js';
import { snapshotOf } from '../../../../src/workflow/monitor/snapshot.js';
import type { RunShape } from '../../../../src/workflow/run-shape.js';
import { events } from '../fixture.js';

const CLUSTERS = new Map([
  ['172.29.0.2', 'chameleon'],
  ['172.29.0.3', 'azure'],
]);

const shapeOf = (count: number): RunShape => ({
  before: [],
  parallel: { prefix: 'similarity_', count, phase: 'correlating' },
  after: [
    { node: 'merge', phase: 'merging' },
    { node: 'threshold', phase: 'finding the threshold' },
    { node: 'extract', phase: 'extracting the network' },
  ],
});

const oneKind = (prefix: string, count: number): RunShape => ({
  before: [],
  parallel: { prefix, count, phase: 'running' },
  after: [],
});

function follow(name: string, jobs: number, dagmanCluster: number, prefix = 'similarity_') {
  const kinc = shapeOf(jobs);
  const shape = prefix === 'similarity_' ? kinc : oneKind(prefix, jobs);
  const monitor = new RunMonitor({ runId: 'r', shape, retries: 2, dagmanCluster });
  const notices: Notice[] = [];
  for (const event of events(name)) {
    const notice = monitor.apply(event);
    if (notice !== undefined) notices.push(notice);
    const counted = Object.values(monitor.counts).reduce((sum, count) => sum + count, 0);
    expect(counted).toBe(monitor.nodes.size);
  }
  return { monitor, notices, facts: factsOf(monitor, CLUSTERS, 8) };
}

describe('captured runs', () => {
  it('a run that goes well', () => {
    const { monitor, notices, facts } = follow('events-done.ndjson', 20, 300);
    expect(notices).toEqual([]);
    expect(monitor.end).toMatchObject({ outcome: 'succeeded', exitCode: 0 });
    expect(facts).toMatchObject({ jobs: 23, done: 23, retries: 0, interruptions: 0, failed: [] });
    expect(facts.executors.map(({ cluster, jobs }) => [cluster, jobs])).toEqual([
      ['chameleon', 14],
      ['azure', 9],
    ]);
    expect(facts.wallSeconds).toBeCloseTo(10.176, 3);
    expect(facts.notRun).toEqual([]);
    const snapshot = snapshotOf(monitor, { clusters: CLUSTERS }, Date.now());
    const { executors, meanSeconds = 0 } = snapshot;
    expect(executors).toMatchObject([
      { address: '172.29.0.2', cluster: 'chameleon', done: 14, running: 0, failed: 0 },
      { address: '172.29.0.3', cluster: 'azure', done: 9, running: 0, failed: 0 },
    ]);
    const work = facts.executors.reduce((sum, { workSeconds }) => sum + workSeconds, 0);
    expect(meanSeconds * 23).toBeCloseTo(work, 6);
    expect(snapshot).toEqual({
      runId: 'r',
      total: 23,
      idle: 0,
      queue: { later: 0, queued: 0, retrying: 0, lost: 0 },
      executors,
      meanSeconds,
      running: 0,
      done: 23,
      failed: 0,
      held: 0,
      runningByCluster: {},
      doneByCluster: { chameleon: 14, azure: 9 },
      elapsedSeconds: facts.wallSeconds,
      phase: 'succeeded',
    });
  });

  it('a job that fails three times', () => {
    const { monitor, notices, facts } = follow('events-failed.ndjson', 6, 291);
    expect(monitor.end).toMatchObject({ outcome: 'failed', exitCode: 1 });
    expect(notices.map((notice) => notice.message)).toEqual([
      'similarity_00002 failed (try 1): exit code 1; 2 tries left',
      'similarity_00002 failed (try 2): exit code 1; 1 try left',
      'similarity_00002 failed (try 3): exit code 1',
    ]);
    expect(notices.map((notice) => notice.level)).toEqual(['warning', 'warning', 'error']);
    expect(facts.failed).toEqual([
      {
        node: 'similarity_00002',
        tries: 3,
        reason: 'exit code 1',
        exitCode: 1,
        lastLog: 2,
        address: '172.29.0.3',
        cluster: 'azure',
      },
    ]);
    expect(facts).toMatchObject({ done: 5, retries: 2 });
    expect(facts.notRun).toEqual(['merge', 'threshold', 'extract']);
    expect(snapshotOf(monitor, { clusters: CLUSTERS }, 0)).toMatchObject({
      done: 5,
      failed: 1,
      idle: 3,
    });
  });

  it('an executor that is killed: every job is done exactly once', () => {
    const { monitor, notices, facts } = follow('events-mixed.ndjson', 14, 324);
    expect(facts).toMatchObject({ jobs: 17, done: 17, interruptions: 5, retries: 0, failed: [] });
    const tallies = [...monitor.executors].map(([at, { done, running }]) => [at, done, running]);
    expect(tallies).toEqual([
      ['172.29.0.2', 13, 0],
      ['172.29.0.3', 4, 0],
    ]);
    expect(facts.wastedSeconds).toBeGreaterThan(5 * 40);
    expect(notices).toContainEqual({
      level: 'warning',
      message: 'similarity_00013 is held: via condor_hold (by user condor_pool)',
    });
    expect(
      notices.filter(({ message }) => message.includes('goes back to the queue')),
    ).toHaveLength(5);
  });

  it('a job that is held again and again', () => {
    const { monitor, notices } = follow('events-held.ndjson', 2, 285);
    expect(monitor.end).toBeUndefined();
    expect(monitor.nodes.get('merge')).toMatchObject({ state: 'held', tries: 2 });
    expect(notices.map((notice) => notice.message)).toContainEqual(
      expect.stringMatching(
        /^merge failed \(try 1\): held too often: Transfer input files failure/,
      ),
    );
    expect(snapshotOf(monitor, { clusters: CLUSTERS }, 0)).toMatchObject({
      held: 1,
      done: 2,
      phase: 'merging',
    });
  });

  it('a job that uses more memory than it asked for', () => {
    const { monitor, notices } = follow('events-out-of-memory.ndjson', 1, 31, 'job_');
    const { tries, executions } = monitor.nodes.get('job_00000') ?? { executions: [] };
    expect({ tries, end: monitor.end }).toMatchObject({ tries: 3, end: { outcome: 'succeeded' } });
    expect(executions.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ['held', 'used more memory than it asked for: 322 MB of 100 MB'],
      ['held', 'used more memory than it asked for: 322 MB of 200 MB'],
      ['succeeded', undefined],
    ]);
    expect(notices[1]?.message).toBe(
      'job_00000 failed (try 1): used more memory than it asked for: 322 MB of 100 MB; 2 tries left',
    );
  });

  it('a program that is not there, until the run is stopped', () => {
    const { monitor, notices, facts } = follow('events-not-started.ndjson', 3, 18);
    const why = '/usr/local/bin/kinc could not be started: no such file or directory';
    const messages = notices.map(({ message }) => message);
    expect(messages).toContain(`similarity_00001 is held: ${why}`);
    expect(messages).toContain(`similarity_00001 failed (try 1): ${why}; 2 tries left`);
    expect(messages.filter((text) => text.includes('DAG Removed'))).toEqual([]);
    const { executions } = monitor.nodes.get('similarity_00001') ?? { executions: [] };
    expect(executions.map(({ outcome }) => outcome)).toEqual(['held', 'held', 'held']);
    // Stopping the run is no failure of its jobs.
    expect(facts).toMatchObject({ failed: [], interruptions: 0 });
    expect(facts.notRun).toHaveLength(6);
  });

  it('a submitter that is restarted', () => {
    const { monitor, facts } = follow('events-submitter-restarted.ndjson', 24, 249);
    expect(monitor.end?.outcome).toBe('succeeded');
    expect(facts).toMatchObject({ jobs: 27, done: 27, interruptions: 0 });
  });
});

describe('RunMonitor', () => {
  const start = (retries = 0) =>
    new RunMonitor({ runId: 'r', shape: shapeOf(2), retries, dagmanCluster: 1 });
  const event = (type: string, second: number, more: object = {}): JobEvent =>
    ({ type, job: '2.0', jobCluster: 2, at: second * 1000, log: 'nodes', ...more }) as JobEvent;
  const node = 'similarity_00000';

  it('counts a repeated end once', () => {
    const monitor = start();
    monitor.apply(event('submit', 0, { node }));
    monitor.apply(event('execute', 1, { address: 'a' }));
    monitor.apply(event('terminated', 3, { exitCode: 0 }));
    monitor.apply(event('terminated', 4, { exitCode: 0 }));
    monitor.apply(event('evicted', 5));
    monitor.apply(event('submit', 6, { node }));
    expect(monitor.counts).toMatchObject({ done: 1, waiting: 4 });
    expect(monitor.executors.get('a')).toMatchObject({ done: 1, running: 0, meanMs: 2000 });
    expect(monitor.nodes.get(node)).toMatchObject({ workMs: 2000, tries: 1 });
  });

  it('ignores the events of a job that was given up for a newer one', () => {
    const monitor = start(1);
    monitor.apply(event('submit', 0, { node }));
    monitor.apply(event('execute', 1));
    monitor.apply(event('terminated', 2, { exitCode: 1 }));
    monitor.apply(event('submit', 3, { node, job: '3.0', jobCluster: 3 }));
    monitor.apply(event('terminated', 4, { exitCode: 0 }));
    expect(monitor.counts).toMatchObject({ idle: 1, done: 0 });
  });

  it('ends an execution by a signal as a failure', () => {
    const monitor = start();
    monitor.apply(event('submit', 0, { node }));
    monitor.apply(event('execute', 1));
    const notice = monitor.apply(event('terminated', 2, { exitSignal: 9 }));
    expect(notice).toMatchObject({ level: 'error' });
    expect(factsOf(monitor, new Map(), 0).failed).toMatchObject([
      { node, reason: 'ended by signal 9' },
    ]);
  });

  it('knows a run that was removed', () => {
    const monitor = start();
    monitor.apply(event('submit', 0, { jobCluster: 1, job: '1.0', log: 'dagman' }));
    const notice = monitor.apply(
      event('aborted', 9, { jobCluster: 1, job: '1.0', reason: 'via condor_rm' }),
    );
    expect(notice).toMatchObject({ message: 'the workflow was removed: via condor_rm' });
    expect(monitor.end).toEqual({ outcome: 'removed', at: 9000 });
  });

  it('tells rate, time left and phase', () => {
    const monitor = start();
    monitor.apply(event('submit', 0, { jobCluster: 1, job: '1.0', log: 'dagman' }));
    expect(snapshotOf(monitor, { clusters: CLUSTERS }, 500)).toMatchObject({
      phase: 'waiting for executors',
    });
    ['similarity_00000', 'similarity_00001'].forEach((name, index) => {
      const job = `${index + 2}.0`;
      monitor.apply(event('submit', 1, { node: name, job }));
      monitor.apply(event('execute', 2, { job, address: '172.29.0.2' }));
    });
    expect(snapshotOf(monitor, { clusters: CLUSTERS }, 3000)).toMatchObject({
      running: 2,
      runningByCluster: { chameleon: 2 },
      phase: 'correlating',
    });
    monitor.apply(event('terminated', 4, { exitCode: 0 }));
    expect(snapshotOf(monitor, { clusters: CLUSTERS }, 5000).jobsPerMinute).toBeUndefined();
    monitor.apply(event('terminated', 6, { exitCode: 0, job: '3.0' }));
    const snapshot = snapshotOf(monitor, { clusters: CLUSTERS }, 8000);
    expect(snapshot.jobsPerMinute).toBeCloseTo(20);
    // Three steps, each taken for a job of 3 s.
    expect(snapshot.secondsLeft).toBeCloseTo(9);
    expect(snapshot.elapsedSeconds).toBe(8);
  });

  it('takes CPU time from the payload where it has measured it, otherwise from HTCondor', () => {
    const monitor = start(1);
    const other = { job: '3.0', jobCluster: 3 };
    monitor.apply(event('submit', 0, { node }));
    monitor.apply(event('execute', 1, { address: 'x' }));
    monitor.apply(event('evicted', 2, { cpuSeconds: 10 }));
    monitor.apply(event('execute', 3, { address: 'x' }));
    monitor.apply(event('terminated', 4, { exitCode: 1, cpuSeconds: 20 }));
    monitor.apply(event('submit', 5, { ...other, node }));
    monitor.apply(event('execute', 6, { ...other, address: 'y' }));
    monitor.apply(event('terminated', 7, { ...other, exitCode: 0, cpuSeconds: 1 }));
    const clusters = new Map<string, string>();
    const shareOf = (facts: RunFacts) => facts.executors.map((share) => share.cpuSeconds);
    const unmeasured = factsOf(monitor, clusters, 0);
    expect([unmeasured.cpuSeconds, shareOf(unmeasured)]).toEqual([31, [1]]);
    const measured = factsOf(monitor, clusters, 0, new Map([[node, 1.75]]));
    expect([measured.cpuSeconds, shareOf(measured)]).toEqual([31.75, [1.75]]);
  });

  it('measures efficiency as work over slots times makespan', () => {
    const monitor = start();
    ['similarity_00000', 'similarity_00001'].forEach((name, index) => {
      const job = `${index + 2}.0`;
      monitor.apply(event('submit', 0, { node: name, job }));
      monitor.apply(event('execute', 1 + index * 2, { job, address: 'x' }));
      monitor.apply(event('terminated', 5 + index * 4, { job, exitCode: 0 }));
    });
    // 4 s from 1 to 5 and 6 s from 3 to 9: 10 s of work in 8 s on 2 slots.
    expect(factsOf(monitor, new Map(), 2).parallel).toEqual({
      jobs: 2,
      slots: 2,
      makespanSeconds: 8,
      workSeconds: 10,
      efficiency: 10 / 16,
    });
    expect(factsOf(monitor, new Map(), 0).parallel.efficiency).toBeUndefined();
  });

  it('counts a job whose output was no good as failed, and tries it again', () => {
    const monitor = start(1);
    monitor.apply(event('submit', 1, { node }));
    monitor.apply(event('execute', 2, { address: '172.29.0.2' }));
    monitor.apply(event('terminated', 4, { exitCode: 0 }));
    const notice = monitor.apply(event('post-script', 5, { exitCode: 1 }));
    expect(notice?.message).toContain('left no usable output; 1 try left');
    expect(monitor.nodes.get(node)).toMatchObject({ state: 'retrying', workMs: 0, wastedMs: 2000 });
    expect(monitor.nodes.get(node)?.executions[0]?.outcome).toBe('failed');
    expect(monitor.executors.get('172.29.0.2')).toMatchObject({ done: 0, failed: 1 });
    expect(monitor.apply(event('post-script', 6, { exitCode: 1 }))).toBeUndefined();
  });

  it('begins anew what was not done when the run is tried again', () => {
    const monitor = start(0);
    monitor.apply(event('submit', 1, { node }));
    monitor.apply(event('execute', 2));
    monitor.apply(event('terminated', 3, { exitCode: 1 }));
    expect(monitor.counts).toMatchObject({ failed: 1 });
    monitor.apply({ ...event('retried', 9), job: '-1.-1', jobCluster: -1 });
    expect(monitor.counts).toMatchObject({ failed: 0, waiting: 5 });
    const again = { job: '3.0', jobCluster: 3, node };
    monitor.apply(event('submit', 10, again));
    monitor.apply(event('execute', 11, again));
    monitor.apply(event('terminated', 12, { ...again, exitCode: 0 }));
    expect(monitor.nodes.get(node)).toMatchObject({ state: 'done', tries: 2, triesBefore: 1 });
  });
});
