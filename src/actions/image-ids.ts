import type { Plan } from '../plan/types.js';
import type { MarathonApp } from '../ports/marathon-app.js';
import type { ActionContext } from './context.js';
import { embeddedClusters } from './platform-steps.js';

const IMAGE_LABEL = 'crossflock.image';

/**
 * Ids of the images that this machine's Docker Engine has, by name. On an embedded cluster an image
 * that was built anew under the same name is a difference like any other, so the id becomes part of
 * the app; images that are not here (yet) are left out, and so are other clusters' images.
 */
export async function imageIds(
  { host, signal }: ActionContext,
  plan: Plan,
): Promise<ReadonlyMap<string, string>> {
  const embedded = new Set(embeddedClusters(plan).map(({ id }) => id));
  const here = plan.apps.filter(({ clusterId }) => embedded.has(clusterId));
  const names = [...new Set(here.map(({ app }) => app.container.docker.image))];
  const ids = new Map<string, string>();
  for (const name of names) {
    const argv = ['docker', 'image', 'inspect', '-f', '{{.Id}}', name];
    const result = await host.run(argv, { signal, timeoutMs: 20_000 });
    if (result.exitCode === 0) ids.set(name, result.stdout.trim());
  }
  return ids;
}

export function withImageId(app: MarathonApp, ids: ReadonlyMap<string, string>): MarathonApp {
  const id = ids.get(app.container.docker.image);
  return id === undefined ? app : { ...app, labels: { ...app.labels, [IMAGE_LABEL]: id } };
}
