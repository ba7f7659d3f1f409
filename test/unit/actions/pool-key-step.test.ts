import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';

import type { ActionContext } from '../../../src/actions/context.js';
import type { MemberFailures } from '../../../src/actions/network-steps.js';
import { poolKeyStep } from '../../../src/actions/pool-key-step.js';
import { CrossflockError } from '../../../src/errors/crossflock-error.js';
import { runSteps } from '../../../src/pipeline/run-steps.js';
import { makePlan } from '../../../src/plan/make-plan.js';
import type { Plan } from '../../../src/plan/types.js';
import { FakeClock } from '../../fakes/fake-clock.js';
import { FakeConnector } from '../../fakes/fake-connector.js';
import { FakeHost } from '../../fakes/fake-host.js';
import { FakePool } from '../../fakes/fake-pool.js';
import { RecordingReporter } from '../../fakes/recording-reporter.js';
import { mesosPlan } from './mesos-plan.js';

const HERE = '/state/crossflock/demo/secrets/pool-key';
const THERE = '/etc/crossflock/demo/secrets/pool-key';
const KEY = 'k'.repeat(128);

function plan() {
  const host = (address: string) => [{ address, user: 'cc' }];
  const container = { n_cpus: 1, mem: 2048 };
  return makePlan(
    {
      name: 'demo',
      clusters: [
        { id: 'one', engine: 'embedded', hosts: host('192.0.2.1') },
        { id: 'two', engine: 'embedded', hosts: host('192.0.2.2') },
      ],
      containers: [
        { id: 'submitter', cluster: 'one', image: 'crossflock/submitter', ...container },
      ],
      network: { cidr: '10.77.0.0/24', containers: [{ id: 'submitter', ip_addr: '10.77.0.1' }] },
    },
    { directory: '/state/crossflock/demo/secrets' },
  );
}

/** A machine that has this key, or none. */
function machine(name: string, path: string, key?: string): FakeHost {
  const hash = createHash('sha256')
    .update(`${key ?? ''}\n`)
    .digest('hex');
  const answer = key === undefined ? { exitCode: 1 } : { stdout: `${hash}  ${path}\n` };
  return new FakeHost(name).on(['sha256sum', path], answer);
}

function world(here: FakeHost, ...hosts: readonly FakeHost[]) {
  return worldOf(plan(), here, ...hosts);
}

function worldOf(whole: Plan, here: FakeHost, ...hosts: readonly FakeHost[]) {
  const hostsOf = new FakeConnector();
  for (const host of hosts) hostsOf.with(host);
  const kept: string[] = [];
  const context: ActionContext = {
    reporter: new RecordingReporter(),
    clock: new FakeClock(),
    signal: new AbortController().signal,
    host: here,
    hosts: hostsOf,
    env: { XDG_STATE_HOME: '/state' },
    readFile: () => Promise.reject(new Error('not read')),
    openPool: () => new FakePool(),
    keepSecret: (value) => kept.push(value),
  };
  const failures: MemberFailures = new Map();
  const result = () => runSteps([poolKeyStep(context, whole, failures)], context);
  return { failures, kept, result };
}

describe('the pool key', () => {
  it('is made once and is the same everywhere, written as root on hosts', async () => {
    const here = machine('localhost', HERE);
    const one = machine('192.0.2.1', THERE);
    const two = machine('192.0.2.2', THERE);
    const { result, kept } = world(here, one, two);
    expect(await result()).toEqual({ changes: 3 });
    const [written] = here.puts;
    expect(written).toMatchObject({ path: HERE, mode: 0o600 });
    expect(written?.content).toMatch(/^[0-9a-f]{128}\n$/);
    const there = { path: THERE, mode: 0o600, content: written?.content, sudo: true };
    expect([...one.puts, ...two.puts]).toEqual([there, there]);
    expect(kept).toEqual([written?.content.trim()]);
  });

  it('is taken from a host that has it, by a machine that does not', async () => {
    const here = machine('localhost', HERE);
    const one = machine('192.0.2.1', THERE);
    const two = machine('192.0.2.2', THERE, KEY).once(['cat', THERE], { stdout: `${KEY}\n` });
    const { result } = world(here, one, two);
    expect(await result()).toEqual({ changes: 2 });
    expect(here.puts[0]?.content).toBe(`${KEY}\n`);
    expect(one.puts[0]?.content).toBe(`${KEY}\n`);
    expect(two.puts).toEqual([]);
  });

  it('is left alone where all have it, and refused where two differ', async () => {
    const same = world(
      machine('localhost', HERE, KEY),
      machine('192.0.2.1', THERE, KEY),
      machine('192.0.2.2', THERE, KEY),
    );
    expect(await same.result()).toEqual({ changes: 0 });
    const here = machine('localhost', HERE, KEY);
    const other = machine('192.0.2.2', THERE, 'x'.repeat(128));
    const { result } = world(here, machine('192.0.2.1', THERE), other);
    const { failure } = await result();
    expect(failure?.error.message).toBe('this machine and 192.0.2.2 hold different pool keys');
    expect([...here.puts, ...other.puts]).toEqual([]);
  });

  it('goes on without a host that does not answer', async () => {
    const dead = new FakeHost('192.0.2.1').on(['sha256sum', THERE], {
      throws: new CrossflockError('no route', { code: 'unreachable' }),
    });
    const two = machine('192.0.2.2', THERE);
    const { failures, result } = world(
      machine('localhost', HERE, KEY).once(['cat', HERE], { stdout: KEY }),
      dead,
      two,
    );
    expect(await result()).toEqual({ changes: 1 });
    expect([...failures.keys()]).toEqual(['192.0.2.1']);
    expect(two.puts).toHaveLength(1);
  });

  it('is on every host that runs containers, and not on one that has a master alone', async () => {
    const hosts = ['m1', 'a1', 'a2', 'b1'].map((id) => machine(id, THERE));
    const { result } = worldOf(mesosPlan(), machine('localhost', HERE), ...hosts);
    expect(await result()).toEqual({ changes: 4 });
    expect(hosts.filter(({ puts }) => puts.length > 0).map(({ name }) => name)).toEqual([
      ...['a1', 'a2', 'b1'],
    ]);
    expect(hosts[0]?.runs).toEqual([]);
  });
});
