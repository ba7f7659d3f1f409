import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { readMeasurement } from '../../../src/workflow/advice/speed.js';
import {
  ADDRESS,
  asPoolUser,
  calibrate,
  containerOf,
  createPoolNetwork,
  docker,
  flock,
  follow,
  type JobEvent,
  readResult,
  removeContainer,
  removePool,
  startContainer,
  startExecutor,
  startSubmitter,
  submit,
} from './pool.js';

const DEMO = { pairs: 4_652_775, edges: 1659, positive: 1632, negative: 27 };

const isRunning = (event: JobEvent) => event.MyType === 'ExecuteEvent' && event.Log === 'nodes';

function executors(events: readonly JobEvent[]): Set<string> {
  const slots = events.filter(isRunning).map((event) => event.SlotName ?? '');
  return new Set(slots.map((slot) => slot.replace(/^.*@|\.crossflock$/g, '')));
}

const runsOn = (member: 'runner1' | 'runner2') => (event: JobEvent) =>
  isRunning(event) && (event.SlotName ?? '').includes(member);

function endings(events: readonly JobEvent[]): Map<string, number> {
  const ended = events.filter((event) => event.MyType === 'JobTerminatedEvent');
  return new Map(ended.map((event) => [event.Node ?? 'dagman', event.ReturnValue ?? -1]));
}

