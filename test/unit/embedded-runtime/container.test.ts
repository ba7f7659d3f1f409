import { describe, expect, it } from 'vitest';
import { containerSpec } from '../../../src/embedded/runtime/container-spec.js';
import { createOptions } from '../../../src/embedded/runtime/docker-create.js';
import { parseParameters } from '../../../src/embedded/runtime/docker-parameters.js';
import type { ContainerSpec } from '../../../src/embedded/runtime/engine.js';
import { taskEnvironment } from '../../../src/embedded/runtime/task-env.js';
import type { TaskPort } from '../../../src/embedded/runtime/task-env.js';
import type { AppDefinition } from '../../../src/embedded/orchestrator.js';
import { T0, app, docker, mapping, version } from './helpers.js';

function spec(fields: Partial<AppDefinition>, ports: readonly TaskPort[] = []): ContainerSpec {
  return containerSpec({
    app: version(app('/a/b', fields)),
    ports,
    taskId: 'a_b.instance-u._app.1',
    containerName: 'test.a_b.u-1',
    hostname: 'host1',
    publishAddress: '127.0.0.1',
    labels: { 'crossflock.cluster': 'test' },
  });
}

const port = (requested: number, host?: number, name?: string): TaskPort => ({
  requested,
  host,
  name,
});

describe('containerSpec', () => {
  it('runs a cmd by the shell, whatever the entry point of the image is', () => {
    expect(spec({ cmd: 'echo $HOST' })).toMatchObject({
      entrypoint: ['/bin/sh', '-c'],
      command: ['echo $HOST'],
    });
  });

  it('gives args to the entry point of the image', () => {
    const definition: Record<string, unknown> = { ...app('/a', { args: ['-f', 'x y'] }) };
    delete definition['cmd'];
    const built = containerSpec({
      app: version(definition as AppDefinition),
      ports: [],
      taskId: 't',
      containerName: 'n',
      hostname: 'h',
      publishAddress: '127.0.0.1',
      labels: {},
    });
    expect(built.command).toEqual(['-f', 'x y']);
    expect(built.entrypoint).toBeUndefined();
  });

  it('limits memory with its swap, and CPU by shares and quota', () => {
    expect(spec({ cpus: 0.5, mem: 64 })).toMatchObject({
      memory: 67_108_864,
      memorySwap: 67_108_864,
      cpuShares: 512,
      cpuQuota: 50_000,
      cpuPeriod: 100_000,
    });
    // More than the host has: Docker's NanoCpus would be refused.
    expect(spec({ cpus: 64 }).cpuQuota).toBe(6_400_000);
    expect(spec({ cpus: 0 })).toMatchObject({ cpuShares: 2, cpuQuota: 0 });
  });

  it.each<[string, Partial<AppDefinition>, string]>([
    ['host', { networks: [{ mode: 'host' }] }, 'host'],
    ['bridge', { networks: [{ mode: 'container/bridge' }] }, 'bridge'],
    ['container', { networks: [{ mode: 'container', name: 'pool' }] }, 'pool'],
    ['a parameter wins', docker({ parameters: [{ key: 'network', value: 'weave' }] }), 'weave'],
  ])('network %s', (_, fields, expected) => {
    expect(spec(fields).network).toBe(expected);
  });

  it('publishes ports on loopback unless the app says otherwise', () => {
    const mappings = docker({}, { portMappings: [mapping(80, 0), mapping(0, 0), mapping(22)] });
    const ports = [port(80, 31000), port(0, 31001), port(22)];
    expect(spec(mappings, ports)).toMatchObject({
      publish: [
        { container: '80/tcp', hostAddress: '127.0.0.1', hostPort: 31000 },
        { container: '31001/tcp', hostAddress: '127.0.0.1', hostPort: 31001 },
      ],
      exposed: ['80/tcp', '31001/tcp', '22/tcp'],
    });
    const labels = { 'crossflock.publish-address': '0.0.0.0' };
    expect(spec({ ...mappings, labels }, ports).publish[0]?.hostAddress).toBe('0.0.0.0');
  });

  it('publishes a port of both protocols twice', () => {
    const both = { ...mapping(53, 0), protocol: 'udp,tcp' };
    const { publish } = spec(docker({}, { portMappings: [both] }), [port(53, 31000)]);
    expect(publish.map(({ container }) => container)).toEqual(['53/udp', '53/tcp']);
  });

  it('mounts volumes of the host, read-only or not, and named ones', () => {
    const volumes = [
      { containerPath: '/a', hostPath: '/srv/a', mode: 'RO' },
      { containerPath: '/b', hostPath: '/srv/b', mode: 'RW' },
      { containerPath: '/c', external: { name: 'vol', provider: 'dvdi' }, mode: 'RW' },
    ];
    const parameters = [{ key: 'volume', value: 'state:/var/lib/x' }];
    expect(spec(docker({ parameters }, { volumes })).binds).toEqual([
      '/srv/a:/a:ro',
      '/srv/b:/b:rw',
      'vol:/c:rw',
      'state:/var/lib/x',
    ]);
  });

  it('refuses volumes that there are none of', () => {
    const volumes = [{ containerPath: 'data', persistent: { size: 10 }, mode: 'RW' }];
    expect(() => spec(docker({}, { volumes }))).toThrow('the volume at data is of a kind');
  });

  it('never lets an app take the labels of this server', () => {
    const labels = { 'crossflock.cluster': 'evil', mine: 'yes' };
    expect(spec({ labels }).labels).toEqual({ 'crossflock.cluster': 'test', mine: 'yes' });
  });
});

