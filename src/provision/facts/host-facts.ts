import { CrossflockError } from '../../errors/crossflock-error.js';
import type { HostProbe } from '../../ports/host-probe.js';
import { parseOsRelease, type OsRelease } from './os-release.js';
import { linesOf, sectionsOf } from './sections.js';

export type CgroupVersion = 'v1' | 'v2' | 'hybrid' | 'unknown';
export type InitSystem = 'systemd' | 'sysv' | 'none';

/** What a host is. Memory and disk in MB of 2^20 bytes. */
export interface HostFacts {
  readonly os: OsRelease;
  /** As `uname -m` has it: `x86_64`, `aarch64`. */
  readonly architecture: string;
  readonly kernel: string;
  readonly cpus: number;
  readonly memoryMb: number;
  /** Free for images and containers: where Docker keeps them, or would. */
  readonly diskFreeMb: number;
  readonly cgroup: CgroupVersion;
  /** How services are started: by systemd, by scripts in `/etc/init.d`, or by nobody. */
  readonly init: InitSystem;
  /** Whether the look was taken as root. */
  readonly isRoot: boolean;
  /** Whether the user may talk to Docker's socket; undefined where there is none. */
  readonly maySpeakToDocker: boolean | undefined;
  /** Those that are there of `docker`, `dockerd`, `apt-get`, `perl` and `curl`. */
  readonly programs: ReadonlySet<string>;
  /** Whether the kernel demands AppArmor profiles and the program that Docker loads them with is missing. */
  readonly lacksAppArmor: boolean;
  /** Members of the group docker; undefined where there is no such group. */
  readonly dockerGroup: readonly string[] | undefined;
  /** Packages that a dpkg which died has not installed to their end. */
  readonly unfinished: readonly string[];
  /** Seconds since 1970 by the host's clock, in the middle of the look. */
  readonly time: number;
}

/**
 * Shell builtins and five small programs, about 6 ms of CPU together: this is what looking at a
 * host that is as wanted costs, besides the requests to Docker.
 */
const SCRIPT = String.raw`
section() { printf '\n@@ %s\n' "$1"; }
section time
date +%s.%N
section os
while IFS= read -r line; do
  case $line in ID=* | ID_LIKE=* | VERSION_ID=* | VERSION_CODENAME=* | PRETTY_NAME=*) echo "$line" ;; esac
done </etc/os-release
section kernel
read -r line </proc/sys/kernel/osrelease && echo "$line"
section architecture
if [ -r /proc/sys/kernel/arch ]; then read -r line </proc/sys/kernel/arch && echo "$line"
else uname -m
fi
section cpus
read -r line </sys/devices/system/cpu/online && echo "$line"
section memory
read -r line </proc/meminfo && echo "$line"
section disk
folder=/var/lib/docker
[ -d "$folder" ] || folder=/var/lib
df -Pk "$folder"
section cgroup
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then echo v2
elif [ -e /sys/fs/cgroup/unified/cgroup.controllers ]; then echo hybrid
elif [ -d /sys/fs/cgroup/memory ]; then echo v1
fi
section init
if [ -d /run/systemd/system ]; then echo systemd
elif [ -d /etc/init.d ] && [ -x /usr/sbin/service ]; then echo sysv
else echo none
fi
section user
while read -r key _ effective _; do
  if [ "$key" = Uid: ]; then echo "$effective"; break; fi
done </proc/self/status
section socket
if [ -S /var/run/docker.sock ]; then
  if [ -w /var/run/docker.sock ]; then echo yes; else echo no; fi
fi
section programs
for program in docker dockerd apt-get perl curl; do
  if command -v "$program" >/dev/null; then echo "$program"; fi
done
section apparmor
if [ -r /sys/module/apparmor/parameters/enabled ]; then
  read -r line </sys/module/apparmor/parameters/enabled && echo "$line"
  if command -v apparmor_parser >/dev/null; then echo parser; fi
fi
section group
grep '^docker:' /etc/group
section unfinished
grep -B 1 -E '^Status: [a-z]+ [a-z]+ (half-|unpacked)' /var/lib/dpkg/status
`;

/** What every host is asked. */
export const factsProbe: HostProbe<HostFacts> = {
  id: 'facts',
  script: SCRIPT,
  parse: parseHostFacts,
};

/**
 * Reads what the script wrote.
 * @throws CrossflockError `unexpected` for a machine without `/proc`: that is no Linux
 */
export function parseHostFacts(answer: string): HostFacts {
  const sections = sectionsOf(answer);
  const section = (name: string): string => sections.get(name) ?? '';
  const memory = /(\d+) kB/.exec(section('memory'))?.[1];
  if (memory === undefined || section('kernel') === '') {
    throw new CrossflockError('the host says nothing about its memory and its kernel', {
      code: 'unexpected',
      hint: 'crossflock works on hosts that run linux',
      cause: answer,
    });
  }
  return {
    os: parseOsRelease(section('os')),
    architecture: section('architecture'),
    kernel: section('kernel'),
    cpus: cpuCount(section('cpus')),
    memoryMb: Math.floor(Number(memory) / 1024),
    diskFreeMb: freeMb(section('disk')),
    cgroup: oneOf(['v1', 'v2', 'hybrid'] as const, section('cgroup')) ?? 'unknown',
    init: oneOf(['systemd', 'sysv'] as const, section('init')) ?? 'none',
    isRoot: section('user') === '0',
    maySpeakToDocker: section('socket') === '' ? undefined : section('socket') === 'yes',
    programs: new Set(linesOf(section('programs'))),
    lacksAppArmor: section('apparmor') === 'Y',
    dockerGroup: groupMembers(section('group')),
    unfinished: [...section('unfinished').matchAll(/^Package: (\S+)$/gm)].map(
      ([, name = '']) => name,
    ),
    time: Number(section('time').replace(/[^0-9.]/g, '')),
  };
}

/** Numbers of CPUs as the kernel lists them: `0-3,6` are five. */
export function cpuCount(list: string): number {
  const ranges = list.split(',').map((range) => range.split('-').map(Number));
  const counts = ranges.map(([first = 0, last = first]) => last - first + 1);
  return counts.reduce((sum, count) => sum + count, 0);
}

/** The fourth column of `df -Pk`, in MB; 0 where it says nothing. */
function freeMb(table: string): number {
  const free = /^\S.*?\s+\d+\s+\d+\s+(\d+)\s+\d+%/m.exec(table)?.[1];
  return Math.floor(Number(free ?? 0) / 1024);
}

/** `docker:x:999:cc,ubuntu` */
function groupMembers(line: string): readonly string[] | undefined {
  if (line === '') return undefined;
  return (line.split(':')[3] ?? '').split(',').filter((name) => name !== '');
}

function oneOf<T extends string>(words: readonly T[], word: string): T | undefined {
  return words.find((candidate) => candidate === word);
}
