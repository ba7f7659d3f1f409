import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { WeaveLan } from '../../../fakes/weave/weave-lan.js';
import { block, captured } from './transcripts.js';
import type { Captured } from './transcripts.js';

vi.setConfig({ testTimeout: 60_000 });

const A = '10.77.0.1';
const B = '10.77.0.2';
const NO_FASTDP = { WEAVE_NO_FASTDP: '1' };
const ORIGINAL = {
  version: '2.8.1',
  images: ['weave:2.8.1', 'weaveexec:2.8.1', 'weavedb:latest'].map((name) => `weaveworks/${name}`),
  engine: { Version: '20.10.24+dfsg1', ApiVersion: '1.41', MinAPIVersion: '1.12' },
};

let lan: WeaveLan;
beforeEach(() => {
  lan = new WeaveLan();
});
afterEach(() => {
  lan.remove();
});

async function run(address: string, line: string, env: Record<string, string> = {}) {
  const [, ...args] = line.split(' ');
  const { exitCode, stdout, stderr } = await lan
    .host(address)
    .run([lan.script(address), ...args], { env });
  return { command: line, stdout, stderr: cut(stderr), exitCode };
}

/** Usage texts are cut in the transcripts as well. */
function cut(text: string): string {
  return text.replace(/Usage:\n[^]*/, 'Usage:\n[...]\n');
}

const simple = (name: string): readonly Captured[] =>
  captured(name).filter(({ command }) => /^weave [^;|&]*$/.test(command));

describe('the stand-in says what Weave Net 2.8.1 said', () => {
  it('before a launch', async () => {
    lan.add(A, ORIGINAL);
    const expected = simple('2.8.1/no-router.txt');
    expect(expected.length).toBeGreaterThan(10);
    for (const recorded of expected) expect(await run(A, recorded.command)).toEqual(recorded);
  });

  it('at a second launch, and for another container of that name', async () => {
    lan.add(A, ORIGINAL);
    expect(await run(A, 'weave launch', NO_FASTDP)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^[0-9a-f]{64}\n$/) as unknown,
    });
    const again = captured('2.8.1/launch.txt').find(({ exitCode }) => exitCode === 3)!;
    expect(await run(A, 'weave launch')).toEqual(again);
    lan.change(A, (host) => (host.container!.image = 'app:1'));
    const { stderr, exitCode } = block('2.8.1/launch.txt', 'docker run -d --name weave');
    expect(await run(A, 'weave launch')).toMatchObject({ stderr, exitCode });
  });

  it('to names and ports that are none, and to an address where nobody is', async () => {
    lan.add(A, ORIGINAL);
    await run(A, 'weave launch', NO_FASTDP);
    const lines = simple('2.8.1/connections.txt').filter(({ command }) =>
      /^weave (connect|forget)/.test(command),
    );
    expect(lines.length).toBeGreaterThan(6);
    for (const recorded of lines) expect(await run(A, recorded.command)).toEqual(recorded);
  });

  it('about connections, plain and encrypted', async () => {
    lan.add(A, ORIGINAL);
    lan.add(B, ORIGINAL);
    const launch = 'weave launch --name 00:00:00:00:00:03 --nickname host3';
    await run(B, launch, NO_FASTDP);
    await run(A, `weave launch ${B}`, NO_FASTDP);
    const line = async () => (await run(A, 'weave status connections')).stdout;
    expect(await line()).toBe(
      '-> 10.77.0.2:6783        established sleeve 00:00:00:00:00:03(host3) mtu=1438\n',
    );
    for (const address of [A, B])
      lan.change(address, (host) => (host.container!.router.password = 'x'));
    expect(await line()).toBe(
      '-> 10.77.0.2:6783        established encrypted   sleeve 00:00:00:00:00:03(host3) encrypted=truemtu=1414\n',
    );
    expect((await run(B, 'weave status connections')).stdout).toMatch(
      /^<- 10\.77\.0\.1:41001 +established /,
    );
    lan.change(B, (host) => (host.container!.state = 'exited'));
    expect(await line()).toMatch(
      /^-> 10\.77\.0\.2:6783 {8}failed {6}dial tcp :0->10\.77\.0\.2:6783: connect: connection refused, retry: 2026\S+ .* \n$/,
    );
  });

  it('of an address that a container has', async () => {
    lan.add(A, ORIGINAL);
    await run(A, 'weave launch', NO_FASTDP);
    const recorded = block('2.8.1/expose.txt', 'weave expose 172.16.0.1/24');
    lan.change(A, (host) => {
      host.claims['172.16.0.1/24'] =
        '6fdb53166e5f887d891da36bd3d8a088f9b8259251ad249f9a58d47966ead519';
    });
    expect(await run(A, recorded.command)).toEqual(recorded);
    const granted = block('2.8.1/expose.txt', 'weave expose 172.16.0.254/24');
    expect(await run(A, granted.command)).toEqual(granted);
  });

  it('when the engine is too new', async () => {
    lan.add(A, {
      ...ORIGINAL,
      engine: { Version: '26.1.5', ApiVersion: '1.45', MinAPIVersion: '1.24' },
    });
    const { stderr } = block('2.8.1/docker-26.txt', 'weave launch');
    expect(await run(A, 'weave launch')).toMatchObject({ exitCode: 1, stderr });
    expect(lan.state(A).container).toBeNull();
  });

  it('when it dies, in the log', async () => {
    lan.add(A, { ...ORIGINAL, modules: [] });
    const recorded = captured('2.8.1/launch.txt').find(
      ({ command, exitCode }) => command === 'weave launch' && exitCode === 1,
    )!;
    expect(await run(A, 'weave launch')).toEqual(recorded);
    const log = await lan.host(A).run(['docker', 'logs', 'weave']);
    expect(log.stderr).toMatch(
      /^FATA: \S+ \S+ creating dummy interface: operation not supported$/m,
    );
    expect(await run(A, 'weave status connections')).toMatchObject({
      exitCode: 1,
      stderr: 'weave container is not running.\n',
    });
  });

  it('when the second launch asks for the other kind of bridge', async () => {
    lan.add(A, ORIGINAL);
    await run(A, 'weave launch');
    await run(A, 'weave stop');
    expect(await run(A, 'weave launch')).toMatchObject({ exitCode: 1 });
    const { stdout } = block('2.8.1/fast-datapath.txt', 'weave stop; weave launch; echo');
    const fatal = /FATA: \S+ \S+ (.*)/.exec(stdout)![1]!;
    expect(lan.state(A).log.at(-1)).toContain(fatal);
    await run(A, 'weave reset --force');
    expect(await run(A, 'weave launch', NO_FASTDP)).toMatchObject({ exitCode: 0 });
  });

  it('of a reset of a router that is stopped', async () => {
    lan.add(A, ORIGINAL);
    await run(A, 'weave launch', NO_FASTDP);
    await run(A, 'weave stop');
    const { stderr } = block(
      '2.8.1/reset-rmpeer.txt',
      'weave reset; echo rc=$?; weave reset --force',
    );
    const first = await run(A, 'weave reset');
    const second = await run(A, 'weave reset --force');
    expect([first.exitCode, second.exitCode]).toEqual([1, 0]);
    expect(first.stderr + second.stderr).toBe(stderr);
  });
});

