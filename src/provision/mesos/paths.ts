import { posix } from 'node:path';
import { hostFolder } from '../../plan/host-folders.js';

/** The parts of the engine that run on hosts. */
export type MesosPart = 'zookeeper' | 'master' | 'marathon' | 'agent';

/** Where everything of one cluster is on its hosts; the same in each container and in the agent's root. */
export interface MesosPaths {
  /** Settings and secrets, root's alone. */
  readonly settings: string;
  readonly secrets: string;
  /** What was written from which settings: see `WantedFile.spec`. */
  readonly manifest: string;
  readonly data: string;
  /** The agent's work directory. */
  readonly work: string;
  /** Where the file systems of agent images are unpacked, by image id. */
  readonly roots: string;
  /** A link to the one in use. */
  readonly currentRoot: string;
  /** Where Mesos was installed that was compiled on the host. */
  readonly source: string;
  /** Is gone after a reboot. */
  readonly runtime: string;
}

export function mesosPaths(deployment: string, clusterId: string): MesosPaths {
  const settings = posix.join(hostFolder(deployment), 'mesos', clusterId);
  const data = posix.join('/var/lib/crossflock', deployment, 'mesos', clusterId);
  const roots = posix.join(data, 'agent-root');
  return {
    settings,
    secrets: posix.join(settings, 'secrets'),
    manifest: posix.join(settings, 'manifest'),
    data,
    work: posix.join(data, 'agent'),
    roots,
    currentRoot: posix.join(roots, 'current'),
    source: posix.join(data, 'source'),
    runtime: posix.join('/run/crossflock', deployment, 'mesos', clusterId),
  };
}

/** Names of the containers of a cluster, as `docker ps` shows them. */
export function mesosContainerName(
  deployment: string,
  clusterId: string,
  part: Exclude<MesosPart, 'agent'>,
): string {
  const kinds = { zookeeper: 'zookeeper', master: 'mesos-master', marathon: 'mesos-marathon' };
  return `${deployment}-${kinds[part]}-${clusterId}`;
}

/** Name of a service of the host: of its systemd unit without `.service`, of its init script. */
export function mesosServiceName(
  deployment: string,
  clusterId: string,
  part: 'agent' | 'master' = 'agent',
): string {
  return `crossflock-${deployment}-mesos-${part}-${clusterId}`;
}
