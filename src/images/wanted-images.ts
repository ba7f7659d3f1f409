import type { ClusterPlan, Plan } from '../plan/types.js';
import { withTag } from './reference.js';

/** The image of the embedded Marathon. */
const MARATHON = 'crossflock/marathon';

/**
 * Names, with tags, of the images that the hosts of a cluster need: of the apps placed there, of
 * its embedded Marathon, and those of the virtual network's driver (`VirtualNetwork.images`).
 */
export function wantedImages(
  plan: Plan,
  cluster: ClusterPlan,
  driverImages: readonly string[],
): readonly string[] {
  const apps = plan.apps.filter(({ clusterId }) => clusterId === cluster.id);
  const names = apps.map(({ app }) => app.container.docker.image);
  const engine = cluster.engine.type === 'embedded' ? [MARATHON] : [];
  return [...new Set([...driverImages, ...engine, ...names].map(withTag))];
}
