import { expect, test } from 'vitest';
import type { ActionContext } from '../../../src/actions/context.js';
import { loadPlan } from '../../../src/actions/load-plan.js';
import { FakeClock } from '../../fakes/fake-clock.js';
import { FakeConnector } from '../../fakes/fake-connector.js';
import { FakeHost } from '../../fakes/fake-host.js';
import { FakePool } from '../../fakes/fake-pool.js';
import { RecordingReporter } from '../../fakes/recording-reporter.js';

/** On a machine with a route to the addresses of the network. */
async function load(cluster: object, driver: string) {
  const route = JSON.stringify([{ dst: '10.77.0.0/16', dev: 'br-0' }]);
  const reporter = new RecordingReporter();
  const configuration = {
    ssh: { config_file: 'none' },
    clusters: [{ id: 'far', marathon_uri: 'http://127.0.0.1:9090', ...cluster }],
    containers: [
      { id: 'submitter', cluster: 'far', image: 'crossflock/submitter', n_cpus: 1, mem: 2048 },
    ],
    network: { cidr: '10.77.0.0/24', driver },
  };
  const context: ActionContext = {
    reporter,
    clock: new FakeClock(),
    signal: new AbortController().signal,
    host: new FakeHost()
      .on(['ip', '-json', 'route'], { stdout: route })
      .on((argv) => argv[1] === 'network', { exitCode: 1 }),
    hosts: new FakeConnector(),
    env: { XDG_STATE_HOME: '/state' },
    readFile: () => Promise.resolve(new TextEncoder().encode(JSON.stringify(configuration))),
    openPool: () => new FakePool(),
    keepSecret: () => undefined,
  };
  const plan = await loadPlan(context, 'demo.json', 'what stops');
  const problems = reporter.of('problem').map(({ problem }) => problem.message);
  return { isUsable: plan !== undefined, problems };
}

test('a network over a route of this machine is refused where it comes to this machine', async () => {
  expect(await load({}, 'bridge')).toEqual({
    isUsable: false,
    problems: ['overlaps the route to 10.77.0.0/16 on br-0 of this machine'],
  });
});

test('and not where all of it is on hosts, which have routes of their own', async () => {
  const hosts = [{ address: 'h1' }, { address: 'h2' }];
  expect(await load({ hosts }, 'wireguard')).toEqual({ isUsable: true, problems: [] });
});
