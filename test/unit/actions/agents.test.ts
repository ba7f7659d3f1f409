import { describe, expect, it } from 'vitest';
import {
  departureOf,
  endingContainers,
  type Departure,
} from '../../../src/actions/agent-departure.js';
import type { ActionContext } from '../../../src/actions/context.js';
import { isMesosCluster, type MesosCluster } from '../../../src/actions/mesos-scene.js';
import { drainStep } from '../../../src/actions/peers-drain.js';
import { newHostEdit } from '../../../src/actions/peers-new-host.js';
import { agentLeaves } from '../../../src/actions/peers-remove-agent.js';
import type { Config } from '../../../src/config/types.js';
import { runSteps } from '../../../src/pipeline/run-steps.js';
import { makePlan } from '../../../src/plan/make-plan.js';
import { FakeClock } from '../../fakes/fake-clock.js';
import { FakeConnector } from '../../fakes/fake-connector.js';
import { FakeHost } from '../../fakes/fake-host.js';
import { FakeNetwork } from '../../fakes/fake-network.js';
import { RecordingReporter } from '../../fakes/recording-reporter.js';
import { mesosConfiguration, mesosPlan } from './mesos-plan.js';

const FILE = '/x/config.json';
const plan = mesosPlan();
const TEXT = JSON.stringify(mesosConfiguration(), null, 2);

function clusterOf(id: string, of = plan): MesosCluster {
  const cluster = of.clusters.filter(isMesosCluster).find((each) => each.id === id);
  if (cluster === undefined) throw new Error(`the test has no cluster ${id}`);
  return cluster;
}

describe('departureOf', () => {
  /** Nobody is asked before these are refused. */
  const ask = (clusterId: string, hostId: string, of = plan) => {
    const cluster = clusterOf(clusterId, of);
    const host = cluster.hosts.find(({ id }) => id === hostId);
    if (host === undefined) throw new Error(`the test has no host ${hostId}`);
    const network = new FakeNetwork();
    return departureOf({} as ActionContext, { plan: of, cluster, host, network, file: FILE });
  };

  it('lets no master go', async () => {
    await expect(ask('one', 'm1')).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('m1 is a master of one') as string,
      hint: expect.stringContaining('give another host of config.json its "role"') as string,
    });
  });

  it('lets no cluster of one host go', async () => {
    await expect(ask('two', 'b1')).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('b1 is all of the cluster two') as string,
    });
  });

  it('leaves no cluster of one host, whose parts would listen elsewhere', async () => {
    const config = mesosConfiguration();
    const clusters = config.clusters.map((each) =>
      each.id === 'one' ? { ...each, hosts: (each.hosts ?? []).slice(0, 2) } : each,
    );
    const small = makePlan({ ...config, clusters }, { directory: '/x' });
    await expect(ask('one', 'a1', small)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('listen on 127.0.0.1 instead') as string,
    });
  });
});

describe('endingContainers', () => {
  const ending = (...ids: string[]): Departure => ({
    ...{ cluster: clusterOf('one'), agent: undefined, moving: [] },
    member: { hostId: 'a2', address: '10.0.0.3' },
    ending: ids.map((containerId) => ({
      ...(plan.apps[1] as (typeof plan.apps)[number]),
      containerId,
      fate: { app: (plan.apps[1] as (typeof plan.apps)[number]).app, becomes: 'no-room' },
    })),
  });
  const text = (instances: number): string =>
    JSON.stringify({ containers: [{ id: 'r', instances }, { id: 's' }] });

  it('names those of the configuration all of whose instances go', () => {
    expect(endingContainers(ending('s'), text(2))).toEqual(new Set(['s']));
    expect(endingContainers(ending('r-1', 'r-2'), text(2))).toEqual(new Set(['r']));
  });

  it('refuses where some would stay', () => {
    expect(() => endingContainers(ending('r-2', 's'), text(2))).toThrow(/^r-2 would go with/);
  });
});

