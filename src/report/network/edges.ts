import { CrossflockError } from '../../errors/crossflock-error.js';

/** An undirected network; edge i runs between `genes[source[i]]` and `genes[target[i]]`. */
export interface NetworkEdges {
  readonly genes: readonly string[];
  readonly source: readonly number[];
  readonly target: readonly number[];
  /** Correlation, -1 to 1. */
  readonly r: readonly number[];
}

/**
 * Reads a network as KINC writes it: a header, then gene, gene, correlation and kind of
 * interaction, separated by tabs.
 * @throws CrossflockError `unexpected` with the line's number when a line is not an edge
 */
export function readNetwork(text: string): NetworkEdges {
  const index = new Map<string, number>();
  const edges = { source: [] as number[], target: [] as number[], r: [] as number[] };
  const numberOf = (gene: string): number => {
    const known = index.get(gene);
    if (known !== undefined) return known;
    index.set(gene, index.size);
    return index.size - 1;
  };
  let number = 0;
  for (const line of linesOf(text)) {
    number += 1;
    if (number === 1 || line === '') continue;
    const [one, other, value] = line.split('\t');
    const r = Number(value === undefined || value === '' ? NaN : value);
    if (one === undefined || other === undefined || !(Math.abs(r) <= 1)) throw noEdge(number, line);
    edges.source.push(numberOf(one));
    edges.target.push(numberOf(other));
    edges.r.push(r);
  }
  return { genes: [...index.keys()], ...edges };
}

/** A network may have millions of edges: one line at a time, not all of them at once. */
function* linesOf(text: string): Generator<string> {
  let start = 0;
  while (start < text.length) {
    const end = text.indexOf('\n', start);
    const line = text.slice(start, end === -1 ? text.length : end);
    yield line.endsWith('\r') ? line.slice(0, -1) : line;
    if (end === -1) return;
    start = end + 1;
  }
}

function noEdge(number: number, line: string): CrossflockError {
  return new CrossflockError(
    `line ${number} of the network is not an edge: '${line.slice(0, 80)}'`,
    {
      code: 'unexpected',
      hint: 'an edge is gene, gene, correlation and interaction, separated by tabs; was the file changed?',
    },
  );
}
