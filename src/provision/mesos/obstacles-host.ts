import type { HostFacts } from '../facts/host-facts.js';
import type { OsRelease } from '../facts/os-release.js';
import type { Obstacle } from '../obstacles.js';
import { isNewer } from './docker-api.js';
import type { MesosSeen, SeenSystem } from './seen.js';
import type { WantedMesosHost } from './types.js';

/** The last Mesos that takes a host with both versions of control groups. */
const LAST_HYBRID = '1.11';
const INSTEAD =
  'or take another host for the agent, or "engine": "embedded" for a cluster of one host';

/** What the kernel, the init system and their versions are in the way of. */
export function systemObstacles(
  facts: Pick<HostFacts, 'os'>,
  { system }: Pick<MesosSeen, 'system'>,
  wanted: WantedMesosHost,
): readonly Obstacle[] {
  if (wanted.services.length === 0) return [];
  const isAgent = wanted.parts.includes('agent');
  return [
    ...(isAgent ? cgroupObstacles(facts.os, system, mesosVersion(wanted)) : []),
    ...initObstacles(system),
    ...(wanted.services.some(({ image }) => image !== undefined) && !system.hasUnshare
      ? [
          {
            what: 'the host has no program "unshare", with which the mesos agent gets its file system',
            todo: 'install the package util-linux',
          },
        ]
      : []),
  ];
}

function cgroupObstacles(
  os: OsRelease,
  { cgroup }: SeenSystem,
  version: string | undefined,
): readonly Obstacle[] {
  if (cgroup.cpu === undefined) {
    return [
      {
        what: `${os.name} runs with control groups of version 2 only, and the docker containerizer of mesos does not start without the controller "cpu" of version 1`,
        todo: `${cgroup.isToldV1 ? refusedWay(os) : wayToV1(os)}; ${INSTEAD}`,
      },
    ];
  }
  const isHybrid = cgroup.unified !== undefined && cgroup.unified !== '/sys/fs/cgroup';
  if (!isHybrid || version === undefined || !isNewer(version, LAST_HYBRID)) return [];
  return [
    {
      what: `control groups of version 2 are mounted at ${cgroup.unified} beside those of version 1, and mesos ${version} exits where they are`,
      todo: 'take mesos 1.11 or earlier ("engine.images"), or boot the host with systemd.legacy_systemd_cgroup_controller=1 besides',
    },
  ];
}

const ARGUMENT = 'systemd.unified_cgroup_hierarchy=0';
const FORCE = 'SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1';

/**
 * How a host is booted with version 1. systemd 256 wants to be forced, 258 cannot any more (its
 * NEWS); Debian 13 has 257, Ubuntu 24.04 has 255, 24.10 to 25.10 have 256 and 257.
 */
function wayToV1(os: OsRelease): string {
  const kind = cgroupOneSupport(os);
  if (kind === 'gone')
    return `no kernel argument helps: the systemd of ${os.name} knows version 2 only`;
  const words = kind === 'forced' ? `${FORCE} ${ARGUMENT}` : ARGUMENT;
  return `add ${words} to GRUB_CMDLINE_LINUX in /etc/default/grub, then "sudo update-grub" and a reboot, which is for you to decide`;
}

function refusedWay(os: OsRelease): string {
  return cgroupOneSupport(os) === 'forced'
    ? `the kernel was told ${ARGUMENT}, and systemd obeys only with ${FORCE} beside it`
    : `the kernel was told ${ARGUMENT}, and yet: see "cat /proc/cmdline" and "systemctl --version" on the host`;
}

function cgroupOneSupport({ id, version }: OsRelease): 'argument' | 'forced' | 'gone' {
  const number = Number(version);
  // Debian's testing says no version.
  if (id === 'debian')
    return version === '' || number >= 14 ? 'gone' : number >= 13 ? 'forced' : 'argument';
  if (id === 'ubuntu') return number >= 26 ? 'gone' : number >= 24.1 ? 'forced' : 'argument';
  return 'argument';
}

function initObstacles(system: SeenSystem): readonly Obstacle[] {
  const { processOne, hasSystemd, hasSysv } = system;
  if (hasSystemd && processOne !== 'systemd' && processOne !== '') {
    return [
      {
        what: `/run/systemd/system is there, and process 1 is ${processOne}: systemd starts no service here`,
        todo: 'boot the host with systemd as process 1, or remove that folder where its init scripts are to be used',
      },
    ];
  }
  if (hasSystemd || hasSysv) return [];
  return [
    {
      what: 'the host has neither systemd nor init scripts, so nothing would start the mesos agent again after a crash or a reboot',
      todo: 'take a host with systemd: in a container, tasks would not survive the agent',
    },
  ];
}

/** The version in the tag of the agent's image; undefined where it says none. */
export function mesosVersion({ engine }: Pick<WantedMesosHost, 'engine'>): string | undefined {
  const image = engine.install === 'images' ? engine.images.agent : '';
  return /:v?(\d+\.\d+)(?:\.\d+)*[^/]*$/.exec(image)?.[1];
}
