import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { MarathonClient } from '../../../src/marathon/client.js';
import { applyAndWait, checkCluster, deleteApps } from '../../../src/marathon/deploy.js';
import type {
  CheckClusterOptions,
  ClusterOptions,
  DeployResult,
} from '../../../src/marathon/deploy.js';
import type { MarathonApp } from '../../../src/ports/marathon-app.js';
import { FakeClock } from '../../fakes/fake-clock.js';
import { FakeMarathon } from '../../fakes/fake-marathon.js';
import { TINY_RETRY, wantedApp, withContainer } from './apps.js';

const DEADLINE_MS = 600_000;

type DeployOptions = ClusterOptions & CheckClusterOptions;

let fake: FakeMarathon;
let clock: FakeClock;
let news: string[];

beforeEach(async () => {
  fake = await FakeMarathon.start();
  clock = new FakeClock();
  news = [];
});
afterEach(async () => {
  await fake.stop();
});

/** As `create-containers` does it: what differs, then the changes. */
async function deploy(
  apps: readonly MarathonApp[],
  change: Partial<DeployOptions> = {},
): Promise<DeployResult> {
  const options = optionsFor(apps, change);
  return applyAndWait(options, await checkCluster(options));
}

function optionsFor(apps: readonly MarathonApp[], change: Partial<DeployOptions>): DeployOptions {
  return {
    client: new MarathonClient({ url: fake.url, retry: TINY_RETRY }),
    clock,
    apps,
    deployment: 'crossflock',
    deadlineMs: DEADLINE_MS,
    signal: new AbortController().signal,
    onProgress: ({ appId, message }) => {
      news.push(`${appId ?? 'marathon'}: ${message}`);
      fake.notify();
    },
    ...change,
  };
}

/** Until the client has written `count` times, listens, and has read the state after all that. */
async function written(count: number): Promise<void> {
  await fake.until(() => {
    const lastWrite = fake.requests.findLastIndex(({ method }) => method !== 'GET');
    const reads = fake.requests.slice(lastWrite).filter(({ path }) => path === '/v2/apps');
    return writes().length === count && fake.subscribers === 1 && reads.some(isRead);
  });
}

function isRead({ method }: { readonly method: string }): boolean {
  return method === 'GET';
}

/** Until the state is read once more. */
async function readAgain(): Promise<void> {
  const before = fake.count('GET /v2/apps');
  await fake.until(() => fake.count('GET /v2/apps') > before);
}

/** Writes that were asked for. */
function writes(): string[] {
  return fake.requests
    .filter(({ method }) => method !== 'GET')
    .map(({ method, path, body }) =>
      method === 'POST' ? `POST ${(body as { id: string }).id}` : `${method} ${path}`,
    );
}

