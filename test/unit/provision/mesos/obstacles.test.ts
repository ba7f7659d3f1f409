import { describe, expect, it } from 'vitest';
import { parseOsRelease, type OsRelease } from '../../../../src/provision/facts/os-release.js';
import { readCgroup } from '../../../../src/provision/mesos/cgroup.js';
import { clientApi } from '../../../../src/provision/mesos/docker-api.js';
import {
  clonedMachines,
  clusterObstacles,
  mesosObstacles,
  mesosWantedPorts,
} from '../../../../src/provision/mesos/obstacles.js';
import { isOldestFormat } from '../../../../src/provision/mesos/obstacles-docker.js';
import type { MesosSeen } from '../../../../src/provision/mesos/seen.js';
import { BARE } from './seen.js';
import { inputOf, wantedOf, type Settings } from './support.js';

function os(name: string): OsRelease {
  const [id = '', version = ''] = name.split(' ');
  const pretty = `${id === 'ubuntu' ? 'Ubuntu' : 'Debian GNU/Linux'} ${version}`;
  return parseOsRelease(`ID=${id}\nVERSION_ID="${version}"\nPRETTY_NAME="${pretty}"\n`);
}

/** Lines of /proc/self/mountinfo, as systemd mounts control groups. */
const V1 = '32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct';
const LAYOUTS = {
  v1: V1,
  hybrid: `${V1}\n38 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw`,
  v2: '30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate',
  'v2 and a cpu mount':
    '30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n31 23 0:27 / /mnt/cpu rw - cgroup cgroup rw,cpu',
} as const;

/** Version, newest and oldest API of Docker Engine, and of the docker command beside it. */
const DOCKER = {
  '18.09': ['18.09.7', '1.39', '1.12'],
  '19.03': ['19.03.8', '1.40', '1.12'],
  '20.10': ['20.10.24', '1.41', '1.12'],
  '24': ['24.0.7', '1.43', '1.12'],
  '26': ['26.1.5', '1.45', '1.24'],
  '28': ['28.2.2', '1.50', '1.24'],
  '29': ['29.0.1', '1.52', '1.44'],
} as const;

function seenOf(
  layout: keyof typeof LAYOUTS,
  docker: keyof typeof DOCKER,
  argument = '',
): MesosSeen {
  const [version, api, minApi] = DOCKER[docker];
  return {
    ...BARE,
    docker: { engine: { version, api, minApi }, containers: [] },
    dockerClient: version,
    system: { ...BARE.system, cgroup: readCgroup(LAYOUTS[layout], `ro quiet ${argument}`) },
  };
}

/** MB. */
const ROOMY = { memoryMb: 16_000, diskFreeMb: 40_000 };
const WEAVE = '/var/run/weave/weave.sock';
const ARGUMENT = 'systemd.unified_cgroup_hierarchy=0';
const FORCE = 'SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1';

