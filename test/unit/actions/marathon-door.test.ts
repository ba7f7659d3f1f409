import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ActionContext } from '../../../src/actions/context.js';
import { openMarathon } from '../../../src/actions/marathon-door.js';
import { planMesos } from '../../../src/plan/mesos.js';
import type { ClusterPlan, HostPlan } from '../../../src/plan/types.js';
import { FakeClock } from '../../fakes/fake-clock.js';
import { FakeConnector } from '../../fakes/fake-connector.js';
import { FakeHost } from '../../fakes/fake-host.js';
import { FakePool } from '../../fakes/fake-pool.js';
import { RecordingReporter } from '../../fakes/recording-reporter.js';

const PASSWORD = 'made-for-this-cluster';
const FILE = '/etc/crossflock/demo/mesos/chameleon/secrets/marathon';

let servers: Server[];
let kept: string[];

beforeEach(() => {
  servers = [];
  kept = [];
});
afterEach(() => {
  for (const server of servers) server.close();
});

/** A Marathon that says who leads; it wants the made password. Its port here. */
async function marathon(leader: string): Promise<number> {
  const server = createServer((request, response) => {
    const basic = `Basic ${Buffer.from(`crossflock:${PASSWORD}`).toString('base64')}`;
    const isAdmitted = request.headers.authorization === basic;
    response.writeHead(isAdmitted ? 200 : 401, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ version: '1.11.24', leader }));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function host(id: string, address: string, port: number): FakeHost {
  const forward = { host: '127.0.0.1', port, close: () => Promise.resolve() };
  return new FakeHost(id)
    .on(['cat', FILE], { stdout: PASSWORD })
    .onForward({ host: address, port: 8080 }, forward);
}

function hostPlan(id: string, number: number): HostPlan {
  const ssh = {
    ...{ name: id, address: id, sudo: 'passwordless' as const, connectTimeoutMs: 1000 },
  };
  const privateAddress = `10.0.0.${number}`;
  return { id, clusterId: 'chameleon', role: 'both', ssh, address: id, privateAddress };
}

function clusterOf(ids: readonly string[], auth?: ClusterPlan['auth']): ClusterPlan {
  const hosts = ids.map((id, index) => hostPlan(id, index + 1));
  const engine = planMesos('demo', {}, hosts);
  const base = { id: 'chameleon', hosts, engine, marathonUrl: 'http://unused' };
  return auth === undefined ? base : { ...base, auth };
}

function contextWith(...hosts: readonly FakeHost[]): ActionContext {
  const connector = new FakeConnector();
  for (const each of hosts) connector.with(each);
  return {
    ...{ reporter: new RecordingReporter(), host: new FakeHost(), clock: new FakeClock() },
    ...{ signal: new AbortController().signal, env: {}, hosts: connector },
    openPool: () => new FakePool(),
    readFile: () => Promise.reject(new Error('no files')),
    keepSecret: (value) => kept.push(value),
  };
}

describe('the Marathon of a Mesos cluster', () => {
  it('of one host is reached through it, with the credentials that were made there', async () => {
    const port = await marathon('127.0.0.1:8080');
    const open = await openMarathon(contextWith(host('m1', '127.0.0.1', port)), clusterOf(['m1']));
    expect(open).toEqual({
      url: `http://127.0.0.1:${port}`,
      auth: { username: 'crossflock', password: PASSWORD },
    });
    expect(kept).toEqual([PASSWORD]);
  });

  it('of several is the one that leads, though another is asked first', async () => {
    const ports = [await marathon('10.0.0.2:8080'), await marathon('10.0.0.2:8080')];
    const hosts = ['m1', 'm2', 'm3'].map((id, at) => host(id, `10.0.0.${at + 1}`, ports[at] ?? 1));
    const open = await openMarathon(contextWith(...hosts), clusterOf(['m1', 'm2', 'm3']));
    expect(open.url).toBe(`http://127.0.0.1:${ports[1]}`);
  });

  it('is found though the first host is down', async () => {
    const port = await marathon('10.0.0.2:8080');
    const open = await openMarathon(
      contextWith(new FakeHost('m1'), host('m2', '10.0.0.2', port), new FakeHost('m3')),
      clusterOf(['m1', 'm2', 'm3']),
    );
    expect(open.url).toBe(`http://127.0.0.1:${port}`);
  });

  it('takes the credentials of the configuration where it has some', async () => {
    const auth = { username: 'me', password: 'mine' };
    const open = await openMarathon(
      contextWith(host('m1', '127.0.0.1', 9)),
      clusterOf(['m1'], auth),
    );
    expect(open.auth).toEqual(auth);
  });

  it('says that a cluster is not set up yet', async () => {
    const bare = new FakeHost('m1')
      .on(['cat', FILE], { exitCode: 1, stderr: 'No such file' })
      .onForward(
        { host: '127.0.0.1', port: 8080 },
        { host: '127.0.0.1', port: 9, close: () => Promise.resolve() },
      );
    await expect(openMarathon(contextWith(bare), clusterOf(['m1']))).rejects.toMatchObject({
      message: 'chameleon is not set up: m1 has no credentials of its marathon',
      hint: 'run crossflock provision first',
    });
  });
});
