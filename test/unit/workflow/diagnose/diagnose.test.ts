import { describe, expect, it } from 'vitest';

import type { QueuedJob } from '../../../../src/ports/workflow-pool.js';
import { failures } from '../../../../src/workflow/diagnose/failures.js';
import { poisoned } from '../../../../src/workflow/diagnose/poisoned.js';
import { jobsToExplain, waiting } from '../../../../src/workflow/diagnose/waiting.js';
import { gistOf } from '../../../../src/workflow/htcondor/better-analyze.js';
import { readQueue } from '../../../../src/workflow/htcondor/queue.js';
import { resourcesOf } from '../../../../src/workflow/htcondor/slots.js';
import { type Execution, newNode, type NodeRecord } from '../../../../src/workflow/monitor/node.js';
import { fixture } from '../fixture.js';

const CLUSTERS = new Map([
  ['172.16.0.2', 'chameleon'],
  ['172.16.0.3', 'azure'],
]);

function execution(address: string, outcome: Execution['outcome'], more: object = {}): Execution {
  return { job: '2.0', tries: 1, address, outcome, startedAt: 0, ...more } as Execution;
}

function node(name: string, changes: Partial<NodeRecord>, ...executions: Execution[]): NodeRecord {
  const made = { ...newNode(name, true), state: 'failed' as const, tries: executions.length };
  return { ...made, ...changes, executions };
}

const failed = (address: string): Execution => execution(address, 'failed');
const diagnose = (nodes: readonly NodeRecord[], stderr: Record<string, string[]> = {}) =>
  failures({ nodes, stderr: new Map(Object.entries(stderr)), clusters: CLUSTERS });

describe('failures', () => {
  it('with the same cause are one finding, with where they were and what the program said', () => {
    const nodes = ['a', 'b'].map((name) => node(name, { exitCode: 3 }, failed('172.16.0.3')));
    const said = { a: ['no such gene 17'], b: ['no such gene 18'] };
    expect(diagnose(nodes, said)).toEqual([
      {
        kind: 'failed',
        severity: 'error',
        nodes: ['a', 'b'],
        what: 'exit code 3 (1 try, on azure (172.16.0.3))',
        said: ['no such gene 17'],
      },
    ]);
    expect(diagnose(nodes, { ...said, b: ['no disk'] })).toHaveLength(2);
  });

  it.each([
    ['HTCondor’s limit', { reason: 'used more memory than it asked for' }, []],
    ['the program', { exitCode: 1 }, ['kinc similarity: out of memory']],
    ['the kernel', { exitSignal: 9 }, []],
    ['the container', { exitCode: 137 }, []],
  ])('out of memory by %s are told as such, with what was seen', (_, changes, said) => {
    const run = execution('172.16.0.2', 'failed', { memoryMb: 1312 });
    const [finding] = diagnose([node('a', changes, run)], { a: said });
    expect(finding).toMatchObject({ kind: 'out-of-memory' });
    expect(finding?.what).toContain('out of memory; 1312 MB were seen in use');
    expect(finding?.advice).toContain('workflow.request_memory_mb');
  });

  it('out of memory tell what was asked for and used, also when they succeeded then', () => {
    const reason = 'used more memory than it asked for: 322 MB of 100 MB';
    const what = 'out of memory: used 322 MB, asked for 100 MB (1 try, on azure (172.16.0.3))';
    const held = execution('172.16.0.3', 'held', { reason });
    const [now] = diagnose([node('a', { state: 'retrying', reason }, held)]);
    expect(now).toMatchObject({ kind: 'out-of-memory', severity: 'warning', what });
    const done = node('a', { state: 'done', tries: 1 }, held, execution('x', 'succeeded'));
    const [then] = diagnose([done]);
    expect(then).toMatchObject({ severity: 'info', what: `${what}, then succeeded` });
    expect(then?.advice).toBeUndefined();
  });

  it.each([
    [127, 'was not found'],
    [126, 'cannot be run'],
  ])('with exit code %i are the program’s', (exitCode, what) => {
    expect(diagnose([node('a', { exitCode }, failed('172.16.0.2'))])[0]?.what).toContain(what);
  });

  it.each([
    [127, 'there is no such program on this executor', 'sent along'],
    [126, "its interpreter '/opt/perl' is not on this executor", 'name an interpreter'],
    [126, 'it is no program for this machine (x86_64), nor a script', 'build it for'],
    [126, 'it is not executable', 'executable?'],
  ])('with exit code %i and “%s” say what to do', (exitCode, why, advice) => {
    const said = { a: ['a warning', `crossflock-job: cannot run './x': ${why}`] };
    const [finding] = diagnose([node('a', { exitCode }, failed('172.16.0.2'))], said);
    expect(finding?.what).toContain(`its program ./x cannot be run: ${why} (`);
    expect(finding?.advice).toContain(advice);
  });

  it('of a program that HTCondor cannot start are the program’s, held or not', () => {
    const reason = '/usr/local/bin/kinc could not be started: no such file or directory';
    for (const state of ['held', 'failed'] as const) {
      const [finding] = diagnose([node('a', { state, reason }, execution('172.16.0.3', 'held'))]);
      expect(finding?.what).toBe(`${reason} (1 try, on azure (172.16.0.3))`);
      expect(finding?.advice).toContain('is it in the image of the executors');
    }
  });

  it('with an output that is not whole are told with its name', () => {
    const said = { a: ['crossflock: chunks/chunk_00000.kinc has 3 bytes, expected 9'] };
    const [finding] = diagnose([node('a', { exitCode: 0 }, execution('x', 'succeeded'))], said);
    expect(finding).toMatchObject({ kind: 'bad-output' });
    expect(finding?.what).toContain('chunks/chunk_00000.kinc has 3 bytes, expected 9');
  });

  it.each([
    [12, 'Failed to transfer files', 'transfer'],
    [undefined, 'Error from slot1: Failed to transfer files', 'transfer'],
    [1, 'via condor_hold', 'held'],
  ])('held with code %s are told with the reason', (holdCode, reason, kind) => {
    const [finding] = diagnose([
      node('a', { state: 'held', reason, holdCode }, execution('172.16.0.2', 'held')),
    ]);
    expect(finding).toMatchObject({ kind, severity: 'warning' });
    expect(finding?.what).toContain(reason);
  });

  it('are none of nodes that are done, run or wait', () => {
    const states = ['done', 'running', 'idle', 'waiting'] as const;
    expect(diagnose(states.map((state) => node('a', { state })))).toEqual([]);
  });
});

