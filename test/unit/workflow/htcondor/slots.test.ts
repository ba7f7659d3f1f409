import { describe, expect, it } from 'vitest';

import { readSlots, totalCpus } from '../../../../src/workflow/htcondor/slots.js';
import { fixture } from '../fixture.js';

describe('slots', () => {
  it('of a captured pool have the same CPUs, idle or busy', () => {
    const idle = readSlots(fixture('condor-status-startd-idle.json'));
    const busy = readSlots(fixture('condor-status-startd-busy.json'));
    expect(idle).toHaveLength(1);
    expect(busy).toHaveLength(5);
    expect(busy[0]).toMatchObject({ partitionable: true, totalCpus: 4 });
    expect(totalCpus(idle)).toBe(4);
    expect(totalCpus(busy)).toBe(4);
  });

  it('that are static count each for themselves', () => {
    const slots = readSlots(
      JSON.stringify([
        { Name: 'slot1@a', TotalSlotCpus: 1 },
        { Name: 'slot2@a', Cpus: 2 },
      ]),
    );
    expect(totalCpus(slots)).toBe(3);
  });

  it('are none in an empty answer', () => {
    expect(readSlots('\n')).toEqual([]);
  });

  it.each(['Error: communication error', '{"a":1}', '[1]'])('are not in %s', (text) => {
    expect(() => readSlots(text)).toThrow(/^condor_status answered .* not a list of ClassAds$/);
  });
});
