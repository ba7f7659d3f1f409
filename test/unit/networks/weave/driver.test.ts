import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { WeaveNetwork } from '../../../../src/networks/weave/weave-network.js';
import { peerName, SPEC_LABEL } from '../../../../src/networks/weave/settings.js';
import type { WeaveState } from '../../../../src/networks/weave/state.js';
import type { NetworkPlan } from '../../../../src/plan/types.js';
import type { NetworkMember, SeenMember } from '../../../../src/ports/virtual-network.js';
import { WeaveLan } from '../../../fakes/weave/weave-lan.js';

// Dozens of real processes a test, on machines that have more to do.
vi.setConfig({ testTimeout: 60_000 });

const A = '10.77.0.1';
const B = '10.77.0.2';
const C = '10.77.0.3';
const PASSWORD = 's3cret-of-the-peers';
const { signal } = new AbortController();

type WeavePlan = NonNullable<NetworkPlan['weave']>;

function planOf(weave: Partial<WeavePlan> = {}): NetworkPlan {
  return {
    ...{
      driver: 'weave',
      name: 'cft',
      cidr: '172.16.0.0/24',
      gateway: '172.16.0.254',
      port: 51820,
    },
    taken: ['172.16.0.1', '172.16.0.2'],
    weave: { version: '2.9.0', imagePrefix: 'rajchaudhuri', password: PASSWORD, ...weave },
  };
}

const ORIGINAL = { version: '2.8.1', imagePrefix: 'weaveworks' };
const ORIGINAL_IMAGES = ['weave:2.8.1', 'weaveexec:2.8.1', 'weavedb:latest'];
const ORIGINAL_HOST = {
  version: '2.8.1',
  images: ORIGINAL_IMAGES.map((image) => `weaveworks/${image}`),
  engine: { Version: '20.10.24+dfsg1', ApiVersion: '1.41', MinAPIVersion: '1.12' },
};

let lan: WeaveLan;
beforeEach(() => {
  lan = new WeaveLan();
});
afterEach(() => {
  lan.remove();
});

/** The real driver on one host: its probe in a shell, its changes applied. */
class Driver {
  readonly networks = new Map<string, WeaveNetwork>();
  readonly members: NetworkMember[];

  constructor(addresses: readonly string[], weave: Partial<WeavePlan> = {}) {
    this.members = addresses.map((address, index) => lan.member('abc'[index] ?? '', address));
    for (const { id, address } of this.members) {
      this.networks.set(id, new WeaveNetwork(planOf(weave), lan.script(address)));
    }
  }

  of({ id }: NetworkMember): WeaveNetwork {
    return this.networks.get(id)!;
  }

  async look(unreachable: readonly string[] = []): Promise<SeenMember<WeaveState>[]> {
    return Promise.all(
      this.members.map(async (member) => {
        if (unreachable.includes(member.id)) return { member, state: undefined };
        const { script, env = {}, parse } = this.of(member).probe();
        const { stdout } = await member.host.run(['sh', '-s'], { stdin: script, env, signal });
        return { member, state: parse(stdout) };
      }),
    );
  }

  /** Looks, plans and applies, one after the other; returns what was done. */
  async provision(unreachable: readonly string[] = []): Promise<string[]> {
    const changes = this.of(this.members[0]!).plan(await this.look(unreachable));
    return this.apply(changes);
  }

  async leave(id: string, unreachable: readonly string[] = []): Promise<string[]> {
    return this.apply(this.of(this.members[0]!).planLeave(await this.look(unreachable), id));
  }

  async apply(changes: ReturnType<WeaveNetwork['plan']>): Promise<string[]> {
    for (const change of changes) {
      const member = this.members.find(({ id }) => id === change.memberId)!;
      await this.of(member).apply(member, change, signal);
    }
    return changes.map(({ memberId, action }) => `${memberId} ${action.kind}`);
  }

  async measure(from: string): Promise<unknown> {
    const seen = await this.look();
    const own = seen.find(({ member }) => member.id === from)!;
    const others = seen.filter((other) => other !== own);
    return this.of(own.member).measure(own, others, signal);
  }
}

