import { expect, it } from 'vitest';
import { appRows } from '../../../src/actions/app-table.js';
import type { AppState } from '../../../src/marathon/app-state.js';
import { mesosPlan } from './mesos-plan.js';

function hosts(states: readonly AppState[]): readonly unknown[] {
  const byId = new Map(states.map((state) => [state.appId, state] as const));
  return appRows(mesosPlan(), byId).map(
    ([container, , host]) => `${container ?? ''}: ${host ?? ''}`,
  );
}

function running(appId: string, host: string): AppState {
  return { appId, state: 'running', host, ports: [] };
}

it('names the host of a task by its id where Mesos knows it by an address', () => {
  const states = [
    running('/submitter', '10.0.0.3'),
    running('/runner1', '10.0.0.2'),
    running('/runner2', '127.0.0.1'),
  ];
  expect(hosts(states)).toEqual(['submitter: a2', 'runner1: a1', 'runner2: b1']);
});

it('leaves what no agent of the cluster listens on, and what is not known', () => {
  const states = [running('/submitter', '127.0.0.1')];
  expect(hosts(states)).toEqual(['submitter: 127.0.0.1', 'runner1: -', 'runner2: -']);
});
