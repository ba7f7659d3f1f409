import { describe, expect, it } from 'vitest';

import { readAppInfo, readDeployments, readQueue } from '../../../src/marathon/answers.js';
import { appState } from '../../../src/marathon/app-state.js';
import { isImageMissing, pendingReason } from '../../../src/marathon/reasons.js';

interface Facts {
  readonly app?: object;
  readonly queue?: object;
  readonly deployments?: readonly object[];
}

const VERSION = '2026-01-02T03:04:05.678Z';
const LATER = '2026-01-02T03:05:00.000Z';
const EARLIER = '2026-01-02T03:00:00.000Z';

function info(app: object = {}): ReturnType<typeof readAppInfo> {
  const versionInfo = { lastConfigChangeAt: VERSION };
  return readAppInfo({ id: '/a', mem: 4096, cpus: 1, instances: 1, versionInfo, ...app });
}

function reason(facts: Facts): string {
  const queue = facts.queue === undefined ? [] : [{ app: { id: '/a' }, count: 1, ...facts.queue }];
  const deployments = readDeployments(facts.deployments ?? []);
  return pendingReason(info(facts.app), readQueue({ queue }), deployments).reason;
}

function rejected(...items: (readonly [string, number, number])[]): object {
  return {
    processedOffersSummary: {
      processedOffersCount: 9,
      rejectSummaryLastOffers: items.map(([name, declined, processed]) => ({
        reason: name,
        declined,
        processed,
      })),
    },
  };
}

function task(change: object = {}): object {
  return { id: 't', state: 'TASK_RUNNING', host: 'node1', version: VERSION, ...change };
}

describe('pendingReason', () => {
  it.each<[string, Facts, string]>([
    [
      'a former task on its way out',
      { app: { tasks: [task({ state: 'TASK_KILLING' })] } },
      'its former task on node1 is being stopped',
    ],
    [
      'too little memory',
      { queue: rejected(['UnfulfilledRole', 0, 3], ['InsufficientMemory', 3, 3]) },
      'needs 4096 MB of memory, none of 3 offers had it',
    ],
    [
      'one offer',
      { queue: rejected(['InsufficientCpus', 1, 1]) },
      'needs 1 CPU, the only offer did not have it',
    ],
    [
      'several reasons',
      { queue: rejected(['InsufficientCpus', 75, 123], ['InsufficientMemory', 48, 48]) },
      'needs 1 CPU, only 48 of 123 offers had it; needs 4096 MB of memory, none of 48 offers had it',
    ],
    [
      'ports',
      { queue: rejected(['InsufficientPorts', 2, 2]) },
      'the offer must have its host ports free, none of 2 offers does',
    ],
    [
      'constraints',
      {
        app: { constraints: [['hostname', 'LIKE', 'x.*']] },
        queue: rejected(['UnfulfilledConstraint', 1, 1]),
      },
      'the host must fit the constraint hostname LIKE x.*, the only offer does not',
    ],
    [
      'a word of a later version',
      { queue: rejected(['SomethingNew', 1, 1]) },
      'the offer must pass SomethingNew, the only offer does not',
    ],
    ['no agent', { queue: {} }, 'no resources have been offered for it: is any agent connected'],
    ['nothing at all', {}, 'not started yet'],
    [
      'a pull',
      { app: { tasks: [task({ state: 'TASK_STAGING' })] } },
      'its task is staging on node1: its image is being pulled, or it is about to start',
    ],
    [
      'no health result yet',
      { app: { healthChecks: [{}], tasks: [task()] } },
      'its task runs on node1, not checked for health yet',
    ],
    [
      'not healthy',
      {
        app: {
          tasks: [
            task({
              healthCheckResults: [
                { alive: false, consecutiveFailures: 1, lastFailureCause: 'a\nb' },
              ],
            }),
          ],
        },
      },
      'its health check failed once in a row: a b',
    ],
    [
      'a failure and the wait after it',
      {
        app: {
          lastTaskFailure: {
            state: 'TASK_FAILED',
            host: 'n',
            message: 'exit code 1',
            timestamp: LATER,
          },
        },
        queue: { delay: { timeLeftSeconds: 23 } },
      },
      'last task failed on n: exit code 1; next attempt in 23 s',
    ],
    [
      'a failure of a former definition',
      {
        app: {
          lastTaskFailure: {
            state: 'TASK_FAILED',
            message: 'old',
            timestamp: LATER,
            version: EARLIER,
          },
        },
      },
      'not started yet',
    ],
    [
      'another app of its deployment',
      {
        app: { deployments: [{ id: 'd' }] },
        deployments: [
          {
            id: 'd',
            currentStep: 1,
            totalSteps: 3,
            currentActions: [{ action: 'StartApplication', app: '/db' }],
          },
        ],
      },
      'its deployment waits for /db (StartApplication), step 1 of 3',
    ],
  ])('%s', (_name, facts, expected) => {
    expect(reason(facts)).toBe(expected);
  });

  it('adds the most that any offer had', () => {
    const offer = (mem: number): object => ({
      offer: { resources: [{ name: 'mem', scalar: mem }] },
    });
    const queue = {
      ...rejected(['InsufficientMemory', 2, 2]),
      lastUnusedOffers: [offer(512), offer(1024)],
    };
    expect(reason({ queue })).toBe(
      'needs 4096 MB of memory, none of 2 offers had it (the most was 1024)',
    );
  });

  it('gives the last lines of the log of a failed task', () => {
    const log = Array.from({ length: 12 }, (_, line) => `line ${line}`);
    const message = ['exit code 1', ...log].join('\n');
    const lastTaskFailure = { state: 'TASK_FAILED', message, timestamp: LATER };
    const found = pendingReason(info({ lastTaskFailure }), [], []);
    expect(found.reason).toBe('last task failed: exit code 1');
    expect(found.log).toEqual(log.slice(2));
  });
});

