import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { status } from '../../../src/actions/status.js';
import { CrossflockError } from '../../../src/errors/crossflock-error.js';
import { FakeHost } from '../../fakes/fake-host.js';
import { surveyAnswer } from '../../fakes/survey-answer.js';
import { mesosConfiguration, RESOURCES } from './mesos-plan.js';
import { FILE, World } from './peers-world.js';

const FRAMEWORK = { id: 'f', name: 'marathon', hostname: 'm', active: true, connected: true };
const ZOOKEEPER = 'Zookeeper version: 3.8.4-abc, built on x\nMode: standalone\n';

function app(id: string, host: string) {
  const tasks = [
    { id: `${id}.1`, host, ports: [], state: 'TASK_RUNNING', startedAt: '2026-11-21T20:00:00Z' },
  ];
  return {
    ...{ id: `/${id}`, instances: 1, tasksRunning: 1, tasksHealthy: 0, tasksUnhealthy: 0 },
    ...{ tasksStaged: 0, deployments: [], tasks, version: '2026-11-21T20:00:00Z' },
  };
}

/** A Marathon with these apps, which says who leads; its port here. */
async function marathon(leader: string, apps: readonly object[]): Promise<number> {
  const answers: Readonly<Record<string, unknown>> = {
    '/v2/info': { version: '1.11.24', elected: true, leader, frameworkId: 'f' },
    '/v2/apps': { apps },
    '/v2/queue': { queue: [] },
    '/v2/deployments': [],
  };
  const server = createServer(({ url }, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(answers[(url ?? '').split('?')[0] ?? ''] ?? {}));
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

interface Master {
  readonly cluster: string;
  /** Where the parts listen. */
  readonly address: string;
  /** Of the agents that are registered. */
  readonly agents: readonly string[];
  readonly port: number;
}

function masterHost(id: string, { cluster, address, agents, port }: Master): FakeHost {
  const resources = { ...RESOURCES, disk: 100 };
  const slaves = agents.map((hostname) => ({
    ...{ id: 'S0', hostname, port: 5051, active: true, version: '1.7.1', resources },
    ...{ used_resources: { cpus: 2 }, offered_resources: {} },
  }));
  const state = {
    version: '1.7.1',
    leader: `master@${address}:5050`,
    slaves,
    frameworks: [FRAMEWORK],
  };
  const metrics = { 'master/elected': 1, 'registrar/log/recovered': 1 };
  const answer = (url: string, body: unknown): string =>
    `\n=== crossflock answer http://${address}:${url}\nHTTP/1.0 200 OK\r\n\r\n${JSON.stringify(body)}\n`;
  const get = [
    answer('5050/master/state', state),
    answer('5050/metrics/snapshot', metrics),
    answer('8080/ping', 'pong'),
  ].join('');
  const mesos = `@@ zookeeper\n${ZOOKEEPER}`;
  return new FakeHost(id)
    .on(['sh', '-s'], () => surveyAnswer({ mesos, 'fake-network': '', get }))
    .on(['cat', `/etc/crossflock/demo/mesos/${cluster}/secrets/marathon`], { stdout: 'made' })
    .onForward(
      { host: address, port: 8080 },
      { host: '127.0.0.1', port, close: () => Promise.resolve() },
    );
}

/** @param leader what the Marathon of the first cluster says of itself */
async function run(
  agents: readonly string[],
  dead: readonly string[] = [],
  leader = '10.0.0.1:8080',
) {
  const world = new World();
  world.files.set(FILE, JSON.stringify(mesosConfiguration()));
  world.network.with('m1', 'a1', 'a2', 'b1');
  const at = '10.0.0.1';
  const apps = [app('submitter', '10.0.0.2'), app('runner1', '10.0.0.3')];
  const one = await marathon(leader, apps);
  const two = await marathon('127.0.0.1:8080', [app('runner2', '127.0.0.1')]);
  const hosts = [
    masterHost('m1', { cluster: 'one', address: at, agents, port: one }),
    masterHost('b1', { cluster: 'two', address: '127.0.0.1', agents: ['127.0.0.1'], port: two }),
    ...['a1', 'a2'].map((id) =>
      new FakeHost(id).on(['sh', '-s'], surveyAnswer({ 'fake-network': '' })),
    ),
  ];
  for (const host of hosts) {
    const gone = new CrossflockError(`cannot reach ${host.name} over SSH`, { code: 'unreachable' });
    world.connector.with(
      dead.includes(host.name) ? new FakeHost(host.name).on(() => true, { throws: gone }) : host,
    );
  }
  const { context, reporter } = world.context();
  const code = await status(context, { config: FILE }, () => world.network);
  const warnings = reporter.of('notice').filter(({ level }) => level === 'warning');
  return {
    code,
    tables: reporter
      .of('table')
      .map(({ title, rows }) => [title, ...rows.map((row) => row.join(' | '))]),
    warnings: warnings.map(({ message }) => message),
    summary: reporter.of('summary').at(-1),
  };
}

it('shows masters, agents and peers, and is content where nothing is missing', async () => {
  const { code, tables, warnings, summary } = await run(['10.0.0.2', '10.0.0.3']);
  expect(warnings.filter((line) => /^(?:one|two|m1|a1|a2|b1):/.test(line))).toEqual([]);
  expect(tables.map(([title]) => title)).toEqual([
    ...['', 'masters', 'agents (used and offered of all)', 'network'],
  ]);
  expect(tables[0]?.[1]).toMatch(/^submitter \| one \| a1 \| /);
  expect(tables[1]).toContain(
    'm1 | one | standalone, 3.8.4 | leads, 1.7.1 | recovered | leads, 1.11.24 | 2',
  );
  expect(tables[2]).toContain('a2 | one | active | 2 + 0 of 4 | 0 + 0 of 8192 | 0 + 0 of 100');
  expect(summary?.data).toMatchObject({ running: 3, mesos: [{ apps: 2 }, { apps: 1 }] });
  expect(code).toBe(0);
});

it('is not taken in by a Marathon that hands the question on to the one that leads', async () => {
  const { tables, warnings } = await run(['10.0.0.2', '10.0.0.3'], [], '10.0.0.9:8080');
  expect(tables[1]?.[1]).toContain('stands by, 1.11.24');
  expect(warnings).toContain('one: no marathon leads');
});

it('says what is missing, and ends with 1 though every container runs', async () => {
  const { code, warnings, summary } = await run(['10.0.0.2']);
  expect(code).toBe(1);
  expect(warnings).toContain('one: the mesos agent of a2 is not registered');
  expect(summary?.message).toBe('3 of 3 containers running and healthy, but mesos lacks something');
});

it('names the hosts that do not answer', async () => {
  const { code, warnings, tables } = await run([], ['m1', 'a1']);
  expect(code).toBe(1);
  for (const id of ['m1', 'a1']) {
    expect(warnings.filter((line) => line.includes(`cannot reach ${id}`))).toHaveLength(1);
  }
  expect(tables[1]).toContain('m1 | one | no answer | no answer | - | no answer | -');
  expect(warnings).toContain('one: no mesos master leads');
});
