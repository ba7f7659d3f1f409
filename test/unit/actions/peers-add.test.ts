import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppsRollout } from '../../../src/actions/apps-rollout.js';
import { loadPlan } from '../../../src/actions/load-plan.js';
import { addPeer, type AddPeerOptions } from '../../../src/actions/peers-add.js';
import { runSteps } from '../../../src/pipeline/run-steps.js';
import { configuration, FILE, runningWorld, type World } from './peers-world.js';

const NEW: AddPeerOptions = {
  ...{ config: FILE, host: 'cc@192.0.2.4', cluster: 'aws', id: 'aws-1' },
  ...{ dryRun: false, timeout: 60 },
};

let world: World;

beforeEach(async () => {
  world = await runningWorld();
});
afterEach(async () => {
  await world.stop();
});

async function add(options: Partial<AddPeerOptions> = {}) {
  const { context, reporter } = world.context();
  const code = await addPeer(context, { ...NEW, ...options }, () => world.network);
  return { code, reporter, summary: reporter.of('summary').at(-1) };
}

function requestsTo(id: string) {
  return world.at(id).marathon.requests.length;
}

describe('peers add of a new host', () => {
  beforeEach(async () => {
    await world.machine('aws-1', 19093);
  });

  it('writes it into the file, lets it join and starts its executor', async () => {
    const { code, summary } = await add();
    expect(summary?.message).toBe('aws-1 is in, 11 changes made');
    expect(code).toBe(0);
    const { clusters, containers, network } = world.config;
    expect(clusters.at(-1)).toEqual({
      ...{ id: 'aws', engine: 'embedded' },
      hosts: [{ id: 'aws-1', address: '192.0.2.4', user: 'cc' }],
    });
    expect(containers.at(-1)).toMatchObject({ id: 'runner3', cluster: 'aws', n_cpus: 2 });
    expect(network.containers?.at(-1)).toEqual({ id: 'runner3', ip_addr: '10.77.0.4' });
    expect(world.at('aws-1').marathon.state.ids).toEqual(['/runner3']);
    expect(world.at('aws-1').host.puts.map(({ path }) => path)).toEqual([
      '/etc/crossflock/demo/secrets/pool-key',
    ]);
    for (const id of ['chameleon-1', 'azure-1', 'cloudlab-1']) {
      expect(world.network.states.get(id)?.peers).toContain('aws-1');
    }
    expect(world.network.states.get('aws-1')?.peers).toHaveLength(3);
    expect(world.flock).toEqual(['10.77.0.2', '10.77.0.3', '10.77.0.4']);
    expect(world.pool.calls).toContain('slots 10.77.0.4');
  });

  it('asks nothing of the other clusters, and their apps are as they were', async () => {
    const { context } = world.context();
    const before = await loadPlan(context, FILE);
    await add();
    expect(['chameleon-1', 'azure-1', 'cloudlab-1'].map(requestsTo)).toEqual([0, 0, 0]);
    expect(world.network.applied).toEqual([
      'launch aws-1',
      'connect chameleon-1',
      'connect azure-1',
      'connect cloudlab-1',
      'connect aws-1',
    ]);
    const after = await loadPlan(context, FILE);
    expect(after?.apps.slice(0, 3)).toEqual(before?.apps);
    expect(after?.clusters.slice(0, 3)).toEqual(before?.clusters);
  });

  it('leaves create-containers nothing to do, on any cluster', async () => {
    const { context } = world.context();
    const options = { recreate: false, prune: true, force: false, timeout: 60 };
    const rollOut = async (dryRun: boolean) => {
      const plan = await loadPlan(context, FILE);
      if (plan === undefined) throw new Error('no plan');
      const { network } = world;
      const rollout = new AppsRollout(context, plan, { ...options, network, failures: new Map() });
      return runSteps([rollout.step()], { ...context, dryRun });
    };
    expect(await rollOut(false)).toEqual({ changes: 3 });
    await add();
    expect(await rollOut(true)).toEqual({ changes: 0 });
  });

  it('finds nothing to do the second time', async () => {
    await add();
    const { text } = world;
    const { code, summary } = await add();
    expect(code).toBe(0);
    expect(summary?.message).toBe(
      'nothing to change: aws-1 is one of the peers, and its containers run',
    );
    expect(world.text).toBe(text);
  });

  it('shows what it would do in a dry run, and does nothing', async () => {
    const { code, reporter, summary } = await add({ dryRun: true });
    expect(code).toBe(0);
    expect(summary?.message).toMatch(/^\d+ changes to make, nothing was changed$/);
    const planned = reporter
      .of('change')
      .map(({ change: { kind, target } }) => `${kind} ${target}`);
    expect(planned).toEqual(
      expect.arrayContaining([
        'cluster aws in config.json',
        'container runner3 in config.json',
        'network aws-1',
        'app /runner3 on aws',
      ]),
    );
    expect(world.here.puts).toEqual([]);
    expect(world.network.applied).toEqual([]);
    expect(requestsTo('aws-1')).toBe(0);
    expect(world.flock).toHaveLength(2);
    expect(world.at('aws-1').host.puts).toEqual([]);
  });

  it('keeps the host in the file when it cannot be made ready, and says how to go on', async () => {
    world.network.broken.add('aws-1');
    const { code, summary } = await add();
    expect(code).toBe(1);
    expect(summary?.message).toMatch(
      /^failed at .*; config\.json keeps aws-1; to go on: crossflock peers add aws-1 -c \/x\/config\.json$/,
    );
    expect(world.config.clusters).toHaveLength(4);
    expect(world.flock).toHaveLength(2);
    world.network.broken.clear();
    expect((await add({ host: 'aws-1', cluster: undefined, id: undefined })).code).toBe(0);
    expect(world.flock).toHaveLength(3);
  });

  it('writes nothing of a host that lets nobody in', async () => {
    world.at('aws-1').die();
    const { text } = world;
    const { code, summary, reporter } = await add();
    expect(code).toBe(1);
    expect(summary?.message).toBe('aws-1 is not added: config.json is as it was');
    expect(reporter.of('step-failed')[0]?.error.message).toMatch(/no answer/);
    expect(world.text).toBe(text);
  });

  it('goes on without a host that does not answer, which is not forgotten', async () => {
    world.at('azure-1').die();
    const { code, reporter } = await add();
    expect(code).toBe(0);
    expect(JSON.stringify(reporter.of('step-finished'))).toMatch(/cannot reach azure-1/);
    expect(world.network.states.get('chameleon-1')?.peers).toContain('azure-1');
    expect(world.flock).toContain('10.77.0.2');
  });

  it('does not overwrite a file that somebody else changed meanwhile', async () => {
    const { context, reporter } = world.context();
    let reads = 0;
    const readFile = async (path: string) => {
      const bytes = await context.readFile(path);
      if (path !== FILE) return bytes;
      reads += 1;
      return reads < 3 ? bytes : Buffer.concat([bytes, Buffer.from('\n')]);
    };
    expect(await addPeer({ ...context, readFile }, NEW, () => world.network)).toBe(1);
    expect(reporter.of('step-failed')[0]?.error.message).toMatch(/changed by somebody else/);
    expect(world.here.puts).toEqual([]);
    expect(world.network.applied).toEqual([]);
  });

  it('keeps references to secrets, permissions and the form of the file', async () => {
    const config = configuration();
    config.containers[2]!.args = ['-p', { $env: 'IRODS_PASSWORD' }];
    world.files.set(FILE, JSON.stringify(config, null, 4).replaceAll('\n', '\r\n'));
    const { context } = world.context();
    const env = { ...context.env, IRODS_PASSWORD: 'swordfish' };
    expect(await addPeer({ ...context, env }, NEW, () => world.network)).toBe(0);
    expect(world.config.containers[3]?.args).toEqual(['-p', { $env: 'IRODS_PASSWORD' }]);
    expect(world.text).not.toContain('swordfish');
    expect(world.text.replaceAll('\r\n', '')).not.toContain('\n');
    expect(world.here.puts[0]).toMatchObject({ path: FILE, mode: 0o640 });
  });
});