describe('pool of a submitter and two executors', () => {
  beforeAll(async () => {
    await removePool();
    await createPoolNetwork();
    await Promise.all([startSubmitter(), startExecutor('runner1'), startExecutor('runner2')]);
  });
  afterAll(removePool);

  it('offers exactly the resources of the app', async () => {
    const slots = await asPoolUser(
      ...['condor_status', '-pool', ADDRESS.runner1, '-af', 'TotalSlotCpus', 'TotalSlotMemory'],
    );
    expect(slots).toBe('4 4096');
  });

  it('runs a KINC workflow, takes an executor in while it runs, and finds the network', async () => {
    expect(await flock('get')).toEqual({ pools: [], origin: 'none' });
    await flock('set', ADDRESS.runner1);
    await submit('whole', '16', '--min-job-seconds', '2');
    await follow('whole', runsOn('runner1'));
    const both = [ADDRESS.runner1, ADDRESS.runner2];
    expect(await flock('set', both.join(','))).toEqual({ pools: both, changed: true });
    const events = await follow('whole');
    expect([...endings(events).values()].filter((code) => code !== 0)).toEqual([]);
    expect(endings(events).size).toBe(16 + 3 + 1);
    expect([...executors(events)].sort()).toEqual(['runner1', 'runner2']);
    expect(await readResult('whole', 'extract.json')).toMatchObject(DEMO);
  });

  it('refuses a run that exists', async () => {
    await expect(submit('whole', '4')).rejects.toThrow(/run 'whole' exists already/);
  });

  it('tells of its runs and of pools, and of a run only what a reader does not know', async () => {
    const [newest = ''] = (await asPoolUser('crossflock-runs')).split('\n');
    expect(JSON.parse(newest)).toMatchObject({ id: 'whole', state: 'succeeded', done: 16 + 3 });
    const pools = await asPoolUser('crossflock-pools', ADDRESS.runner1, '--once');
    expect(JSON.parse(pools)).toEqual({ address: ADDRESS.runner1, cpus: 4 });
    const all = (await asPoolUser('crossflock-events', 'whole')).split('\n');
    const rest = await asPoolUser('crossflock-events', 'whole', '--from', 'nodes=9,dagman=1');
    const ofNodes = all.filter((line) => (JSON.parse(line) as JobEvent).Log === 'nodes');
    expect(rest.split('\n')).toHaveLength(all.length - 10);
    expect(rest.split('\n')[0]).toBe(ofNodes[9]);
  });

  it('measures how fast its executors are, with ordinary jobs', async () => {
    const matrix = '/home/condor_pool/OSG-KINC/task-files/golub-gem.txt';
    const measured = await calibrate({
      ...{ stagedGem: matrix, addresses: [ADDRESS.runner1, ADDRESS.runner2], jobsEach: 2 },
      ...{ naValue: 'NA', method: 'sc', minObs: 30, requestMemoryMb: 1024 },
      ...{ seconds: 0.2, deadlineSeconds: 30 },
    });
    expect(measured.map(({ address }) => address)).toEqual([
      ...[ADDRESS.runner1, ADDRESS.runner1, ADDRESS.runner2, ADDRESS.runner2],
    ]);
    for (const { output } of measured) {
      expect(readMeasurement(output)?.pairs).toBeGreaterThan(1000);
    }
    const left = await asPoolUser('sh', '-c', 'ls /tmp; condor_q -af Cmd');
    expect(left).not.toMatch(/calibrate|kinc$/);
  });

  it('does not trust a container with another key', async () => {
    const name = 'cft-images-it-foreign';
    const key = 'another-key-another-key-another-key-another-key';
    const env = ['SCIDAS_RESC_CPUS=1', 'SCIDAS_RESC_MEM=1024'];
    try {
      await startContainer({ name, ip: '172.30.7.9', key, env }, 'crossflock/executor');
      const ask = ['condor_status', '-pool', ADDRESS.runner1];
      await expect(docker('exec', name, ...ask)).rejects.toThrow(
        /AUTHENTICATE|authenticat|collector/i,
      );
    } finally {
      await removeContainer(name);
    }
  });

  it('goes on where it was when the submitter is killed and made anew', async () => {
    await submit('remade', '12', '--min-job-seconds', '4');
    const before = await follow('remade', isRunning);
    expect(before.some(isRunning)).toBe(true);
    const hostKey = await docker(
      'exec',
      containerOf('submitter'),
      'cat',
      '/var/lib/crossflock/ssh/ssh_host_ed25519_key.pub',
    );
    await docker('kill', containerOf('submitter'));
    await removeContainer(containerOf('submitter'));
    await startSubmitter();
    expect(await flock('get')).toMatchObject({
      pools: [ADDRESS.runner1, ADDRESS.runner2],
      origin: 'stored',
    });
    const events = await follow('remade');
    expect([...endings(events).values()].filter((code) => code !== 0)).toEqual([]);
    expect(endings(events).size).toBe(12 + 3 + 1);
    expect(await readResult('remade', 'extract.json')).toMatchObject(DEMO);
    const after = await docker(
      'exec',
      containerOf('submitter'),
      'cat',
      '/var/lib/crossflock/ssh/ssh_host_ed25519_key.pub',
    );
    expect(after).toBe(hostKey);
  });

  it('lets an executor go while jobs run there, which end on the other one', async () => {
    await submit('left', '12', '--min-job-seconds', '3');
    await follow('left', runsOn('runner2'));
    await expect(flock('vacate', ADDRESS.runner2)).rejects.toThrow(/would get jobs again/);
    await flock('set', ADDRESS.runner1);
    const { vacated } = await flock('vacate', ADDRESS.runner2);
    expect(vacated).toBeGreaterThan(0);
    const events = await follow('left');
    const evicted = events.findLastIndex((event) => event.MyType === 'JobEvictedEvent');
    expect(evicted).toBeGreaterThan(0);
    expect(events.findLastIndex(runsOn('runner2'))).toBeLessThan(evicted);
    expect([...endings(events).values()].filter((code) => code !== 0)).toEqual([]);
    expect(await readResult('left', 'extract.json')).toMatchObject(DEMO);
    await flock('set', `${ADDRESS.runner1},${ADDRESS.runner2}`);
  });

  it('keeps the list of its arguments, where it has one', async () => {
    const name = 'cft-images-it-given';
    const command = ['exec', name, 'crossflock-flock'];
    try {
      await startContainer(
        { name, ip: '172.30.7.8', env: [] },
        ...['crossflock/submitter', '-f', ADDRESS.runner1],
      );
      expect(JSON.parse(await docker(...command, 'get'))).toEqual({
        pools: [ADDRESS.runner1],
        origin: 'arguments',
      });
      await expect(docker(...command, 'set', ADDRESS.runner2)).rejects.toThrow(/started with -f/);
    } finally {
      await removeContainer(name);
    }
  });
});
