import { describe, expect, it } from 'vitest';
import type { ActionContext } from '../../../src/actions/context.js';
import { cloudNamed, hostNamed, presentLab } from '../../../src/actions/lab-common.js';
import { labConfig } from '../../../src/actions/lab-config.js';
import { labDown } from '../../../src/actions/lab-down.js';
import { labCut, labHeal, labKill } from '../../../src/actions/lab-faults.js';
import { labSsh } from '../../../src/actions/lab-ssh.js';
import { labUp } from '../../../src/actions/lab-up.js';
import type { Lab, LabHost } from '../../../src/lab/model.js';
import { FakeClock } from '../../fakes/fake-clock.js';
import { FakeConnector } from '../../fakes/fake-connector.js';
import { FakeHost } from '../../fakes/fake-host.js';
import { FakePool } from '../../fakes/fake-pool.js';
import { RecordingReporter } from '../../fakes/recording-reporter.js';

const UP = { name: 'lab', bare: [], registry: true, dryRun: false } as const;
const KEYS = ['id_ed25519', 'id_ed25519.pub', 'locked-password'];
const HOST_KEY = 'host-key ssh-ed25519 AAAA\n';

/** A machine on which Docker lists these containers and networks. */
function machine(containers = '', networks = ''): FakeHost {
  return new FakeHost()
    .on((argv) => argv[1] === 'ps', { stdout: containers })
    .on((argv) => argv[1] === 'network' && argv[2] === 'ls', { stdout: networks });
}
function contextOn(host: FakeHost, files: readonly string[] = []) {
  const reporter = new RecordingReporter();
  const context: ActionContext = {
    reporter,
    clock: new FakeClock(),
    signal: new AbortController().signal,
    host,
    hosts: new FakeConnector(),
    env: { XDG_STATE_HOME: '/state' },
    readFile: (path) =>
      files.some((file) => path === `/state/crossflock/labs/lab/${file}`)
        ? Promise.resolve(new TextEncoder().encode('text\n'))
        : Promise.reject(Object.assign(new Error('none'), { code: 'ENOENT' })),
    openPool: () => new FakePool(),
    keepSecret: () => undefined,
  };
  return { context, reporter };
}
const container = (cloud: string, number: number, address: string, state = 'running') =>
  `${[state, 'lab', 'host', address, cloud, String(number), 'false'].join('\t')}\n`;
const TWO = container('a', 1, '10.199.0.17') + container('b', 1, '10.199.0.33', 'exited');
const NETWORK = 'lab\t10.199.0.0/24\tfalse\n';

function member(cloud: string, number: number, address: string): LabHost {
  return { id: `${cloud}-${number}`, cloud, number, address, isBare: false, state: 'running' };
}
const LAB: Lab = {
  name: 'lab',
  wantsRegistry: false,
  hosts: [
    member('azure', 1, '10.199.0.17'),
    member('azure', 2, '10.199.0.18'),
    member('chameleon', 1, '10.199.0.33'),
  ],
};

describe('names in a lab', () => {
  it.each([['azure-2'], ['lab-azure-2'], ['10.199.0.18']])('%s is a host', (word) => {
    expect(hostNamed(LAB, word).id).toBe('azure-2');
  });

  it('take a cloud for its only host, and ask where it has more', () => {
    expect(hostNamed(LAB, 'chameleon').id).toBe('chameleon-1');
    expect(() => hostNamed(LAB, 'azure')).toThrow('azure is a cloud of 2 hosts');
  });

  it('suggest what was meant', () => {
    const hint = (look: () => unknown) => {
      try {
        return look();
      } catch (error) {
        return (error as { hint: string }).hint;
      }
    };
    expect(hint(() => hostNamed(LAB, 'chamleon-1'))).toBe('did you mean "chameleon-1"?');
    expect(hint(() => hostNamed(LAB, 'x'))).toBe('there are azure-1, azure-2, chameleon-1');
    expect(hint(() => cloudNamed(LAB, 'azur'))).toBe('did you mean "azure"?');
  });

  it('tell that a lab is not up, and which are', async () => {
    await expect(presentLab(contextOn(machine()).context, 'lab')).rejects.toMatchObject({
      message: 'no lab called lab is up',
      hint: 'crossflock lab up makes one',
    });
    await expect(presentLab(contextOn(machine(TWO)).context, 'labb')).rejects.toMatchObject({
      hint: 'did you mean "lab"? (--name); crossflock lab up --name labb makes one',
    });
    await expect(presentLab(contextOn(machine()).context, '../x')).rejects.toMatchObject({
      code: 'invalid-input',
    });
  });
});