describe('a first run', () => {
  it('launches, exposes and connects; a second run finds nothing to do', async () => {
    lan.add(A);
    lan.add(B);
    const driver = new Driver([A, B]);
    expect(await driver.provision()).toEqual([
      ...['a launch', 'a expose', 'a connect'],
      ...['b launch', 'b expose', 'b connect'],
    ]);
    expect(await driver.provision()).toEqual([]);
    const state = lan.state(A);
    expect(state.container?.router).toMatchObject({
      name: peerName('cft', 'a'),
      password: PASSWORD,
      range: '10.32.0.0/12',
      targets: [B],
    });
    expect(state.container?.labels['crossflock.deployment']).toBe('cft');
    expect(state.exposed).toEqual(['172.16.0.254/24']);
    expect(lan.state(B).exposed).toEqual(['172.16.0.253/24']);
    expect(await driver.measure('a')).toEqual([
      { from: 'a', to: 'b', reachable: true, latencyMs: 0.749, mtu: 1376 },
    ]);
  });

  it('gives the password through the environment alone', async () => {
    lan.add(A);
    await new Driver([A]).provision();
    const launch = lan.state(A).calls.find(({ args }) => args[0] === 'launch')!;
    expect(launch.env['WEAVE_PASSWORD']).toBe(PASSWORD);
    expect(JSON.stringify(lan.state(A).calls.map(({ args }) => args))).not.toContain(PASSWORD);
  });

  it('works without curl, and with Weave Net 2.8.1 on Docker 20.10', async () => {
    for (const address of [A, B]) {
      lan.add(address, ORIGINAL_HOST);
      lan.without(address, 'curl');
    }
    const driver = new Driver([A, B], ORIGINAL);
    expect(await driver.provision()).toHaveLength(6);
    expect(await driver.provision()).toEqual([]);
    expect(await driver.measure('b')).toMatchObject([{ reachable: true, mtu: 1376 }]);
  });

  it('takes the script from the release page and pulls the images', async () => {
    const url = 'https://github.com/rajch/weave/releases/download/v2.9.0/weave';
    lan.add(A, { images: [], registry: newImages(), downloads: { [url]: lan.scriptText(A) } });
    lan.withoutScript(A);
    const done = await new Driver([A]).provision();
    expect(done).toEqual(['a install', 'a pull', 'a launch', 'a expose']);
    expect(lan.hasScript(A)).toBe(true);
    expect(lan.calls(A).slice(0, 3)).toEqual(
      newImages().map((image) => `docker pull --quiet ${image}`),
    );
  });

  it('refuses a page in place of the script, and says where to get it', async () => {
    const url = 'https://github.com/rajch/weave/releases/download/v2.9.0/weave';
    lan.add(A, { downloads: { [url]: '<html>sign in</html>' } });
    lan.withoutScript(A);
    await expect(new Driver([A]).provision()).rejects.toMatchObject({
      message: `weave's script could not be fetched on ${A}: what ${url} serves is no shell script`,
      hint: `fetch ${url} elsewhere, put it to ${lan.script(A)} on the host and make it executable`,
    });
    expect(lan.hasScript(A)).toBe(false);
  });

  it('refuses a script of another version, which people put there before', async () => {
    lan.add(A, { version: '2.8.10' });
    await expect(new Driver([A]).provision()).rejects.toMatchObject({
      code: 'refused',
      message: `weave on ${A} is not 2.9.0: its script says 2.8.10, its image 2.8.10`,
    });
    expect(lan.state(A).container).toBeNull();
  });

  it('says which image cannot be pulled', async () => {
    lan.add(A, { images: newImages().slice(1) });
    await expect(new Driver([A]).provision()).rejects.toMatchObject({
      code: 'command-failed',
      message: `the image rajchaudhuri/weave:2.9.0 could not be pulled on ${A}: Error response from daemon: manifest for rajchaudhuri/weave:2.9.0 not found`,
    });
  });
});

function newImages(): string[] {
  return ['weave:2.9.0', 'weaveexec:2.9.0', 'weavedb:latest'].map((name) => `rajchaudhuri/${name}`);
}

