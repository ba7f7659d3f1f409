import { afterEach, beforeEach, expect, it } from 'vitest';
import { reachablePart } from '../../../src/actions/down-reach.js';
import { loadPlan } from '../../../src/actions/load-plan.js';
import { CrossflockError } from '../../../src/errors/crossflock-error.js';
import { FakeConnector } from '../../fakes/fake-connector.js';
import { FakeHost } from '../../fakes/fake-host.js';
import { mesosPlan } from './mesos-plan.js';
import { FILE, runningWorld, type World } from './peers-world.js';

let world: World;

beforeEach(async () => {
  world = await runningWorld();
  for (const { host } of world.machines.values()) host.on(['true'], {});
});
afterEach(async () => {
  await world.stop();
});

async function run() {
  const { context } = world.context();
  const plan = await loadPlan(context, FILE);
  if (plan === undefined) throw new Error('the configuration of the tests is not usable');
  return { before: plan, after: await reachablePart(context, plan) };
}

it('is the whole plan where every host answers', async () => {
  const { before, after } = await run();
  expect(after.plan).toBe(before);
  expect(after.silent.size).toBe(0);
});

it('leaves out the cluster of a host that does not answer, with its apps', async () => {
  world.at('azure-1').die();
  const { before, after } = await run();
  const ids = before.clusters.map(({ id }) => id).filter((id) => id !== 'azure');
  expect(after.plan.clusters.map(({ id }) => id)).toEqual(ids);
  expect(after.plan.apps.some(({ clusterId }) => clusterId === 'azure')).toBe(false);
  expect(after.silent.get('azure-1')?.code).toBe('unreachable');
});

it('goes nowhere without any host: this machine is none of them', async () => {
  for (const machine of world.machines.values()) machine.die();
  await expect(run()).rejects.toMatchObject({ code: 'unreachable' });
});

it('keeps the rest of a Mesos cluster, with the masters and agents that answer', async () => {
  const { context } = world.context();
  const plan = mesosPlan();
  const hosts = new FakeConnector();
  for (const id of ['m1', 'a1', 'a2', 'b1']) {
    const dead = { throws: new CrossflockError('no route', { code: 'unreachable' }) };
    hosts.with(new FakeHost(id).on(['true'], ['m1', 'a2'].includes(id) ? dead : {}));
  }
  const after = await reachablePart({ ...context, hosts }, plan);
  const [one, two] = after.plan.clusters;
  expect(one?.hosts.map(({ id }) => id)).toEqual(['a1']);
  expect(one?.engine).toMatchObject({ masters: [], agents: [{ hostId: 'a1' }] });
  expect(two?.engine).toEqual(plan.clusters[1]?.engine);
  expect(after.plan.apps).toHaveLength(3);
});
