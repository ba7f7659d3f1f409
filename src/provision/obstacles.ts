import type { DockerPlan } from '../plan/types.js';
import type { DockerNeed } from './docker/docker-need.js';
import type { DockerState } from './docker/docker-state.js';
import { repositoryUri } from './docker/install.js';
import type { Attempt, CloserFacts } from './facts/closer-look.js';
import type { HostFacts } from './facts/host-facts.js';
import { canInstall, SUPPORTED } from './facts/os-release.js';

/** Something that stops a host, and what to do about it. */
export interface Obstacle {
  readonly what: string;
  readonly todo: string;
}

/** What a host has to be good for. */
export interface Demands {
  readonly need: DockerNeed;
  readonly source: DockerPlan['source'];
  /** Whether something has to be made or read by root besides installing Docker. */
  readonly root: boolean;
  /** Bytes of the largest image that has to come. */
  readonly largestImage: number;
  /** Ports that are to be listened on, and by what. */
  readonly ports: readonly WantedPort[];
}

export interface WantedPort {
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  /** Who wants it, such as `the embedded marathon`. */
  readonly for: string;
  /** What to write into the configuration instead. */
  readonly setting: string;
}

/** MB that an engine, a Marathon and a network take, without any container of the user. */
const LEAST_MEMORY_MB = 480;
/** MB that Docker Engine with all it depends on takes on disk. */
const DOCKER_DISK_MB = 600;
/** MB that have to be left for containers to write. */
const SPARE_DISK_MB = 500;
/** An image is there twice while it is unpacked. */
const UNPACKING = 1.5;
/**
 * Seconds that two machines' clocks may differ: tokens of HTCondor and certificates are not valid
 * before the moment they were made.
 */
export const MOST_SKEW_SECONDS = 30;

/** What the first look tells; pure. */
export function obstaclesAtSight(
  facts: HostFacts,
  docker: DockerState,
  { need, root, largestImage }: Demands,
  skewSeconds: number,
): readonly Obstacle[] {
  const installs = need.install.length > 0;
  return [
    ...systemObstacles(facts, installs),
    ...rightObstacles(facts, docker, { root, installs: installs || need.start || need.finish }),
    ...roomObstacles(facts, installs, largestImage),
    ...clockObstacles(skewSeconds),
  ];
}

function systemObstacles(facts: HostFacts, installs: boolean): readonly Obstacle[] {
  const { os, programs } = facts;
  if (installs && !canInstall(os)) {
    return [
      {
        what: `docker engine cannot be installed on ${os.name}, only on ${SUPPORTED}`,
        todo: 'install docker engine and its command line on the host by hand, then run this again',
      },
    ];
  }
  if (installs && !programs.has('apt-get')) {
    const what = `docker engine is missing, and ${os.name} here has no apt-get to install it with`;
    return [{ what, todo: 'install docker engine by hand, then run this again' }];
  }
  if (programs.has('perl') || programs.has('curl')) return [];
  const what = 'the host has neither perl nor curl, by one of which docker is asked';
  return [{ what, todo: 'install one of the two on the host' }];
}

function rightObstacles(
  facts: HostFacts,
  docker: DockerState,
  { root, installs }: { readonly root: boolean; readonly installs: boolean },
): readonly Obstacle[] {
  if (facts.isRoot) return [];
  const todo = 'write "sudo": "passwordless" or a password for the host';
  if (root) {
    const what =
      'the user is not root, and "sudo" says "none": the pool key and the network are kept as root on the host';
    return [{ what, todo }];
  }
  if (docker.engine === undefined && facts.maySpeakToDocker === false) {
    return [
      {
        what: 'the user may not talk to docker: it is neither root nor in the group docker',
        todo: 'write "sudo" for the host, or add the user to the group: sudo usermod -aG docker USER',
      },
    ];
  }
  if (!installs) return [];
  const what = 'the user is not root, and "sudo" says "none": nothing can be installed';
  return [{ what, todo }];
}

function roomObstacles(
  facts: HostFacts,
  installs: boolean,
  largestImage: number,
): readonly Obstacle[] {
  const found: Obstacle[] = [];
  if (facts.memoryMb < LEAST_MEMORY_MB) {
    const what = `the host has ${String(facts.memoryMb)} MB of memory, at least ${String(LEAST_MEMORY_MB)} MB are needed`;
    found.push({ what, todo: 'take a larger machine' });
  }
  const images = Math.ceil((largestImage * UNPACKING) / 1e6);
  const disk =
    (installs ? DOCKER_DISK_MB : 0) + images + (images > 0 || installs ? SPARE_DISK_MB : 0);
  if (facts.diskFreeMb < disk) {
    const what = `${String(facts.diskFreeMb)} MB are free where docker keeps its images, ${String(disk)} MB are needed`;
    found.push({ what, todo: 'make room: "docker system df" tells what docker itself keeps' });
  }
  return found;
}