describe('deploying', () => {
  it('creates what is missing and waits, on events, until every task runs', async () => {
    const result = deploy([wantedApp('/submitter'), wantedApp('/runner')]);
    await written(2);
    fake.state.startTask('/runner', { ip: '172.16.0.2', host: 'node1' });
    fake.state.startTask('/submitter', { ip: '172.16.0.1', startedAt: '2026-01-02T03:05:00.000Z' });
    expect(await result).toMatchObject({
      outcome: 'running',
      changes: [{ action: 'create' }, { action: 'create' }],
      apps: [
        {
          appId: '/submitter',
          state: 'running',
          ip: '172.16.0.1',
          host: 'agent1',
          since: '2026-01-02T03:05:00.000Z',
          ports: [31022],
        },
        { appId: '/runner', state: 'running', host: 'node1' },
      ],
    });
    expect(news).toContain('/runner: runs on node1');
    // No time went by: it waited on nothing but events.
    expect(clock.monotonicMs()).toBe(0);
    expect(clock.sleeping).toBe(0);
    fake.verify();
  });

  it('changes nothing the second time', async () => {
    fake.state.addRunning({ ...wantedApp('/a') });
    const result = await deploy([wantedApp('/a')]);
    expect(result).toMatchObject({ outcome: 'running', changes: [{ action: 'none' }] });
    expect(writes()).toEqual([]);
    expect(news).toEqual([]);
    fake.verify();
  });

  it('updates what differs, and does not take the old task for the new one', async () => {
    fake.state.addRunning({ ...wantedApp('/a', { cpus: 1 }) }, { ip: '172.16.0.7' });
    const result = deploy([wantedApp('/a')]);
    await written(1);
    fake.state.startTask('/a', { ip: '172.16.0.8' });
    expect(await result).toMatchObject({
      outcome: 'running',
      changes: [{ action: 'update', differences: ['cpus 1 → 2'] }],
      apps: [{ state: 'running', ip: '172.16.0.8' }],
    });
    expect(writes()).toEqual(['PUT /v2/apps/a']);
    fake.verify();
  });

  it('shows the differences and writes nothing before they are applied', async () => {
    fake.state.addRunning({ ...wantedApp('/a', { mem: 1024 }) });
    const changes = await checkCluster(optionsFor([wantedApp('/a'), wantedApp('/b')], {}));
    expect(changes).toMatchObject([
      { action: 'update', differences: ['mem 1024 → 2048 MB'] },
      { action: 'create', appId: '/b' },
    ]);
    expect(writes()).toEqual([]);
  });

  it('waits for health checks, and says at the deadline what they said', async () => {
    const app = wantedApp('/a', { healthChecks: [{ protocol: 'TCP', portIndex: 0 }] });
    const result = deploy([app]);
    await written(1);
    fake.state.startTask('/a');
    fake.state.setHealth('/a', false, 'Connection refused');
    await readAgain();
    await clock.advance(DEADLINE_MS);
    expect(await result).toMatchObject({
      outcome: 'deadline',
      apps: [
        {
          state: 'pending',
          reason: 'its health check failed 3 times in a row: Connection refused',
        },
      ],
    });
    expect(clock.sleeping).toBe(0);
  });

  it('names what an app waits for when the deadline passes', async () => {
    const result = deploy([wantedApp('/a', { mem: 4096 }), wantedApp('/b')]);
    await written(2);
    fake.state.startTask('/b');
    fake.state.setQueue('/a', {
      processedOffersSummary: {
        processedOffersCount: 3,
        unusedOffersCount: 3,
        rejectSummaryLastOffers: [{ reason: 'InsufficientMemory', declined: 3, processed: 3 }],
      },
    });
    await fake.until(() => news.includes('/b: runs on agent1'));
    await clock.advance(DEADLINE_MS);
    const { outcome, apps } = await result;
    expect(outcome).toBe('deadline');
    expect(apps.map(({ state, reason }) => [state, reason])).toEqual([
      ['pending', 'needs 4096 MB of memory, none of 3 offers had it'],
      ['running', undefined],
    ]);
  });

  it('ends with the last failure and the end of its log', async () => {
    const result = deploy([wantedApp('/a')]);
    await written(1);
    fake.state.failTask('/a', { message: 'exit code 3\nstarting\nno such file: /etc/x' });
    await readAgain();
    await clock.advance(DEADLINE_MS);
    expect((await result).apps[0]).toMatchObject({
      state: 'pending',
      reason: 'last task failed on agent1: exit code 3',
      log: ['starting', 'no such file: /etc/x'],
    });
  });

  it('gives an app up at the second failure for want of its image, not at the first', async () => {
    const result = deploy([wantedApp('/bad'), wantedApp('/good')]);
    await written(2);
    const message = 'Error: manifest for crossflock/executor:latest not found: manifest unknown';
    fake.state.failTask('/bad', { message });
    await readAgain();
    fake.state.startTask('/good');
    await fake.until(() => news.includes('/good: runs on agent1'));
    expect(news.join()).not.toContain('given up');
    fake.state.failTask('/bad', { message });
    expect(await result).toMatchObject({
      outcome: 'failed',
      apps: [
        { state: 'failed', hint: 'check the image crossflock/executor' },
        { state: 'running' },
      ],
    });
    expect(clock.monotonicMs()).toBe(0);
  });

  it('goes on with the others when one app is refused', async () => {
    fake.fail('POST /v2/apps', {
      status: 422,
      body: JSON.stringify({
        message: 'Object is not valid',
        details: [{ path: '/container/docker', errors: ['not defined'] }],
      }),
    });
    const result = deploy([wantedApp('/a'), wantedApp('/b')]);
    await written(2);
    fake.state.startTask(fake.state.ids[0]!);
    const { outcome, apps } = await result;
    expect(outcome).toBe('failed');
    expect(apps.map(({ state }) => state).sort()).toEqual(['failed', 'running']);
    expect(apps.find(({ state }) => state === 'failed')?.reason).toMatch(
      /refused \/[ab] \(422\): \/container\/docker: not defined$/,
    );
  });

  it('survives that the marathon is killed and comes back in the middle', async () => {
    const result = deploy([wantedApp('/a')]);
    await written(1);
    await fake.stop();
    await clock.until(() => clock.pendingMs.includes(1000));
    await clock.advance(1000);
    await clock.until(() => clock.pendingMs.includes(1000));
    expect(news).toHaveLength(1);
    expect(news[0]).toMatch(
      /^marathon: waiting for marathon at \S+ to come back \(it \w+ the connection\)$/,
    );
    fake.state.startTask('/a');
    await fake.listen();
    await clock.advance(1000);
    await expect(result).resolves.toMatchObject({ outcome: 'running' });
    expect(news.slice(1)).toEqual([
      `marathon: marathon at ${fake.url} is back`,
      '/a: runs on agent1',
    ]);
  });

  it('says so when the marathon is away at the deadline', async () => {
    const result = deploy([wantedApp('/a')]);
    await written(1);
    await fake.stop();
    await clock.until(() => clock.pendingMs.includes(1000));
    await clock.advance(DEADLINE_MS);
    expect(await result).toMatchObject({
      outcome: 'deadline',
      apps: [{ state: 'pending', reason: `marathon at ${fake.url} refused the connection` }],
    });
  });

  it('subscribes again and reads everything when the stream breaks', async () => {
    const result = deploy([wantedApp('/a')]);
    await written(1);
    fake.dropStreams();
    await clock.until(() => clock.pendingMs.includes(250));
    // It happens while nobody listens.
    fake.state.startTask('/a');
    await clock.advance(250);
    expect(await result).toMatchObject({ outcome: 'running' });
    expect(clock.monotonicMs()).toBe(250);
  });

  it('reads the state again every few seconds where there is no event stream', async () => {
    await fake.stop();
    fake = await FakeMarathon.start({ events: false });
    const result = deploy([wantedApp('/a')]);
    await fake.until(() => fake.state.ids.length === 1);
    await clock.until(() => clock.pendingMs.includes(3000));
    fake.state.startTask('/a');
    await clock.advance(3000);
    expect(await result).toMatchObject({ outcome: 'running' });
  });

  it('ends as interrupted with what is known when the person stops it', async () => {
    const controller = new AbortController();
    const result = deploy([wantedApp('/a'), wantedApp('/b')], { signal: controller.signal });
    await written(2);
    fake.state.startTask('/b');
    await fake.until(() => news.includes('/b: runs on agent1'));
    controller.abort();
    const { outcome, apps } = await result;
    expect(outcome).toBe('interrupted');
    expect(apps.map(({ state }) => state)).toEqual(['pending', 'running']);
    expect(clock.sleeping).toBe(0);
  });

  it('notices that somebody else changed or deleted an app meanwhile', async () => {
    const result = deploy([wantedApp('/a'), wantedApp('/b')]);
    await written(2);
    fake.state.startTask('/a');
    fake.state.tamper('/a', { cpus: 9 });
    fake.state.remove('/b');
    await readAgain();
    await clock.advance(DEADLINE_MS);
    expect((await result).apps.map(({ reason }) => reason)).toEqual([
      'somebody else changed it; to be as wanted: cpus 9 → 2',
      'it is not there any more: somebody deleted it',
    ]);
  });
});

