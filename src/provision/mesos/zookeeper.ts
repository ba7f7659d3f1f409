import { posix } from 'node:path';
import type { MesosEngine } from '../../plan/types.js';
import { wantedContainer } from './container.js';
import { PRINCIPALS, type MesosSecrets } from './secrets.js';
import type { PartInput, WantedParts } from './types.js';
import { plainFile } from './wanted-file.js';

/** Milliseconds that the other times are multiples of. */
const TICK = 2000;

/**
 * One ZooKeeper. The image is the official one (github.com/31z4/zookeeper-docker): its own entry
 * point would hand the folders to a user `zookeeper` and write a configuration, so the server's
 * script is called itself, with ours.
 */
export function zookeeperParts(input: PartInput): WantedParts {
  const { engine, paths, address } = input;
  const settings = posix.join(paths.settings, 'zookeeper');
  const data = posix.join(paths.data, 'zookeeper');
  const config = posix.join(settings, 'zoo.cfg');
  const part = 'zookeeper';
  const files = [
    plainFile({ path: config, mode: 0o600, part }, zooConfig(engine, address, data)),
    plainFile({ path: posix.join(data, 'myid'), mode: 0o644, part }, `${serverId(input)}\n`),
  ];
  const container = wantedContainer(input, {
    part,
    image: engine.images.zookeeper,
    entrypoint: 'zkServer.sh',
    args: ['start-foreground', config],
    reads: [settings],
    writes: [data],
    files,
  });
  return {
    folders: [settings, data].map((path) => ({ path, mode: 0o700 })),
    files,
    containers: [container],
    images: [engine.images.zookeeper],
  };
}

/**
 * The servers' configuration (ZooKeeper Administrator's Guide, "Configuration Parameters"). The
 * AdminServer would take port 8080, which is Marathon's; of the four-letter words only `srvr` is
 * answered; old snapshots are removed daily.
 */
export function zooConfig(engine: MesosEngine, address: string, data: string): string {
  const { ports, masters } = engine;
  const servers = masters.map(
    (master, index) =>
      `server.${index + 1}=${master.address}:${ports.zookeeperPeer}:${ports.zookeeperElection}`,
  );
  const lines = [
    `dataDir=${data}`,
    `tickTime=${TICK}`,
    'initLimit=10',
    'syncLimit=5',
    'maxClientCnxns=0',
    `clientPort=${ports.zookeeper}`,
    `clientPortAddress=${address}`,
    'quorumListenOnAllIPs=false',
    'admin.enableServer=false',
    '4lw.commands.whitelist=srvr',
    'autopurge.snapRetainCount=3',
    'autopurge.purgeInterval=24',
    ...(masters.length > 1 ? servers : []),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function serverId({ engine, host }: PartInput): number {
  return engine.masters.findIndex(({ hostId }) => hostId === host.id) + 1;
}

/** Who keeps something in ZooKeeper. */
export type Keeper = 'mesos' | 'marathon';

/**
 * The address that Mesos and Marathon reach their part of ZooKeeper by. With the secret: what they
 * make there is theirs to change, and Mesos' to be read by all.
 */
export function zookeeperUrl(
  { engine, deployment, cluster }: Pick<PartInput, 'engine' | 'deployment' | 'cluster'>,
  keeper: Keeper,
  { zookeeper }: Pick<MesosSecrets, 'zookeeper'>,
): string {
  const servers = engine.masters.map(({ address }) => `${address}:${engine.ports.zookeeper}`);
  const path = `${keeper}-${deployment}-${cluster.id}`;
  return `zk://${PRINCIPALS.zookeeper}:${zookeeper}@${servers.join(',')}/${path}`;
}
