import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadPlan } from '../../../src/actions/load-plan.js';
import { removePeer, type RemovePeerOptions } from '../../../src/actions/peers-remove.js';
import { CrossflockError } from '../../../src/errors/crossflock-error.js';
import { configuration, FILE, runningWorld, type Machine, type World } from './peers-world.js';

let world: World;
let azure: Machine;

beforeEach(async () => {
  world = await runningWorld();
  azure = world.at('azure-1');
  azure.marathon.state.addRunning({
    id: '/runner1',
    labels: { 'crossflock.deployment': 'demo' },
  });
});
afterEach(async () => {
  await world.stop();
});

async function remove(options: Partial<RemovePeerOptions> = {}) {
  const { context, reporter } = world.context();
  const all = { config: FILE, host: 'azure-1', wait: 0, gone: false, dryRun: false, ...options };
  const code = await removePeer(context, all, () => world.network);
  return { code, reporter, summary: reporter.of('summary').at(-1) };
}

function stepsOf({ reporter }: Awaited<ReturnType<typeof remove>>): readonly string[] {
  return reporter.of('step-finished').map(({ step }) => step);
}

describe('peers remove', () => {
  it('drains the host, takes it out everywhere, the file last', async () => {
    const result = await remove();
    expect(result.summary?.message).toBe('azure-1 is out');
    expect(result.code).toBe(0);
    expect(stepsOf(result)).toEqual([
      ...['host', 'flock', 'apps', 'marathons', 'containers', 'network', 'keys', 'file'],
    ]);
    expect(world.flock).toEqual(['10.77.0.3']);
    expect(azure.marathon.state.ids).toEqual([]);
    expect(azure.engine).toBeUndefined();
    expect(azure.hasKey).toBe(false);
    expect(world.network.states.has('azure-1')).toBe(false);
    expect(world.network.states.get('chameleon-1')?.peers).toEqual(['cloudlab-1']);
    const { clusters, containers, network } = world.config;
    expect(clusters.map(({ id }) => id)).toEqual(['chameleon', 'cloudlab']);
    expect(containers.map(({ id }) => id)).toEqual(['submitter', 'runner2']);
    expect(network.containers?.map(({ id }) => id)).toEqual(['submitter', 'runner2']);
  });

  it('leaves what stays as it was: no other address, no other port, no request', async () => {
    const config = configuration();
    delete config.network.containers;
    world.files.set(FILE, JSON.stringify(config, null, 2));
    const { context } = world.context();
    const before = await loadPlan(context, FILE);
    await remove();
    const after = await loadPlan(context, FILE);
    const stays = (plan: typeof before) => ({
      apps: plan?.apps.filter(({ clusterId }) => clusterId !== 'azure'),
      clusters: plan?.clusters.filter(({ id }) => id !== 'azure'),
    });
    expect(stays(after)).toEqual(stays(before));
    expect(world.config.clusters[1]?.engine).toEqual({ type: 'embedded', port: 19092 });
    expect(world.at('cloudlab-1').marathon.requests).toEqual([]);
    expect(world.at('chameleon-1').marathon.requests).toEqual([]);
  });

  it('finds nothing to do the second time, and tells what may have been meant', async () => {
    await remove();
    const { code, summary, reporter } = await remove();
    expect(code).toBe(0);
    expect(summary?.message).toBe(
      'nothing to do: config.json names no host "azure-1", and no host knows it',
    );
    expect(reporter.of('notice').at(-1)?.message).toMatch(/^(config.json names|did you mean) /);
  });

  it('changes nothing in a dry run', async () => {
    const { code, summary } = await remove({ dryRun: true });
    expect(code).toBe(0);
    expect(summary?.message).toMatch(/changes to make, nothing was changed/);
    expect(world.here.puts).toEqual([]);
    expect(world.network.applied).toEqual([]);
    expect(world.flock).toHaveLength(2);
    expect(azure.marathon.state.ids).toEqual(['/runner1']);
    expect(azure.engine).toBeDefined();
  });

  it('does all that is not on the host itself when it is gone, and says what is left', async () => {
    azure.die();
    const result = await remove();
    expect(result.code).toBe(0);
    expect(stepsOf(result)).toEqual(['host', 'flock', 'jobs', 'network', 'file']);
    expect(world.flock).toEqual(['10.77.0.3']);
    expect(world.vacated).toEqual(['10.77.0.2']);
    expect(world.network.states.get('cloudlab-1')?.peers).toEqual(['chameleon-1']);
    expect(world.config.clusters).toHaveLength(2);
    expect(result.summary).toMatchObject({ data: { gone: true } });
    expect(result.reporter.of('report').flatMap(({ lines }) => lines)).toContain(
      '  rm -rf /etc/crossflock/demo',
    );
  });

  it('does not ask a host that is said to be gone', async () => {
    azure.die('refused');
    const { code } = await remove({ gone: true });
    expect(code).toBe(0);
    expect(azure.host.runs).toEqual([]);
    expect(world.config.clusters).toHaveLength(2);
  });

  it('stops at a host that lets nobody in, and names the way out', async () => {
    azure.die('refused');
    const { code, reporter } = await remove();
    expect(code).toBe(1);
    expect(reporter.of('step-failed')[0]?.error.hint).toMatch(/--gone/);
    expect(world.here.puts).toEqual([]);
    expect(world.flock).toHaveLength(2);
  });

  it('stops before the file when the host fails on the way; the next run goes on', async () => {
    world.network.broken.add('azure-1');
    const { code, summary } = await remove();
    expect(code).toBe(1);
    expect(summary?.message).toMatch(/^failed at network: config\.json still names azure-1/);
    expect(world.config.clusters).toHaveLength(3);
    world.network.broken.clear();
    expect((await remove()).code).toBe(0);
    expect(world.config.clusters).toHaveLength(2);
  });

  it('takes a host out though another one does not answer; later that one is told too', async () => {
    const cloudlab = world.at('cloudlab-1');
    world.network.broken.add('cloudlab-1');
    const { code, summary, reporter } = await remove();
    expect(code).toBe(0);
    expect(summary).toMatchObject({ data: { notTold: ['cloudlab-1'] } });
    expect(reporter.of('notice').at(-1)?.message).toMatch(/run the same command once more/);
    expect(world.network.states.get('cloudlab-1')?.peers).toContain('azure-1');
    world.network.broken.clear();
    const again = await remove();
    expect(again.summary?.message).toBe('the last ones have forgotten azure-1');
    expect(world.network.states.get('cloudlab-1')?.peers).not.toContain('azure-1');
    expect(cloudlab.marathon.requests).toEqual([]);
  });

  it('ends containers whose marathon is gone', async () => {
    azure.engine = undefined;
    await azure.marathon.stop();
    azure.tasks = ['7a5k /runner1'];
    azure.host.on(['docker', 'stop', '--time', '20', '7a5k'], {});
    expect((await remove()).code).toBe(0);
    expect(azure.tasks).toEqual([]);
  }, 20_000);

  it('takes out a host that was never made ready', async () => {
    azure.hasDocker = false;
    const result = await remove();
    expect(result.code).toBe(0);
    expect(stepsOf(result)).toEqual(['host', 'flock', 'network', 'keys', 'file']);
  });

  it('refuses the host of the submitter, and says what to do', async () => {
    await expect(remove({ host: 'chameleon-1' })).rejects.toMatchObject({
      code: 'refused',
      message: 'chameleon-1 runs the submitter (submitter), and with it the queue and all runs',
      hint: expect.stringContaining('crossflock down') as string,
    });
  });

  it('refuses where the rest would be no usable configuration', async () => {
    const config = configuration();
    config.containers[0]!.args = ['-f', '10.77.0.2,10.77.0.3'];
    world.files.set(FILE, JSON.stringify(config));
    const { code, reporter, summary } = await remove();
    expect(code).toBe(2);
    expect(reporter.of('problem').map(({ problem }) => problem.path)).toEqual([
      'containers[0].args[1]',
    ]);
    expect(summary?.message).toMatch(/without azure-1 config\.json would not be/);
    expect(world.network.applied).toEqual([]);
  });
});