describe('parseParameters', () => {
  it('names every parameter that cannot be used, and why', () => {
    const { problems } = parseParameters([
      { key: 'gpus', value: 'all' },
      { key: 'constructor', value: '' },
      { key: 'ulimit', value: 'nofile' },
      { key: 'shm-size', value: 'big' },
      { key: 'init', value: 'perhaps' },
      { key: 'ip', value: '10.0.0.1' },
    ]);
    expect(problems).toEqual([
      'docker parameter "gpus" is not supported',
      'docker parameter "constructor" is not supported',
      'docker parameter "ulimit": "nofile" is no limit such as nofile=1024:2048',
      'docker parameter "shm-size": "big" is no size such as 64m',
      'docker parameter "init": "perhaps" is neither true nor false',
    ]);
  });

  it('sets in Docker what docker run would set', () => {
    const parameters = Object.entries({
      ip: '172.16.0.2',
      hostname: 'sub',
      'mac-address': '02:42:ac:10:00:02',
      env: 'A=b=c',
      label: 'l=1',
      'cap-add': 'NET_ADMIN',
      'cap-drop': 'MKNOD',
      device: '/dev/net/tun:/dev/tun:r',
      tmpfs: '/run:size=1m',
      'security-opt': 'seccomp=unconfined',
      dns: '1.1.1.1',
      'add-host': 'db:10.0.0.1',
      ulimit: 'nofile=10:20',
      'shm-size': '64m',
      'memory-swap': '1g',
      privileged: 'true',
      init: 'true',
      'log-opt': 'max-size=1m',
    }).map(([key, value]) => ({ key, value }));
    const built = spec({
      ...docker({ parameters }),
      networks: [{ mode: 'container', name: 'pool' }],
    });
    expect(createOptions(built)).toMatchObject({
      name: 'test.a_b.u-1',
      Image: 'image',
      Hostname: 'sub',
      MacAddress: '02:42:ac:10:00:02',
      Env: expect.arrayContaining(['A=b=c']) as string[],
      Labels: { l: '1' },
      NetworkingConfig: {
        EndpointsConfig: { pool: { IPAMConfig: { IPv4Address: '172.16.0.2' } } },
      },
      HostConfig: {
        NetworkMode: 'pool',
        Privileged: true,
        RestartPolicy: { Name: 'no' },
        MemorySwap: 2 ** 30,
        CapAdd: ['NET_ADMIN'],
        CapDrop: ['MKNOD'],
        Devices: [
          { PathOnHost: '/dev/net/tun', PathInContainer: '/dev/tun', CgroupPermissions: 'r' },
        ],
        Tmpfs: { '/run': 'size=1m' },
        SecurityOpt: ['seccomp=unconfined'],
        Dns: ['1.1.1.1'],
        ExtraHosts: ['db:10.0.0.1'],
        Ulimits: [{ Name: 'nofile', Soft: 10, Hard: 20 }],
        ShmSize: 64 * 2 ** 20,
        Init: true,
        LogConfig: { Type: '', Config: { 'max-size': '1m' } },
      },
    });
  });
});

describe('taskEnvironment', () => {
  const identity = { id: 'task', host: 'host1', ports: [] };

  it('has what Marathon adds, and the app’s own wins', () => {
    const definition = app('/a', {
      cpus: 1,
      mem: 128.5,
      labels: { 'my-label': 'x', long: 'y'.repeat(512) },
      env: { HOST: 'mine', SECRET: { secret: 'name' } },
    });
    expect(taskEnvironment(version(definition), identity)).toEqual({
      MARATHON_APP_ID: '/a',
      MARATHON_APP_VERSION: T0,
      MARATHON_APP_DOCKER_IMAGE: 'image',
      MARATHON_APP_RESOURCE_CPUS: '1.0',
      MARATHON_APP_RESOURCE_MEM: '128.5',
      MARATHON_APP_RESOURCE_DISK: '0.0',
      MARATHON_APP_RESOURCE_GPUS: '0',
      MARATHON_APP_LABELS: 'MY_LABEL',
      MARATHON_APP_LABEL_MY_LABEL: 'x',
      HOST: 'mine',
      MESOS_TASK_ID: 'task',
    });
  });

  it('names ports by place, by number and by name', () => {
    const ports = [port(80, 31005, 'http'), port(0, 31006), port(22)];
    const env = taskEnvironment(version(app('/a')), { ...identity, ports });
    expect(
      Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith('PORT'))),
    ).toEqual({
      PORT: '31005',
      PORTS: '31005,31006',
      PORT0: '31005',
      PORT1: '31006',
      PORT2: '22',
      PORT_80: '31005',
      PORT_31006: '31006',
      PORT_22: '22',
      PORT_HTTP: '31005',
    });
  });
});
