import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { FollowHandlers } from '../../../src/ports/workflow-pool.js';
import { FakePool, type FakeRun } from '../../fakes/fake-pool.js';

const never = new AbortController().signal;
const EVENTS = [{ MyType: 'SubmitEvent' }, { MyType: 'JobTerminatedEvent' }];
const RUN: FakeRun = {
  files: { 'run.json': '{}', 'results/a.tsv': 'é\n', 'logs/a.0.err': 'no' },
  events: EVENTS,
};

let pool: FakePool;
beforeEach(() => {
  pool = new FakePool();
});

/** Handlers that keep what they are told. */
function listening() {
  const told: unknown[] = [];
  const handlers: FollowHandlers = {
    onEvent: (event) => told.push(event),
    onInterruption: (reason) => told.push(reason),
    onDamage: (reason) => told.push(reason),
  };
  return { told, handlers };
}

describe('fake pool', () => {
  it('offers four slots of an executor, what the test says, or no answer', async () => {
    pool.offers.set('172.16.0.3', 2);
    pool.offers.set('172.16.0.4', new Error('gone'));
    expect(await pool.slots('172.16.0.2')).toBe(4);
    expect(await pool.slots('172.16.0.3')).toBe(2);
    await expect(pool.slots('172.16.0.4')).rejects.toThrow('gone');
  });

  it('keeps every call in its order', async () => {
    await pool.ready(1000);
    await pool.slots('172.16.0.2');
    await pool.hold('r');
    await pool.release('r');
    await pool.remove('r');
    expect(pool.calls).toEqual([
      'ready 1000',
      'slots 172.16.0.2',
      'hold r',
      'release r',
      'remove r',
    ]);
  });

  it('holds a staged file until it is taken away', async () => {
    const path = await pool.stage('/data/gem.txt', 'gem.txt');
    expect([...pool.staged]).toEqual([path]);
    await pool.unstage(path);
    expect(pool.staged.size).toBe(0);
  });

  it('refuses a submission that the test did not prepare', async () => {
    await expect(pool.submit(['8'])).rejects.toMatchObject({ code: 'unexpected' });
    expect(pool.calls).toEqual(['submit 8']);
    expect(await pool.runs()).toEqual([]);
  });

  it('makes the prepared run of a submission, the newest first in the list', async () => {
    pool.held.set('old', RUN);
    pool.onSubmit = ([jobs = '']) => ({ id: `new-${jobs}`, run: RUN });
    expect(await pool.submit(['8', '--gem', 'x'])).toMatchObject({ runId: 'new-8' });
    expect(await pool.runs()).toEqual(['new-8', 'old']);
  });
});

describe('files of a run in the fake pool', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'crossflock-fake-pool-'));
    pool.held.set('r', RUN);
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it('are read and listed with their sizes in bytes', async () => {
    expect(await pool.readRunFile('r', 'run.json')).toBe('{}');
    expect(await pool.tailRunFile('r', 'logs/a.0.err')).toBe('no');
    expect(await pool.listRunFiles('r', 'results')).toEqual([{ name: 'a.tsv', bytes: 3 }]);
  });

  it('that are not there are answered as the real pool does', async () => {
    expect(await pool.readRunFile('r', 'other')).toBeUndefined();
    expect(await pool.tailRunFile('x', 'run.json')).toBeUndefined();
    expect(await pool.listRunFiles('r', 'res')).toEqual([]);
    const fetching = pool.fetchRunFiles({ runId: 'r', folder: 'results' }, ['b'], folder);
    await expect(fetching).rejects.toMatchObject({ code: 'not-found' });
  });

  it('are fetched into a local folder', async () => {
    await pool.fetchRunFiles({ runId: 'r', folder: 'results' }, ['a.tsv'], folder);
    expect(await readFile(join(folder, 'a.tsv'), 'utf8')).toBe('é\n');
  });
});

describe('following a run of the fake pool', () => {
  it('tells every event once, then ends', async () => {
    pool.held.set('r', RUN);
    const { told, handlers } = listening();
    await pool.follow('r', handlers, never);
    expect(told).toEqual(EVENTS);
  });

  it('of a run that goes on ends only with the signal, also with one that fired before', async () => {
    pool.held.set('r', { ...RUN, goesOn: true });
    const stop = new AbortController();
    const { told, handlers } = listening();
    const following = pool.follow('r', handlers, stop.signal);
    stop.abort();
    await expect(following).rejects.toMatchObject({ code: 'aborted' });
    expect(told).toEqual(EVENTS);
    await expect(pool.follow('r', handlers, stop.signal)).rejects.toMatchObject({
      code: 'aborted',
    });
  });

  it('that it does not have is an error', async () => {
    const following = pool.follow('x', listening().handlers, never);
    await expect(following).rejects.toMatchObject({ code: 'not-found' });
  });
});