describe('peers remove --wait', () => {
  const drain = (argv: readonly string[]): boolean => argv.includes('7a5k') && argv[1] === 'exec';

  beforeEach(() => {
    azure.tasks = ['7a5k /runner1'];
    azure.host.on(['docker', 'stop', '--time', '20', '7a5k'], {});
  });

  it('lets the jobs end before the executor does', async () => {
    azure.host.once(drain, () => {
      expect(world.flock).toEqual(['10.77.0.3']);
      expect(azure.marathon.state.ids).toEqual(['/runner1']);
      return {};
    });
    const result = await remove({ wait: 90 });
    expect(stepsOf(result).slice(0, 4)).toEqual(['host', 'flock', 'drain', 'apps']);
    expect(result.code).toBe(0);
    expect(azure.host.runs.find(({ argv }) => drain(argv))?.options.timeoutMs).toBe(90_000);
  });

  it('goes on when the time is over', async () => {
    const throws = new CrossflockError('did not end within 90 s', { code: 'timeout' });
    azure.host.once(drain, { throws });
    const { code, reporter } = await remove({ wait: 90 });
    expect(code).toBe(0);
    expect(reporter.of('step-finished').find(({ step }) => step === 'drain')).toMatchObject({
      outcome: 'incomplete',
      message: 'jobs that still run are run again elsewhere',
    });
  });

  it('stops where the executor cannot be told', async () => {
    azure.host.once(drain, { exitCode: 1, stderr: "Can't connect to local master" });
    const { code } = await remove({ wait: 90 });
    expect(code).toBe(1);
    expect(azure.marathon.state.ids).toEqual(['/runner1']);
    expect(world.here.puts).toEqual([]);
  });
});