describe('a host of today', () => {
  /** Distribution, layout, Docker, kernel argument, socket, and what must be told. */
  const TABLE: readonly (readonly [
    string,
    keyof typeof LAYOUTS,
    keyof typeof DOCKER,
    string,
    string | undefined,
    readonly RegExp[],
  ])[] = [
    ['ubuntu 16.04', 'v1', '18.09', '', undefined, []],
    ['ubuntu 18.04', 'hybrid', '20.10', '', undefined, []],
    ['ubuntu 20.04', 'hybrid', '19.03', '', WEAVE, []],
    ['ubuntu 20.04', 'hybrid', '24', '', WEAVE, []],
    ['ubuntu 22.04', 'v2', '24', '', undefined, [/version 2 only.* add systemd\.unified/]],
    ['ubuntu 22.04', 'hybrid', '28', ARGUMENT, WEAVE, []],
    ['ubuntu 22.04', 'hybrid', '29', ARGUMENT, undefined, []],
    ['ubuntu 24.04', 'v2', '26', '', undefined, [/version 2 only.* add systemd\.unified/]],
    ['ubuntu 24.04', 'hybrid', '26', ARGUMENT, undefined, []],
    ['ubuntu 24.04', 'v2', '29', '', WEAVE, [/version 2 only/, /accepts api 1\.44 and later/]],
    ['ubuntu 24.04', 'hybrid', '29', ARGUMENT, WEAVE, [/accepts api 1\.44 and later/]],
    ['ubuntu 26.04', 'v2', '28', '', undefined, [/no kernel argument helps/]],
    ['debian 11', 'v2', '20.10', '', undefined, [/version 2 only.* add systemd\.unified/]],
    ['debian 11', 'hybrid', '20.10', ARGUMENT, WEAVE, []],
    ['debian 12', 'v2', '20.10', '', undefined, [/version 2 only.* add systemd\.unified/]],
    ['debian 12', 'hybrid', '28', ARGUMENT, undefined, []],
    ['debian 12', 'v2 and a cpu mount', '20.10', '', undefined, []],
    ['debian 13', 'v2', '26', '', undefined, [/version 2 only.* add SYSTEMD_CGROUP_ENABLE/]],
    ['debian 13', 'v2', '26', ARGUMENT, undefined, [/systemd obeys only with SYSTEMD_CGROUP/]],
    ['debian 13', 'hybrid', '26', `${ARGUMENT} ${FORCE}`, WEAVE, []],
  ];

  it.each(TABLE)('%s, cgroup %s, docker %s %s %s', (...row) => {
    const [name, layout, docker, argument, socket, told] = row;
    const wanted = wantedOf(socket === undefined ? {} : { createSocket: socket });
    const found = mesosObstacles(
      { os: os(name), ...ROOMY },
      seenOf(layout, docker, argument),
      wanted,
    );
    expect(found).toHaveLength(told.length);
    told.forEach((words, index) => {
      expect(`${found[index]!.what}; ${found[index]!.todo}`).toMatch(words);
    });
  });

  it('says all of it for control groups of version 2', () => {
    const found = mesosObstacles({ os: os('debian 12'), ...ROOMY }, seenOf('v2', '26'), wantedOf());
    expect(found).toEqual([
      {
        what: 'Debian GNU/Linux 12 runs with control groups of version 2 only, and the docker containerizer of mesos does not start without the controller "cpu" of version 1',
        todo: 'add systemd.unified_cgroup_hierarchy=0 to GRUB_CMDLINE_LINUX in /etc/default/grub, then "sudo update-grub" and a reboot, which is for you to decide; or take another host for the agent, or "engine": "embedded" for a cluster of one host',
      },
    ]);
  });
});

const DEBIAN = { os: os('debian 12'), ...ROOMY };

/** What is told of a host that differs from a good one. */
function told(seen: Partial<MesosSeen>, options: Parameters<typeof wantedOf>[0] = {}): string[] {
  const found = mesosObstacles(DEBIAN, { ...BARE, ...seen }, wantedOf(options));
  return found.map(({ what, todo }) => `${what}; ${todo}`);
}

