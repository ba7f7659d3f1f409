import { posix } from 'node:path';
import type { MesosEngine } from '../../plan/types.js';
import type { HostFacts } from '../facts/host-facts.js';
import { canInstall, SUPPORTED } from '../facts/os-release.js';
import type { Obstacle } from '../obstacles.js';
import type { MesosPaths } from './paths.js';
import { sha256 } from './secrets.js';
import type { MesosSeen } from './seen.js';
import { SOURCE_SCRIPT } from './source-script.js';

/** The last release of Mesos (November 2020). */
export const SOURCE_VERSION = '1.11.0';
const URL = `https://archive.apache.org/dist/mesos/${SOURCE_VERSION}/mesos-${SOURCE_VERSION}.tar.gz`;
/** Of the archive; as Homebrew's formula for Mesos had it until 2022. */
const SHA256 = 'ce08cb648a21502a4a0c45d240a596d9ac860fcaf717f9a3dc986da9d406fe34';

/**
 * What Mesos' own instructions (docs/building.md, "Ubuntu 16.04") want, without what is for its
 * bindings to Java and Python, which nothing here uses.
 */
const PACKAGES: readonly string[] = [
  ...['ca-certificates', 'curl', 'make', 'patch', 'tar', 'gzip'],
  ...['libapr1-dev', 'libcurl4-openssl-dev', 'libsasl2-dev', 'libsasl2-modules', 'libsvn-dev'],
  'zlib1g-dev',
];
/** The newest GCC that others say they have compiled 1.11.0 with; later ones are not known to. */
const COMPILER = 12;

/** MB on disk for the sources, the objects and what is installed; a cautious guess. */
const DISK_MB = 10_000;
/** MB of memory that a compiler at work may need for Mesos' largest files; a cautious guess. */
const MEMORY_MB = 1500;

const MINUTE = 60_000;

/** One command on a host, as root. */
export interface SourceStep {
  readonly id: string;
  /** What it does, for people. */
  readonly title: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Where its output is when it fails. */
  readonly log: string;
}

/** Packages to compile with, from those that the host's lists know; all of them as `candidates`. */
export function sourcePackages(known: ReadonlySet<string>): readonly string[] {
  const [cc, cxx] = compilerPackages(known);
  return [cc, cxx, ...PACKAGES];
}

/** To be asked for, before `sourcePackages`. */
export const COMPILER_CANDIDATES: readonly string[] = [`gcc-${COMPILER}`, `g++-${COMPILER}`];

/** The default compiler where there is no such one: on Debian 11 and Ubuntu 20.04 it is older. */
function compilerPackages(known: ReadonlySet<string>): readonly [cc: string, cxx: string] {
  const isKnown = COMPILER_CANDIDATES.every((name) => known.has(name));
  return isKnown ? [`gcc-${COMPILER}`, `g++-${COMPILER}`] : ['gcc', 'g++'];
}

/** A file that is there, with this content, where this Mesos was compiled and installed. */
export function sourceMarker(paths: MesosPaths): {
  readonly path: string;
  readonly content: string;
  readonly sha256: string;
} {
  const content = `mesos ${SOURCE_VERSION}\n`;
  return { path: posix.join(paths.source, 'compiled'), content, sha256: sha256(content) };
}

/** Whether what was seen on a host has this Mesos. */
export function isCompiled(paths: MesosPaths, { files }: Pick<MesosSeen, 'files'>): boolean {
  const marker = sourceMarker(paths);
  return files.get(marker.path)?.sha256 === marker.sha256;
}

/**
 * Compiles and installs Mesos on a host, after `sourcePackages` were installed. Each step finds what
 * an earlier run has done already. Pure.
 * @param cores how many compilers work at once
 */
export function sourceSteps(
  paths: MesosPaths,
  { cores }: Pick<MesosEngine, 'cores'>,
  known: ReadonlySet<string>,
): readonly SourceStep[] {
  const build = posix.join(paths.data, `source-build-${SOURCE_VERSION}`);
  const marker = sourceMarker(paths);
  const [cc, cxx] = compilerPackages(known);
  const env = {
    CC: cc,
    CXX: cxx,
    CROSSFLOCK_BUILD: build,
    CROSSFLOCK_CORES: String(cores),
    CROSSFLOCK_MARKER: marker.path,
    CROSSFLOCK_MARKER_TEXT: marker.content,
    CROSSFLOCK_PREFIX: paths.source,
    CROSSFLOCK_SHA256: SHA256,
    CROSSFLOCK_URL: URL,
  };
  return STEPS.map(([id, title, minutes]) => ({
    ...{ id, title, env },
    argv: ['sh', '-c', SOURCE_SCRIPT, 'sh', id],
    timeoutMs: minutes * MINUTE,
    log: posix.join(build, `${id}.log`),
  }));
}

/** In this order; the minutes are what a slow host may take. */
const STEPS: readonly (readonly [id: string, title: string, minutes: number])[] = [
  ['fetch', `fetching the sources of mesos ${SOURCE_VERSION}`, 30],
  ['unpack', 'unpacking them', 10],
  ['configure', 'configuring', 30],
  ['mend', 'renaming a function that is glibc’s too', 10],
  ['make', `compiling mesos ${SOURCE_VERSION}, which may take hours`, 480],
  ['install', 'installing it', 30],
  ['finish', 'trying it, and removing what was only for compiling', 10],
];

/** What is in the way of compiling on a host, before anything is changed there. Pure. */
export function sourceObstacles(
  { os, memoryMb, diskFreeMb }: Pick<HostFacts, 'os' | 'memoryMb' | 'diskFreeMb'>,
  { cores }: Pick<MesosEngine, 'cores'>,
): readonly Obstacle[] {
  const obstacles: Obstacle[] = [];
  if (!canInstall(os)) {
    obstacles.push({
      what: `${os.name} is none of the systems that Mesos is compiled on here: ${SUPPORTED}`,
      todo: 'take "install": "images"',
    });
  }
  if (diskFreeMb < DISK_MB) {
    obstacles.push({
      what: `compiling mesos takes about ${DISK_MB} MB of disk, and ${diskFreeMb} MB are free`,
      todo: 'make room under /var/lib, or take "install": "images"',
    });
  }
  if (memoryMb < cores * MEMORY_MB) {
    const fewer = Math.floor(memoryMb / MEMORY_MB);
    obstacles.push({
      what: `${cores} compilers at once may need ${cores * MEMORY_MB} MB of memory, and the host has ${memoryMb} MB`,
      todo:
        fewer >= 1
          ? `write "cores": ${fewer}, or take "install": "images"`
          : 'take a larger host, or "install": "images"',
    });
  }
  return obstacles;
}
