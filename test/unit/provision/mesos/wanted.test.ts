import { describe, expect, it } from 'vitest';
import { knownFlags, refusedFlag } from '../../../../src/plan/mesos-flags.js';
import { ownFlags } from '../../../../src/plan/mesos.js';
import { secretHashes } from '../../../../src/provision/mesos/secrets.js';
import { inputOf, SECRETS, textOf, variables, wantedOf } from './support.js';

const ONE = wantedOf();
const THREE = wantedOf({ masters: 3, agents: 1 });

describe('a cluster of one host', () => {
  it('has all parts on loopback', () => {
    expect(ONE.parts).toEqual(['zookeeper', 'master', 'marathon', 'agent']);
    expect(ONE.address).toBe('127.0.0.1');
    expect(ONE.images).toEqual([
      'zookeeper:3.8',
      'mesosphere/mesos-master:1.7.1',
      'mesosphere/marathon:v1.11.24',
      'mesosphere/mesos-slave:1.7.1',
    ]);
  });

  it('has a ZooKeeper without an ensemble, whose AdminServer leaves 8080 to Marathon', () => {
    expect(textOf(ONE, '/zoo.cfg').split('\n')).toEqual([
      'dataDir=/var/lib/crossflock/demo/mesos/chameleon/zookeeper',
      'tickTime=2000',
      'initLimit=10',
      'syncLimit=5',
      'maxClientCnxns=0',
      'clientPort=2181',
      'clientPortAddress=127.0.0.1',
      'quorumListenOnAllIPs=false',
      'admin.enableServer=false',
      '4lw.commands.whitelist=srvr',
      'autopurge.snapRetainCount=3',
      'autopurge.purgeInterval=24',
      '',
    ]);
    expect(textOf(ONE, '/myid')).toBe('1\n');
  });

  it('starts its master without the command of the image, and without a secret in argv', () => {
    const settings = '/etc/crossflock/demo/mesos/chameleon/master';
    const data = '/var/lib/crossflock/demo/mesos/chameleon/master';
    const master = ONE.containers.find(({ part }) => part === 'master')!;
    expect(master.argv).toEqual([
      ...['docker', 'run', '--detach', '--name', 'demo-mesos-master-chameleon'],
      ...['--label', 'crossflock.deployment=demo'],
      ...['--label', 'crossflock.mesos=chameleon.master'],
      ...['--label', `crossflock.spec=${master.spec}`],
      ...['--network', 'host', '--restart', 'unless-stopped'],
      ...['--log-driver', 'json-file', '--log-opt', 'max-size=10m', '--log-opt', 'max-file=3'],
      ...['--user', '0:0', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
      ...['--env-file', `${settings}/env`],
      ...['--volume', `${settings}:${settings}:ro`, '--volume', `${data}:${data}`],
      ...['--entrypoint', 'mesos-master', 'mesosphere/mesos-master:1.7.1'],
    ]);
  });

  it('gives the master its settings', () => {
    const settings = '/etc/crossflock/demo/mesos/chameleon/master';
    expect(variables(textOf(ONE, '/master/env'))).toEqual({
      MESOS_ZK: `file://${settings}/zk`,
      MESOS_QUORUM: '1',
      MESOS_WORK_DIR: '/var/lib/crossflock/demo/mesos/chameleon/master',
      MESOS_REGISTRY: 'replicated_log',
      MESOS_CLUSTER: 'chameleon',
      MESOS_IP: '127.0.0.1',
      MESOS_PORT: '5050',
      MESOS_HOSTNAME: '127.0.0.1',
      MESOS_HOSTNAME_LOOKUP: 'false',
      MESOS_CREDENTIALS: `${settings}/credentials.json`,
      MESOS_AUTHENTICATE_AGENTS: 'true',
      MESOS_AUTHENTICATE_FRAMEWORKS: 'true',
      MESOS_AUTHENTICATE_HTTP_FRAMEWORKS: 'true',
      MESOS_HTTP_FRAMEWORK_AUTHENTICATORS: 'basic',
    });
    expect(JSON.parse(textOf(ONE, '/credentials.json'))).toEqual({
      credentials: [
        { principal: 'marathon', secret: 'framework-secret' },
        { principal: 'agent', secret: 'agent-secret' },
      ],
    });
    expect(textOf(ONE, '/master/zk')).toBe(
      'zk://crossflock:zk-secret@127.0.0.1:2181/mesos-demo-chameleon\n',
    );
  });

  it('gives Marathon its settings, and the secret without a newline', () => {
    expect(variables(textOf(ONE, '/marathon/env'))).toEqual({
      MARATHON_MASTER: 'zk://crossflock:zk-secret@127.0.0.1:2181/mesos-demo-chameleon',
      MARATHON_ZK: 'zk://crossflock:zk-secret@127.0.0.1:2181/marathon-demo-chameleon',
      MARATHON_HOSTNAME: '127.0.0.1',
      MARATHON_HTTP_ADDRESS: '127.0.0.1',
      MARATHON_HTTP_PORT: '8080',
      MARATHON_HTTP_CREDENTIALS: 'crossflock:marathon-secret',
      MARATHON_FRAMEWORK_NAME: 'demo-chameleon',
      MARATHON_MESOS_USER: 'root',
      MARATHON_MESOS_AUTHENTICATION: '',
      MARATHON_MESOS_AUTHENTICATION_PRINCIPAL: 'marathon',
      MARATHON_MESOS_AUTHENTICATION_SECRET_FILE:
        '/etc/crossflock/demo/mesos/chameleon/marathon/framework-secret',
      MARATHON_TASK_LAUNCH_TIMEOUT: '600000',
      LIBPROCESS_IP: '127.0.0.1',
    });
    expect(textOf(ONE, '/framework-secret')).toBe('framework-secret');
  });

  it('gives the agent settings that avoid the traps', () => {
    const settings = '/etc/crossflock/demo/mesos/chameleon/agent';
    expect(variables(textOf(ONE, '/agent/env'))).toEqual({
      MESOS_MASTER: `file://${settings}/master`,
      MESOS_WORK_DIR: '/var/lib/crossflock/demo/mesos/chameleon/agent',
      MESOS_RUNTIME_DIR: '/run/crossflock/demo/mesos/chameleon/agent',
      MESOS_IP: '127.0.0.1',
      MESOS_PORT: '5051',
      MESOS_HOSTNAME: '127.0.0.1',
      MESOS_HOSTNAME_LOOKUP: 'false',
      MESOS_CONTAINERIZERS: 'docker',
      MESOS_DOCKER: `${settings}/docker`,
      // A bare absolute path: Mesos refuses unix:// and relative ones.
      MESOS_DOCKER_SOCKET: '/var/run/docker.sock',
      // The linux launcher needs cgroups of its own, and systemd to be process 1.
      MESOS_LAUNCHER: 'posix',
      MESOS_SYSTEMD_ENABLE_SUPPORT: 'false',
      MESOS_CREDENTIAL: `${settings}/credential.json`,
      // An agent with more than before comes back.
      MESOS_RECONFIGURATION_POLICY: 'additive',
      MESOS_EXECUTOR_REGISTRATION_TIMEOUT: '10mins',
    });
    // JSON: an agent exits at once with anything else.
    expect(JSON.parse(textOf(ONE, '/credential.json'))).toEqual({
      principal: 'agent',
      secret: 'agent-secret',
    });
  });

  it('runs the docker command of the host', () => {
    expect(textOf(ONE, '/agent/docker').split('\n')).toEqual([
      '#!/bin/sh',
      'export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      'exec chroot /host /usr/bin/env docker "$@"',
      '',
    ]);
  });
});

describe('a cluster of several hosts', () => {
  it('has an ensemble on private addresses', () => {
    expect(textOf(THREE, '/zoo.cfg')).toContain(
      [
        'server.1=10.0.0.1:2888:3888',
        'server.2=10.0.0.2:2888:3888',
        'server.3=10.0.0.3:2888:3888',
      ].join('\n'),
    );
    expect(textOf(THREE, '/zoo.cfg')).toContain('clientPortAddress=10.0.0.1\n');
    expect(variables(textOf(THREE, '/master/env'))['MESOS_QUORUM']).toBe('2');
    expect(textOf(THREE, '/master/zk')).toBe(
      'zk://crossflock:zk-secret@10.0.0.1:2181,10.0.0.2:2181,10.0.0.3:2181/mesos-demo-chameleon\n',
    );
  });

  it('has nothing but the agent on a host that is no more', () => {
    const input = inputOf({ masters: 3, agents: 1 });
    const agent = wantedOf({ masters: 3, agents: 1, host: input.cluster.hosts[3]! });
    expect(agent.parts).toEqual(['agent']);
    expect(agent.containers).toEqual([]);
    expect(agent.images).toEqual(['mesosphere/mesos-slave:1.7.1']);
    expect(agent.address).toBe('10.0.0.11');
  });

  it('numbers its ZooKeepers in the order of the configuration', () => {
    const host = inputOf({ masters: 3 }).cluster.hosts[2]!;
    expect(textOf(wantedOf({ masters: 3, host }), '/myid')).toBe('3\n');
  });
});

describe('settings', () => {
  it('become variables', () => {
    const wanted = wantedOf({
      settings: {
        resources: { cpus: 4, mem: 2048 },
        flags: {
          agent: { attributes: 'rack:1;zone:a', switch_user: false },
          marathon: { zk_compression: false, metrics_prometheus: true, max_apps: 20 },
          master: { weights: 'a=1\nb=2' },
        },
        ports: { agent: 6051 },
      },
      createSocket: '/var/run/weave/weave.sock',
      dockerApi: '1.41',
      auth: { username: 'u', password: 'p' },
    });
    expect(variables(textOf(wanted, '/agent/env'))).toMatchObject({
      MESOS_RESOURCES: 'cpus:4;mem:2048',
      MESOS_ATTRIBUTES: 'rack:1;zone:a',
      MESOS_SWITCH_USER: 'false',
      MESOS_PORT: '6051',
      MESOS_DOCKER_SOCKET: '/var/run/weave/weave.sock',
    });
    expect(textOf(wanted, '/agent/docker')).toContain('\nexport DOCKER_API_VERSION=1.41\n');
    expect(variables(textOf(wanted, '/marathon/env'))).toMatchObject({
      MARATHON_DISABLE_ZK_COMPRESSION: '',
      MARATHON_METRICS_PROMETHEUS: '',
      MARATHON_MAX_APPS: '20',
      MARATHON_HTTP_CREDENTIALS: 'u:p',
    });
    expect(variables(textOf(wanted, '/master/env'))['MESOS_WEIGHTS']).toBe('a=1 b=2');
  });

  it('start what they are for anew, and nothing else', () => {
    const specs = (wanted = ONE) => ({
      ...Object.fromEntries(wanted.containers.map(({ part, spec }) => [part, spec])),
      agent: wanted.services[0]!.spec,
    });
    const differing = (wanted: typeof ONE): string[] => {
      const [before, after] = [specs(), specs(wanted)] as Record<string, string>[];
      return Object.keys(before!).filter((part) => before![part] !== after![part]);
    };
    expect(differing(wantedOf())).toEqual([]);
    expect(differing(wantedOf({ settings: { flags: { agent: { attributes: 'a:b' } } } }))).toEqual([
      'agent',
    ]);
    expect(differing(wantedOf({ settings: { flags: { master: { weights: 'a' } } } }))).toEqual([
      'master',
    ]);
    expect(differing(wantedOf({ auth: { username: 'u', password: 'p' } }))).toEqual(['marathon']);
    // Called anew for each task.
    expect(differing(wantedOf({ dockerApi: '1.41' }))).toEqual([]);
    const secrets = secretHashes({ ...SECRETS, agent: 'another' });
    expect(differing(wantedOf({ secrets }))).toEqual(['master', 'agent']);
    expect(differing(wantedOf({ settings: { images: { agent: 'a/b:2' } } }))).toEqual(['agent']);
  });

  it('have no secret where others than root could read it', () => {
    const texts = (wanted: typeof ONE): string =>
      JSON.stringify([wanted.containers, wanted.services, wanted.files.map(({ spec }) => spec)]);
    for (const secret of Object.values(SECRETS)) {
      expect(texts(ONE)).not.toContain(secret);
      for (const file of [...ONE.files, ...THREE.files]) {
        if (file.content(SECRETS).includes(secret)) {
          expect([file.path, file.mode, file.sha256]).toEqual([file.path, 0o600, undefined]);
        }
      }
    }
  });
});

describe('flags', () => {
  const flagsOf = (part: 'master' | 'agent' | 'marathon'): string[] => {
    const wanted = wantedOf({ settings: { resources: { cpus: 1 } } });
    const prefix = part === 'marathon' ? 'MARATHON_' : 'MESOS_';
    return Object.keys(variables(textOf(wanted, `/${part}/env`)))
      .filter((name) => name.startsWith(prefix))
      .map((name) => name.slice(prefix.length).toLowerCase());
  };

  it.each(['master', 'agent', 'marathon'] as const)('of the %s are known and its own', (part) => {
    // In the place of the file with the secret, which is ours.
    const also = part === 'marathon' ? ['mesos_authentication_secret'] : [];
    expect(new Set([...flagsOf(part), ...also])).toEqual(ownFlags(part));
    for (const name of ownFlags(part)) {
      expect([name, knownFlags(part).has(name)]).toEqual([name, true]);
      expect([name, refusedFlag(part, name)]).toEqual([name, undefined]);
    }
  });
});