describe('traps', () => {
  it('a good host has none', () => {
    expect(told({})).toEqual([]);
  });

  it('a master alone needs no control groups', () => {
    const host = inputOf({ masters: 1 }).cluster.hosts[0]!;
    const wanted = wantedOf();
    const master = { ...wanted, host, parts: ['master'] as const, services: [] };
    expect(mesosObstacles(DEBIAN, seenOf('v2', '20.10'), master)).toEqual([]);
  });

  it('hybrid control groups: 1.11 takes them, later ones exit', () => {
    const images = (agent: string): { settings: Settings } => ({ settings: { images: { agent } } });
    expect(told({}, images('mirror.example:5000/mesos-agent:1.11.0'))).toEqual([]);
    expect(told({}, images('mirror.example:5000/mesos-agent:1.12.0'))).toEqual([
      'control groups of version 2 are mounted at /sys/fs/cgroup/unified beside those of version 1, and mesos 1.12 exits where they are; take mesos 1.11 or earlier ("engine.images"), or boot the host with systemd.legacy_systemd_cgroup_controller=1 besides',
    ]);
  });

  it('systemd that is not process 1, and no init system', () => {
    const system = { ...BARE.system, processOne: 'bash' };
    expect(told({ system })).toEqual([
      expect.stringMatching(/process 1 is bash: systemd starts no service here; boot the host/),
    ]);
    expect(told({ system: { ...system, hasSystemd: false } })).toEqual([]);
    expect(told({ system: { ...system, hasSystemd: false, hasSysv: false } })).toEqual([
      expect.stringMatching(/neither systemd nor init scripts.*; take a host with systemd/),
    ]);
    expect(told({ system: { ...BARE.system, hasUnshare: false } })).toEqual([
      expect.stringMatching(/no program "unshare".*; install the package util-linux/),
    ]);
  });

  it('a docker command that is older than the engine permits', () => {
    const docker = { engine: { version: '29.0.1', api: '1.52', minApi: '1.44' }, containers: [] };
    expect(told({ docker, dockerClient: '20.10.24' })).toEqual([
      'the docker command on the host is of version 20.10.24 and speaks api 1.41 at most, and docker 29.0.1 accepts 1.44 and later; bring the docker command to the version of the engine',
    ]);
  });

  it("a docker command that is too new for weave's socket", () => {
    expect(told({ dockerClient: '29.0.1' }, { createSocket: WEAVE })).toEqual([
      'the docker command on the host is of version 29.0.1 and speaks api 1.44 at least, and through weave\'s socket it works up to 1.41 only; have the docker command of version 20.10 to 28 on the host, or write "network.driver": "wireguard"',
    ]);
  });

  it.each([
    ['20.10', undefined, undefined],
    ['28', undefined, undefined],
    ['29', undefined, '1.51'],
    ['19.03', WEAVE, '1.40'],
    ['28', WEAVE, '1.41'],
  ] as const)('docker %s behind %s: the client is pinned to %s', (docker, socket, expected) => {
    expect(clientApi({ api: DOCKER[docker][1] }, socket)).toBe(expected);
  });

  it('a socket that mesos does not take', () => {
    expect(told({}, { createSocket: 'unix:///var/run/weave/weave.sock' })).toEqual([
      'unix:///var/run/weave/weave.sock is no absolute path, and mesos takes nothing else as docker\'s socket; leave "unix://" out',
    ]);
  });

  it('another agent on the docker engine', () => {
    const processes = [{ pid: 812, name: 'mesos-slave', workFolder: '/var/lib/mesos' }];
    expect(told({ processes })).toEqual([
      'another mesos agent runs on the host (mesos-slave, process 812, in /var/lib/mesos): whichever of two starts removes the containers of the other; stop and disable that agent ("systemctl disable --now mesos-slave"), or take another host',
    ]);
    const own = { pid: 9, name: 'mesos-agent', workFolder: wantedOf().paths.work };
    expect(told({ processes: [own] })).toEqual([]);
  });

  it('containers that another agent has left', () => {
    expect(told({ taskContainers: ['mesos-8dbd27c7', 'mesos-c6b00fc0'] })).toEqual([
      '2 containers of another mesos agent (mesos-8dbd27c7, …) are on the docker engine, and the agent would remove them when it starts; remove what nobody needs any more with "docker rm --force", or take another host',
    ]);
  });

  it('an agent that is to come back as another one', () => {
    const past = {
      ...{ resources: 'cpus:4;mem:2048', attributes: 'rack:1;zone:a' },
      ...{ hostname: '127.0.0.1', port: '5051' },
    };
    const settings = {
      resources: { cpus: 2, mem: 4096 },
      ports: { agent: 6051 },
      flags: { agent: { attributes: 'rack:2' } },
    };
    expect(told({ past, taskContainers: ['mesos-1'] }, { settings })).toEqual([
      'the mesos agent has run here before and does not come back with less or other than it had: cpus 4 → 2, attribute rack:1 → 2, attribute zone:a → none, port 5051 → 6051; write what it had, or move its tasks away, stop it and remove /var/lib/crossflock/demo/mesos/chameleon/agent/meta/slaves/latest: it is a new agent then, and tasks that still run are lost',
    ]);
    const more = { resources: { cpus: 8 }, flags: { agent: { attributes: 'rack:1;zone:a;b:c' } } };
    expect(told({ past }, { settings: more })).toEqual([]);
  });

  it("the port of marathon is taken by a zookeeper's AdminServer", () => {
    const listener = { protocol: 'tcp', address: '*', port: 8080, by: 'java (812)' } as const;
    expect(told({ listeners: [listener] })).toEqual([
      'tcp port 8080, which marathon wants, is in use by java (812): the AdminServer of another zookeeper takes it, unless told otherwise; write admin.enableServer=false into the zoo.cfg of that zookeeper, or another "engine.ports.marathon"',
    ]);
    expect(told({ listeners: [{ ...listener, by: 'nginx (3)' }] })).toEqual([]);
  });

  it('images of the oldest manifest format', () => {
    const options = { settings: { images: { agent: 'mesosphere/mesos-slave:0.25.0' } } };
    expect(told({}, options)).toEqual([]);
    const docker = { ...BARE.docker, engine: { version: '26.1.5', api: '1.45', minApi: '1.24' } };
    expect(told({ docker }, options)).toEqual([
      'mesosphere/mesos-slave:0.25.0 is from before docker 1.10, most likely in the oldest manifest format, which docker 26.1.5 refuses; write a later version into "engine.images", or bring it with "docker load"',
    ]);
    const images = new Map([['mesosphere/mesos-slave:0.25.0', 'sha256:1']]);
    expect(told({ docker, images }, options)).toEqual([]);
    expect(Object.values(wantedOf().engine.images).filter(isOldestFormat)).toEqual([]);
  });
});

