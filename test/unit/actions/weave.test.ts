import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadPlan } from '../../../src/actions/load-plan.js';
import { forgetPeer } from '../../../src/actions/peers-connect.js';
import { marathonsStep } from '../../../src/actions/platform-steps.js';
import { provision } from '../../../src/actions/provision.js';
import { WeaveNetwork } from '../../../src/networks/weave/weave-network.js';
import { runSteps } from '../../../src/pipeline/run-steps.js';
import type { NetworkPlan } from '../../../src/plan/types.js';
import type { NetworkMember, VirtualNetwork } from '../../../src/ports/virtual-network.js';
import { WeaveLan } from '../../fakes/weave/weave-lan.js';
import { configuration, FILE, runningWorld, World, type Machine } from './peers-world.js';

const SOCKET = '/var/run/weave/weave.sock';

describe('an embedded Marathon whose containers are created through a socket of the network', () => {
  let world: World;
  let azure: Machine;

  beforeEach(async () => {
    world = await runningWorld();
    world.network.createSocket = SOCKET;
    azure = world.at('azure-1');
    azure.engine = undefined;
  });
  afterEach(async () => {
    await world.stop();
  });

  function started(): readonly string[] | undefined {
    return azure.host.runs.map(({ argv }) => argv).find(([, command]) => command === 'run');
  }

  it('is started by provision with it, after the network was launched', async () => {
    world.network.states.delete('azure-1');
    const { context, reporter } = world.context();
    const options = { config: FILE, only: ['azure-1'], dryRun: false };
    expect(await provision(context, options, () => world.network)).toBe(0);
    expect(started()).toContain(`CROSSFLOCK_CREATE_SOCKET=${SOCKET}`);
    const changes = reporter.of('change').map(({ change }) => change.kind);
    expect(changes.indexOf('marathon')).toBeGreaterThan(changes.indexOf('network'));
  });

  it('is started by create-containers with it', async () => {
    const { context } = world.context();
    const plan = await loadPlan(context, FILE);
    if (plan === undefined) throw new Error('the configuration is refused');
    const options = { failures: new Map(), unreached: new Map(), network: world.network };
    const step = marathonsStep(context, plan, options);
    await runSteps([step], { ...context, dryRun: false });
    expect(started()).toContain(`CROSSFLOCK_CREATE_SOCKET=${SOCKET}`);
  });
});

/** The hosts of `configuration`, of which each has its own script of Weave's. */
const ADDRESSES = { 'chameleon-1': '192.0.2.1', 'azure-1': '192.0.2.2', 'cloudlab-1': '192.0.2.3' };
type HostId = keyof typeof ADDRESSES;

/** The driver as it is, but for the place of Weave's script, which differs from host to host. */
class LanNetwork extends WeaveNetwork implements VirtualNetwork {
  readonly #plan: NetworkPlan;
  readonly #lan: WeaveLan;
  readonly applied: string[] = [];

  constructor(plan: NetworkPlan, lan: WeaveLan) {
    super(plan);
    this.#plan = plan;
    this.#lan = lan;
  }

  #of({ address }: NetworkMember): WeaveNetwork {
    return new WeaveNetwork(this.#plan, this.#lan.script(address));
  }

  override probe(member?: NetworkMember) {
    if (member === undefined) throw new Error('no member was given');
    return this.#of(member).probe();
  }

  override apply(...[member, change, signal]: Parameters<WeaveNetwork['apply']>) {
    this.applied.push(`${member.id} ${change.view.kind} ${change.view.detail ?? ''}`.trim());
    return this.#of(member).apply(member, change, signal);
  }
}

describe('peers forget with weave', () => {
  // Dozens of real processes a test, on machines that have more to do.
  vi.setConfig({ testTimeout: 60_000 });
  let lan: WeaveLan;
  let world: World;

  beforeEach(() => {
    lan = new WeaveLan();
    world = new World();
    for (const [id, address] of Object.entries(ADDRESSES)) {
      lan.add(address);
      world.connector.with({ ...lan.host(address), name: id });
    }
    const config = configuration();
    const network = { ...config.network, driver: 'weave', weave: { password: 'sesame-3' } };
    world.files.set(FILE, JSON.stringify({ ...config, network }));
  });
  afterEach(() => {
    lan.remove();
  });

  async function launchAll(): Promise<void> {
    for (const address of Object.values(ADDRESSES)) {
      const others = Object.values(ADDRESSES).filter((other) => other !== address);
      await lan.host(address).run([lan.script(address), 'launch', ...others], {
        env: { WEAVE_NO_FASTDP: '1', WEAVE_PASSWORD: 'sesame-3' },
      });
    }
  }

  async function forget(host: HostId) {
    const { context, reporter } = world.context();
    let network: LanNetwork | undefined;
    const code = await forgetPeer(context, { config: FILE, host, dryRun: false }, (plan) => {
      network = new LanNetwork(plan, lan);
      return network;
    });
    return { code, applied: network?.applied, reporter };
  }

  it('resets the host, then all others forget it, then one takes over what it held', async () => {
    await launchAll();
    const name = lan.state('192.0.2.2').container?.router.name ?? '';
    const { code, applied } = await forget('azure-1');
    expect(code).toBe(0);
    expect(applied).toEqual([
      'azure-1 weave router leaves the network',
      'chameleon-1 weave peers forget 192.0.2.2',
      'cloudlab-1 weave peers forget 192.0.2.2',
      `chameleon-1 weave peer azure-1 (${name})`,
    ]);
    expect(lan.state('192.0.2.2').container).toBeNull();
    const calls = Object.values(ADDRESSES).flatMap((address) => lan.calls(address));
    expect(calls.filter((call) => call.startsWith('rmpeer'))).toEqual([`rmpeer ${name}`]);
  });

  it('leaves the others as they are where the host itself cannot leave', async () => {
    await launchAll();
    // Docker's answers come from files; the image that every command of Weave's needs is gone.
    lan.change('192.0.2.2', (host) => (host.images = []));
    const { code, applied } = await forget('azure-1');
    expect(code).not.toBe(0);
    expect(applied).toEqual(['azure-1 weave router leaves the network']);
    expect(lan.state('192.0.2.1').container?.router.targets).toContain('192.0.2.2');
  });
});
