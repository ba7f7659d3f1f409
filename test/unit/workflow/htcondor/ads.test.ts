import { describe, expect, it } from 'vitest';

import { readJobAds, readSlotAds, totalCpus } from '../../../../src/workflow/htcondor/ads.js';
import { fixture } from '../fixture.js';

describe('captured output of the -json tools', () => {
  it('condor_q with running jobs', () => {
    const jobs = readJobAds(fixture('condor-q-running.json'));
    expect(jobs).toHaveLength(15);
    expect(jobs[0]).toEqual({ job: '324.0', jobCluster: 324, state: 'running' });
    expect(jobs[1]).toEqual({
      job: '325.0',
      jobCluster: 325,
      state: 'running',
      node: 'similarity_00000',
      dagmanCluster: 324,
      remoteHost: 'slot1_1@runner1.crossflock',
    });
  });

  it('condor_q with a held job, and with none', () => {
    expect(readJobAds(fixture('condor-q-held.json'))).toMatchObject([
      { state: 'held', holdReason: 'via condor_hold (by user condor_pool)' },
    ]);
    expect(readJobAds(fixture('condor-q-empty.json'))).toEqual([]);
  });

  it('condor_history', () => {
    const [last] = readJobAds(fixture('condor-history-failed.json'));
    expect(last).toMatchObject({
      job: '299.0',
      state: 'completed',
      node: 'similarity_00002',
      exitCode: 1,
      remoteHost: 'slot1_1@runner2.crossflock',
    });
  });

  it('condor_status: the CPUs of a pool are the same, idle or busy', () => {
    const idle = readSlotAds(fixture('condor-status-startd-idle.json'));
    const busy = readSlotAds(fixture('condor-status-startd-busy.json'));
    expect(idle).toHaveLength(1);
    expect(busy).toHaveLength(5);
    expect(busy[0]).toMatchObject({ address: '172.29.0.2', partitionable: true, totalCpus: 4 });
    expect(totalCpus(idle)).toBe(4);
    expect(totalCpus(busy)).toBe(4);
  });
});

describe('what is no answer', () => {
  it.each(['Error: communication error', '{"a":1}', '[1]'])('%s', (text) => {
    expect(() => readJobAds(text)).toThrow(/HTCondor's answer is not a list of jobs/);
    expect(() => readSlotAds(text)).toThrow(/is not a list of slots/);
  });

  it('static slots count each for themselves', () => {
    const slots = readSlotAds(
      JSON.stringify([
        { Name: 'slot1@a', TotalSlotCpus: 1 },
        { Name: 'slot2@a', Cpus: 2 },
      ]),
    );
    expect(totalCpus(slots)).toBe(3);
  });
});