describe('labUp', () => {
  it('says which image is missing before it makes anything', async () => {
    const host = machine()
      .on(['ip', '-json', 'route'], { stdout: '[]' })
      .on((argv) => argv[1] === 'image', { stdout: 'crossflock/lab-host:latest\n' });
    const { context } = contextOn(host);
    await expect(labUp(context, { ...UP, bare: ['azure'] })).rejects.toMatchObject({
      message: 'there is no image crossflock/lab-bare and no image crossflock/lab-registry',
      hint: 'scripts/lab builds them: run scripts/lab up',
    });
    host.verify();
  });

  it('changes nothing in a dry run', async () => {
    const images = ['host', 'bare', 'registry'].map((name) => `crossflock/lab-${name}:latest\n`);
    const host = machine()
      .on(['ip', '-json', 'route'], { stdout: '[]' })
      .on((argv) => argv[2] === 'ls' && argv.includes('reference=crossflock/*:latest'), {
        stdout: 'crossflock/executor sha256:1\ncrossflock/base sha256:2\n',
      })
      .on((argv) => argv[1] === 'image', { stdout: images.join('') });
    const { context, reporter } = contextOn(host);
    expect(await labUp(context, { ...UP, clouds: ['a'], dryRun: true })).toBe(0);
    const planned = reporter.events.flatMap((event) =>
      event.type === 'change' ? [`${event.state} ${event.change.target}`] : [],
    );
    expect(planned).toEqual([
      'planned /state/crossflock/labs/lab/id_ed25519',
      'planned lab-lab',
      'planned lab-registry',
      'planned a-1',
      'planned crossflock/executor',
      'planned a-1',
      'planned /state/crossflock/labs/lab/known_hosts',
    ]);
    expect(host.puts).toEqual([]);
    host.verify();
  });

  it('takes the next range when another lab was quicker', async () => {
    const overlap =
      'Error response from daemon: Pool overlaps with other one on this address space';
    let networks = '';
    const host = new FakeHost()
      .on((argv) => argv[1] === 'ps', { stdout: '' })
      .on(
        (argv) => argv[2] === 'ls' && argv[1] === 'network',
        () => ({ stdout: networks }),
      )
      .on(['ip', '-json', 'route'], { stdout: '[{"dst":"10.199.0.0/24","dev":"x"}]' })
      .on((argv) => argv[1] === 'image', { stdout: 'crossflock/lab-host:latest\n' })
      .on((argv) => argv[2] === 'create' && argv.includes('10.199.1.0/24'), {
        exitCode: 1,
        stderr: overlap,
      })
      .on(
        (argv) => argv[2] === 'create' && argv.includes('10.199.2.0/24'),
        () => {
          networks = 'lab\t10.199.2.0/24\tfalse\n';
          return {};
        },
      )
      .on((argv) => argv[1] === 'run', {});
    const { context } = contextOn(host, KEYS);
    await labUp(context, { ...UP, clouds: ['a'], registry: false });
    const run = host.runs.find(({ argv }) => argv[1] === 'run');
    expect(run?.argv).toContain('10.199.2.17');
  });
});

describe('labDown', () => {
  it('has nothing to do where nothing is', async () => {
    const host = machine().on(['test', '-d', '/state/crossflock/labs/lab'], { exitCode: 1 });
    const { context, reporter } = contextOn(host);
    expect(await labDown(context, { name: 'lab' })).toBe(0);
    expect(reporter.events.at(-1)).toMatchObject({ message: 'nothing of lab lab was there' });
    host.verify();
  });

  it('goes nowhere with a name that is none', async () => {
    const { context } = contextOn(machine());
    await expect(labDown(context, { name: '..' })).rejects.toThrow('".." is no name of a lab');
  });

  it('removes what is left, and of the folders above only empty ones', async () => {
    const host = machine(TWO, NETWORK)
      .on(['test', '-d', '/state/crossflock/labs/lab'], {})
      .once(['docker', 'rm', '--force', '--volumes', 'lab-a-1'], {})
      .once(['docker', 'rm', '--force', '--volumes', 'lab-b-1'], {})
      .once(['docker', 'network', 'rm', 'lab-lab'], {})
      .once(['rm', '-rf', '--', '/state/crossflock/labs/lab'], {})
      .once((argv) => argv[0] === 'rmdir' && argv[1] === '--ignore-fail-on-non-empty', {});
    const { context } = contextOn(host);
    expect(await labDown(context, { name: 'lab' })).toBe(0);
    host.verify();
  });
});