describe('deploying and other deployments', () => {
  it('reports apps that are no longer wanted, and deletes them only when told to', async () => {
    fake.state.isAutomatic = true;
    fake.state.addRunning({ ...wantedApp('/old') });
    fake.state.addRunning({ ...wantedApp('/foreign', { labels: {} }) });
    expect((await deploy([wantedApp('/a')])).changes).toMatchObject([
      { action: 'create', appId: '/a' },
      { action: 'orphan', appId: '/old' },
    ]);
    expect(fake.state.ids).toEqual(['/a', '/foreign', '/old']);
    const pruned = await deploy([wantedApp('/a')], { prune: true });
    expect(pruned).toMatchObject({ outcome: 'running', changes: [{}, { action: 'delete' }] });
    expect(fake.state.ids).toEqual(['/a', '/foreign']);
  });

  it('refuses to touch an app of another deployment', async () => {
    fake.state.addRunning({ ...wantedApp('/a', { labels: { 'crossflock.deployment': 'lab' } }) });
    await expect(deploy([wantedApp('/a')])).rejects.toMatchObject({
      code: 'refused',
      message: 'apps of other deployments are in the way: /a of "lab"',
    });
    expect(writes()).toEqual([]);
  });

  it('recreates: deletes, waits until the tasks are gone, then creates', async () => {
    fake.state.addRunning({ ...wantedApp('/a') });
    const result = deploy([wantedApp('/a')], { mode: 'recreate' });
    await fake.until(() => fake.count('GET /v2/deployments') > 0);
    expect(writes()).toEqual(['DELETE /v2/apps/a']);
    fake.state.finish('/a');
    await written(2);
    fake.state.startTask('/a');
    expect(await result).toMatchObject({ outcome: 'running', changes: [{ action: 'recreate' }] });
    expect(writes()).toEqual(['DELETE /v2/apps/a', 'POST /a']);
    fake.verify();
  });

  it('waits for the deployment that holds an app, then writes', async () => {
    fake.state.addRunning({ ...wantedApp('/a', { cpus: 1 }) });
    const lock = fake.state.lock('/a');
    const result = deploy([wantedApp('/a')]);
    await fake.until(() => fake.count('GET /v2/deployments') > 0);
    expect(news).toEqual([`/a: is locked by deployment ${lock}; waiting for it to end`]);
    fake.state.finish('/a');
    await written(2);
    fake.state.startTask('/a');
    expect(await result).toMatchObject({ outcome: 'running' });
    expect(clock.monotonicMs()).toBe(0);
  });

  it('gives up on a lock after a minute and says why it does not end', async () => {
    fake.state.addRunning({ ...wantedApp('/a', { cpus: 99 }) });
    fake.state.failTask('/a', { message: 'lost' });
    fake.state.setQueue('/a', {
      processedOffersSummary: {
        rejectSummaryLastOffers: [{ reason: 'InsufficientCpus', declined: 1, processed: 1 }],
      },
    });
    const lock = fake.state.lock('/a');
    const result = deploy([wantedApp('/a')]);
    await fake.until(() => fake.count('GET /v2/deployments') > 0);
    await clock.advance(60_000);
    const { outcome, apps } = await result;
    expect(outcome).toBe('failed');
    expect(apps[0]?.reason).toBe(
      `marathon at ${fake.url}: /a is locked by deployment ${lock}, which does not end: ` +
        'needs 99 CPUs, the only offer did not have it; last task failed on agent1: lost',
    );
    expect(apps[0]?.hint).toContain('--force');
  });

  it('names the lock also when the deadline comes first', async () => {
    fake.state.addRunning({ ...wantedApp('/a', { cpus: 1 }) });
    const lock = fake.state.lock('/a');
    const result = deploy([wantedApp('/a')], { deadlineMs: 5000 });
    await fake.until(() => fake.count('GET /v2/deployments') > 0);
    await clock.advance(5000);
    const { outcome, apps } = await result;
    expect(outcome).toBe('deadline');
    expect(apps[0]?.reason).toContain(`/a is locked by deployment ${lock}, which does not end`);
    expect(apps[0]?.hint).toContain('--force');
  });

  it('overrides the lock when told to', async () => {
    fake.state.isAutomatic = true;
    fake.state.addRunning({ ...wantedApp('/a', { cpus: 1 }) });
    fake.state.lock('/a');
    const result = await deploy([wantedApp('/a')], { force: true });
    expect(result.outcome).toBe('running');
    const puts = fake.requests.filter(({ method }) => method === 'PUT');
    expect(puts.map(({ query }) => query.get('force'))).toEqual(['false', 'true']);
  });

  it('takes an app that appeared meanwhile as its own', async () => {
    const image = { ...wantedApp('/a').container.docker, image: 'other' };
    fake.fail('GET /v2/apps', { status: 200, body: '{"apps":[]}' });
    fake.state.addRunning({ ...withContainer(wantedApp('/a'), { docker: image }) });
    fake.state.isAutomatic = true;
    expect(await deploy([wantedApp('/a')])).toMatchObject({ outcome: 'running' });
    expect(writes()).toEqual(['POST /a', 'PUT /v2/apps/a']);
  });
});

describe('deleteApps', () => {
  it('deletes and waits until the tasks are gone; what is not there is fine', async () => {
    fake.state.addRunning({ ...wantedApp('/a') });
    const client = new MarathonClient({ url: fake.url, retry: TINY_RETRY });
    const { signal } = new AbortController();
    const options = { client, clock, deadlineMs: DEADLINE_MS, signal };
    const result = deleteApps(options, ['a', '/gone']);
    await fake.until(() => fake.count('GET /v2/deployments') > 0);
    fake.state.finish('/a');
    expect(await result).toEqual({ outcome: 'deleted', failed: [] });
    expect(fake.state.ids).toEqual([]);
  });
});
