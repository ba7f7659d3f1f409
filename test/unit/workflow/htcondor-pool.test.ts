import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { pack } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { CrossflockError } from '../../../src/errors/crossflock-error.js';
import { HtcondorPool } from '../../../src/workflow/htcondor-pool.js';
import { FakeClock } from '../../fakes/fake-clock.js';
import { FakeHost } from '../../fakes/fake-host.js';
import { fixture, objects } from './fixture.js';

const FIND = (argv: readonly string[]): boolean => argv[1] === 'ps';
const running = (word: string) => (argv: readonly string[]) =>
  argv[1] === 'exec' && argv.some((part) => part.includes(word));
const never = new AbortController().signal;
const quiet = {
  onEvent: () => undefined,
  onInterruption: () => undefined,
  onDamage: () => undefined,
};

let host: FakeHost;
let clock: FakeClock;
let pool: HtcondorPool;
let folder: string;

beforeEach(async () => {
  host = new FakeHost().on(FIND, { stdout: 'abc123\n' });
  clock = new FakeClock();
  pool = new HtcondorPool([host], { deployment: 'demo' }, clock);
  folder = await mkdtemp(join(tmpdir(), 'crossflock-pool-'));
});
afterEach(async () => {
  expect(host.strays).toEqual([]);
  await rm(folder, { recursive: true });
});

describe('the submitter', () => {
  it('is looked up once', async () => {
    host.on(running('run.json'), { stdout: '{}' });
    await pool.readRunFile('r', 'run.json', never);
    await pool.readRunFile('r', 'run.json', never);
    expect(host.runs.filter((run) => FIND(run.argv))).toHaveLength(1);
  });

  it('is looked up again when its container is gone', async () => {
    host
      .once(running('run.json'), { exitCode: 1, stderr: 'Error: No such container: abc123\n' })
      .once(running('run.json'), { stdout: 'text' });
    await expect(pool.readRunFile('r', 'run.json', never)).rejects.toMatchObject({
      code: 'unavailable',
      retryable: true,
    });
    expect(await pool.readRunFile('r', 'run.json', never)).toBe('text');
    expect(host.runs.filter((run) => FIND(run.argv))).toHaveLength(2);
  });

  it('is missed in words, and never guessed among several', async () => {
    const none = new HtcondorPool([new FakeHost('h').on(FIND, {})], { deployment: 'demo' }, clock);
    await expect(none.runs(never)).rejects.toMatchObject({
      message: 'no submitter of demo runs on h',
      hint: 'run create-containers first',
    });
    const two = new FakeHost().on(FIND, { stdout: 'a\nb\n' });
    await expect(new HtcondorPool([two], { deployment: 'd' }, clock).runs(never)).rejects.toThrow(
      '2 containers are submitters of d: a, b',
    );
  });
});

describe('the submitter of a cluster with several hosts', () => {
  const silent = (name: string): FakeHost =>
    new FakeHost(name).on(FIND, {
      throws: new CrossflockError(`${name} is down`, { code: 'unreachable' }),
    });

  it('is found on the one that runs it, and again where it went to', async () => {
    const [one, two] = [new FakeHost('one'), new FakeHost('two')];
    one.once(FIND, {}).once(FIND, { stdout: 'new1\n' }).once(running('run.json'), { stdout: 'b' });
    two
      .once(FIND, { stdout: 'abc123\n' })
      .once(FIND, {})
      .once(running('run.json'), { exitCode: 1, stderr: 'Error: No such container: abc123\n' });
    const moving = new HtcondorPool([one, two], { deployment: 'demo' }, clock);
    await expect(moving.readRunFile('r', 'run.json', never)).rejects.toThrow('went away');
    expect(await moving.readRunFile('r', 'run.json', never)).toBe('b');
    one.verify();
    two.verify();
  });

  it('is found though another host is down, and not called missing while one is', async () => {
    const runs = { stdout: '' };
    const there = new FakeHost('there').on(FIND, { stdout: 'abc123\n' }).on(() => true, runs);
    const pair = new HtcondorPool([silent('gone'), there], { deployment: 'demo' }, clock);
    expect(await pair.runs(never)).toEqual([]);
    const empty = new FakeHost('empty').on(FIND, {});
    const lost = new HtcondorPool([empty, silent('gone')], { deployment: 'demo' }, clock);
    await expect(lost.runs(never)).rejects.toThrow('gone is down');
  });
});

