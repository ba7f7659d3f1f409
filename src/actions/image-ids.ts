import type { ClusterPlan, Plan } from '../plan/types.js';
import type { MarathonApp } from '../ports/marathon-app.js';
import type { ActionContext } from './context.js';
import { engineHost } from './reach.js';

const IMAGE_LABEL = 'crossflock.image';

/**
 * Ids of the images that an embedded cluster's Docker Engine has, by name. There an image that was
 * built anew under the same name is a difference like any other, so the id becomes part of the app;
 * images that are not there (yet) are left out, and on other clusters all are.
 */
export async function imageIds(
  context: ActionContext,
  plan: Plan,
  cluster: ClusterPlan,
): Promise<ReadonlyMap<string, string>> {
  if (cluster.engine.type !== 'embedded') return new Map();
  const here = plan.apps.filter(({ clusterId }) => clusterId === cluster.id);
  const names = [...new Set(here.map(({ app }) => app.container.docker.image))];
  if (names.length === 0) return new Map();
  // One call for all: it prints those that are there and fails for the others.
  const argv = ['docker', 'image', 'inspect', '-f', '{{.Id}} {{json .RepoTags}}', ...names];
  const { signal } = context;
  const result = await engineHost(context, cluster).run(argv, { signal, timeoutMs: 20_000 });
  const ids = new Map<string, string>();
  for (const line of result.stdout.split('\n').filter((text) => text !== '')) {
    const [id = '', ...rest] = line.split(' ');
    const tags = JSON.parse(rest.join(' ')) as readonly string[] | null;
    for (const name of names.filter((candidate) => isTagged(candidate, tags ?? []))) {
      ids.set(name, id);
    }
  }
  return ids;
}

/** Docker adds `:latest` to a name without a tag. */
function isTagged(name: string, tags: readonly string[]): boolean {
  const hasTag = name.slice(name.lastIndexOf('/') + 1).includes(':');
  return tags.includes(hasTag ? name : `${name}:latest`);
}

export function withImageId(app: MarathonApp, ids: ReadonlyMap<string, string>): MarathonApp {
  const id = ids.get(app.container.docker.image);
  return id === undefined ? app : { ...app, labels: { ...app.labels, [IMAGE_LABEL]: id } };
}
