import { describe, expect, it } from 'vitest';
import { demultiplex, toEngineError } from '../../../src/embedded/runtime/docker-engine.js';
import { lineReader, parseEvent } from '../../../src/embedded/runtime/docker-events.js';
import { uuidSource } from '../../../src/embedded/runtime/ids.js';
import { limiter } from '../../../src/embedded/runtime/limited.js';
import { healthStep } from '../../../src/embedded/runtime/health.js';
import { readSettings } from '../../../src/embedded/settings.js';

describe('what Docker says', () => {
  it('an event of a container, as GET /events writes it (Docker 20.10)', () => {
    const line =
      '{"status":"die","id":"f3ae","from":"debian:trixie-slim","Type":"container","Action":"die","Actor":{"ID":"f3ae","Attributes":{"crossflock.cluster":"x","exitCode":"3","image":"debian:trixie-slim","name":"x.a.1-1"}},"scope":"local","time":1795259316,"timeNano":1795259316482395511}';
    expect(parseEvent(line)).toMatchObject({
      type: 'container',
      action: 'die',
      id: 'f3ae',
      labels: { 'crossflock.cluster': 'x' },
    });
  });

  it('events of other kinds and empty lines are nothing', () => {
    expect(parseEvent('{"Type":"network","Action":"destroy","Actor":{"ID":"n"}}')).toBeUndefined();
    expect(parseEvent('')).toBeUndefined();
  });

  it('lines that come in pieces', () => {
    const seen: string[] = [];
    const feed = lineReader((line) => seen.push(line));
    feed('{"a"');
    feed(':1}\n{"b":2}\n{"c');
    feed('":3}\n');
    expect(seen).toEqual(['{"a":1}', '{"b":2}', '{"c":3}']);
  });

  it('output of both kinds, framed', () => {
    const frame = (kind: number, text: string): Buffer => {
      const header = Buffer.alloc(8);
      header[0] = kind;
      header.writeUInt32BE(Buffer.byteLength(text), 4);
      return Buffer.concat([header, Buffer.from(text)]);
    };
    expect(demultiplex(Buffer.concat([frame(1, 'out\n'), frame(2, 'é\n')]))).toBe('out\né\n');
  });

  it.each([
    [{ statusCode: 404, json: { message: 'No such image: x' } }, 'missing', 'No such image: x'],
    [
      { statusCode: 500, message: '(HTTP code 500) server error - Get "https://x": no such host ' },
      'refused',
      'Get "https://x": no such host',
    ],
    [
      {
        statusCode: 500,
        json: { message: 'Bind for 127.0.0.1:1 failed: port is already allocated' },
      },
      'conflict',
      'Bind for 127.0.0.1:1 failed: port is already allocated',
    ],
    [
      Object.assign(new Error('connect ENOENT /var/run/docker.sock'), { code: 'ENOENT' }),
      'unreachable',
      'docker engine does not answer: connect ENOENT /var/run/docker.sock',
    ],
  ])('errors: %j', (thrown, kind, message) => {
    expect(toEngineError(thrown)).toMatchObject({ kind, message });
  });
});

describe('healthStep', () => {
  const check = {
    protocol: 'HTTP',
    gracePeriodSeconds: 5,
    intervalSeconds: 1,
    timeoutSeconds: 1,
    maxConsecutiveFailures: 0,
    delaySeconds: 0,
  } as const;
  const bad = { alive: false, cause: 'x' } as const;
  const at = { now: 'now', inGrace: false };

  it('never kills with 0 for Marathon’s own checks, and at the first failure for those by Mesos', () => {
    expect(healthStep(check, undefined, bad, at).kill).toBe(false);
    expect(healthStep({ ...check, protocol: 'MESOS_HTTP' }, undefined, bad, at).kill).toBe(true);
    expect(healthStep({ ...check, protocol: 'COMMAND' }, undefined, bad, at).kill).toBe(true);
  });

  it('counts failures in the grace period only after a success', () => {
    const grace = { now: 'now', inGrace: true };
    expect(healthStep(check, undefined, bad, grace).result).toBeUndefined();
    const { result } = healthStep(check, undefined, { alive: true }, grace);
    expect(healthStep(check, result, bad, grace).result).toEqual({
      alive: false,
      consecutiveFailures: 1,
      firstSuccess: 'now',
      lastSuccess: 'now',
      lastFailure: 'now',
      lastFailureCause: 'x',
    });
  });
});

describe('uuidSource', () => {
  it('makes time-based UUIDs that differ within a millisecond', () => {
    const next = uuidSource(() => Date.parse('2026-01-02T03:04:05.678Z'));
    const uuids = Array.from({ length: 100 }, next);
    expect(new Set(uuids).size).toBe(100);
    for (const uuid of uuids)
      expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    // 100 ns ticks since 15 October 1582, as RFC 9562 lays them out.
    const [low = '', mid = '', high = ''] = uuids[0]!.split('-');
    const ticks = BigInt(`0x${high.slice(1)}${mid}${low}`);
    expect(Number((ticks - 0x01b21dd213814000n) / 10_000n)).toBe(
      Date.parse('2026-01-02T03:04:05.678Z'),
    );
  });
});

describe('limiter', () => {
  it('runs so many at a time, and goes on after a failure', async () => {
    const limit = limiter(2);
    const running: number[] = [];
    let most = 0;
    let now = 0;
    const work = (id: number) => async (): Promise<void> => {
      most = Math.max(most, ++now);
      running.push(id);
      await Promise.resolve();
      now--;
      if (id === 1) throw new Error('one');
    };
    const all = await Promise.allSettled([0, 1, 2, 3, 4].map((id) => limit(work(id))));
    expect(all.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
      'fulfilled',
    ]);
    expect(most).toBe(2);
    expect(running).toEqual([0, 1, 2, 3, 4]);
  });
});

describe('readSettings', () => {
  it('has defaults for all but the scope', () => {
    const { value, problems } = readSettings({ CROSSFLOCK_SCOPE: 'demo.azure' });
    expect(problems).toEqual([]);
    expect(value).toMatchObject({
      scope: 'demo.azure',
      host: '127.0.0.1',
      port: 8080,
      publishAddress: '127.0.0.1',
      ports: { first: 31000, last: 32000 },
    });
  });

  it('reads resources and credentials; the password may hold colons', () => {
    const { value } = readSettings({
      CROSSFLOCK_SCOPE: 's',
      CROSSFLOCK_CPUS: '4',
      CROSSFLOCK_MEM: '8192',
      CROSSFLOCK_CREDENTIALS: 'me:a:b',
      CROSSFLOCK_PORTS: '100-200',
    });
    expect(value).toMatchObject({
      cpus: 4,
      mem: 8192,
      disk: undefined,
      credentials: { username: 'me', password: 'a:b' },
      ports: { first: 100, last: 200 },
    });
  });

  it('tells all that is wrong at once, and no password', () => {
    const { problems } = readSettings({
      CROSSFLOCK_PORT: '99999',
      CROSSFLOCK_CPUS: 'many',
      CROSSFLOCK_PORTS: '9-1',
      CROSSFLOCK_CREDENTIALS: 'hunter2',
    });
    expect(problems).toEqual([
      'CROSSFLOCK_SCOPE: "" is no name; write letters, digits, ".", "_", "-"',
      'CROSSFLOCK_PORT: 99999 is no port',
      'CROSSFLOCK_PORTS: "9-1" is no range of ports such as 31000-32000',
      'CROSSFLOCK_CPUS: "many" is no number',
      'CROSSFLOCK_CREDENTIALS: not of the form user:password',
    ]);
  });
});