describe('asking', () => {
  it('waits until the queue answers, with a deadline', async () => {
    host
      .once(running('condor_q'), { exitCode: 1, stderr: 'not yet' })
      .once(running('condor_q'), {});
    const ready = pool.ready(10_000, never);
    await clock.untilSleepOf(500);
    await clock.advance(500);
    await ready;
    host.on(running('condor_q'), { exitCode: 1, stderr: "can't connect to schedd" });
    const late = pool.ready(1000, never);
    late.catch(() => undefined);
    await clock.advance(2000);
    await expect(late).rejects.toThrow(
      "the submitter's queue did not answer within 1 s: condor_q failed: can't connect to schedd",
    );
  });

  it('waits for a submitter that restarts, and not for long where there is none', async () => {
    const away = new FakeHost('h').once(FIND, {}).on(FIND, { stdout: 'abc\n' });
    away.on(running('condor_q'), {});
    const restarting = new HtcondorPool([away], { deployment: 'demo' }, clock).ready(20_000, never);
    await clock.untilSleepOf(500);
    await clock.advance(500);
    await restarting;
    const none = new HtcondorPool([new FakeHost('h').on(FIND, {})], { deployment: 'demo' }, clock);
    const absent = none.ready(20_000, never);
    absent.catch(() => undefined);
    await clock.advance(4900);
    expect(clock.sleeping).toBe(1);
    await clock.advance(100);
    expect(clock.sleeping).toBe(0);
    await expect(absent).rejects.toMatchObject({
      message: 'no submitter of demo runs on h',
      hint: 'run create-containers first',
    });
  });

  it('counts slots and lists runs, the newest first', async () => {
    host.on(running('condor_status'), { stdout: fixture('condor-status-startd-busy.json') });
    expect(await pool.slots('172.29.0.2', never)).toBe(4);
    host.on(running('find'), { stdout: '10.5\told/run.json\n99.25\tnew/run.json\n' });
    expect(await pool.runs(never)).toEqual(['new', 'old']);
  });

  it('reads files, and tells what is not there', async () => {
    host.on(running('nothing'), { exitCode: 1, stderr: 'cat: nothing: No such file' });
    expect(await pool.readRunFile('r', 'nothing', never)).toBeUndefined();
    host.on(running('results'), { stdout: '12\tnetwork.tsv\n3\ta\tb\n' });
    expect(await pool.listRunFiles('r', 'results', never)).toEqual([
      { name: 'network.tsv', bytes: 12 },
      { name: 'a\tb', bytes: 3 },
    ]);
  });

  it('cuts the end of a long file at a line', async () => {
    host.on(running('x.err'), { stdout: `half a line\n${'y'.repeat(4084)}` });
    expect(await pool.tailRunFile('r', 'x.err', never)).toBe('y'.repeat(4084));
  });
});

describe('moving files', () => {
  it('stages a file through standard input', async () => {
    const path = join(folder, 'gem.txt');
    await writeFile(path, 'bytes');
    host.on(running('mktemp'), { stdout: '/tmp/crossflock-stage.X/gem.txt\n' });
    expect(await pool.stage(path, 'gem.txt', never)).toBe('/tmp/crossflock-stage.X/gem.txt');
    expect(host.runs.at(-1)).toMatchObject({ stdin: 'bytes' });
  });

  const archive = async (files: Readonly<Record<string, string>>): Promise<string> => {
    const made = pack();
    for (const [name, content] of Object.entries(files)) made.entry({ name }, content);
    made.finalize();
    return text(made as AsyncIterable<Uint8Array>);
  };
  const fetch = (...names: string[]): Promise<void> =>
    pool.fetchRunFiles({ runId: 'r', folder: 'results' }, names, join(folder, 'deep'), never);

  it('fetches files in one archive, and none but those', async () => {
    const sent = await archive({ 'a.tsv': 'a\tb\n', '../evil': 'x', other: 'x', '-b': '' });
    // Cut anywhere, also inside a file's head.
    host.once(running('tar'), { stdout: [sent.slice(0, 100), sent.slice(100)] });
    await fetch('a.tsv', '-b');
    expect(host.runs.at(-1)?.stdin).toBe('a.tsv\0-b\0');
    expect(await readFile(join(folder, 'deep', 'a.tsv'), 'utf8')).toBe('a\tb\n');
    expect((await readdir(join(folder, 'deep'))).sort()).toEqual(['-b', 'a.tsv']);
    expect(await readdir(folder)).toEqual(['deep']);
  });

  it('fetches whole files or none', async () => {
    const sent = await archive({ big: 'x'.repeat(5000) });
    host.once(running('tar'), { stdout: sent.slice(0, 2000), exitCode: 2, stderr: 'tar: gone' });
    await expect(fetch('big')).rejects.toThrow('tar failed: tar: gone');
    host.once(running('tar'), { stdout: sent.slice(0, 2000) });
    await expect(fetch('big')).rejects.toThrow();
    expect(await readdir(join(folder, 'deep'))).toEqual([]);
  });
});

