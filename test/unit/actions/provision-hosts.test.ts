import { beforeEach, describe, expect, it } from 'vitest';
import type { ActionContext } from '../../../src/actions/context.js';
import {
  provisionHosts,
  type ProvisionHostsOptions,
} from '../../../src/actions/provision-hosts.js';
import { CrossflockError } from '../../../src/errors/crossflock-error.js';
import { problemLine } from '../../../src/errors/problem.js';
import { FakeClock } from '../../fakes/fake-clock.js';
import { FakeConnector } from '../../fakes/fake-connector.js';
import { FakeHost } from '../../fakes/fake-host.js';
import { FakeNetwork } from '../../fakes/fake-network.js';
import { FakePool } from '../../fakes/fake-pool.js';
import { RecordingReporter } from '../../fakes/recording-reporter.js';

const MASTER = '192.0.2.1';
const PEER = '192.0.2.2';

let here: FakeHost;

beforeEach(() => {
  here = new FakeHost();
});

/** Hosts that cannot be reached: what is provisioned on hosts is told elsewhere. */
async function run(options: Partial<ProvisionHostsOptions>, files: readonly string[] = []) {
  const reporter = new RecordingReporter();
  const hosts = new FakeConnector();
  for (const name of [MASTER, PEER]) {
    const throws = new CrossflockError(`cannot reach ${name}`, { code: 'unreachable' });
    hosts.with(new FakeHost(name).on(() => true, { throws }));
  }
  const context: ActionContext = {
    reporter,
    clock: new FakeClock(),
    signal: new AbortController().signal,
    host: here,
    hosts,
    env: { XDG_STATE_HOME: '/state' },
    readFile: (path) =>
      files.includes(path)
        ? Promise.resolve(new TextEncoder().encode('{}'))
        : Promise.reject(Object.assign(new Error('no file'), { code: 'ENOENT' })),
    openPool: () => new FakePool(),
    keepSecret: () => undefined,
  };
  const whole = { hosts: { master: MASTER, peers: PEER }, dryRun: false, ...options };
  const exitCode = await provisionHosts(context, whole, () => new FakeNetwork());
  const problems = reporter.of('problem').map(({ problem }) => problemLine(problem));
  const lines = reporter.of('report').flatMap((event) => event.lines);
  return { exitCode, problems, lines, summary: reporter.of('summary')[0], opened: hosts.opened };
}

describe('provision --master', () => {
  it('shows the configuration that it amounts to, writes nothing, and works on its hosts', async () => {
    const { lines, summary, opened, exitCode } = await run({});
    expect(lines.slice(0, 9)).toEqual([
      'the configuration that this amounts to, which --write FILE keeps for the other commands:',
      '{',
      '  "clusters": [',
      '    {"id": "cloud1", "engine": "mesos", "hosts": [{"address": "192.0.2.1", "role": "both"}]},',
      '    {"id": "cloud2", "engine": "mesos", "hosts": [{"address": "192.0.2.2", "role": "both"}]}',
      '  ],',
      '  "containers": [],',
      '  "network": {"cidr": "172.16.0.0/24", "driver": "wireguard"}',
      '}',
    ]);
    expect(here.puts).toEqual([]);
    expect(new Set(opened.map(({ name }) => name))).toEqual(new Set([MASTER, PEER]));
    expect(summary?.data).toMatchObject({ configuration: { clusters: [{}, {}] } });
    expect(exitCode).toBe(1);
  });

  it('says how to repeat itself: as it was called, or with the file that it wrote', async () => {
    const called = `crossflock provision --master ${MASTER} --peers ${PEER}`;
    expect((await run({})).summary?.data).toMatchObject({ again: called });
    const { summary } = await run({ write: '/x/pool.json', only: [PEER] });
    expect(summary?.data).toMatchObject({
      again: `crossflock provision -c /x/pool.json --only ${PEER}`,
    });
  });

  it('writes a new file where that was asked for, which is what it shows', async () => {
    const { lines } = await run({ write: '/x/pool.json' });
    expect(lines[0]).toBe('the configuration that this amounts to, written to /x/pool.json:');
    const [put] = here.puts;
    expect(put).toMatchObject({ path: '/x/pool.json', mode: 0o644 });
    expect(lines.join('\n')).toContain(put?.content.trimEnd());
  });

  it('writes nothing in a dry run', async () => {
    const { lines } = await run({ write: '/x/pool.json', dryRun: true });
    expect(lines[0]).toContain('which would be written to /x/pool.json:');
    expect(here.puts).toEqual([]);
  });

  it('names all mistakes at once, with files that are in the way, and opens no host', async () => {
    const hosts = { master: '192.0.2.256', cores: 'many' };
    const options = { hosts, write: '/x/pool.json', config: 'old.json' };
    const { exitCode, problems, opened, summary } = await run(options, ['/x/pool.json']);
    expect(exitCode).toBe(2);
    expect(problems).toEqual([
      '--master: "192.0.2.256" is no address of a host; write a name, an alias of the SSH configuration, or an address such as 192.0.2.10',
      '--cores: "many" is no number of cores; write a whole number from 1',
      '-c: "old.json" names the hosts already; leave out either it or the options for hosts',
      '--write: "/x/pool.json" is there already and is not overwritten; write another name, or use it: crossflock provision -c /x/pool.json',
    ]);
    expect(summary?.message).toBe(
      'these hosts cannot be provisioned: 4 problems, nothing was changed',
    );
    expect(opened).toEqual([]);
    expect(here.puts).toEqual([]);
  });

  it('refuses an --only that names none of its hosts before it writes', async () => {
    const strange = run({ write: '/x/pool.json', only: ['192.0.2.3'] });
    await expect(strange).rejects.toThrow('no host in the configuration is called "192.0.2.3"');
    expect(here.puts).toEqual([]);
  });
});