describe('newHostEdit', () => {
  const wish = { host: 'cc@192.0.2.9', id: 'a3', privateAddress: '10.0.0.9' };

  it('lets a host join a cluster of Mesos, with an executor of its own', () => {
    const edit = newHostEdit(plan, { ...wish, cluster: 'one' }, FILE, TEXT);
    const { clusters, containers } = JSON.parse(edit.text) as Config;
    const host = { id: 'a3', address: '192.0.2.9', user: 'cc', private_address: '10.0.0.9' };
    expect(clusters[0]?.hosts?.at(-1)).toEqual(host);
    expect(containers.at(-1)).toMatchObject({
      ...{ id: 'runner3', cluster: 'one' },
      constraints: [['hostname', 'CLUSTER', '10.0.0.9']],
    });
  });

  it('lets it join without one', () => {
    const edit = newHostEdit(plan, { ...wish, cluster: 'one', executor: false }, FILE, TEXT);
    expect((JSON.parse(edit.text) as Config).containers).toHaveLength(3);
  });

  it('refuses a cluster of one host, whose parts would have to listen elsewhere', () => {
    expect(() => newHostEdit(plan, { ...wish, cluster: 'two' }, FILE, TEXT)).toThrow(
      /the cluster two is one host, whose parts listen on 127\.0\.0\.1/,
    );
  });

  it('refuses a cluster of its own that would do nothing', () => {
    expect(() =>
      newHostEdit(plan, { ...wish, cluster: 'new', executor: false }, FILE, TEXT),
    ).toThrow(/without an executor/);
  });
});

describe('an agent that leaves', () => {
  const machine = new FakeHost('a2');
  const [host] = clusterOf('one').hosts.slice(-1);
  if (host === undefined) throw new Error('the test has no host');
  const context: ActionContext = {
    ...{ reporter: new RecordingReporter(), clock: new FakeClock(), env: {} },
    ...{ signal: new AbortController().signal, host: new FakeHost('here') },
    hosts: new FakeConnector().with(machine),
    readFile: () => Promise.reject(new Error('nothing is read')),
    openPool: () => {
      throw new Error('no pool is asked');
    },
    keepSecret: () => undefined,
  };
  const departure: Departure = {
    ...{ cluster: clusterOf('one'), agent: undefined, moving: [], ending: [] },
    member: { hostId: 'a2', address: '10.0.0.3' },
  };
  const leaving = {
    ...{ host, before: plan, after: plan, departure, network: new FakeNetwork() },
    ...{ wait: 0, dryRun: false, hasDocker: true },
  };

  it('has its jobs ended before anything else', () => {
    const steps = agentLeaves(context, leaving).map(({ id }) => id);
    expect(steps).toEqual(['drain', 'agent', 'tasks', 'containers']);
    const bare = agentLeaves(context, { ...leaving, hasDocker: false }).map(({ id }) => id);
    expect(bare).toEqual(['agent', 'tasks']);
  });

  it('gives jobs back to their queue at once where they have no time', async () => {
    const executor = new FakeHost('a2');
    const scripts: string[] = [];
    executor
      .on(
        (argv) => argv[1] === 'ps',
        (argv) => {
          expect(argv).not.toContain('--all');
          expect(argv).toContain('label=crossflock.deployment=demo');
          return { stdout: 'c1 mesos-1\n' };
        },
      )
      .on(
        (argv) => argv.slice(0, 5).join(' ') === 'docker exec --user root c1',
        (argv) => {
          scripts.push(argv.at(-1) ?? '');
          return {};
        },
      );
    const options = { host: executor, plan, cluster: clusterOf('one'), wait: 0, givesBack: true };
    const { failure } = await runSteps([drainStep(options)], { ...context, dryRun: false });
    expect(failure).toBeUndefined();
    expect(scripts).toHaveLength(1);
    expect(scripts[0]).toContain('condor_off -graceful -daemon startd');
  });
});
