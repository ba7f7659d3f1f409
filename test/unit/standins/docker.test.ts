import { describe, expect, test } from 'vitest';
import {
  addressOf,
  containerIdOf,
  containerNames,
  isOlder,
  parseDockerVersion,
  runArguments,
} from '../../standins/mesos/agent/docker.js';
import { hasCpuHierarchy } from '../../standins/mesos/agent/preflight.js';
import type { TaskInfo } from '../../standins/mesos/common/mesos.js';

const ID = 'c6b00fc0-840d-4bd9-bbc1-ebb12cdf5545';
const task: TaskInfo = {
  id: 'dtport',
  name: 'dtport',
  resources: { cpus: 0.1, mem: 64, disk: 0, ports: [31_005] },
  docker: {
    image: 'lab/base:trixie',
    network: 'BRIDGE',
    privileged: false,
    forcePullImage: false,
    portMappings: [{ hostPort: 31_005, containerPort: 80, protocol: 'tcp' }],
    parameters: [],
  },
  volumes: [],
  env: {},
  labels: [],
  killGraceSeconds: 3,
};
const argumentsOf = (changed: Partial<TaskInfo>): readonly string[] =>
  runArguments({ task: { ...task, ...changed }, containerId: ID, sandbox: '/w/run', role: '*' });

describe('docker run', () => {
  // Captured from Mesos 1.12.0: a task with a port on the bridge.
  test('is as Mesos calls it', () => {
    expect(argumentsOf({ shell: 'sleep 60' }).join(' ')).toBe(
      `run --cpu-shares 102 --memory 67108864 -e MESOS_ALLOCATION_ROLE=* -e MESOS_CONTAINER_NAME=mesos-${ID} -e MESOS_SANDBOX=/mnt/mesos/sandbox -v /w/run:/mnt/mesos/sandbox --net bridge -p 31005:80/tcp --entrypoint /bin/sh --name mesos-${ID} lab/base:trixie -c sleep 60`,
    );
  });

  test('has the parameters behind the name, on a network of the user', () => {
    const docker = {
      ...task.docker,
      network: 'USER',
      networkName: 'mesostest-net',
      portMappings: [],
      parameters: [
        { key: 'ip', value: '172.30.99.11' },
        { key: 'label', value: 'a=b' },
      ],
    };
    expect(argumentsOf({ docker, shell: 'true' }).join(' ')).toContain(
      `--net mesostest-net --entrypoint /bin/sh --name mesos-${ID} --ip=172.30.99.11 --label=a=b lab/base:trixie -c`,
    );
  });

  test('has no entry point with arguments', () => {
    const args = argumentsOf({ args: ['-f', 'x'] });
    expect(args.slice(-3)).toStrictEqual(['lab/base:trixie', '-f', 'x']);
    expect(args).not.toContain('--entrypoint');
  });
});

test('only containers of Mesos have its kind of name', () => {
  const text =
    'CONTAINER ID   IMAGE   NAMES\n1a   x:1   "sh"   mesos-foreign\n2b  x:1  Up 3 s  mesos-11111111-2222-3333-4444-555555555555\n';
  const names = containerNames(text);
  expect(names.map(containerIdOf)).toStrictEqual([
    undefined,
    '11111111-2222-3333-4444-555555555555',
  ]);
});

test('versions of docker', () => {
  expect(parseDockerVersion('Docker version 20.10.24+dfsg1, build 297e128\n')).toBe('20.10.24');
  expect(parseDockerVersion('no such')).toBeUndefined();
  expect(isOlder('1.7.1', '1.8.0')).toBe(true);
  expect(isOlder('1.8.0', '1.8.0')).toBe(false);
  expect(isOlder('28.0.0', '1.8.0')).toBe(false);
});

describe('the address of a container', () => {
  const inspected = (mode: string, networks: object, ip = ''): string =>
    JSON.stringify([
      {
        State: { Running: true },
        HostConfig: { NetworkMode: mode },
        NetworkSettings: { IPAddress: ip, Networks: networks },
      },
    ]);

  test('is that of its network', () => {
    const text = inspected('net', { net: { IPAddress: '172.16.0.2' } });
    expect(addressOf(text)).toStrictEqual({ running: true, ip: '172.16.0.2' });
  });
  test('is the old field on the default bridge', () => {
    expect(addressOf(inspected('default', {}, '172.17.0.2')).ip).toBe('172.17.0.2');
  });
  test('is none on the network of the host, nor on one with a dot', () => {
    expect(addressOf(inspected('host', { host: { IPAddress: '' } })).ip).toBeUndefined();
    expect(addressOf(inspected('a.b', { 'a.b': { IPAddress: '10.0.0.1' } })).ip).toBeUndefined();
  });
});

test('the cgroup hierarchy that the Docker containerizer wants', () => {
  expect(hasCpuHierarchy('cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,cpu,cpuacct 0 0')).toBe(true);
  expect(hasCpuHierarchy('cgroup /sys/fs/cgroup/cpuset cgroup rw,cpuset 0 0')).toBe(false);
  expect(hasCpuHierarchy('cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid 0 0')).toBe(false);
});
