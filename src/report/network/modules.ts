import type { NetworkModule } from '../../ports/run-report.js';
import type { NetworkEdges } from './edges.js';

/** What still is a picture: modules in the report, genes in one, and edges between them. */
const MODULES = 9;
const GENES = 80;
const LINKS = 500;
/** A pair of genes is no module worth a drawing. */
const SMALLEST = 3;

interface Edge {
  readonly source: number;
  readonly target: number;
  readonly r: number;
}

/** @param members gene numbers by community, the largest first */
export function largestModules(
  edges: NetworkEdges,
  members: readonly (readonly number[])[],
): NetworkModule[] {
  const shown = members.filter((genes) => genes.length >= SMALLEST).slice(0, MODULES);
  const moduleOf = new Map(shown.flatMap((genes, number) => genes.map((gene) => [gene, number])));
  const inside = shown.map((): Edge[] => []);
  edges.r.forEach((r, index) => {
    const source = edges.source[index] ?? 0;
    const target = edges.target[index] ?? 0;
    const number = moduleOf.get(source);
    if (number !== undefined && number === moduleOf.get(target) && source !== target) {
      inside[number]?.push({ source, target, r });
    }
  });
  return shown.map((genes, number) => moduleOfGenes(edges.genes, genes, inside[number] ?? []));
}

function moduleOfGenes(
  names: readonly string[],
  genes: readonly number[],
  inside: readonly Edge[],
): NetworkModule {
  const degree = new Map(genes.map((gene) => [gene, 0]));
  for (const { source, target } of inside) {
    degree.set(source, (degree.get(source) ?? 0) + 1);
    degree.set(target, (degree.get(target) ?? 0) + 1);
  }
  const name = (gene: number): string => names[gene] ?? '';
  const drawn = [...degree]
    .sort(([a, x], [b, y]) => y - x || (name(a) < name(b) ? -1 : 1))
    .slice(0, GENES);
  const place = new Map(drawn.map(([gene], index) => [gene, index]));
  return {
    genes: genes.length,
    edges: inside.length,
    drawn: drawn.map(([gene, count]) => ({ gene: name(gene), degree: count })),
    links: links(inside, place),
  };
}

/** The strongest edges between drawn genes. */
function links(
  inside: readonly Edge[],
  place: ReadonlyMap<number, number>,
): (readonly [number, number, number])[] {
  return inside
    .flatMap(({ source, target, r }) => {
      const from = place.get(source);
      const to = place.get(target);
      return from === undefined || to === undefined ? [] : [[from, to, r] as const];
    })
    .sort((a, b) => Math.abs(b[2]) - Math.abs(a[2]) || a[0] - b[0] || a[1] - b[1])
    .slice(0, LINKS);
}