describe('an engine that weave cannot talk to', () => {
  const DOCKER_26 = {
    ...ORIGINAL_HOST,
    engine: { Version: '26.1.5+dfsg1', ApiVersion: '1.45', MinAPIVersion: '1.24' },
  };

  it('is found in the facts, before anything is changed', async () => {
    lan.add(A, DOCKER_26);
    const driver = new Driver([A], ORIGINAL);
    const [seen] = await driver.look();
    expect(driver.of(seen!.member).obstacles(seen!.member, seen!.state!)).toEqual([
      expect.stringMatching(
        /^weave net 2\.8\.1 speaks docker api 1\.18, and docker 26\.1\.5\+dfsg1 accepts 1\.24 and later: write "network\.weave\.version": "2\.9\.0"/,
      ),
    ]);
    await expect(driver.provision()).rejects.toMatchObject({ code: 'refused' });
    expect(lan.calls(A)).toEqual([]);
  });

  it('is found in what the distribution would install', async () => {
    lan.add(A, { ...DOCKER_26, engine: null });
    lan.without(A, 'docker');
    const driver = new Driver([A], ORIGINAL);
    const [seen] = await driver.look();
    expect(driver.of(seen!.member).obstacles(seen!.member, seen!.state!)[0]).toContain(
      'docker 26.1.5+dfsg1-9+b9 accepts 1.24 and later; it is what would be installed here',
    );
  });

  it('is told in words where a launch meets it all the same', async () => {
    lan.add(A, ORIGINAL_HOST);
    const driver = new Driver([A], ORIGINAL);
    const changes = driver.of(driver.members[0]!).plan(await driver.look());
    lan.change(A, (host) => (host.engine = DOCKER_26.engine));
    await expect(driver.apply(changes)).rejects.toMatchObject({
      code: 'refused',
      message: `weave launch failed on ${A}: it speaks docker api 1.18, and the docker engine accepts 1.24 and later`,
    });
  });

  it('is none for the fork, told which API to speak', async () => {
    lan.add(A, { engine: { Version: '29.0.1', ApiVersion: '1.52', MinAPIVersion: '1.44' } });
    const driver = new Driver([A]);
    expect(await driver.provision()).toEqual(['a launch', 'a expose']);
    await driver.of(driver.members[0]!).remove(driver.members[0]!.host, signal);
    expect(lan.state(A).container).toBeNull();
    for (const { env } of lan.state(A).calls) expect(env['DOCKER_API_VERSION']).toBe('1.44');
  });
});

describe('a router that is there', () => {
  it('is launched again after a stop, on the bridge that it left', async () => {
    lan.add(A, { modules: ['dummy', 'openvswitch'] });
    const driver = new Driver([A]);
    await driver.provision();
    expect(lan.state(A).bridge).toBe('fastdp');
    lan.change(A, (host) => {
      host.container!.state = 'exited';
      host.modules = ['dummy'];
    });
    expect(await driver.provision()).toEqual(['a launch']);
    expect(lan.state(A).calls.at(-1)?.env['WEAVE_NO_FASTDP']).toBeUndefined();
  });

  it('is launched without the fast datapath each time, where the kernel has none', async () => {
    lan.add(A);
    const driver = new Driver([A]);
    await driver.provision();
    lan.change(A, (host) => {
      host.container!.state = 'exited';
      host.modules = ['dummy', 'openvswitch'];
    });
    expect(await driver.provision()).toEqual(['a launch']);
    const launches = lan.state(A).calls.filter(({ args }) => args[0] === 'launch');
    expect(launches.map(({ env }) => env['WEAVE_NO_FASTDP'])).toEqual(['1', '1']);
  });

  it('is fine when somebody else launched it in the meantime as it is wanted', async () => {
    lan.add(A);
    const driver = new Driver([A]);
    const changes = driver.of(driver.members[0]!).plan(await driver.look());
    await driver.apply(changes);
    expect(await driver.apply(changes)).toEqual(['a launch', 'a expose']);
    expect(lan.calls(A).filter((call) => call.startsWith('launch'))).toHaveLength(2);
  });

  it('is not taken for wanted when it is another one', async () => {
    lan.add(A);
    const driver = new Driver([A]);
    const changes = driver.of(driver.members[0]!).plan(await driver.look());
    await new Driver([A], { password: 'another-one' }).provision();
    await expect(driver.apply(changes)).rejects.toMatchObject({
      code: 'refused',
      message: `weave launch failed on ${A}: it is already running`,
    });
  });

  it('is never restarted for a changed setting', async () => {
    lan.add(A);
    await new Driver([A]).provision();
    const before = lan.calls(A);
    await expect(new Driver([A], { password: 'a-new-one' }).provision()).rejects.toMatchObject({
      code: 'refused',
      message:
        'a: the weave router runs, and it was launched from other settings (the password, most likely)',
      hint: expect.stringContaining('run "weave reset" on it') as unknown,
    });
    expect(lan.calls(A)).toEqual(before);
  });

  it('is taken as it is when people launched it by hand and it fits', async () => {
    lan.add(A);
    lan.add(B);
    const env = { WEAVE_NO_FASTDP: '1', WEAVE_PASSWORD: PASSWORD };
    await lan.host(A).run([lan.script(A), 'launch'], { env });
    const driver = new Driver([A, B]);
    expect(await driver.provision()).toEqual([
      ...['a expose', 'a connect', 'b launch', 'b expose', 'b connect'],
    ]);
    expect(await driver.measure('b')).toMatchObject([{ to: 'a', reachable: true }]);
    // `down` takes away what it made, and leaves the router.
    await driver.of(driver.members[0]!).remove(driver.members[0]!.host, signal);
    expect(lan.state(A)).toMatchObject({ exposed: [], container: { state: 'running' } });
  });

  it('is told to be another container by its image', async () => {
    lan.add(A);
    await lan.host(A).run([lan.script(A), 'launch'], { env: { WEAVE_NO_FASTDP: '1' } });
    lan.change(A, (host) => (host.container!.image = 'nginx:1'));
    await expect(new Driver([A]).provision()).rejects.toThrow(
      'a: a container named "weave" is there that is not weave net (nginx:1)',
    );
  });
});

