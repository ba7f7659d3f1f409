import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadPlan } from '../../../src/actions/load-plan.js';
import { flockSteps } from '../../../src/actions/peers-flock.js';
import { runSteps } from '../../../src/pipeline/run-steps.js';
import { FILE, runningWorld, type World } from './peers-world.js';

let world: World;
beforeEach(async () => {
  world = await runningWorld();
});
afterEach(async () => {
  await world.stop();
});

async function told(options: { readonly dryRun: boolean; readonly isMade: boolean }) {
  const { context, reporter } = world.context();
  const plan = await loadPlan(context, FILE);
  if (plan === undefined) throw new Error('the configuration is refused');
  const { dryRun, isMade } = options;
  await runSteps(flockSteps(context, plan, { isMade }), { ...context, dryRun });
  return {
    changes: reporter.of('change').map(({ change }) => change),
    outcome: reporter.of('step-finished').at(-1)?.outcome,
  };
}

it('plans the whole list for a submitter that an earlier step would make', async () => {
  world.at('chameleon-1').tasks = [];
  expect(await told({ dryRun: true, isMade: true })).toEqual({
    changes: [
      { action: 'create', kind: 'flock list', target: 'demo', detail: '10.77.0.2, 10.77.0.3' },
    ],
    outcome: 'would-change',
  });
  expect(world.flock).toHaveLength(2);
});

it('is incomplete without a submitter that nobody makes', async () => {
  world.at('chameleon-1').tasks = [];
  expect(await told({ dryRun: true, isMade: false })).toEqual({
    changes: [],
    outcome: 'incomplete',
  });
});

it('plans the difference for one that runs', async () => {
  world.flock = ['10.77.0.9', '10.77.0.2'];
  const { changes } = await told({ dryRun: true, isMade: true });
  expect(changes).toEqual([
    { action: 'update', kind: 'flock list', target: 'demo', detail: '+10.77.0.3 -10.77.0.9' },
  ]);
  expect(world.flock).toEqual(['10.77.0.9', '10.77.0.2']);
  expect((await told({ dryRun: false, isMade: true })).outcome).toBe('changed');
  expect(world.flock).toEqual(['10.77.0.2', '10.77.0.3']);
});
