import { describe, expect, it } from 'vitest';

import { readEvent } from '../../../../src/workflow/htcondor/events.js';
import {
  addressOfSinful,
  cpuSecondsOf,
  dagNodeOf,
  parseEventTime,
} from '../../../../src/workflow/htcondor/values.js';
import { events } from '../fixture.js';

describe('readEvent on captured events', () => {
  it('reads submission, execution and end of a job', () => {
    const own = events('events-done.ndjson').filter((event) => event.node === 'similarity_00000');
    expect(own).toMatchObject([
      { type: 'submit', log: 'nodes' },
      { type: 'execute', address: '172.29.0.3', slot: expect.stringContaining('slot1_') as string },
      { type: 'terminated', exitCode: 0, cpuSeconds: 0 },
    ]);
    expect(own[0]?.job).toMatch(/^\d+\.0$/);
    expect(own[0]!.at).toBeLessThan(own[2]!.at);
  });

  it.each([4, 5])('reads the memory that HTCondor saw in event %i', (EventTypeNumber) => {
    const ad = { EventTypeNumber, EventTime: '2026-11-21T10:00:00.000Z', Cluster: 1, Proc: 0 };
    expect(readEvent({ ...ad, MemoryUsage: 10 })).toMatchObject({ event: { memoryMb: 10 } });
    expect(readEvent({ ...ad, MemoryUsage: 0 })).not.toHaveProperty('event.memoryMb');
  });

  it("tells DAGMan's own events from its jobs'", () => {
    const dag = events('events-failed.ndjson').filter((event) => event.log === 'dagman');
    expect(dag.map((event) => event.type)).toEqual(['submit', 'execute', 'terminated']);
    expect(dag.at(-1)).toMatchObject({ exitCode: 1, at: Date.parse('2026-11-21T10:54:14.023Z') });
  });

  it('reads holds, releases and removals with their reasons', () => {
    const own = events('events-held.ndjson').filter((event) => event.node === 'merge');
    const types = own.map((event) => event.type);
    expect(types).toEqual(expect.arrayContaining(['held', 'released', 'evicted', 'aborted']));
    const held = own.find((event) => event.type === 'held');
    expect(held).toMatchObject({ reason: expect.stringContaining('No such file') as string });
  });

  it('reads a lost executor', () => {
    const lost = events('events-mixed.ndjson').filter((event) => event.type === 'reconnect-failed');
    expect(lost).toHaveLength(5);
    expect(lost[0]).toMatchObject({
      reason: expect.stringContaining('JobLeaseDuration') as string,
    });
  });

  it('leaves no captured event unknown', () => {
    const names = ['done', 'failed', 'held', 'mixed', 'submitter-restarted'];
    const all = names.flatMap((name) => events(`events-${name}.ndjson`));
    expect(all.filter((event) => event.type === 'other')).toEqual([]);
    expect(all).toHaveLength(72 + 27 + 21 + 71 + 85);
  });
});

describe('readEvent', () => {
  const base = { Cluster: 7, Proc: 0, EventTime: '2026-11-21T10:18:02.973Z' };
  const at = Date.parse('2026-11-21T10:18:02.973Z');

  it('takes the node from the note of DAGMan where the log is the plain one', () => {
    const read = readEvent({ ...base, EventTypeNumber: 0, LogNotes: 'DAG Node: merge' });
    expect(read).toEqual({
      ok: true,
      event: { type: 'submit', job: '7.0', jobCluster: 7, node: 'merge', at },
    });
  });

  it('reads an end by a signal', () => {
    const read = readEvent({
      ...base,
      EventTypeNumber: 5,
      TerminatedNormally: false,
      TerminatedBySignal: 9,
      RunRemoteUsage: 'Usr 0 00:01:05, Sys 0 00:00:02',
    });
    expect(read).toMatchObject({ event: { exitSignal: 9, cpuSeconds: 67 } });
    expect(read.ok && 'exitCode' in read.event).toBe(false);
  });

  it.each([
    [
      22,
      { DisconnectReason: 'closed', StartdAddr: '<172.16.0.2:9618?x>' },
      { type: 'disconnected', address: '172.16.0.2' },
    ],
    [23, { StartdAddr: '<172.16.0.3:1>' }, { type: 'reconnected', address: '172.16.0.3' }],
    [7, { Message: 'shadow died' }, { type: 'shadow-exception', reason: 'shadow died' }],
    [16, { ReturnValue: 2 }, { type: 'post-script', exitCode: 2 }],
    [40, { Type: 3 }, { type: 'transfer', direction: 'input' }],
    [40, { Type: 6 }, { type: 'transfer', direction: 'output' }],
    [6, { MemoryUsage: 12 }, { type: 'image-size', memoryMb: 12 }],
    [99, {}, { type: 'other', number: 99 }],
  ])('reads event %i', (EventTypeNumber, more, expected) => {
    expect(readEvent({ ...base, EventTypeNumber, ...more })).toMatchObject({ event: expected });
  });

  it('says why an object is no event', () => {
    expect(readEvent({ ...base })).toEqual({ ok: false, reason: 'has no EventTypeNumber' });
    expect(readEvent({ EventTypeNumber: 0, EventTime: 'soon' })).toEqual({
      ok: false,
      reason: 'has the unreadable EventTime soon',
    });
  });
});

describe('values of HTCondor', () => {
  it.each([
    ['2026-11-21T10:16:28.863Z', '2026-11-21T10:16:28.863Z'],
    ['2026-11-21T10:16:28Z', '2026-11-21T10:16:28.000Z'],
    ['2026-11-21T10:16:28', '2026-11-21T10:16:28.000Z'],
    ['2026-11-21 10:16:28.8', '2026-11-21T10:16:28.800Z'],
    ['2026-11-21T10:16:28.863123Z', '2026-11-21T10:16:28.863Z'],
    ['2026-11-21T11:16:28+01:00', '2026-11-21T10:16:28.000Z'],
  ])('time %s', (text, expected) => {
    expect(new Date(parseEventTime(text)!).toISOString()).toBe(expected);
  });

  it.each(['', '11/21 10:16:28', '2026-13-41T10:16:28Z'])('no time: %j', (text) => {
    expect(parseEventTime(text)).toBeUndefined();
  });

  it.each([
    ['<172.16.0.2:9618?addrs=172.16.0.2-9618&alias=r1&noUDP&sock=startd_1_2>', '172.16.0.2'],
    ['<172.16.0.2:9618>', '172.16.0.2'],
    ['<[fd00::2]:9618?noUDP>', 'fd00::2'],
    ['172.16.0.2:9618', undefined],
    ['<runner1:9618>', undefined],
    ['', undefined],
  ])('address of %j', (text, expected) => {
    expect(addressOfSinful(text)).toBe(expected);
  });

  it('CPU time and DAG node', () => {
    expect(cpuSecondsOf('Usr 1 02:03:04, Sys 0 00:00:10')).toBe(93_784 + 10);
    expect(cpuSecondsOf('none')).toBeUndefined();
    expect(dagNodeOf('DAG Node: similarity_00003')).toBe('similarity_00003');
    expect(dagNodeOf('by hand')).toBeUndefined();
  });
});