describe('faults', () => {
  const exec = (name: string, word: string) => (argv: readonly string[]) =>
    argv.includes('exec') && argv.includes(name) && argv.includes(word);

  it('are cut into hosts that run and those that are off', async () => {
    const host = machine(TWO, NETWORK)
      .on(exec('lab-a-1', 'wait'), {})
      .on(exec('lab-a-1', 'look'), { stdout: HOST_KEY })
      .once(exec('lab-a-1', 'cuts'), {})
      .once((argv) => argv[1] === 'cp' && argv[3] === 'lab-b-1:/etc/crossflock-lab/cuts', {});
    const { context } = contextOn(host);
    expect(await labCut(context, { name: 'lab', clouds: ['b', 'a'] })).toBe(0);
    expect(host.runs.map(({ stdin }) => stdin)).toContain('b 10.199.0.32/28\n');
    expect(host.puts.map(({ content }) => content)).toEqual(['a 10.199.0.16/28\n']);
    host.verify();
  });

  it('are healed between the two that are named only', async () => {
    const three = TWO.replace('exited', 'running') + container('c', 1, '10.199.0.49');
    const look = (name: string, cuts: string) =>
      [exec(name, 'look'), { stdout: `${HOST_KEY}${cuts}` }] as const;
    const host = machine(three, NETWORK)
      .on((argv) => argv.includes('wait'), {})
      .on(...look('lab-a-1', 'cut b 10.199.0.32/28\ncut c 10.199.0.48/28\n'))
      .on(...look('lab-b-1', 'cut a 10.199.0.16/28\n'))
      .on(...look('lab-c-1', 'cut a 10.199.0.16/28\n'))
      .once(exec('lab-a-1', 'cuts'), {})
      .once(exec('lab-b-1', 'cuts'), {});
    const { context } = contextOn(host);
    expect(await labHeal(context, { name: 'lab', clouds: ['a', 'b'] })).toBe(0);
    const given = host.runs.filter(({ argv }) => argv.includes('cuts')).map(({ stdin }) => stdin);
    expect(given.sort()).toEqual(['', 'c 10.199.0.48/28\n']);
    host.verify();
  });

  it('refuse a cloud that is cut off from itself', async () => {
    const { context } = contextOn(machine(TWO, NETWORK));
    await expect(labCut(context, { name: 'lab', clouds: ['a', 'a'] })).rejects.toThrow(
      'a cannot be cut off from itself; name two clouds',
    );
  });

  it('leave a host alone that is off already', async () => {
    const host = machine(TWO, NETWORK);
    const { context, reporter } = contextOn(host);
    expect(await labKill(context, { name: 'lab', host: 'b' })).toBe(0);
    expect(reporter.events.at(-1)).toMatchObject({ data: { changes: 0 } });
    host.verify();
  });
});

describe('labSsh and labConfig', () => {
  const SSH = { name: 'lab', host: 'a', user: 'cc', command: ['true'], json: false };
  const never = () => Promise.reject(new Error('nothing may run'));

  it('hands over the terminal, and fails as the command does', async () => {
    const { context } = contextOn(machine(TWO, NETWORK), KEYS);
    const seen: string[] = [];
    const attach = (argv: readonly string[]) => {
      seen.push(argv.slice(-2).join(' '));
      return Promise.resolve(seen.length === 1 ? 0 : 3);
    };
    expect(await labSsh(context, SSH, attach)).toBe(0);
    expect(await labSsh(context, SSH, attach)).toBe(1);
    expect(seen[0]).toBe('10.199.0.17 true');
  });

  it.each([
    [{ host: 'b' }, 'b-1 is exited'],
    [{ user: 'root' }, 'no user is called root on a lab host; there are cc and locked'],
    [{ json: true, command: [] }, 'a shell has no JSON'],
  ])('refuses %j', async (changed, message) => {
    const { context } = contextOn(machine(TWO, NETWORK), KEYS);
    await expect(labSsh(context, { ...SSH, ...changed }, never)).rejects.toThrow(message);
  });

  it('tells whose keys are missing', async () => {
    const { context } = contextOn(machine(TWO, NETWORK));
    const message = 'the keys of lab lab are not in /state/crossflock/labs/lab';
    await expect(labSsh(context, SSH, never)).rejects.toThrow(message);
    await expect(labConfig(context, { name: 'lab', json: false })).rejects.toThrow(message);
  });

  it('prints the configuration and nothing else', async () => {
    const { context, reporter } = contextOn(machine(TWO, NETWORK), KEYS);
    await labConfig(context, { name: 'lab', json: false });
    expect(reporter.events.map(({ type }) => type)).toEqual(['report']);
    const [event] = reporter.events;
    const lines = event?.type === 'report' ? event.lines : [];
    expect(JSON.parse(lines.join('\n'))).toMatchObject({ name: 'lab', clusters: [{}, {}] });
  });
});