describe('a poisoned executor', () => {
  const good = (name: string): NodeRecord =>
    node(name, { state: 'done' }, failed('172.16.0.3'), execution('172.16.0.2', 'succeeded'));

  it('is one where all fail that succeed elsewhere', () => {
    const [finding, ...others] = poisoned(['a', 'b', 'c'].map(good), CLUSTERS);
    expect(others).toEqual([]);
    expect(finding?.what).toContain('every job fails on the executor 172.16.0.3 of azure (3 of 3)');
    expect(finding?.nodes).toEqual(['a', 'b', 'c']);
  });

  it('is none of two failures, nor where nothing succeeds anywhere, nor where something does', () => {
    expect(poisoned(['a', 'b'].map(good), CLUSTERS)).toEqual([]);
    const bad = ['a', 'b', 'c'].map((name) => node(name, {}, failed('172.16.0.3')));
    expect(poisoned(bad, CLUSTERS)).toEqual([]);
    const once = node('d', { state: 'done' }, execution('172.16.0.3', 'succeeded'));
    expect(poisoned([...['a', 'b', 'c'].map(good), once], CLUSTERS)).toEqual([]);
  });
});

describe('jobs that wait', () => {
  const now = new Date('2026-11-21T12:00:00Z');
  const job = (changes: Partial<QueuedJob>): QueuedJob => ({
    job: '7.0',
    node: 'merge',
    state: 'idle',
    starts: 0,
    memoryMb: 512,
    cpus: 1,
    since: new Date('2026-11-21T11:58:00Z'),
    ...changes,
  });
  const executors = new Map([
    ['172.16.0.2', { cpus: 4, memoryMb: 4096 }],
    ['172.16.0.3', { cpus: 8, memoryMb: 2048 }],
  ]);
  const look = (queue: readonly QueuedJob[], explained = new Map<string, string[]>()) =>
    waiting({ queue, executors, clusters: CLUSTERS, now, explained });

  it.each([
    [{ memoryMb: 8192 }, 'asks for 8192 MB of memory, the largest slot has 4096 MB, on chameleon'],
    [{ cpus: 16 }, 'asks for 16 CPUs, the largest slot has 8 CPUs'],
  ])('for more than there is fit nowhere', (changes, what) => {
    const [finding] = look([job(changes)]);
    expect(finding).toMatchObject({ kind: 'unmatched', severity: 'error', nodes: ['merge'] });
    expect(finding?.what).toContain(what);
    const input = { queue: [job(changes)], executors, clusters: CLUSTERS, now };
    expect(jobsToExplain(input)).toEqual([]);
  });

  it('for no visible reason are told in HTCondor’s words, when they wait for long', () => {
    const explained = new Map([['7.0', ['of 2 machines, 2 are busy']]]);
    expect(look([job({})], explained)).toEqual([
      {
        kind: 'waiting',
        severity: 'info',
        nodes: ['merge'],
        what: 'waiting for 120 s; HTCondor says',
        said: ['of 2 machines, 2 are busy'],
      },
    ]);
    expect(look([job({ since: new Date('2026-11-21T11:59:30Z') })], explained)).toEqual([]);
    expect(look([job({ state: 'running' })], explained)).toEqual([]);
  });

  it('name an executor that does not answer', () => {
    const gone = new Map([...executors, ['172.16.0.3', undefined]] as const);
    const found = waiting({
      queue: [],
      executors: gone,
      clusters: CLUSTERS,
      now,
      explained: new Map(),
    });
    expect(found).toMatchObject([{ kind: 'pool-gone' }]);
    expect(found[0]?.what).toBe('the executor 172.16.0.3 of azure does not answer');
  });
});

describe('what HTCondor says', () => {
  it('of a job that asks for too much memory, in two lines', () => {
    expect(gistOf(fixture('better-analyze-memory.txt'))).toEqual([
      'of 1 machines, 1 do not fulfil its requirements',
      'no slot fulfils TARGET.Memory >= RequestMemory',
    ]);
  });

  it('of a job with an odd requirement, in two lines', () => {
    expect(gistOf(fixture('better-analyze-requirement.txt'))[1]).toBe(
      'no slot fulfils TARGET.Color == "red"',
    );
  });

  it('is nothing where it says nothing', () => {
    expect(gistOf('')).toEqual([]);
  });

  it('of its queue and of its slots, as data', () => {
    const [first, second] = readQueue(fixture('condor-q-idle.json'));
    expect(first).toMatchObject({ job: '1.0', state: 'idle', memoryMb: 999_999, cpus: 1 });
    expect(second).toMatchObject({ job: '2.0', memoryMb: 100, starts: 0 });
    expect(resourcesOf(fixture('condor-status-resources.json'))).toEqual({
      cpus: 2,
      memoryMb: 2048,
    });
    expect(resourcesOf('')).toEqual({ cpus: 0, memoryMb: 0 });
  });
});
