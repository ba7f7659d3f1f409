import { afterAll, beforeAll, describe, expect } from 'vitest';
import { configLike, containersOf, moveTo, run } from './harness.js';
import { kinc3 } from './recipes/kinc3.js';
import { osgKinc } from './recipes/osg-kinc.js';
import { photodemo } from './recipes/photodemo.js';
import type { RecipePool } from './recipes/recipe-pool.js';

const NAME = 'cft-recipes';

/** The demo's pool under another name, on other ports and addresses. */
const elsewhere = moveTo({ name: NAME, port: 19_690, prefix: '172.28.79' });

/** One pool for all recipes that are not the demo's; each has its tests in a file of its own. */
describe('on one pool', () => {
  const pool: RecipePool = { name: NAME, config: '' };

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

  photodemo(pool);

  kinc3(pool);

  osgKinc(pool);
});
