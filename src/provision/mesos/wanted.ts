import type { HostPlan, MesosMember } from '../../plan/types.js';
import { agentParts } from './agent.js';
import { marathonParts } from './marathon.js';
import { masterParts } from './master.js';
import { mesosPaths, type MesosPaths } from './paths.js';
import type {
  MesosHostInput,
  PartInput,
  WantedFolder,
  WantedMesosHost,
  WantedParts,
} from './types.js';
import { zookeeperParts } from './zookeeper.js';

/** The wanted state of one host of a cluster whose engine is Mesos. Pure. */
export function wantedMesosHost(input: MesosHostInput): WantedMesosHost {
  const { deployment, cluster, engine, host, secrets, createSocket } = input;
  const paths = mesosPaths(deployment, cluster.id);
  const isMaster = memberOf(engine.masters, host) !== undefined;
  const isAgent = memberOf(engine.agents, host) !== undefined;
  const address = (memberOf(engine.masters, host) ?? memberOf(engine.agents, host))?.address;
  const placed: PartInput = { ...input, paths, address: address ?? host.privateAddress };
  const built: readonly WantedParts[] = [
    { folders: commonFolders(paths) },
    ...(isMaster ? [zookeeperParts(placed), masterParts(placed), marathonParts(placed)] : []),
    ...(isAgent ? [agentParts(placed)] : []),
  ];
  return {
    ...{ deployment, clusterId: cluster.id, hostId: host.id },
    ...{ paths, engine, address: placed.address, secrets, createSocket },
    parts: [
      ...(isMaster ? (['zookeeper', 'master', 'marathon'] as const) : []),
      ...(isAgent ? (['agent'] as const) : []),
    ],
    folders: built.flatMap(({ folders = [] }) => folders),
    files: built.flatMap(({ files = [] }) => files),
    containers: built.flatMap(({ containers = [] }) => containers),
    services: built.flatMap(({ services = [] }) => services),
    images: [...new Set(built.flatMap(({ images = [] }) => images))],
  };
}

function memberOf(members: readonly MesosMember[], host: HostPlan): MesosMember | undefined {
  return members.find(({ hostId }) => hostId === host.id);
}

function commonFolders(paths: MesosPaths): readonly WantedFolder[] {
  return [
    { path: paths.settings, mode: 0o700 },
    { path: paths.secrets, mode: 0o700 },
    { path: paths.data, mode: 0o711 },
  ];
}
