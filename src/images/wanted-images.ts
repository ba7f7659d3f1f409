import type { ClusterPlan, Plan } from '../plan/types.js';
import { withTag } from './reference.js';

/** The image of the embedded Marathon. */
const MARATHON = 'crossflock/marathon';

/**
 * Names, with tags, of the images that a host of a cluster needs: of the apps placed there, of its
 * part of the engine, and those of the virtual network's driver (`VirtualNetwork.images`). A host
 * without tasks needs none of the apps'.
 * @param hostId a host of the cluster
 */
export function wantedImages(
  plan: Plan,
  { cluster, hostId }: { readonly cluster: ClusterPlan; readonly hostId: string },
  driverImages: readonly string[],
): readonly string[] {
  const { id, engine } = cluster;
  const runsTasks = engine.type !== 'mesos' || isAmong(engine.agents, hostId);
  const apps = runsTasks ? plan.apps.filter(({ clusterId }) => clusterId === id) : [];
  const names = apps.map(({ app }) => app.container.docker.image);
  return [...new Set([...driverImages, ...engineImages(cluster, hostId), ...names].map(withTag))];
}

function engineImages({ engine }: ClusterPlan, hostId: string): readonly string[] {
  if (engine.type === 'given') return [];
  if (engine.type === 'embedded') return [MARATHON];
  const { images, install, masters, agents } = engine;
  const isSource = install === 'source';
  return [
    ...(isAmong(masters, hostId) ? [images.zookeeper, images.marathon] : []),
    ...(isAmong(masters, hostId) && !isSource ? [images.master] : []),
    ...(isAmong(agents, hostId) && !isSource ? [images.agent] : []),
  ];
}

function isAmong(members: readonly { readonly hostId: string }[], id: string): boolean {
  return members.some(({ hostId }) => hostId === id);
}
