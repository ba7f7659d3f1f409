import { describe, expect, it } from 'vitest';

import { weaveFailure } from '../../../../src/networks/weave/failures.js';
import { block, captured } from './transcripts.js';
import type { Captured } from './transcripts.js';

function failureOf(result: Omit<Captured, 'command'>, command: string, log?: string) {
  return weaveFailure({ host: 'h', command, result, ...(log === undefined ? {} : { log }) });
}

describe('weaveFailure', () => {
  it.each([
    [
      '2.8.1/no-router.txt',
      'weave connect',
      'unavailable',
      'weave connect failed on h: the router does not run',
    ],
    [
      '2.8.1/no-router.txt',
      'weave status',
      'unavailable',
      'weave status failed on h: the router does not run',
    ],
    [
      '2.8.1/no-router.txt',
      'weave rmpeer',
      'unavailable',
      'weave rmpeer failed on h: the router does not run',
    ],
    [
      '2.8.1/connections.txt',
      'weave connect not/a/host',
      'invalid-input',
      'weave connect failed on h: lookup not/a/host: no such host',
    ],
    [
      '2.8.1/connections.txt',
      'weave connect 10.77.0.2:abc',
      'invalid-input',
      'weave connect failed on h: address tcp/abc: unknown port',
    ],
    [
      '2.8.1/connections.txt',
      'weave connect 10.77.0.2:99999',
      'invalid-input',
      'weave connect failed on h: address 99999: invalid port',
    ],
    [
      '2.8.1/expose.txt',
      'weave expose 172.16.0.1/24',
      'refused',
      'weave expose failed on h: the address 172.16.0.1/24 belongs to the container 6fdb53166e5f',
    ],
    [
      '2.8.1/no-docker.txt',
      'su bob',
      'unauthorized',
      'weave status failed on h: this user may not use docker',
    ],
  ] as const)('%s: %s', (file, part, code, message) => {
    const command = message.replace(/ failed.*$/, '');
    expect(failureOf(block(file, part), command)).toMatchObject({ code, message });
  });

  it('knows the exit codes of a launch', () => {
    const launches = captured('2.8.1/launch.txt').filter(
      ({ command }) => command === 'weave launch',
    );
    const again = launches.find(({ exitCode }) => exitCode === 3)!;
    expect(failureOf(again, 'weave launch')).toMatchObject({
      code: 'refused',
      message: 'weave launch failed on h: it is already running',
    });
    const foreign = block('2.8.1/launch.txt', 'docker run -d --name weave');
    expect(failureOf(foreign, 'weave launch')).toMatchObject({
      code: 'refused',
      message:
        'weave launch failed on h: another container, or another version of weave net, has the name "weave"',
    });
  });

  it('knows an engine that refuses the API', () => {
    const launch = block('2.8.1/docker-26.txt', 'weave launch');
    expect(failureOf({ ...launch, exitCode: 1 }, 'weave launch')).toMatchObject({
      code: 'refused',
      message:
        'weave launch failed on h: it speaks docker api 1.18, and the docker engine accepts 1.24 and later',
      hint: expect.stringContaining('"network.weave.version": "2.9.0"') as unknown,
    });
  });

  it('knows a missing image', () => {
    const stderr =
      "Unable to find image 'weaveworks/weaveexec:9.9.9' locally\ndocker: Error response from daemon: no answer.\n";
    expect(failureOf({ stdout: '', stderr, exitCode: 125 }, 'weave status').message).toBe(
      'weave status failed on h: the image weaveworks/weaveexec:9.9.9 is missing',
    );
  });

  it.each([
    [
      '2.8.1/launch.txt',
      'docker logs weave',
      'creating dummy interface: operation not supported',
      'module "dummy"',
    ],
    [
      '2.8.1/launch.txt',
      'tail -4; docker rm -f weave',
      'flag provided but not defined: --nosuchflag',
      'docker logs weave',
    ],
    [
      '2.8.1/launch.txt',
      '--name notamac',
      'invalid peer name format: "notamac"',
      'docker logs weave',
    ],
    [
      '2.8.1/launch.txt',
      '--ipalloc-range banana',
      'invalid CIDR address: banana',
      'docker logs weave',
    ],
    [
      '2.8.1/launch.txt',
      'nc -lk 6783',
      'its log does not say why; another program may have port 6783',
      'docker logs weave',
    ],
    [
      '2.8.1/fast-datapath.txt',
      'unset WEAVE_NO_FASTDP; weave reset --force; weave launch; docker logs',
      'Existing bridge type "bridge" is different than requested "bridged_fastdp". Please do \'weave reset\' and try again',
      'weave reset --force',
    ],
    [
      '2.9.0/min-api-1.44.txt',
      'export DOCKER_API_VERSION=1.44; timeout',
      'Could not start proxy: API error (400): client version 1.24 is too old. Minimum supported API version is 1.44, please upgrade your client to a newer version',
      '2.9.0',
    ],
  ])('says of what a router died: %s, %s', (file, part, reason, hint) => {
    const { stdout, stderr } = block(file, part);
    const result = {
      exitCode: 1,
      stdout: '',
      stderr: 'The weave container has died. Consult the container logs for further details.\n',
    };
    expect(failureOf(result, 'weave launch', `${stdout}\n${stderr}`)).toMatchObject({
      code: 'command-failed',
      message: `the weave router died at once on h: ${reason}`,
      hint: expect.stringContaining(hint) as unknown,
    });
  });

  it('reads what the fork writes to a terminal', () => {
    const stdout = "Found another container named 'weave'. Aborting.\r\n";
    expect(failureOf({ stdout, stderr: '', exitCode: 2 }, 'weave launch').code).toBe('refused');
  });

  it('gives the first telling line of everything else, and no usage text', () => {
    const stderr = 'WARNING: something\nsomething new went wrong\nUsage:\n\nweave --help\n';
    expect(failureOf({ stdout: '', stderr, exitCode: 1 }, 'weave hide')).toMatchObject({
      code: 'command-failed',
      message: 'weave hide failed on h: something new went wrong',
    });
    const usage = { stdout: '', stderr: 'Usage:\n\nweave --help\n', exitCode: 1 };
    expect(failureOf(usage, 'weave hide').message).toBe(
      'weave hide failed on h: weave did not understand its arguments',
    );
    expect(failureOf({ stdout: '', stderr: '', exitCode: 9 }, 'weave hide').message).toBe(
      'weave hide failed on h: exit code 9',
    );
  });
});
