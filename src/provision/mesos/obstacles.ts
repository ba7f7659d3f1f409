import type { HostFacts } from '../facts/host-facts.js';
import { MOST_SKEW_SECONDS, type Obstacle, type WantedPort } from '../obstacles.js';
import { agentObstacles } from './obstacles-agent.js';
import { dockerObstacles } from './obstacles-docker.js';
import { systemObstacles } from './obstacles-host.js';
import type { MesosSeen } from './seen.js';
import { isCompiled, sourceObstacles } from './source.js';
import type { MesosEngine } from '../../plan/types.js';
import type { WantedMesosHost } from './types.js';

/** All that is in the way on one host, from what was seen there; nothing was changed yet. Pure. */
export function mesosObstacles(
  facts: Pick<HostFacts, 'os' | 'memoryMb' | 'diskFreeMb'>,
  seen: MesosSeen,
  wanted: WantedMesosHost,
): readonly Obstacle[] {
  return [
    ...systemObstacles(facts, seen, wanted),
    ...dockerObstacles(seen, wanted),
    ...agentObstacles(seen, wanted),
    ...adminServer(seen, wanted),
    ...compiling(facts, seen, wanted),
  ];
}

function compiling(
  facts: Parameters<typeof sourceObstacles>[0],
  seen: MesosSeen,
  { engine, paths, services }: WantedMesosHost,
): readonly Obstacle[] {
  const isWanted = engine.install === 'source' && services.length > 0;
  return isWanted && !isCompiled(paths, seen) ? sourceObstacles(facts, engine) : [];
}

/** A ZooKeeper that is there already: from 3.5 on its AdminServer takes Marathon's default port. */
function adminServer({ listeners }: MesosSeen, wanted: WantedMesosHost): readonly Obstacle[] {
  if (!wanted.parts.includes('marathon')) return [];
  const { marathon } = wanted.engine.ports;
  const java = listeners.find(
    ({ protocol, port, by }) =>
      protocol === 'tcp' &&
      port === marathon &&
      marathon === 8080 &&
      by?.startsWith('java') === true,
  );
  if (java === undefined) return [];
  return [
    {
      what: `tcp port 8080, which marathon wants, is in use by ${java.by ?? 'java'}: the AdminServer of another zookeeper takes it, unless told otherwise`,
      todo: 'write admin.enableServer=false into the zoo.cfg of that zookeeper, or another "engine.ports.marathon"',
    },
  ];
}

/** Ports that the parts of a host listen on, for the look before anything is set up. */
export function mesosWantedPorts({ parts, engine }: WantedMesosHost): readonly WantedPort[] {
  const { ports } = engine;
  const tcp = (port: number, who: string, name: string): WantedPort => ({
    ...{ protocol: 'tcp', port, for: who, setting: `"engine.ports.${name}"` },
  });
  const ensemble =
    engine.masters.length === 1
      ? []
      : [
          tcp(ports.zookeeperPeer, "zookeeper's ensemble", 'zookeeper_peer'),
          tcp(ports.zookeeperElection, "zookeeper's elections", 'zookeeper_election'),
        ];
  return [
    ...(parts.includes('zookeeper') ? [tcp(ports.zookeeper, 'zookeeper', 'zookeeper')] : []),
    ...(parts.includes('zookeeper') ? ensemble : []),
    ...(parts.includes('master') ? [tcp(ports.master, 'the mesos master', 'master')] : []),
    ...(parts.includes('marathon') ? [tcp(ports.marathon, 'marathon', 'marathon')] : []),
    ...(parts.includes('agent') ? [tcp(ports.agent, 'the mesos agent', 'agent')] : []),
  ];
}

/** A host of a cluster, as far as it was seen. */
export interface SeenMember {
  readonly id: string;
  /** Undefined where it could not be asked. */
  readonly seen: Pick<MesosSeen, 'machine'> | undefined;
  /** How far its clock is ahead of the controller's, in seconds. */
  readonly skewSeconds: number;
}

/** What is in the way of a cluster as a whole. Pure. */
export function clusterObstacles(
  { masters, quorum }: Pick<MesosEngine, 'masters' | 'quorum'>,
  members: readonly SeenMember[],
): readonly Obstacle[] {
  return [...quorumObstacles(masters, quorum, members), ...clockObstacles(members)];
}

function quorumObstacles(
  masters: MesosEngine['masters'],
  quorum: number,
  members: readonly SeenMember[],
): readonly Obstacle[] {
  const away = masters.filter(
    ({ hostId }) => members.find(({ id }) => id === hostId)?.seen === undefined,
  );
  const there = masters.length - away.length;
  if (there >= quorum) return [];
  const names = away.map(({ hostId }) => hostId).join(', ');
  return [
    {
      what: `${there} of ${masters.length} masters can be reached, and ${quorum} have to agree before mesos does anything (missing: ${names})`,
      todo: 'see to it that the others answer to SSH, or remove them from the configuration',
    },
  ];
}

/** Tasks' and sessions' times are compared across hosts. */
function clockObstacles(members: readonly SeenMember[]): readonly Obstacle[] {
  const known = members.filter(({ seen }) => seen !== undefined);
  const byClock = [...known].sort((a, b) => a.skewSeconds - b.skewSeconds);
  const [slowest, fastest] = [byClock[0], byClock.at(-1)];
  if (slowest === undefined || fastest === undefined) return [];
  const apart = fastest.skewSeconds - slowest.skewSeconds;
  if (apart <= MOST_SKEW_SECONDS) return [];
  return [
    {
      what: `the clocks of ${slowest.id} and ${fastest.id} are ${Math.round(apart)} s apart, at most ${MOST_SKEW_SECONDS} s are permitted`,
      todo: 'let the hosts keep time: sudo timedatectl set-ntp true, or install chrony',
    },
  ];
}

/**
 * Hosts that were cloned from one image and never got an identity of their own. Parts of Mesos and
 * crossflock's names in the network do not depend on it; Weave's own names would, and so do DHCP
 * leases. In words, to be told once.
 */
export function clonedMachines(members: readonly SeenMember[]): readonly string[] {
  const byMachine = new Map<string, string[]>();
  for (const { id, seen } of members) {
    if (seen?.machine === undefined) continue;
    byMachine.set(seen.machine, [...(byMachine.get(seen.machine) ?? []), id]);
  }
  return [...byMachine.values()]
    .filter((ids) => ids.length > 1)
    .map(
      (ids) =>
        `${ids.join(' and ')} have the same /etc/machine-id: they are clones; weave's peers are named by crossflock for that reason, and what else takes its name from there collides ("sudo rm /etc/machine-id && sudo systemd-machine-id-setup" and a reboot give one its own)`,
    );
}
