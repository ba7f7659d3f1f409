/**
 * What the stand-ins refuse to start with, in the words captured from the real programs (Mesos
 * 1.11.0 and later; the logger's own prefix aside), and of ZooKeeper's and Marathon's sources.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleStandIns, runProgram } from '../../standins/mesos/support.js';

let folder = '';
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cft-standin-refusals-'));
  await bundleStandIns(at('bundles'));
  await writeFile(at('plain-credential'), 'agentp agentsecret');
  await writeFile(at('cgroup1'), 'cgroup /sys/fs/cgroup/cpu cgroup rw,cpu,cpuacct 0 0\n');
  await writeFile(at('cgroup2'), 'cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid 0 0\n');
  const fake = (text: string): string => `#!/bin/sh\necho "Docker version ${text}, build 1"\n`;
  await writeFile(at('docker17'), fake('1.7.1'), { mode: 0o755 });
  await writeFile(at('docker20'), fake('20.10.24'), { mode: 0o755 });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

interface Case {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly says: string;
}

const zk = 'zk://127.0.0.1:9/mesos';

describe('mesos-master', () => {
  const cases: Readonly<Record<string, Case>> = {
    'an unknown flag': {
      args: ['--work_dir=/nowhere', '--nosuchflag=1'],
      says: "Failed to load unknown flag 'nosuchflag'\n\nSee `mesos-master --help` for a list of supported flags.",
    },
    'a flag and its variable': {
      args: [`--zk=${zk}`],
      env: { MESOS_ZK: zk },
      says: "Flag 'zk' is already loaded via name 'zk'",
    },
    'ZooKeeper without a quorum': {
      env: { MESOS_ZK: zk, MESOS_WORK_DIR: '/nowhere' },
      says: 'EXIT with status 1: Need to specify --quorum for replicated log based registry when using ZooKeeper',
    },
    'no work directory': {
      env: { MESOS_ZK: zk, MESOS_QUORUM: '1' },
      says: 'EXIT with status 1: --work_dir needed for replicated log based registry',
    },
    'no zk:// in front': {
      args: ['--work_dir=/nowhere', '--zk=127.0.0.1:12181', '--quorum=1'],
      says: "EXIT with status 1: Error parsing ZooKeeper URL: Expecting 'zk://' at the beginning of the URL",
    },
    'no path behind': {
      args: ['--work_dir=/nowhere', '--zk=zk://127.0.0.1:12181', '--quorum=1'],
      says: "EXIT with status 1: Failed to create a master contender: Expecting a (chroot) path for ZooKeeper ('/' is not supported)",
    },
  };

  test.each(Object.entries(cases))('%s', async (_name, { args = [], env = {}, says }) => {
    const { status, text } = await runProgram({
      bundle: at('bundles/mesos-master.cjs'),
      args,
      env,
    });
    expect(text).toContain(says);
    expect(status).toBe(1);
    expect(text).toMatch(/^STAND-IN: /);
  });
});

describe('mesos-agent', () => {
  const base = { MESOS_MASTER: '127.0.0.1:9', MESOS_CONTAINERIZERS: 'docker' };
  const noDocker =
    'EXIT with status 1: Failed to create a containerizer: Could not create DockerContainerizer: Failed to create docker: ';
  const agent = async (env: Readonly<Record<string, string>>, args: readonly string[] = []) =>
    runProgram({
      bundle: at('bundles/mesos-agent.cjs'),
      args,
      env: {
        ...base,
        MESOS_WORK_DIR: at('work'),
        MESOS_SYSTEMD_ENABLE_SUPPORT: 'false',
        MESOS_DOCKER: at('docker20'),
        STANDIN_PROC_MOUNTS: at('cgroup1'),
        ...env,
      },
    });
  const refused = async (env: Readonly<Record<string, string>>, says: string): Promise<void> => {
    const { status, text } = await agent(env);
    expect(text).toContain(says);
    expect(status).toBe(1);
  };

  test('no work directory', async () => {
    const { status, text } = await runProgram({
      bundle: at('bundles/mesos-agent.cjs'),
      args: ['--master=127.0.0.1:9'],
    });
    expect(text).toContain("Flag 'work_dir' is required, but it was not provided");
    expect(status).toBe(1);
  });
  test('no master', async () => {
    const { text } = await runProgram({
      bundle: at('bundles/mesos-agent.cjs'),
      args: ['--work_dir=/nowhere'],
    });
    expect(text).toContain(
      'EXIT with status 1: Missing required option `--master` or `--master_detector`',
    );
  });
  test('an unknown flag', async () => {
    const { text } = await agent({}, ['--no-nosuchflag']);
    expect(text).toContain("Failed to load unknown flag 'nosuchflag' via 'no-nosuchflag'");
  });
  test('an unknown containerizer', () =>
    refused({ MESOS_CONTAINERIZERS: 'docker,foo' }, 'Unknown or unsupported containerizer: foo'));
  test('a socket with a scheme', () =>
    refused(
      { MESOS_DOCKER_SOCKET: 'unix:///var/run/docker.sock' },
      `${noDocker}Invalid Docker socket path: unix:///var/run/docker.sock`,
    ));
  test('cgroup v2 alone', () =>
    refused(
      { STANDIN_PROC_MOUNTS: at('cgroup2') },
      `${noDocker}Failed to find a mounted cgroups hierarchy for the 'cpu' subsystem; you probably need to mount cgroups manually`,
    ));
  test('no docker', () =>
    refused(
      { MESOS_DOCKER: '/nonexistent/docker' },
      `${noDocker}Failed to get docker version: Failed to execute '/nonexistent/docker -H unix:///var/run/docker.sock --version': exited with status 127`,
    ));
  test('an old docker', () =>
    refused(
      { MESOS_DOCKER: at('docker17') },
      `${noDocker}Insufficient version '1.7.1' of Docker. Please upgrade to >=' 1.8.0'`,
    ));
  test('a credential that is no JSON', () =>
    refused(
      { MESOS_CREDENTIAL: at('plain-credential') },
      'EXIT with status 1: Invalid json format: syntax error at line 1 near: agentp agentsecret (see --credential flag)',
    ));
  test('an unknown variable is ignored', () =>
    refused({ MESOS_NOSUCHFLAG: '1', MESOS_DOCKER: at('docker17') }, 'Insufficient version'));
});

describe('zookeeper', () => {
  const refused = async (lines: readonly string[], says: string): Promise<void> => {
    const file = at(`zoo-${lines.length}.cfg`);
    await writeFile(file, lines.join('\n'));
    const { status, text } = await runProgram({
      bundle: at('bundles/zookeeper.cjs'),
      args: [file],
    });
    expect(text).toContain(
      `Error processing ${file}\nCaused by: java.lang.IllegalArgumentException: ${says}`,
    );
    expect(status).toBe(2);
  };
  const ensemble = [1, 2, 3].map((id) => `server.${id}=127.0.0.${id}:2888:3888`);

  test('no data folder', () => refused(['clientPort=2181'], 'dataDir is not set'));
  test('an ensemble without myid', () =>
    refused(
      [`dataDir=${folder}`, 'clientPort=2181', 'initLimit=5', 'syncLimit=2', ...ensemble],
      'myid file is missing',
    ));
  test('an ensemble without limits', () =>
    refused([`dataDir=${folder}`, 'clientPort=2181', ...ensemble], 'initLimit is not set'));
});

describe('marathon', () => {
  const cases: Readonly<Record<string, Case>> = {
    'no master': { says: "[scallop] Error: Required option 'master' not found" },
    'an unknown variable': {
      env: { MARATHON_MASTER: zk, MARATHON_NOSUCH: '1' },
      says: "[scallop] Error: Unknown option 'nosuch'",
    },
    'an option and its variable': {
      args: ['--master', zk],
      env: { MARATHON_MASTER: zk },
      says: `[scallop] Error: Bad arguments for option 'master': '${zk} ${zk}' - you should provide exactly one argument for this option`,
    },
    'authentication without a principal': {
      env: { MARATHON_MASTER: zk, MARATHON_MESOS_AUTHENTICATION: '' },
      says: "When specifying 'mesos_authentication', at least 'mesos_authentication_principal' must be specified",
    },
    'a file in place of its ZooKeeper': {
      env: { MARATHON_MASTER: zk, MARATHON_ZK: 'file:///etc/zk' },
      says: "Bad arguments for option 'zk'",
    },
  };

  test.each(Object.entries(cases))('%s', async (_name, { args = [], env = {}, says }) => {
    const { status, text } = await runProgram({ bundle: at('bundles/marathon.cjs'), args, env });
    expect(text).toContain(says);
    expect(status).toBe(1);
  });
});
