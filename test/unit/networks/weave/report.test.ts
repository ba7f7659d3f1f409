import { describe, expect, it } from 'vitest';

import { parseReport, parseStatusConnections } from '../../../../src/networks/weave/report.js';
import { troubleError, troubleOf } from '../../../../src/networks/weave/trouble.js';
import { block, connectionLines, fixture } from './transcripts.js';

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

describe('parseStatusConnections', () => {
  it('reads plain, encrypted and failed connections', () => {
    const { stdout } = block('2.8.1/connections.txt', 'weave status connections');
    expect(parseStatusConnections(stdout)).toHaveLength(2);
    const [encrypted] = parseStatusConnections(
      '-> 10.77.0.3:6783        established encrypted   sleeve 00:00:00:00:00:03(host3) encrypted=truemtu=1414\n',
    );
    expect(encrypted).toEqual({
      ...{ address: '10.77.0.3:6783', outbound: true, state: 'established', error: '' },
      ...{ peer: '00:00:00:00:00:03', mtu: 1414 },
    });
  });

  it('reads every line that was captured, also with carriage returns', () => {
    for (const name of ['2.8.1/connections.txt', '2.8.1/troubles.txt', '2.9.0/connections.txt']) {
      const lines = connectionLines(name);
      const connections = parseStatusConnections(lines.join('\n'));
      expect(connections).toHaveLength(lines.length);
      for (const { state, peer, error } of connections) {
        if (state === 'established' || state === 'pending') expect(peer).toMatch(/^[0-9a-f:]{17}$/);
        else expect(peer).toBeUndefined();
        expect(error).not.toMatch(/retry|\r/);
      }
    }
  });

  it('takes the MTU of a connection that was not measured yet for none', () => {
    const pending = connectionLines('2.8.1/troubles.txt').find((line) => line.includes('pending'));
    expect(parseStatusConnections(pending!)[0]).toMatchObject({ state: 'pending', mtu: undefined });
  });

  it('refuses another line', () => {
    expect(() => parseStatusConnections('weave container is not running.')).toThrow(
      'cannot read what weave printed: weave container is not running.',
    );
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
    return troubleOf(parseStatusConnections(line)[0]!)?.message;
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
    const [connection] = parseStatusConnections(
      '-> 10.77.0.1:6783        failed      something new, retry: never \n',
    );
    expect(troubleOf(connection!)?.message).toBe('something new');
  });

  it('becomes an error that names both ends', () => {
    const line = lines.find((candidate) => candidate.includes('Unable to decrypt'))!;
    const trouble = troubleOf(parseStatusConnections(line)[0]!)!;
    expect(troubleError(trouble, 'host3', 'host1')).toMatchObject({
      code: 'unauthorized',
      message: 'weave on host3 has no connection to host1: their passwords differ',
      hint: 'launch both with the same "network.weave.password"',
      retryable: false,
    });
  });
});
