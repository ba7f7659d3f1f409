import type { NetworkEdges } from './edges.js';

/** Connected parts of the network: how many, and the genes of the largest. */
export function countComponents({ genes, source, target }: NetworkEdges): {
  count: number;
  largest: number;
} {
  const parent = genes.map((_, index) => index);
  source.forEach((one, index) => {
    const a = rootOf(parent, one);
    const b = rootOf(parent, target[index] ?? one);
    parent[Math.max(a, b)] = Math.min(a, b);
  });
  const sizes = new Map<number, number>();
  for (let gene = 0; gene < parent.length; gene += 1) {
    const root = rootOf(parent, gene);
    sizes.set(root, (sizes.get(root) ?? 0) + 1);
  }
  return {
    count: sizes.size,
    largest: [...sizes.values()].reduce((most, size) => Math.max(most, size), 0),
  };
}

/** Root of a gene's tree (union-find); halves the path on its way. */
function rootOf(parent: number[], gene: number): number {
  let at = gene;
  for (let up = parent[at] ?? at; up !== at; up = parent[at] ?? at) {
    parent[at] = parent[up] ?? up;
    at = up;
  }
  return at;
}