describe('peers add refuses', () => {
  it.each([
    [
      'a name that is not known',
      { host: 'azzure-1', cluster: undefined },
      /did you mean "azure-1"/,
    ],
    ['an id that is taken', { id: 'azure-1' }, /choose another one/],
    ['a cluster that is taken', { cluster: 'azure' }, /an embedded cluster has one host/],
    ['an address that is there', { host: '192.0.2.2' }, /crossflock peers add azure-1/],
  ])('%s', async (_, options, hint) => {
    await expect(add(options)).rejects.toMatchObject({
      code: 'invalid-input',
      hint: expect.stringMatching(hint) as string,
    });
    expect(world.here.puts).toEqual([]);
  });

  it('what would make the configuration unusable, and says what', async () => {
    const { code, reporter, summary } = await add({ cluster: 'No Name' });
    expect(code).toBe(2);
    expect(reporter.of('problem').map(({ problem }) => problem.path)).toContain('clusters[3].id');
    expect(summary?.message).toMatch(/would not be a usable configuration: nothing was changed/);
    expect(world.here.puts).toEqual([]);
  });

  it('a submitter whose list is fixed', async () => {
    const config = configuration();
    config.containers[0]!.args = ['-f', '10.77.0.2'];
    world.files.set(FILE, JSON.stringify(config));
    await expect(add()).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('10.77.0.4 is not in it') as string,
    });
  });

  it('a network that is full', async () => {
    const config = configuration();
    config.network.cidr = '10.77.0.0/29';
    world.files.set(FILE, JSON.stringify(config));
    await expect(add()).rejects.toMatchObject({
      message: expect.stringMatching(/no free/) as string,
    });
  });
});

describe('peers add of a host that the file names', () => {
  it('starts what is missing there, and writes nothing', async () => {
    const machine = world.at('cloudlab-1');
    machine.engine = undefined;
    machine.hasKey = false;
    world.network.states.delete('cloudlab-1');
    world.flock = ['10.77.0.2'];
    const { code } = await add({ host: '192.0.2.3', cluster: undefined, id: undefined });
    expect(code).toBe(0);
    expect(world.here.puts).toEqual([]);
    expect(machine.marathon.state.ids).toEqual(['/runner2']);
    expect(machine.engine).toMatchObject({ name: 'demo-marathon-cloudlab' });
    expect(world.flock).toEqual(['10.77.0.2', '10.77.0.3']);
    expect(['chameleon-1', 'azure-1'].map(requestsTo)).toEqual([0, 0]);
  });
});