describe('the stand-in says what the fork 2.9.0 said', () => {
  it('on a terminal of its own, unless told otherwise', async () => {
    lan.add(A);
    await run(A, 'weave launch', NO_FASTDP);
    const { stdout } = captured('2.9.0/launch.txt').find(({ command }) =>
      command.startsWith('weave launch; echo'),
    )!;
    expect(`${(await run(A, 'weave launch')).stdout}rc=3\n`).toBe(stdout);
    const plain = await run(A, 'weave launch', { WEAVEEXEC_DOCKER_ARGS: '--tty=false' });
    expect(plain).toMatchObject({
      exitCode: 3,
      stdout: '',
      stderr: "weave is already running; you can stop it with 'weave stop'.\n",
    });
  });

  it('where the engine asks for a newer API', async () => {
    lan.add(A, { engine: { Version: '26.1.5', ApiVersion: '1.45', MinAPIVersion: '1.44' } });
    const [first, second] = captured('2.9.0/min-api-1.44.txt');
    expect(first!.stdout).toContain((await run(A, 'weave launch')).stdout);
    const newer = { ...NO_FASTDP, DOCKER_API_VERSION: '1.44' };
    expect(second!.stdout).toContain((await run(A, 'weave launch', newer)).stdout);
    expect(second!.stdout).toContain(
      lan
        .state(A)
        .log.at(-1)!
        .replace(/^FATA: \S+ \S+ /, ''),
    );
    const router = { ...newer, WEAVE_DOCKER_ARGS: '-e DOCKER_API_VERSION=1.44' };
    expect(await run(A, 'weave launch', router)).toMatchObject({ exitCode: 0 });
    expect(await run(A, 'weave stop')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('Weave is not running') as unknown,
    });
    expect(lan.state(A).container?.state).toBe('running');
  });

  it('over a router of 2.8.1', async () => {
    lan.add(A);
    await run(A, 'weave launch', NO_FASTDP);
    lan.change(A, (host) => (host.container!.image = 'weaveworks/weave:2.8.1'));
    const recorded = block('2.9.0/over-2.8.1.txt', 'weave launch').stdout;
    expect(recorded.startsWith((await run(A, 'weave launch')).stdout)).toBe(true);
    lan.change(A, (host) => (host.container!.state = 'exited'));
    expect(recorded).toContain((await run(A, 'weave launch')).stdout);
  });
});

describe('the stand-in', () => {
  it('says what it is', async () => {
    lan.add(A, ORIGINAL);
    const { stderr } = await lan.host(A).run([lan.script(A), '--help']);
    expect(stderr).toContain('This is a stand-in for tests');
    await run(A, 'weave launch', NO_FASTDP);
    expect(lan.state(A).log[0]).toContain('stand-in for tests');
  });

  it('ends like docker where the image or the engine is missing', async () => {
    lan.add(A, { images: [] });
    expect(await run(A, 'weave status', { WEAVEEXEC_DOCKER_ARGS: '--tty=false' })).toMatchObject({
      exitCode: 125,
      stderr: expect.stringContaining(
        "Unable to find image 'rajchaudhuri/weaveexec:2.9.0' locally",
      ) as unknown,
    });
    lan.change(A, (host) => (host.engine = null));
    const { stdout, exitCode } = await run(A, 'weave status');
    expect(exitCode).toBe(125);
    expect(stdout).toContain('Cannot connect to the Docker daemon');
  });
});
