import type { NetworkDescription } from '../../ports/run-report.js';
import { findCommunities } from './communities.js';
import { countComponents } from './components.js';
import type { NetworkEdges } from './edges.js';
import { largestModules } from './modules.js';

const HUBS = 15;

/** Counts, hubs and the largest modules of a network. The same network gives the same answer. */
export function describeNetwork(edges: NetworkEdges): NetworkDescription {
  const degrees = degreesOf(edges);
  const communities = findCommunities(edges);
  const positive = edges.r.reduce((count, r) => count + (r > 0 ? 1 : 0), 0);
  return {
    genes: edges.genes.length,
    edges: edges.r.length,
    positive,
    negative: edges.r.length - positive,
    degrees: distribution(degrees),
    hubs: hubs(edges.genes, degrees),
    components: countComponents(edges),
    moduleCount: communities.members.length,
    modularity: communities.modularity,
    edgesUsed: communities.edgesUsed,
    modules: largestModules(edges, communities.members),
  };
}

function degreesOf({ genes, source, target }: NetworkEdges): number[] {
  const degrees = new Array<number>(genes.length).fill(0);
  for (const end of [source, target]) {
    for (const gene of end) degrees[gene] = (degrees[gene] ?? 0) + 1;
  }
  return degrees;
}

function distribution(degrees: readonly number[]): { degree: number; genes: number }[] {
  const counts = new Map<number, number>();
  for (const degree of degrees) counts.set(degree, (counts.get(degree) ?? 0) + 1);
  return [...counts]
    .map(([degree, genes]) => ({ degree, genes }))
    .sort((a, b) => a.degree - b.degree);
}

function hubs(
  genes: readonly string[],
  degrees: readonly number[],
): { gene: string; degree: number }[] {
  return genes
    .map((gene, index) => ({ gene, degree: degrees[index] ?? 0 }))
    .sort((a, b) => b.degree - a.degree || (a.gene < b.gene ? -1 : 1))
    .slice(0, HUBS);
}
