import { describe, expect, it } from 'vitest';

import { parseReport } from '../../../../src/networks/weave/report.js';
import { troubleOf } from '../../../../src/networks/weave/trouble.js';
import { connectionLines, connectionOf, fixture } from './transcripts.js';

describe('parseReport', () => {
  it('reads the report of a router with two peers', () => {
    expect(parseReport(fixture('2.8.1/report.json'))).toEqual({
      version: '2.8.1',
      name: 'ce:46:72:24:19:80',
      nickname: 'host1',
      encrypted: false,
      allocationRange: '10.32.0.0/12',
      targets: [],
      connections: [
        {
          ...{ address: '10.77.0.2:41001', outbound: false, state: 'established', error: '' },
          ...{ peer: 'b2:85:97:f9:17:40', mtu: 1438 },
        },
        {
          ...{ address: '10.77.0.3:54627', outbound: false, state: 'established', error: '' },
          ...{ peer: '00:00:00:00:00:03', mtu: 1438 },
        },
      ],
      peers: [
        { name: 'ce:46:72:24:19:80', nickname: 'host1' },
        { name: 'b2:85:97:f9:17:40', nickname: 'host2' },
        { name: '00:00:00:00:00:03', nickname: 'host3' },
        { name: 'ce:46:72:24:19:80', nickname: 'host1' },
        { name: 'b2:85:97:f9:17:40', nickname: 'host2' },
      ],
      routes: ['ce:46:72:24:19:80', 'b2:85:97:f9:17:40', '00:00:00:00:00:03'],
      proxy: ['unix:///var/run/weave/weave.sock'],
    });
  });

  it('reads it with the carriage returns of a terminal', () => {
    const text = fixture('2.8.1/report.json').replaceAll('\n', '\r\n');
    expect(parseReport(text).connections).toHaveLength(2);
  });

  it.each(['', 'weave container is not running.', '{}', '{"Router":null}'])(
    'refuses what is no report: %j',
    (text) => {
      expect(() => parseReport(text)).toThrow('cannot read what weave printed');
    },
  );
});

describe('a connection', () => {
  it('is read, with the MTU that was measured', () => {
    const line =
      '-> 10.77.0.3:6783        established encrypted   sleeve 00:00:00:00:00:03(host3) encrypted=truemtu=1414';
    expect(connectionOf(line)).toEqual({
      ...{ address: '10.77.0.3:6783', outbound: true, state: 'established', error: '' },
      ...{ peer: '00:00:00:00:00:03', mtu: 1414 },
    });
  });

  it.each(['2.8.1/connections.txt', '2.8.1/troubles.txt', '2.9.0/connections.txt'])(
    'has a peer or an error without its retry time: %s',
    (name) => {
      for (const { state, peer, error } of connectionLines(name).map(connectionOf)) {
        if (state === 'established' || state === 'pending') expect(peer).toMatch(/^[0-9a-f:]{17}$/);
        else expect(peer).toBeUndefined();
        expect(error).not.toMatch(/retry|\r/);
      }
    },
  );

  it('has no MTU before it was measured', () => {
    const pending = connectionLines('2.8.1/troubles.txt').find((line) => line.includes('pending'));
    expect(connectionOf(pending!)).toMatchObject({ state: 'pending', mtu: undefined });
  });
});

describe('troubleOf', () => {
  const lines = [
    ...connectionLines('2.8.1/connections.txt'),
    ...connectionLines('2.8.1/troubles.txt'),
  ];
  const words = (part: string): string | undefined => {
    const line = lines.find((candidate) => candidate.includes(part));
    if (line === undefined) throw new Error(`no captured line with ${part}`);
    return troubleOf(connectionOf(line))?.message;
  };

  it.each([
    ['established sleeve', undefined],
    ['pending', 'tcp is connected, and udp is not through yet'],
    ['connecting   ', 'nothing answers on TCP 6783 so far'],
    ['connection refused', 'it answers, but weave does not run there'],
    ['no route to host', 'there is no route to it'],
    ['network is unreachable', 'there is no route to it'],
    ['Unable to decrypt TCP msg', 'their passwords differ'],
    ['password specified, but', 'one of them has a password and the other has none'],
    ['cannot connect to ourself', 'the address is its own'],
    ['peer names collision', 'both have the same peer name'],
    ['Incompatible IP', 'their allocation ranges differ'],
    ['no working forwarders', 'udp is blocked'],
    ['Multiple connections', 'the connection is being replaced, or two peers have one name'],
  ])('says what %j means', (part, expected) => {
    expect(words(part)).toBe(expected);
  });

  it('gives an unknown error as it is', () => {
    const line = '-> 10.77.0.1:6783        failed      something new, retry: never ';
    expect(troubleOf(connectionOf(line))?.message).toBe('something new');
  });

  it('has a code and a hint for what is known', () => {
    const line = lines.find((candidate) => candidate.includes('Unable to decrypt'))!;
    expect(troubleOf(connectionOf(line))).toEqual({
      code: 'unauthorized',
      message: 'their passwords differ',
      hint: 'launch both with the same "network.weave.password"',
      retryable: false,
    });
  });
});
