import { UndirectedGraph } from 'graphology';
import louvainModule from 'graphology-communities-louvain';

import type { NetworkEdges } from './edges.js';
import { seededRandom } from './random.js';

// A CommonJS module whose types say that it has a default export; its export is the function.
const louvain = louvainModule as unknown as typeof louvainModule.default;

/** The method takes some seconds for a million edges; the strongest ones make the modules. */
const EDGES_USED = 200_000;
const SEED = 20_070_814;

export interface Communities {
  /** Gene numbers by community of two genes and more; the largest first. */
  readonly members: readonly (readonly number[])[];
  readonly modularity: number;
  readonly edgesUsed: number;
}

/** Communities by the Louvain method (Blondel et al. 2008), edges weighted by |r|. */
export function findCommunities(edges: NetworkEdges): Communities {
  const used = strongest(edges);
  if (used.length === 0) return { members: [], modularity: 0, edgesUsed: 0 };
  const graph = new UndirectedGraph<Record<string, never>, { weight: number }>();
  for (const edge of used) {
    const source = edges.source[edge];
    const target = edges.target[edge];
    if (source === undefined || target === undefined || source === target) continue;
    graph.mergeNode(source);
    graph.mergeNode(target);
    graph.mergeEdge(source, target, { weight: Math.abs(edges.r[edge] ?? 0) });
  }
  const { communities, modularity } = louvain.detailed(graph, {
    rng: seededRandom(SEED),
    getEdgeWeight: 'weight',
  });
  return { members: grouped(communities), modularity, edgesUsed: used.length };
}

function strongest({ r }: NetworkEdges): number[] {
  const all = r.map((_, index) => index);
  if (all.length <= EDGES_USED) return all;
  return all
    .sort((a, b) => Math.abs(r[b] ?? 0) - Math.abs(r[a] ?? 0) || a - b)
    .slice(0, EDGES_USED)
    .sort((a, b) => a - b);
}

function grouped(communities: Readonly<Record<string, number>>): number[][] {
  const groups = new Map<number, number[]>();
  for (const [gene, community] of Object.entries(communities)) {
    const group = groups.get(community);
    if (group === undefined) groups.set(community, [Number(gene)]);
    else group.push(Number(gene));
  }
  return [...groups.values()]
    .filter((group) => group.length > 1)
    .sort((a, b) => b.length - a.length || (a[0] ?? 0) - (b[0] ?? 0));
}
