import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repository, run, Sandbox } from './sandbox.js';

const IMAGES = {
  zookeeper: 'zookeeper:3.8',
  master: 'mesosphere/mesos-master:1.7.1',
  agent: 'mesosphere/mesos-slave:1.7.1',
  marathon: 'mesosphere/marathon:v1.11.24',
};
const WEAVE = {
  weave: 'r.example.org/x/weave:2.9.0',
  weaveexec: 'r.example.org/x/weaveexec:2.9.0',
  weavedb: 'r.example.org/x/weavedb:latest',
};
const BASE = 'debian:trixie-slim';
const V1 = '25 24 0:22 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct';
const V2 = '24 1 0:21 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw';

interface Machine {
  /** Images in its Docker Engine. */
  readonly images?: readonly string[];
  /** Words of a `docker run` that its engine refuses; `mount` refuses the mount alone. */
  readonly refuses?: string;
  readonly mounts?: string;
  readonly systemd?: number;
}

/** `scripts/real-stack --check` on a machine with a Docker Engine that only knows some images. */
async function check(file: string, machine: Machine = {}, args: readonly string[] = ['--check']) {
  const { images = [BASE, ...Object.values(IMAGES)], refuses = 'nothing', mounts = V1 } = machine;
  const sandbox = await Sandbox.make();
  await sandbox.program(
    'docker',
    'case "$1 $2" in',
    '"version "*) echo 20.10.24 ;;',
    `"image inspect") case " ${images.join(' ')} " in *" $3 "*) ;; *) exit 1 ;; esac ;;`,
    `"run "*) case "$*" in *${refuses}*) echo "docker: it is refused" >&2; exit 125 ;; esac ;;`,
    '*) exit 64 ;;',
    'esac',
  );
  await sandbox.program('systemctl', `echo "systemd ${machine.systemd ?? 255} (255.4-1ubuntu8)"`);
  await sandbox.write('mountinfo', `${mounts}\n`);
  await sandbox.write('images.txt', file);
  const outcome = await run(
    join(sandbox.root, 'scripts/real-stack'),
    ['--images', join(sandbox.root, 'images.txt'), ...args],
    {
      PATH: `${join(sandbox.root, 'bin')}:${process.env['PATH'] ?? ''}`,
      CROSSFLOCK_MOUNTINFO: join(sandbox.root, 'mountinfo'),
    },
  );
  return { ...outcome, stderr: outcome.stderr.replaceAll(sandbox.root, '') };
}

const lines = (images: Readonly<Record<string, string>>) =>
  Object.entries(images)
    .map(([key, name]) => `${key}=${name}\n`)
    .join('');