function clockObstacles(skewSeconds: number): readonly Obstacle[] {
  if (Math.abs(skewSeconds) <= MOST_SKEW_SECONDS) return [];
  const how = `${String(Math.round(Math.abs(skewSeconds)))} s ${skewSeconds > 0 ? 'ahead of' : 'behind'} this machine's`;
  return [
    {
      what: `the host's clock is ${how}, and tokens are refused from ${String(MOST_SKEW_SECONDS)} s on`,
      todo: 'let the host keep time: sudo timedatectl set-ntp true, or install chrony; see that this machine does, too',
    },
  ];
}

/** What the closer look tells; pure. */
export function obstaclesCloseUp(
  facts: HostFacts,
  closer: CloserFacts,
  { source, ports }: Demands,
): readonly Obstacle[] {
  return [
    ...ports.flatMap((wanted) => portObstacle(closer, wanted)),
    ...closer.unknownUsers.map((user) => ({
      what: `the host has no user ${user} to add to the group docker`,
      todo: 'correct "docker.group_users", or make the user',
    })),
    ...serverObstacles(facts, closer, source),
  ];
}

function portObstacle({ listeners }: CloserFacts, wanted: WantedPort): readonly Obstacle[] {
  const taken = listeners.find(
    ({ protocol, port }) => protocol === wanted.protocol && port === wanted.port,
  );
  if (taken === undefined) return [];
  const by = taken.by ?? 'the kernel or another user';
  return [
    {
      what: `${wanted.protocol} port ${String(wanted.port)}, which ${wanted.for} wants, is in use by ${by}`,
      todo: `stop that, or write another ${wanted.setting}`,
    },
  ];
}

function serverObstacles(
  { os }: HostFacts,
  { packages }: CloserFacts,
  source: DockerPlan['source'],
): readonly Obstacle[] {
  return (packages?.unreachable ?? []).map((line) => {
    const isDocker = source === 'docker' && line.startsWith(repositoryUri(os));
    const said = line.replace(/\s+/g, ' ').trim();
    if (isDocker && line.includes('404')) {
      return {
        what: `docker's repository has nothing for ${os.name} (${os.codename})`,
        todo: 'write "docker.source": "distribution"',
      };
    }
    return {
      what: `packages cannot be fetched: ${said}`,
      todo: isDocker
        ? 'let the host reach that server (a firewall, a proxy), or write "docker.source": "distribution"'
        : 'let the host reach that server: look at its network, its firewall, its proxy (apt-config dump Acquire::http::Proxy) and /etc/apt/sources.list',
    };
  });
}

/** Who is at an address, and what lets packets of a port in there. */
export interface Way {
  readonly to: string;
  /** What to do at the other end. */
  readonly advice: (attempt: Attempt) => string;
  /** Whether its part of the network is still to be launched: then nobody listens there. */
  readonly isNew: boolean;
}

/** What getaddrinfo says of a name, in perl and in bash. */
const NO_NAME = /name or service not known|name resolution|no address associated/i;

/** Ports of other hosts that do not let this one in; pure. */
export function obstaclesOnTheWay(
  attempts: readonly Attempt[],
  wayTo: (address: string) => Way,
): readonly Obstacle[] {
  return attempts
    .filter(({ outcome }) => outcome === 'closed')
    .map((attempt) => {
      const { protocol, address, port, said } = attempt;
      const { to, advice } = wayTo(address);
      const what = `${protocol} port ${String(port)} of ${to} (${address}) cannot be reached from here: ${said}`;
      if (NO_NAME.test(said)) {
        return { what, todo: `write an "address" of ${to} that the other hosts know, too` };
      }
      return { what, todo: advice(attempt) };
    });
}

/**
 * Ways that may be open or not: nobody listens at the other end yet, and it did not even say so.
 * Only the network itself can tell, once it runs.
 */
export function unprovenWays(
  attempts: readonly Attempt[],
  wayTo: (address: string) => Way,
): readonly string[] {
  return attempts
    .filter(({ outcome, address }) => outcome === 'silent' && wayTo(address).isNew)
    .map(({ address, protocol, port }) => {
      const { to } = wayTo(address);
      return `no answer from ${protocol} port ${String(port)} of ${to}: a firewall may be in between`;
    });
}
