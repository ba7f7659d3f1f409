/** The fake keeps the promises that the tests of the API rest on. */
import { beforeEach, describe, expect, it } from 'vitest';
import { parseApp } from '../../../src/embedded/api/parse/app.js';
import { type AppDefinition, LockedError, type Task } from '../../../src/embedded/orchestrator.js';
import { FakeOrchestrator } from '../../fakes/fake-orchestrator.js';

const settings = { features: new Set<string>(), defaultRole: '*' };
const app = (id: string, rest: object = {}): AppDefinition =>
  parseApp({ id, cmd: 'sleep 1', ...rest }, settings);

let fake: FakeOrchestrator;
const put = (...definitions: AppDefinition[]) =>
  fake.deploy({ put: definitions, remove: [] }, false);

beforeEach(() => {
  fake = new FakeOrchestrator();
});

const task = (appId: string, id: string): Task => ({
  id,
  appId,
  state: 'TASK_RUNNING',
  host: 'h',
  ports: [],
  ipAddresses: [],
  stagedAt: '',
  version: '',
  health: [],
});

describe('deployments', () => {
  it('last until finished and lock their apps', async () => {
    const first = await put(app('a'));
    expect(first.steps.map(({ actions }) => actions[0]?.action)).toEqual([
      'StartApplication',
      'ScaleApplication',
    ]);
    await expect(put(app('a', { mem: 1 }))).rejects.toEqual(new LockedError([first.id]));
    await put(app('b'));
    fake.finish(first.id);
    await put(app('a', { mem: 1 }));
    expect(fake.deployments()).toHaveLength(2);
    fake.finish();
    expect(fake.deployments()).toEqual([]);
  });

  it('are taken over by force', async () => {
    const first = await put(app('a'));
    await fake.deploy({ put: [app('a', { mem: 1 })], remove: [] }, true);
    expect(fake.deployments().map(({ id }) => id)).not.toContain(first.id);
  });

  it('are reverted by cancelling', async () => {
    await put(app('a'));
    fake.finish();
    const change = await put(app('a', { cmd: 'sleep 2' }), app('b'));
    await fake.cancelDeployment(change.id, false);
    expect(fake.app('/a')?.definition.cmd).toBe('sleep 1');
    expect(fake.app('/b')).toBeUndefined();
    await expect(fake.cancelDeployment(change.id, false)).rejects.toThrow('no deployment');
  });

  it('have ended when nothing differs', async () => {
    await put(app('a'));
    fake.finish();
    expect((await put(app('a'))).steps).toEqual([]);
    expect(fake.deployments()).toEqual([]);
    expect(fake.versions('/a')).toHaveLength(1);
  });
});

describe('versions', () => {
  it('tell scaling from other changes', async () => {
    await put(app('a'));
    fake.finish();
    await put(app('a', { instances: 2 }));
    fake.finish();
    expect(fake.app('/a')).toMatchObject({
      version: '2026-01-02T03:04:06.678Z',
      lastScalingAt: '2026-01-02T03:04:06.678Z',
      lastConfigChangeAt: '2026-01-02T03:04:05.678Z',
    });
    await put(app('a', { instances: 2, mem: 1 }));
    expect(fake.app('/a')?.lastConfigChangeAt).toBe('2026-01-02T03:04:07.678Z');
    expect(fake.versions('/a').map(({ definition }) => definition.instances)).toEqual([2, 2, 1]);
  });

  it('assign service ports once', async () => {
    await put(app('a'), app('b'));
    fake.finish();
    await put(app('a', { mem: 1 }));
    const ports = fake.apps().map(({ definition }) => definition.portDefinitions?.[0]?.port);
    expect(ports).toEqual([10_000, 10_001]);
  });
});

describe('strictness', () => {
  it('refuses what is not canonical', async () => {
    const broken = [
      { ...app('a'), ports: [1] },
      { ...app('a'), id: 'a' },
      { ...app('a'), networks: [] },
      { ...app('a'), user: undefined },
      { ...app('a'), container: { type: 'DOCKER', volumes: [], docker: { network: 'HOST' } } },
    ];
    for (const definition of broken) {
      await expect(put(definition as unknown as AppDefinition)).rejects.toThrow('not canonical');
    }
  });

  it('refuses writes to apps that are not there', async () => {
    await expect(fake.deploy({ put: [], remove: ['/a'] }, false)).rejects.toThrow('no app /a');
    const restart = fake.deploy({ put: [], remove: [], restart: ['/a'] }, false);
    await expect(restart).rejects.toThrow('no app /a');
    expect(() => {
      fake.setTasks('/a', []);
    }).toThrow('no app /a');
  });
});

describe('tasks and events', () => {
  it('kills, and scales by what it kills', async () => {
    await put(app('a', { instances: 3 }));
    fake.finish();
    fake.setTasks('/a', [task('/a', 'x'), task('/a', 'y')]);
    await fake.killAndScale(['x', 'unknown'], false);
    expect(fake.tasks().map(({ state }) => state)).toEqual(['TASK_KILLING', 'TASK_RUNNING']);
    expect(fake.app('/a')?.definition.instances).toBe(2);
  });

  it('publishes to subscribers until they leave', () => {
    const seen: string[] = [];
    const leave = fake.subscribe(({ eventType }) => seen.push(eventType));
    fake.publish({ eventType: 'one', timestamp: '' });
    leave();
    fake.publish({ eventType: 'two', timestamp: '' });
    expect(seen).toEqual(['one']);
    expect(fake.published).toHaveLength(2);
    expect(fake.listeners).toBe(0);
  });
});