describe('a router that dies at once', () => {
  it.each([
    ['creating dummy interface: operation not supported', { modules: [] }],
    ['Existing bridge type "bridge" is different', { bridge: 'bridge' }],
  ])('is told with the last word of its log: %s', async (words, change) => {
    lan.add(A);
    const driver = new Driver([A]);
    const [launch] = driver.of(driver.members[0]!).plan(await driver.look());
    lan.change(A, (host) => Object.assign(host, change));
    const action = launch!.action as { facts: { bridge: string } };
    // What a stale look at the host would lead to.
    const facts = { ...action.facts, bridge: 'fastdp' };
    const stale = { ...launch!, action: { ...action, facts } } as typeof launch;
    await expect(driver.apply([stale!])).rejects.toMatchObject({
      code: 'command-failed',
      message: expect.stringContaining(
        `the weave router died at once on ${A}: ${words}`,
      ) as unknown,
    });
    expect(lan.calls(A).at(-1)).toBe('docker logs --tail 20 weave');
  });
});

describe('peers that do not connect', () => {
  it('are told apart by what the router says', async () => {
    lan.add(A);
    lan.add(B);
    await new Driver([A, B]).provision();
    const driver = new Driver([A, B]);
    // Followed by * where a firewall may be the reason.
    const why = async (): Promise<string> => {
      const [pair] = (await driver.measure('a')) as { why?: string; isBlocked?: true }[];
      return `${pair?.why ?? ''}${pair?.isBlocked === true ? ' *' : ''}`;
    };
    const edit = (change: Parameters<WeaveLan['change']>[1]) => {
      lan.change(B, change);
    };
    edit((host) => (host.container!.router.password = 'wrong'));
    expect(await why()).toBe('their passwords differ');
    edit((host) => (host.container!.router.password = ''));
    expect(await why()).toBe('one of them has a password and the other has none');
    edit((host) => (host.container!.router.password = PASSWORD));
    edit((host) => (host.udpDropped = [A]));
    expect(await why()).toBe('tcp is connected, and udp is not through yet *');
    edit((host) => (host.tcpDropped = [A]));
    expect(await why()).toBe('nothing answers on TCP 6783 so far *');
    edit((host) => (host.tcpDropped = host.udpDropped = []));
    edit((host) => (host.container!.router.range = '10.64.0.0/16'));
    expect(await why()).toBe('their allocation ranges differ');
    edit((host) => (host.container!.state = 'exited'));
    expect(await why()).toBe('it answers, but weave does not run there');
  });

  it('reach each other through a third one, and it is said', async () => {
    for (const address of [A, B, C]) lan.add(address);
    const driver = new Driver([A, B, C]);
    await driver.provision();
    lan.change(A, (host) => (host.tcpDropped = [C]));
    expect(await driver.measure('a')).toMatchObject([
      { to: 'b', reachable: true, mtu: 1376 },
      { to: 'c', reachable: true, why: 'through another peer: nothing answers on TCP 6783 so far' },
    ]);
    lan.without(A, 'ping');
    expect(await driver.measure('a')).toMatchObject([{ to: 'b' }, { to: 'c', reachable: true }]);
  });

  it('are judged by the routers alone where the host has no ping', async () => {
    lan.add(A);
    lan.add(B);
    const driver = new Driver([A, B]);
    await driver.provision();
    lan.without(A, 'ping');
    expect(await driver.measure('a')).toEqual([
      {
        from: 'a',
        to: 'b',
        reachable: true,
        mtu: 1376,
        why: 'no packet was sent, as ping is not installed',
      },
    ]);
  });
});

