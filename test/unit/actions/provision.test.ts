import { beforeEach, describe, expect, it } from 'vitest';
import type { ActionContext } from '../../../src/actions/context.js';
import { provision } from '../../../src/actions/provision.js';
import { CrossflockError } from '../../../src/errors/crossflock-error.js';
import { FakeClock } from '../../fakes/fake-clock.js';
import { FakeConnector } from '../../fakes/fake-connector.js';
import { FakeHost } from '../../fakes/fake-host.js';
import { FakeNetwork } from '../../fakes/fake-network.js';
import { FakeMachine, type MachineTraits } from '../../fakes/fake-machine.js';
import { FakePool } from '../../fakes/fake-pool.js';
import { RecordingReporter } from '../../fakes/recording-reporter.js';

const REGISTRY = 'registry.example.org:5000';
const IMAGE = 'crossflock/executor:latest';
const READY: Partial<MachineTraits> = { images: new Set([IMAGE]) };

let here: FakeHost;
let clock: FakeClock;
let machines: FakeMachine[];
let network: FakeNetwork;

beforeEach(() => {
  clock = new FakeClock();
  machines = [];
  network = new FakeNetwork();
  here = new FakeHost()
    .on(['ip', '-json', 'route'], { stdout: '[]' })
    .on((argv) => argv[1] === 'network', { exitCode: 1 })
    .on((argv) => argv[1] === 'manifest', {
      stdout: JSON.stringify({ SchemaV2Manifest: { config: { digest: `sha256:${IMAGE}` } } }),
    });
});

function machine(traits: Partial<MachineTraits> = {}): FakeMachine {
  const name = `h${machines.length + 1}`;
  const made = new FakeMachine(name, () => clock.now().getTime() / 1000, {
    ...traits,
    images: new Set(traits.images),
  });
  machines.push(made);
  return made;
}

/** Machines that are as wanted, and know each other. */
function many(count: number, traits: Partial<MachineTraits> = READY): void {
  for (let index = 0; index < count; index += 1) machine(traits);
  if (traits.docker === undefined) network.with(...machines.map(({ name }) => name));
}

/** One cluster with a Marathon of its own: Docker, an image and the network on each host. */
function configuration() {
  return {
    name: 'demo',
    ssh: { config_file: 'none' },
    images: { registry: REGISTRY },
    clusters: [
      {
        id: 'far',
        marathon_uri: 'http://127.0.0.1:9090',
        hosts: machines.map(({ name }) => ({ address: name })),
      },
    ],
    containers: [{ id: 'runner', cluster: 'far', image: IMAGE, n_cpus: 1, mem: 512 }],
    network: { cidr: '10.77.0.0/24', driver: 'wireguard' },
  };
}

interface RunOptions {
  only?: readonly string[];
  dryRun?: boolean;
}

async function run(options: RunOptions = {}, stop = new AbortController()) {
  const reporter = new RecordingReporter();
  const connector = new FakeConnector();
  for (const each of machines) connector.with(each);
  const context: ActionContext = {
    reporter,
    clock,
    signal: stop.signal,
    host: here,
    hosts: connector,
    env: { XDG_STATE_HOME: '/state' },
    readFile: () => Promise.resolve(new TextEncoder().encode(JSON.stringify(configuration()))),
    openPool: () => new FakePool(),
    keepSecret: () => undefined,
  };
  const config = 'demo.json';
  const exitCode = await provision(context, { config, dryRun: false, ...options }, () => network);
  const [summary] = reporter.of('summary');
  const lines = reporter.of('report').flatMap((event) => event.lines);
  const states = reporter
    .of('table')[0]
    ?.rows.map((row) => `${String(row[0])} ${String(row.at(-1))}`);
  return { exitCode, summary, lines, states, reporter };
}

function forgetLooks(): void {
  for (const each of machines) {
    each.looks = 0;
    each.runs.length = 0;
    each.changes.length = 0;
  }
}

