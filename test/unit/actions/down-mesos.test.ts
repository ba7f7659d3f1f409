import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { mesosRemovalStep } from '../../../src/actions/down-mesos-step.js';
import { appsStep, volumesStep } from '../../../src/actions/down-steps.js';
import type { ActionContext } from '../../../src/actions/context.js';
import { runSteps } from '../../../src/pipeline/run-steps.js';
import type { Step } from '../../../src/pipeline/step.js';
import { FakeClock } from '../../fakes/fake-clock.js';
import { FakeConnector } from '../../fakes/fake-connector.js';
import { FakeHost } from '../../fakes/fake-host.js';
import { FakePool } from '../../fakes/fake-pool.js';
import { RecordingReporter } from '../../fakes/recording-reporter.js';
import { MesosMachine } from './mesos-machine.js';
import { mesosPlan } from './mesos-plan.js';

const PLAN = mesosPlan();
const TASK = 'mesos-0b5e6e4c-1f0a-4f4e-8f0e-3d1d7a7f5c11';

function world() {
  const log: string[] = [];
  const hosts = new FakeConnector();
  const machines = PLAN.clusters.flatMap((cluster) =>
    cluster.hosts.map((host) => new MesosMachine(host, log)),
  );
  for (const machine of machines) hosts.with(machine);
  const reporter = new RecordingReporter();
  const context: ActionContext = {
    ...{ reporter, hosts, host: new FakeHost(), clock: new FakeClock(), env: {} },
    signal: new AbortController().signal,
    readFile: () => Promise.reject(new Error('no files')),
    openPool: () => new FakePool(),
    keepSecret: () => undefined,
  };
  const run = (step: Step, dryRun = false) => runSteps([step], { ...context, dryRun });
  const at = (id: string): MesosMachine => {
    const machine = machines.find(({ name }) => name === id);
    if (machine === undefined) throw new Error(`no machine ${id}`);
    return machine;
  };
  return { log, context, reporter, run, at, machines };
}

it('takes marathon away first, then the agents, the masters, zookeeper, and what is left', async () => {
  const { log, context, run, machines } = world();
  const step = mesosRemovalStep(context, PLAN, { volumes: true });
  expect(await run(step)).toEqual({ changes: 16 });
  const kinds = log.map((line) => line.replace(/^\w+: (?:demo-)?/, '').replace(/-(one|two)$/, ''));
  expect(kinds).toEqual([
    ...['mesos-marathon', 'mesos-marathon', 'leave', 'leave', 'leave'],
    ...['mesos-master', 'mesos-master', 'zookeeper', 'zookeeper'],
    ...[TASK, TASK, TASK, 'files', 'files', 'files', 'files'],
  ]);
  for (const { containers, strays } of machines) {
    expect(containers.filter((name) => name !== 'mesos-of-somebody-else')).toEqual([]);
    expect(strays).toEqual([]);
  }
  expect(await run(step)).toEqual({ changes: 0 });
});

it('lists it in a dry run, and touches nothing', async () => {
  const { log, context, reporter, run } = world();
  const step = mesosRemovalStep(context, PLAN, { volumes: false });
  expect(await run(step, true)).toEqual({ changes: 16 });
  expect(log).toEqual([]);
  const views = reporter.of('change').map(({ change }) => `${change.action} ${change.kind}`);
  expect(new Set(views)).toEqual(
    new Set(
      ['marathon', 'mesos agent', 'mesos master', 'zookeeper', 'containers', 'files of mesos'].map(
        (kind) => `delete ${kind}`,
      ),
    ),
  );
});

it('keeps the secrets and what zookeeper knows but for --volumes', async () => {
  const { context, run, at } = world();
  const settings = '/etc/crossflock/demo/mesos/one';
  await run(mesosRemovalStep(context, PLAN, { volumes: false }));
  expect(at('a1').left).toEqual([settings]);
  expect(await run(mesosRemovalStep(context, PLAN, { volumes: false }))).toEqual({ changes: 0 });
  await run(mesosRemovalStep(context, PLAN, { volumes: true }));
  expect(at('a1').left).toEqual([]);
});

it('names every host on which it did not work, and goes no further', async () => {
  const { log, context, run, at } = world();
  at('a1').once([/^\/etc\/init\.d\//, 'leave'], { exitCode: 1, stderr: 'it does not end\n' });
  at('b1').once([/^\/etc\/init\.d\//, 'leave'], { exitCode: 1, stderr: 'nor does it\n' });
  const { failure } = await run(mesosRemovalStep(context, PLAN, { volumes: true }));
  expect(failure?.error.message).toMatch(/^a1: .*it does not end; b1: .*nor does it$/);
  expect(log.filter((line) => line.includes('zookeeper'))).toEqual([]);
});

it('is no failure that somebody else removed a container', async () => {
  const { context, run, at } = world();
  const argv = ['docker', 'rm', '--force', '--volumes', TASK];
  const gone = { exitCode: 1, stderr: `Error: No such container: ${TASK}\n` };
  at('a2').once(argv, gone);
  expect((await run(mesosRemovalStep(context, PLAN, { volumes: true }))).failure).toBeUndefined();
  const busy = world();
  busy.at('a2').once(argv, { exitCode: 1, stderr: 'Error: device or resource busy\n' });
  const { failure } = await busy.run(mesosRemovalStep(busy.context, PLAN, { volumes: true }));
  expect(failure?.error.message).toBe('a2: Error: device or resource busy');
});

it('finds a volume on whichever agents it is', async () => {
  const { context, reporter, run, at } = world();
  at('a2').volumes = ['demo-submitter'];
  const step = volumesStep(context, PLAN);
  expect(await run(step)).toEqual({ changes: 1 });
  expect(reporter.of('change')[0]?.change.target).toBe('demo-submitter on a2');
  expect(at('m1').runs).toEqual([]);
  expect(await run(step)).toEqual({ changes: 0 });
});

it('has no apps where a Marathon was never set up, and where it is gone', async () => {
  const { context, reporter, run, at } = world();
  const nobody = { host: '127.0.0.1', port: 9, close: () => Promise.resolve() };
  const secret = (id: string): string => `/etc/crossflock/demo/mesos/${id}/secrets/marathon`;
  at('m1')
    .onForward({ host: '10.0.0.1', port: 8080 }, nobody)
    .on(['cat', secret('one')], { exitCode: 1 });
  at('b1')
    .onForward({ host: '127.0.0.1', port: 8080 }, nobody)
    .on(['cat', secret('two')], { stdout: 'made' });
  expect(await run(appsStep(context, PLAN))).toEqual({ changes: 0 });
  expect(reporter.of('step-progress').map(({ message }) => message)).toEqual([
    'one: no marathon answers, nothing to stop there',
    'two: no marathon answers, nothing to stop there',
  ]);
});

it('goes no further where a Marathon lets nobody in', async () => {
  const { context, run, at } = world();
  const server = createServer((_request, response) => {
    response.writeHead(401).end();
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const forward = { host: '127.0.0.1', port, close: () => Promise.resolve() };
  for (const [id, cluster, host] of [
    ['m1', 'one', '10.0.0.1'],
    ['b1', 'two', '127.0.0.1'],
  ] as const) {
    const file = `/etc/crossflock/demo/mesos/${cluster}/secrets/marathon`;
    at(id).onForward({ host, port: 8080 }, forward).on(['cat', file], { stdout: 'old' });
  }
  const { failure } = await run(appsStep(context, PLAN));
  expect(failure?.error.code).toBe('unauthorized');
});