describe('submitting', () => {
  it('takes a specification, and passes on what the submitter says of it', async () => {
    const isSpec = (argv: readonly string[]) => argv.includes('crossflock-submit');
    host.once(isSpec, { stdout: fixture('submit-json.txt') });
    expect(await pool.submitSpec('/tmp/s/x.json', never)).toMatchObject({ dagmanCluster: 324 });
    expect(host.commandLines.at(-1)).toMatch(/ crossflock-submit \/tmp\/s\/x\.json --json$/);
    host.once(isSpec, { exitCode: 1, stderr: "crossflock-submit: 'color' is no field\n" });
    await expect(pool.submitSpec('/tmp/s/x.json', never)).rejects.toMatchObject({
      code: 'refused',
      message: "the workflow was not submitted: 'color' is no field",
    });
    const stdout = 'exec: "crossflock-submit": executable file not found in $PATH: unknown\n';
    host.once(isSpec, { exitCode: 127, stdout });
    await expect(pool.submitSpec('/tmp/s/x.json', never)).rejects.toMatchObject({
      message: 'the image of the submitter has no crossflock-submit',
    });
  });

  it('reads the answer', async () => {
    host.on(running('OSG-KINC/submit'), { stdout: fixture('submit-json.txt') });
    expect(await pool.submit(['14'], never)).toEqual({
      runId: 'kinc-1795257289',
      runDir: '/var/lib/crossflock/runs/kinc-1795257289',
      dagmanCluster: 324,
    });
    expect(host.commandLines.at(-1)).toMatch(/submit 14 --json$/);
  });

  it('passes the reason of a refusal on', async () => {
    host.on(running('OSG-KINC/submit'), { exitCode: 1, stderr: fixture('submit-refused.txt') });
    await expect(pool.submit(['14'], never)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringMatching(/^the workflow was not submitted: run 'd2' exists/) as string,
    });
  });

  it('knows an answer that is none', async () => {
    host.on(running('OSG-KINC/submit'), { stdout: 'done\n' });
    await expect(pool.submit(['1'], never)).rejects.toMatchObject({ code: 'unexpected' });
  });

  it('steers the DAGMan of a run', async () => {
    host.on(running('run.json'), { stdout: fixture('run.json') }).on(running('condor_hold'), {});
    await pool.hold('d2', never);
    expect(host.commandLines.at(-1)).toContain('ClusterId == 300 || DAGManJobId == 300');
    host.once(running('missing'), { exitCode: 1 });
    await expect(pool.remove('missing', never)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('removes a run and waits until its DAGMan has ended', async () => {
    host.on(running('run.json'), { stdout: fixture('run.json') }).on(running('condor_rm'), {});
    host.once(running('condor_wait'), {});
    await pool.remove('d2', never);
    expect(host.commandLines.at(-1)).toMatch(/condor_wait -wait 60 \S+\/d2\/\S+\.log 300$/);
    host.once(running('condor_wait'), { exitCode: 1 });
    await expect(pool.remove('d2', never)).rejects.toMatchObject({ code: 'timeout' });
  });
});

describe('all runs', () => {
  it('are looked at with one command', async () => {
    const line = '{"id":"k1","state":"held","created":"2026-11-21T16:53:28.512Z"}\n';
    host.on(running('crossflock-runs'), { stdout: line });
    expect(await pool.overview(never)).toMatchObject([{ id: 'k1', state: 'held' }]);
    expect(host.runs.filter(({ argv }) => !FIND(argv))).toHaveLength(1);
  });

  it('are looked at with a shell alone where the image has no command for it', async () => {
    const stderr = 'exec: "crossflock-runs": executable file not found in $PATH';
    host.once(running('crossflock-runs'), { exitCode: 126, stderr });
    const record = '{"id":"k1","workflow":"osg-kinc","created":"2026-11-21T16:53:28Z"}';
    host.once(running('dagman.out'), { stdout: `@run ${record.length}\n${record}` });
    expect(await pool.overview(never)).toMatchObject([{ id: 'k1', state: 'not-submitted' }]);
    host.once(running('crossflock-runs'), { exitCode: 1, stderr: 'no space left' });
    await expect(pool.overview(never)).rejects.toMatchObject({ code: 'command-failed' });
  });
});

it('follows with a shell alone where the image has no command for it', async () => {
  const kinds: unknown[] = [];
  const onEvent = (ad: Readonly<Record<string, unknown>>): number => kinds.push(ad['MyType']);
  const stderr = 'sh: 4: crossflock-events: not found';
  host.once(running('crossflock-events'), { exitCode: 127, stderr, ignoresStdin: true });
  const log = [
    '000 (7.000.000) 2026-11-21 20:12:05Z Job submitted from host: <172.29.0.1:9618>\n...\n',
    '005 (7.000.000) 2026-11-21 20:12:47Z Job terminated.\n',
    '\t(1) Normal termination (return value 0)\n...\n',
  ].join('');
  const stdout = `@dagman ${log.length}\n${log}`;
  host.once(running('nodes.log'), { stdout, ignoresStdin: true });
  await pool.follow('d2', { ...quiet, onEvent }, never);
  expect(kinds).toEqual(['SubmitEvent', 'JobTerminatedEvent']);
});

describe('the events up to now', () => {
  it('are read with a shell alone where the image has no command for it', async () => {
    const events: unknown[] = [];
    const onEvent = (ad: object): number => events.push(ad);
    const stderr = 'exec: "crossflock-events": executable file not found in $PATH';
    host.once(running('crossflock-events'), { exitCode: 127, stderr });
    const log = '009 (034.000.000) 2026-11-21 20:28:18.762Z Job was aborted.\n\tby me\n...\n';
    host.once(running('nodes.log'), { stdout: `@nodes ${log.length}\n${log}` });
    await pool.readEvents('d2', { ...quiet, onEvent }, never);
    expect(events).toMatchObject([{ EventTypeNumber: 9, Cluster: 34, Reason: 'by me' }]);
    host.once(running('crossflock-events'), { exitCode: 1, stderr: 'no run' });
    await expect(pool.readEvents('d2', quiet, never)).rejects.toThrow('no run');
  });

  it('are read once, and what is damaged is told', async () => {
    const events: unknown[] = [];
    const damaged: string[] = [];
    host.on(running('crossflock-events'), { stdout: '{"a":1}\n{"b":\n{"c":3}\n' });
    await pool.readEvents(
      'd2',
      { ...quiet, onEvent: (ad) => events.push(ad), onDamage: (why) => damaged.push(why) },
      never,
    );
    expect(events).toEqual([{ a: 1 }, { c: 3 }]);
    expect(damaged).toHaveLength(1);
    expect(host.commandLines.at(-1)).not.toContain('--follow');
  });
});

describe('watching the executors', () => {
  const pools = running('crossflock-pools');

  it('tells what each offers, until it is ended', async () => {
    const stdout = '{"address":"a","cpus":4}\n{"address":"b"}\n';
    host.on(pools, { stdout, ignoresStdin: true });
    const stop = new AbortController();
    const answers: unknown[] = [];
    const watching = pool.watchExecutors(['a', 'b'], (one) => answers.push(one), stop.signal);
    await clock.untilSleepOf(5000);
    expect(answers).toEqual([{ address: 'a', slots: 4 }, { address: 'b' }]);
    expect(host.commandLines.at(-1)).toMatch(/crossflock-pools a,b$/);
    await clock.advance(5000);
    expect(answers).toHaveLength(4);
    stop.abort();
    await watching;
    expect(clock.sleeping).toBe(0);
  });

  it('needs an image that can', async () => {
    const stderr = 'sh: 2: crossflock-pools: not found';
    host.on(pools, { exitCode: 127, stderr, ignoresStdin: true });
    await expect(pool.watchExecutors(['a'], () => undefined, never)).rejects.toMatchObject({
      code: 'refused',
    });
  });
});

describe('following', () => {
  const text = fixture('events-submitter-restarted.ndjson');
  const lines = text.trimEnd().split('\n');
  const follow = running('crossflock-events');

  it('tells every event once, until the run has ended', async () => {
    host.once(follow, { stdout: text, ignoresStdin: true });
    const seen: unknown[] = [];
    await pool.follow('r', { ...quiet, onEvent: (event) => seen.push(event) }, never);
    expect(seen).toEqual(objects(text));
  });

  it.each([
    ['is killed', { stdout: lines.slice(0, 30).join('\n'), exitCode: 137 }],
    ['stops', { stdout: `${lines.slice(0, 30).join('\n')}\n`, exitCode: 143 }],
    ['ends the stream early', { stdout: `${lines.slice(0, 30).join('\n')}\n`, exitCode: 0 }],
    ['is not there', { stdout: '', exitCode: 1, stderr: 'Error: container abc123 is not running' }],
  ])('goes on after a submitter that %s, nothing lost and nothing twice', async (_, broken) => {
    const told = broken.stdout === '' ? 0 : 30;
    const rest = `${lines.slice(told).join('\n')}\n`;
    host
      .once(follow, { ...broken, ignoresStdin: true })
      .once(follow, { stdout: rest, ignoresStdin: true });
    const seen: string[] = [];
    const reasons: string[] = [];
    const following = pool.follow(
      'r',
      {
        ...quiet,
        onEvent: (event) => seen.push(JSON.stringify(event)),
        onInterruption: (reason) => reasons.push(reason),
      },
      never,
    );
    await clock.untilSleepOf(1000);
    await clock.advance(1000);
    await following;
    expect(reasons).toHaveLength(1);
    expect(seen).toEqual(objects(text).map((event) => JSON.stringify(event)));
    const dagman = lines.slice(0, told).filter((line) => line.includes('"Log": "dagman"')).length;
    const again = host.commandLines.at(-1);
    if (told === 0) expect(again).not.toContain('--from');
    else expect(again).toMatch(new RegExp(`--from \\S*nodes=${told - dagman}\\b`));
    if (dagman > 0) expect(again).toContain(`dagman=${dagman}`);
  });

  it('ends with the last DAGMan job of a run that was tried again', async () => {
    const dagman = (type: string) => `{"Log":"dagman","MyType":"${type}"}\n`;
    const first = dagman('SubmitEvent') + dagman('JobAbortedEvent') + dagman('SubmitEvent');
    host.once(follow, { stdout: first, ignoresStdin: true });
    host.once(follow, { stdout: dagman('JobTerminatedEvent'), ignoresStdin: true });
    const seen: unknown[] = [];
    const following = pool.follow('r', { ...quiet, onEvent: (event) => seen.push(event) }, never);
    await clock.untilSleepOf(1000);
    await clock.advance(1000);
    await following;
    expect(seen).toHaveLength(4);
  });

  it('gives up after ten minutes without a submitter', async () => {
    host.on(follow, {
      exitCode: 1,
      stderr: 'Error: No such container: abc123',
      ignoresStdin: true,
    });
    const following = pool.follow('r', quiet, never);
    following.catch(() => undefined);
    await clock.advance(11 * 60_000);
    await expect(following).rejects.toMatchObject({
      code: 'unavailable',
      message: 'the submitter has been gone for 10 minutes',
    });
  });

  it('ends at once when the run does not exist', async () => {
    host.on(follow, {
      exitCode: 1,
      stderr: "crossflock-events: no run 'r' in /runs",
      ignoresStdin: true,
    });
    await expect(pool.follow('r', quiet, never)).rejects.toThrow("no run 'r'");
  });

  it('keeps standard input open while it reads, and ends when aborted', async () => {
    const stop = new AbortController();
    let open: boolean | undefined;
    const pipe = new HtcondorPool(
      [
        {
          name: 'h',
          run: async (argv, options) => {
            if (FIND(argv)) return { exitCode: 0, stdout: 'abc\n', stderr: '' };
            const stdin = options?.stdin;
            open = typeof stdin === 'object' && 'readableEnded' in stdin && !stdin.readableEnded;
            stop.abort();
            return new FakeHost()
              .on(() => true, { hangs: true })
              .run(argv, { signal: stop.signal });
          },
          put: () => Promise.resolve(),
          forward: () => Promise.reject(new Error('no')),
          reverseForward: () => Promise.reject(new Error('no')),
          close: () => Promise.resolve(),
        },
      ],
      { deployment: 'd' },
      clock,
    );
    await expect(pipe.follow('r', quiet, stop.signal)).rejects.toMatchObject({ code: 'aborted' });
    expect(open).toBe(true);
  });
});