describe('provision', () => {
  it('costs one command a host where all is as wanted, and says so', async () => {
    many(3);
    const { exitCode, summary, states } = await run();
    expect(exitCode).toBe(0);
    expect(summary?.message).toBe('nothing to do: 3 hosts as wanted');
    expect(states).toEqual(['h1 as wanted', 'h2 as wanted', 'h3 as wanted']);
    expect(machines.map(({ commandLines }) => commandLines)).toEqual(machines.map(() => ['sh -s']));
  });

  it('brings a bare host to where it is ready; the second run finds nothing', async () => {
    many(2);
    const bare = machine({ docker: 'none' });
    const { exitCode, summary } = await run();
    expect(exitCode).toBe(0);
    expect(summary?.message).toBe('3 hosts ready, 7 changes made');
    expect(bare.changes).toEqual([
      'apt-get install',
      'systemctl start docker',
      `docker pull ${REGISTRY}/${IMAGE}`,
    ]);
    expect(network.applied.sort()).toEqual(['connect h1', 'connect h2', 'connect h3', 'launch h3']);
    expect(machines[1]?.changes).toEqual([]);
    forgetLooks();
    expect((await run()).summary?.message).toBe('nothing to do: 3 hosts as wanted');
    expect(bare.commandLines).toEqual(['sh -s']);
  });

  it('runs everything on hosts as root', async () => {
    machine({ docker: 'none' });
    await run();
    const commands = machines.flatMap(({ runs }) => runs);
    expect(commands.every(({ options }) => options.sudo === true)).toBe(true);
  });

  it('changes nothing in a dry run, and lists what it would', async () => {
    const bare = machine({ docker: 'none' });
    const { exitCode, summary, states, reporter } = await run({ dryRun: true });
    expect(exitCode).toBe(0);
    expect(bare.changes).toEqual([]);
    expect(bare.commandLines).toEqual(['sh -s', 'sh -s']);
    expect(states).toEqual(['h1 would change']);
    expect(summary?.message).toBe('4 changes to make on 1 host, nothing was changed');
    expect(reporter.of('change').map(({ change }) => `${change.action} ${change.kind}`)).toEqual([
      'create docker engine',
      'start docker engine',
      'create image',
      'create network',
    ]);
  });

  it('goes on with the others when one of ten fails, and ends with what repeats that one', async () => {
    many(10, { docker: 'none' });
    const [, , third] = machines;
    if (third === undefined) return;
    third.traits.aptFails = 'Err:1 http://x\nE: Unable to fetch some archives\n';
    const { exitCode, summary, lines, states } = await run();
    expect(exitCode).toBe(1);
    expect(summary?.message).toBe(
      '9 of 10 hosts ready; once the other one is mended: crossflock provision -c demo.json --only h3',
    );
    expect(states?.filter((state) => state.endsWith(' changed'))).toHaveLength(9);
    expect(states?.[2]).toBe('h3 failed: docker engine');
    expect(lines.join('\n')).toMatch(
      /^h3: docker engine: "apt-get .*install.*" ended with 100: E: Unable to fetch/,
    );
    expect(lines).toContain('    | Err:1 http://x');
    expect(lines.some((line) => line.startsWith('    try: '))).toBe(true);
    expect(network.applied).not.toContain('launch h3');

    third.traits.aptFails = undefined;
    forgetLooks();
    const again = await run({ only: ['h3'] });
    expect(again.summary?.message).toBe('1 host ready, 5 changes made');
    expect(machines.filter(({ changes }) => changes.length > 0)).toEqual([third]);
    expect(network.states.get('h1')?.peers).toContain('h3');
  });

  it('says which rule lets a new host in where packets do not arrive', async () => {
    many(2);
    machine({ docker: 'none' });
    network.cut.add('h2').add('h3');
    const { exitCode, lines } = await run();
    expect(exitCode).toBe(1);
    expect(lines).toEqual(
      expect.arrayContaining([
        'h3: every part answers: h2 cannot be reached over the network: no handshake with h2',
        '    try: let UDP 51820 in on h2, from h3:',
        '           Linux (iptables):',
        '             sudo iptables -I INPUT -p udp --dport 51820 -s h3 -j ACCEPT',
      ]),
    );
  });

  it('goes on where a run that died has left it', async () => {
    const dying = machine({ docker: 'none' });
    const lost = new CrossflockError('the connection was lost', { code: 'unreachable' });
    dying.once(
      (argv) => argv.includes('install'),
      () => {
        dying.traits.unfinished = true;
        return { throws: lost };
      },
    );
    dying.once((argv) => argv.includes('update'), { throws: lost });
    const first = await run();
    expect(first.exitCode).toBe(1);
    expect(first.lines[0]).toBe('h1: docker engine: the connection was lost');
    forgetLooks();
    const second = await run();
    expect(second.exitCode).toBe(0);
    expect(dying.changes.slice(0, 3)).toEqual([
      'dpkg --configure',
      'apt-get install',
      'systemctl start docker',
    ]);
  });

  it('leaves out what is done already', async () => {
    many(2);
    const [half] = machines;
    if (half === undefined) return;
    half.traits.docker = 'stopped';
    half.traits.images.clear();
    await run();
    expect(half.changes).toEqual(['systemctl start docker', `docker pull ${REGISTRY}/${IMAGE}`]);
  });

  it('reports a host that does not answer, and prepares the others', async () => {
    many(2);
    const [gone] = machines;
    gone?.once(['sh', '-s'], {
      throws: new CrossflockError('cannot reach h1 over SSH: no answer', {
        code: 'unreachable',
        hint: 'check the address',
      }),
    });
    const { exitCode, summary, states, lines } = await run();
    expect(exitCode).toBe(1);
    expect(states).toEqual(['h1 failed: first look', 'h2 as wanted']);
    expect(lines).toContain('    try: check the address');
    expect(summary?.message).toMatch(/--only h1$/);
  });

  it('ends after the first step when no host answers', async () => {
    machine().on(['sh', '-s'], {});
    machines[0]?.once(['sh', '-s'], {
      throws: new CrossflockError('gone', { code: 'unreachable' }),
    });
    const { reporter, summary } = await run();
    expect(reporter.of('step-started').map(({ step }) => step)).toEqual(['hosts']);
    expect(summary?.message).toBe(
      '0 of 1 host ready; once it is mended: crossflock provision -c demo.json',
    );
  });

  it('finds all that is in the way before it changes anything', async () => {
    const bad = machine({
      docker: 'none',
      memoryMb: 200,
      ahead: 3600,
      os: 'ID=arch\nPRETTY_NAME="Arch Linux"',
    });
    machine(READY);
    network.with('h1', 'h2');
    const { exitCode, lines, states } = await run();
    expect(exitCode).toBe(1);
    expect(bad.changes).toEqual([]);
    const [line = ''] = lines;
    expect(line).toContain('h1: checks: ');
    for (const part of ['Arch Linux', '200 MB of memory', '3600 s ahead']) {
      expect(line).toContain(part);
    }
    expect(states?.[1]).toBe('h2 as wanted');
  });

  it('makes one of several new hosts ready by itself, and the others later', async () => {
    for (let count = 0; count < 3; count += 1) machine(READY);
    const { exitCode, summary } = await run({ only: ['h2'] });
    expect(summary?.message).toBe('1 host ready, 2 changes made');
    expect(exitCode).toBe(0);
    expect(network.applied).toEqual(['launch h2', 'connect h2']);
    forgetLooks();
    expect((await run()).exitCode).toBe(0);
    expect(network.states.get('h2')?.peers).toEqual(['h1', 'h3']);
  });

  it('does not ask for the way to a host that does not answer itself', async () => {
    const [first] = [machine({ docker: 'none' }), machine({ docker: 'none' })];
    machines[1]?.once(['sh', '-s'], {
      throws: new CrossflockError('cannot reach h2', { code: 'unreachable' }),
    });
    await run();
    const asked = first.runs.flatMap(({ options }) => Object.values(options.env ?? {}));
    expect(asked.join(' ')).not.toContain('h2');
  });

  it('tells in a dry run, too, how many answer and that nothing is in the way', async () => {
    many(2);
    const { reporter } = await run({ dryRun: true });
    const told = reporter.of('step-finished').map(({ message }) => message);
    expect(told.slice(0, 2)).toEqual(['2 of 2 answer', 'nothing is in the way']);
  });

  it('leaves a foreign network alone and the other hosts in peace', async () => {
    many(2);
    machines[1]?.traits.images.clear();
    const plan = network.plan.bind(network);
    network.plan = (members) => {
      const isSeen = members.some(({ member, state }) => member.id === 'h1' && state !== undefined);
      if (isSeen) throw new CrossflockError('h1 has another network', { code: 'refused' });
      return plan(members);
    };
    const { exitCode, states, lines } = await run();
    expect(exitCode).toBe(1);
    expect(lines[0]).toContain('h1 has another network');
    expect(states).toEqual(['h1 failed: checks', 'h2 changed']);
  });

  it('suggests a host for an id that is wrong', async () => {
    many(2);
    await expect(run({ only: ['h1', 'h22'] })).rejects.toMatchObject({
      code: 'invalid-input',
      message: 'no host in the configuration is called "h22"',
      hint: 'did you mean "h2"?',
    });
  });

  it('tries the ways of the hosts it has changed, and blames those that are blocked', async () => {
    many(2);
    machine({ docker: 'none' });
    network.cut.add('h1').add('h3');
    const { exitCode, lines, states } = await run();
    expect(exitCode).toBe(1);
    expect(states?.[2]).toBe('h3 failed: every part answers');
    expect(lines.join('\n')).toContain('h1 cannot be reached over the network: no handshake');
  });

  it('names what a host of the others could not be told', async () => {
    many(2);
    machine({ docker: 'none' });
    machines[0]?.once(['sh', '-s'], {
      throws: new CrossflockError('no answer', { code: 'unreachable' }),
    });
    const { exitCode, summary, reporter } = await run({ only: ['h3'] });
    expect(exitCode).toBe(0);
    expect(summary?.ok).toBe(true);
    const told = reporter.of('step-finished').map(({ message }) => message);
    expect(told).toContain('1 of 1 answers; h1: no answer');
    expect(network.applied).not.toContain('connect h1');
  });

  it('calls nothing wanted or failed when it was interrupted', async () => {
    many(2);
    const stop = new AbortController();
    machines[1]?.once(['sh', '-s'], () => {
      stop.abort();
      return { throws: new CrossflockError('interrupted', { code: 'aborted' }) };
    });
    const { exitCode, summary, states } = await run({}, stop);
    expect(exitCode).toBe(130);
    expect(summary?.message).toBe('interrupted; go on with: crossflock provision -c demo.json');
    expect(states).toEqual(['h1 unfinished', 'h2 not seen']);
    expect(summary?.data).toMatchObject({ hosts: [{ outcome: 'unfinished' }, { id: 'h2' }] });
  });

  it('does not blame a host whose change was interrupted', async () => {
    const stop = new AbortController();
    machine({ docker: 'none' }).once(
      (argv) => argv.includes('install'),
      () => {
        stop.abort();
        return { throws: new CrossflockError('interrupted', { code: 'aborted' }) };
      },
    );
    const { exitCode, states, lines } = await run({}, stop);
    expect(exitCode).toBe(130);
    expect(states).toEqual(['h1 unfinished']);
    expect(lines).toEqual([]);
  });

  it('tells machines the facts', async () => {
    many(1);
    const { summary } = await run();
    expect(summary?.data).toMatchObject({
      changes: 0,
      hosts: [
        {
          id: 'h1',
          outcome: 'unchanged',
          cpus: 4,
          memoryMb: 4096,
          cgroup: 'v2',
          docker: { version: '26.1', minApi: '1.24' },
        },
      ],
    });
  });
});
