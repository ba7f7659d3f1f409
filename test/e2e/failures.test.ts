import { afterAll, beforeAll, describe, expect } from 'vitest';
import { anyProgram } from './failures/any-program.js';
import type { FailurePool } from './failures/failure-pool.js';
import { similarityJob } from './failures/similarity-job.js';
import { steering } from './failures/steering.js';
import { configLike, containersOf, moveTo, run } from './harness.js';

const NAME = 'cft-failures';

/** The demo's pool under another name, on other ports and addresses. */
const elsewhere = moveTo({ name: NAME, port: 19_590, prefix: '172.28.78' });

/** One pool for all that goes wrong with jobs; what goes wrong with pools is in faults.test.ts. */
describe('on one pool', () => {
  const pool: FailurePool = { name: NAME, config: '' };

  beforeAll(async () => {
    pool.config = await configLike(elsewhere);
    const created = await run('create-containers', ['-c', pool.config]);
    expect(created.exitCode, created.stdout).toBe(0);
  });

  afterAll(async () => {
    const ended = await run('crossflock', ['down', '-c', pool.config, '--volumes']);
    expect(ended.exitCode, ended.stdout).toBe(0);
    expect(await containersOf(NAME)).toEqual([]);
  });

  describe('a similarity job that fails', () => {
    similarityJob(pool);
  });

  describe('a person', () => {
    steering(pool);
  });

  describe('a program', () => {
    anyProgram(pool);
  });
});
