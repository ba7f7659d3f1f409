import { afterEach, beforeEach, expect, it } from 'vitest';
import { status } from '../../../src/actions/status.js';
import { FILE, runningWorld, type World } from './peers-world.js';

let world: World;

beforeEach(async () => {
  world = await runningWorld();
});
afterEach(async () => {
  await world.stop();
});

async function run() {
  const { context, reporter } = world.context();
  const code = await status(context, { config: FILE }, () => world.network);
  const notices = reporter.of('notice').map(({ message }) => message);
  return { code, notices, summary: reporter.of('summary').at(-1) };
}

it('names a host that does not answer once, and suggests nothing that needs it', async () => {
  world.at('azure-1').die();
  const { code, notices, summary } = await run();
  expect(code).toBe(1);
  expect(notices.filter((line) => line.includes('cannot reach azure-1'))).toHaveLength(1);
  expect(notices.join()).not.toContain('create-containers starts it');
  expect(summary?.message).not.toContain('network');
});

it('tells a network that is not as wanted', async () => {
  world.network.states.set('azure-1', { launched: false, peers: [] });
  const { code, notices, summary } = await run();
  expect(code).toBe(1);
  expect(notices.join()).toContain('crossflock provision makes it');
  expect(summary?.message).toContain('but their network is not as wanted');
});