describe('members that cannot be asked', () => {
  it('are connected to, and nothing of theirs is taken away', async () => {
    lan.add(A);
    lan.add(B);
    const driver = new Driver([A, B]);
    expect(await driver.provision(['b'])).toEqual(['a launch', 'a connect']);
    expect(lan.calls(A).filter((call) => /^(forget|rmpeer|reset|stop)/.test(call))).toEqual([]);
    expect(lan.state(A).container?.router.targets).toEqual([B]);
  });
});

describe('leaving', () => {
  it('is reset, then forget everywhere, then rmpeer on exactly one', async () => {
    for (const address of [A, B, C]) lan.add(address);
    const driver = new Driver([A, B, C]);
    await driver.provision();
    expect(await driver.leave('c')).toEqual(['c reset', 'a forget', 'b forget', 'a remove-peer']);
    expect(lan.state(C).container).toBeNull();
    expect(lan.state(A).container?.router.targets).toEqual([B]);
    expect(lan.calls(A).at(-1)).toBe(`rmpeer ${peerName('cft', 'c')}`);
    expect(lan.calls(B).filter((call) => call.startsWith('rmpeer'))).toEqual([]);
  });

  it('works for a host that is gone', async () => {
    for (const address of [A, B, C]) lan.add(address);
    const driver = new Driver([A, B, C]);
    await driver.provision();
    expect(await driver.leave('c', ['c'])).toEqual(['a forget', 'b forget', 'a remove-peer']);
    expect(lan.state(C).container?.state).toBe('running');
  });

  it('is nothing the second time, and nothing for a host that nobody knows', async () => {
    for (const address of [A, B]) lan.add(address);
    const driver = new Driver([A, B]);
    await driver.provision();
    expect(await driver.leave('b', ['b'])).toEqual(['a forget', 'a remove-peer']);
    // Gone for good: its router would otherwise still be remembered.
    lan.change(B, (host) => (host.container = null));
    expect(await driver.leave('b', ['b'])).toEqual([]);
    driver.members.push(lan.member('z', '10.77.0.9'));
    expect(await driver.leave('z', ['z'])).toEqual([]);
  });

  it('resets a router that is stopped by force', async () => {
    lan.add(A);
    lan.add(B);
    const driver = new Driver([A, B]);
    await driver.provision();
    lan.change(B, (host) => (host.container!.state = 'exited'));
    expect(await driver.leave('b')).toEqual(['b reset', 'a forget', 'a remove-peer']);
    expect(lan.calls(B).at(-1)).toBe('reset --force');
  });
});

describe('remove', () => {
  it('takes the router of the deployment away, and is fine without one', async () => {
    lan.add(A);
    const driver = new Driver([A]);
    const [member] = driver.members;
    await driver.of(member!).remove(member!.host, signal);
    expect(lan.calls(A)).toEqual([]);
    await driver.provision();
    expect(lan.state(A).container?.labels[SPEC_LABEL]).toMatch(/^[0-9a-f]{16}$/);
    await driver.of(member!).remove(member!.host, signal);
    expect(lan.state(A)).toMatchObject({ container: null, exposed: [], bridge: 'none' });
    expect(lan.calls(A).at(-1)).toBe('reset');
    await driver.provision();
    lan.change(A, (host) => (host.container!.state = 'exited'));
    await driver.of(member!).remove(member!.host, signal);
    expect(lan.state(A).container).toBeNull();
  });
});