describe('scripts/real-stack', () => {
  it('explains itself, and refuses what it does not know', async () => {
    const script = join(repository, 'scripts/real-stack');
    const help = await run(script, ['--help']);
    expect(help).toMatchObject({ status: 0 });
    expect(help.stdout).toContain('usage: scripts/real-stack --images FILE');
    expect(await run(script, ['--imgs'])).toMatchObject({
      status: 2,
      stderr: 'scripts/real-stack: unknown argument --imgs; see scripts/real-stack --help\n',
    });
    expect(await run(script, [])).toMatchObject({
      status: 2,
      stderr: 'scripts/real-stack: --images FILE is missing; see scripts/real-stack --help\n',
    });
  });

  it.each([
    ['lines', lines({ ...IMAGES, ...WEAVE })],
    ['JSON', JSON.stringify({ ...IMAGES, ...WEAVE })],
  ])('finds nothing missing where all images of a file of %s are there', async (_kind, file) => {
    const images = [...Object.values(IMAGES), ...Object.values(WEAVE)];
    const { status, stdout } = await check(file, { images });
    expect(stdout).toContain('image agent: mesosphere/mesos-slave:1.7.1\n');
    expect(stdout).toContain('control groups: version 1\n');
    expect(stdout).toContain('nothing is missing\n');
    expect(status).toBe(0);
  });

  it('names each image that is missing, and what it is for, and ends with 2', async () => {
    const { zookeeper, master } = IMAGES;
    const { status, stderr, stdout } = await check(`zookeeper=${zookeeper}\nmaster=${master}\n`, {
      images: [BASE, zookeeper],
    });
    expect(status).toBe(2);
    expect(stdout).toContain('image zookeeper: zookeeper:3.8\nimage master: MISSING\n');
    expect(stderr.trim().split('\n')).toEqual([
      'what is missing for the real programs:',
      '  - master: mesosphere/mesos-master:1.7.1 is not in the Docker Engine of this machine; it is for the Mesos master; with the program mesos-master; such as mesosphere/mesos-master:1.7.1',
      '  - agent: the file names no image for the Mesos agent, a service of the host in the file system of this image; with the program mesos-agent; such as mesosphere/mesos-slave:1.7.1',
      '  - marathon: the file names no image for Marathon; with the program /marathon/bin/marathon; such as mesosphere/marathon:v1.11.24',
      '  try: docker load the images, name them in the file, and run this again; see docs/mesos.md',
    ]);
  });

  it('tells an image that is not what it is named as', async () => {
    const { status, stderr } = await check(lines(IMAGES), { refuses: 'zkServer.sh' });
    expect(status).toBe(2);
    expect(stderr).toContain('  - zookeeper: zookeeper:3.8 has no program zkServer.sh; it is for');
  });

  it('tells all that is wrong with the file at once', async () => {
    const file =
      '# mine\nZooKeeper=zookeeper\nmesos=a:1\nagent=b:1\nagent=c:1\nweave=d/weave:1\nx y\n';
    const { status, stderr } = await check(file);
    expect(status).toBe(2);
    expect(stderr.trim().split('\n')).toEqual([
      '/images.txt: line 7: "x y" is not KEY=name:tag',
      '/images.txt: line 2: "zookeeper" is no image with a tag; write one such as zookeeper:3.8',
      '/images.txt: line 3: "mesos" is no image; write one of zookeeper, master, agent, marathon, weave, weaveexec, weavedb',
      '/images.txt: line 5: agent is named twice; keep one of them',
      '/images.txt: weave without weaveexec and weavedb; name all three, or none',
    ]);
  });

  it("wants Weave's images under the names that its script makes", async () => {
    const file = lines({ ...IMAGES, ...WEAVE, weavedb: 'r.example.org/x/weavedb:2.9.0' });
    const { status, stderr } = await check(file);
    expect(status).toBe(2);
    expect(stderr).toBe(
      "/images.txt: weavedb: Weave's script would look for r.example.org/x/weavedb:latest; docker tag r.example.org/x/weavedb:2.9.0 r.example.org/x/weavedb:latest\n",
    );
  });

  it('is fine with version 2 of control groups where version 1 can be mounted', async () => {
    const { status, stdout } = await check(lines(IMAGES), { mounts: V2 });
    expect(status).toBe(0);
    expect(stdout).toContain(
      'control groups: version 2 only, and the kernel lets the controller "cpu" of version 1 be mounted: each host of the lab does that\n',
    );
  });

  it.each([
    [255, 'add systemd.unified_cgroup_hierarchy=0 to GRUB_CMDLINE_LINUX'],
    [
      257,
      'add SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1 systemd.unified_cgroup_hierarchy=0 to GRUB_CMDLINE_LINUX',
    ],
    [259, 'systemd 259 knows version 2 only: take a machine with an older one'],
  ])('says what to do about version 2 alone with systemd %d', async (systemd, what) => {
    const { status, stdout, stderr } = await check(lines(IMAGES), {
      ...{ mounts: V2, refuses: 'mount', systemd },
    });
    expect(status).toBe(2);
    expect(stdout).toContain('version 1 cannot be mounted: docker: it is refused\n');
    expect(stderr).toContain(`here the kernel keeps it for version 2: ${what}`);
  });

  it('says so where Docker cannot give what hosts of the lab need, and runs nothing', async () => {
    const { status, stderr } = await check(lines(IMAGES), { refuses: '--cap-add' }, []);
    expect(status).toBe(2);
    expect(stderr).toContain(
      '  - Docker gives a container no SYS_ADMIN, NET_ADMIN, SYS_PTRACE and /dev/net/tun, which every host of the lab needs',
    );
    expect(stderr).toContain('it said: docker: it is refused\n');
  });
});
