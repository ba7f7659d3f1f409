import { expect, it } from 'vitest';
import type { ActionContext } from '../../../src/actions/context.js';
import { lastWords } from '../../../src/actions/mesos-last-words.js';
import { isMesosCluster } from '../../../src/actions/mesos-scene.js';
import { failCluster } from '../../../src/actions/provision-mesos-step.js';
import { ProvisionScene } from '../../../src/actions/provision-scene.js';
import { provisionSummary } from '../../../src/actions/provision-summary.js';
import { CrossflockError } from '../../../src/errors/crossflock-error.js';
import { FakeClock } from '../../fakes/fake-clock.js';
import { FakeConnector } from '../../fakes/fake-connector.js';
import { FakeHost } from '../../fakes/fake-host.js';
import { FakeNetwork } from '../../fakes/fake-network.js';
import { FakePool } from '../../fakes/fake-pool.js';
import { RecordingReporter } from '../../fakes/recording-reporter.js';
import { mesosPlan } from './mesos-plan.js';

const PLAN = mesosPlan();
const [ONE] = PLAN.clusters.filter(isMesosCluster);
const NAMES = ['demo-zookeeper-one', 'demo-mesos-master-one', 'demo-mesos-marathon-one'];

function contextWith(...machines: readonly FakeHost[]) {
  const hosts = new FakeConnector();
  for (const machine of machines) hosts.with(machine);
  const reporter = new RecordingReporter();
  const context: ActionContext = {
    ...{ reporter, hosts, host: new FakeHost(), clock: new FakeClock(), env: {} },
    signal: new AbortController().signal,
    readFile: () => Promise.reject(new Error('no files')),
    openPool: () => new FakePool(),
    keepSecret: () => undefined,
  };
  return { context, reporter };
}

it.each([
  [
    'demo-mesos-marathon-one running 4 unable to connect to ZooKeeper\n',
    [
      'demo-mesos-marathon-one on m1 was started again 4 times and says last: unable to connect to ZooKeeper',
    ],
  ],
  [
    'demo-zookeeper-one exited 0 \ndemo-mesos-master-one restarting 2 Unknown flag\n',
    [
      'demo-zookeeper-one on m1 is exited and says nothing',
      'demo-mesos-master-one on m1 is restarting and says last: Unknown flag',
    ],
  ],
  ['', []],
])(
  'tells what the containers of masters said that do not stay up: %j',
  async (stdout, expected) => {
    const isAsked = (argv: readonly string[]): boolean =>
      argv[0] === 'sh' && argv.slice(-3).join() === NAMES.join();
    const { context } = contextWith(new FakeHost('m1').on(isAsked, { stdout }));
    if (ONE === undefined) throw new Error('no cluster');
    expect(await lastWords(context, ONE)).toEqual(expected);
  },
);

it('is silent about a host that does not answer', async () => {
  const dead = new CrossflockError('no route', { code: 'unreachable' });
  const { context } = contextWith(new FakeHost('m1').on(() => true, { throws: dead }));
  if (ONE === undefined) throw new Error('no cluster');
  expect(await lastWords(context, ONE)).toEqual([]);
});

it('tells what concerns a cluster as a whole once', () => {
  const { context, reporter } = contextWith(
    ...['m1', 'a1', 'a2', 'b1'].map((id) => new FakeHost(id)),
  );
  const scene = new ProvisionScene(context, { plan: PLAN, network: new FakeNetwork() });
  if (ONE === undefined) throw new Error('no cluster');
  failCluster(scene, ONE, new Error('no mesos master leads'), 'mesos');
  const told: string[] = [];
  const nothing = (): void => undefined;
  scene.tell({
    ...{ signal: context.signal, dryRun: false, progress: nothing, applied: nothing },
    incomplete: (message) => told.push(message),
  });
  expect(told).toHaveLength(1);
  expect(told[0]).toMatch(/^m1, a1, a2: .*no mesos master leads/);
  provisionSummary(context, scene, { source: ['--config', 'x'], dryRun: false, changes: 1 });
  const lines = reporter.of('report').flatMap((report) => report.lines);
  expect(lines.filter((line) => line.includes('no mesos master leads'))).toHaveLength(1);
  expect(lines[0]).toMatch(/^m1, a1, a2: mesos: /);
});
