import { describe, expect, it } from 'vitest';

import type { Ad } from '../../../../src/workflow/htcondor/fields.js';
import { readEvent } from '../../../../src/workflow/htcondor/events.js';
import { ClassicLog } from '../../../../src/workflow/plain/classic-log.js';
import { plainEvents } from '../../../../src/workflow/plain/events.js';
import { plainOverviews } from '../../../../src/workflow/plain/overview.js';
import { fixture, objects } from '../fixture.js';

const NOW = new Date('2026-11-21T21:00:00Z');

describe('a log in HTCondor’s own text', () => {
  // Both were captured of one log: the text, and what HTCondor's own reader makes of it.
  it.each([
    ['nodes', 'classic-nodes'],
    ['dagman', 'classic-dagman'],
    ['nodes', 'classic-steered'],
  ])('of %s says what crossflock-events says of %s', (name, file) => {
    const events = new ClassicLog(name, NOW).push(fixture(`${file}.txt`));
    const own = objects(fixture(`${file}.ndjson`));
    expect(own.length).toBeGreaterThan(3);
    expect(events.map(readEvent)).toEqual(own.map(readEvent));
    const kinds = (ads: readonly Ad[]) => ads.filter(isEnd).map((ad) => ad['MyType']);
    expect(kinds(events)).toEqual(kinds(own));
  });

  it('may come in any pieces', () => {
    const text = fixture('classic-nodes.txt');
    const whole = new ClassicLog('nodes', NOW).push(text);
    const log = new ClassicLog('nodes', NOW);
    const pieces = text.match(/[\s\S]{1,17}/g) ?? [];
    expect(pieces.flatMap((piece) => log.push(piece))).toEqual(whole);
  });

  it('of HTCondor 8 has times without a year, which are not to come yet', () => {
    const text = (day: string): string =>
      `000 (271.000.000) ${day} 23:23:41 Job submitted from host: <172.16.0.1:9618>\n    DAG Node: a\n...\n`;
    const times = (day: string) => new ClassicLog('nodes', NOW).push(text(day))[0]?.['EventTime'];
    expect(times('03/13')).toBe('2026-03-13T23:23:41Z');
    expect(times('12/24')).toBe('2025-12-24T23:23:41Z');
  });

  it('counts the bytes of all executions of a job', () => {
    const lines = ['3  -  Run Bytes Sent By Job', '5  -  Total Bytes Sent By Job'];
    const more = ['7  -  Run Bytes Received By Job', '9  -  Total Bytes Received By Job'];
    const text = [
      '005 (3.000.000) 2026-11-21 20:12:08Z Job terminated.',
      ...['(1) Normal termination (return value 0)', ...lines, ...more].map((line) => `\t${line}`),
      '...\n',
    ].join('\n');
    const [ad = {}] = new ClassicLog('nodes', NOW).push(text);
    expect(readEvent(ad)).toMatchObject({ event: { sentBytes: 5, receivedBytes: 9 } });
  });

  it('names how a job was ended by a signal', () => {
    const text =
      '005 (3.000.000) 2026-11-21 20:12:08Z Job terminated.\n\t(0) Abnormal termination (signal 9)\n...\n';
    const [ad = {}] = new ClassicLog('nodes', NOW).push(text);
    expect(readEvent(ad)).toMatchObject({ event: { type: 'terminated', exitSignal: 9 } });
  });
});

const isEnd = ({ EventTypeNumber: number }: Readonly<Record<string, unknown>>): boolean =>
  number === 0 || number === 5 || number === 9;

describe('the events of a run', () => {
  const log = fixture('classic-steered.txt');
  const framed = (name: string, text: string): string =>
    `@${name} ${Buffer.byteLength(text)}\n${text}`;

  it('come from its logs, with the retries between them, after those already told', () => {
    const events: Readonly<Record<string, unknown>>[] = [];
    const known = new Map([['nodes', 2]]);
    const stream = plainEvents((event) => events.push(event), known, NOW);
    const printed = framed('nodes', log) + '@retried 1795292000\n' + framed('nodes', log);
    for (const byte of Buffer.from(printed)) stream.push(Uint8Array.of(byte));
    const all = new ClassicLog('nodes', NOW).push(log + log);
    expect(events).toHaveLength(all.length + 1 - 2);
    expect(events[all.length / 2 - 2]).toEqual({
      MyType: 'RunRetriedEvent',
      EventTypeNumber: -2,
      EventTime: '2026-11-21T20:13:20.000Z',
      Log: 'nodes',
    });
  });

  it('are gone with Pegasus’ directory', () => {
    const record = { id: 'r', workflow: 'w', created: '2026-11-21T20:00:00Z', dagman_cluster: 1 };
    const printed = framed('run', JSON.stringify({ ...record, pegasus: {} }));
    expect(plainOverviews(printed, NOW)).toMatchObject([{ id: 'r', state: 'removed' }]);
  });

  it('give each run at a glance', () => {
    const run = (id: string, created: string): string =>
      framed('run', JSON.stringify({ id, workflow: 'osg-kinc', created, dagman_cluster: 1 }));
    const printed = [
      run('old', '2026-11-21T20:00:00Z') + framed('dagman', fixture('classic-dagman.txt')),
      framed('out', fixture('dagman-out.txt')),
      run('new', '2026-11-21T20:30:00Z') + framed('out', fixture('dagman-out.txt')),
    ].join('');
    expect(plainOverviews(printed, NOW)).toEqual([
      expect.objectContaining({ id: 'new', state: 'waiting', total: 6, done: 4, failed: 1 }),
      expect.objectContaining({ id: 'old', state: 'succeeded', total: 6, done: 6 }),
    ]);
  });
});