describe('the cluster', () => {
  const { engine } = inputOf({ masters: 3 });
  const member = (id: string, machine: string | undefined, skewSeconds = 0) => ({
    ...{ id, skewSeconds, seen: machine === undefined ? undefined : { machine } },
  });

  it('has too few masters', () => {
    const members = [member('m1', 'a'), member('m2', undefined), member('m3', undefined)];
    expect(clusterObstacles(engine, members)).toEqual([
      {
        what: '1 of 3 masters can be reached, and 2 have to agree before mesos does anything (missing: m2, m3)',
        todo: 'see to it that the others answer to SSH, or remove them from the configuration',
      },
    ]);
    expect(clusterObstacles(engine, [member('m1', 'a'), member('m2', 'b')])).toEqual([]);
  });

  it('has clocks that are apart, each near enough to the controller', () => {
    const members = [member('m1', 'a', -20), member('m2', 'b', 25), member('m3', 'c')];
    expect(clusterObstacles(engine, members).map(({ what }) => what)).toEqual([
      'the clocks of m1 and m2 are 45 s apart, at most 30 s are permitted',
    ]);
  });

  it('has machines that are clones', () => {
    const members = [
      member('m1', 'a'),
      member('m2', 'b'),
      member('m3', 'a'),
      member('m4', undefined),
    ];
    expect(clonedMachines(members)).toEqual([
      expect.stringMatching(/^m1 and m3 have the same \/etc\/machine-id: they are clones;/),
    ]);
  });

  it('listens on these ports', () => {
    const ports = (wanted = wantedOf()): number[] =>
      mesosWantedPorts(wanted).map(({ port }) => port);
    expect(ports()).toEqual([2181, 5050, 8080, 5051]);
    expect(ports(wantedOf({ masters: 3 }))).toEqual([2181, 2888, 3888, 5050, 8080, 5051]);
  });
});