describe('appState', () => {
  const now = {
    since: LATER,
    id: 'now',
    startedAt: LATER,
    ipAddresses: [{ ipAddress: '10.0.0.1' }],
  };
  it.each([
    ['runs', { tasks: [task(now)] }, 'running'],
    ['runs the former definition', { tasks: [task({ version: EARLIER })] }, 'pending'],
    ['is too few', { instances: 2, tasks: [task()] }, 'pending'],
    ['has no result of a health check', { healthChecks: [{}], tasks: [task()] }, 'pending'],
    [
      'is held by its own deployment',
      { tasks: [task()], deployments: [{ id: 'mine' }] },
      'pending',
    ],
    [
      'is held by another deployment',
      { tasks: [task()], deployments: [{ id: 'other' }] },
      'running',
    ],
    [
      'has no state but a start, as before 1.4',
      { tasks: [{ id: 't', startedAt: LATER }] },
      'running',
    ],
    ['is staging', { tasks: [task({ state: 'TASK_STAGING' })] }, 'pending'],
    ['is scaled to nothing', { instances: 0 }, 'running'],
  ])('a task that %s', (_name, app, expected) => {
    expect(appState(info(app), 'mine').state).toBe(expected);
  });

  it('shows the task that counts', () => {
    const old = task({ id: 'old', version: EARLIER, host: 'node0', stagedAt: LATER });
    expect(appState(info({ tasks: [old, task(now)] }))).toEqual({
      appId: '/a',
      state: 'running',
      taskId: 'now',
      since: LATER,
      ip: '10.0.0.1',
      host: 'node1',
      ports: [],
    });
  });
});

describe('isImageMissing', () => {
  const failed = (message: string): Parameters<typeof isImageMissing>[0] => ({
    taskId: 't',
    host: 'n',
    state: 'TASK_FAILED',
    timestamp: LATER,
    message,
  });
  it.each([
    ['manifest for a/b:latest not found: manifest unknown: manifest unknown', true],
    ["pull access denied for nope, repository does not exist or may require 'docker login'", true],
    ['No such image: nope:latest', true],
    ['Get "https://registry/v2/": dial tcp: lookup registry: no such host', false],
    ['exit code 127', false],
  ])('%s: %s', (message, expected) => {
    expect(isImageMissing(failed(message))).toBe(expected);
  });
});
