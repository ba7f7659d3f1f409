/** A network as KINC's `extract` writes it, in numbers. */
export interface ExtractedNetwork {
  /** Lines: with clusters, a pair of genes may have several. */
  readonly edges: number;
  readonly nodes: number;
  readonly positive: number;
  readonly negative: number;
  /** Smallest and largest correlation in absolute value; undefined without an edge. */
  readonly weakest?: number;
  readonly strongest?: number;
}

const COLUMNS = ['Source', 'Target', 'Similarity_Score'];

/**
 * Counts the lines of a network in the format `tidy`, `text` or `minimal`, whose first three
 * columns are the same (`extract_networkwriter.cpp` of github.com/SystemsGenetics/KINC).
 * @returns why it cannot be read, where it cannot
 */
export function readNetwork(text: string): ExtractedNetwork | string {
  const start = text.indexOf('\n') + 1;
  const header = text.slice(0, start).trimEnd().split('\t');
  if (COLUMNS.some((name, index) => header[index] !== name)) {
    return `network.txt has the columns "${header.slice(0, 3).join(' ')}", expected "${COLUMNS.join(' ')}"`;
  }
  const genes = new Set<string>();
  const counts = { edges: 0, positive: 0, negative: 0, weakest: Infinity, strongest: -Infinity };
  for (const { line, number } of linesOf(text, start)) {
    const [source = '', target = '', score = ''] = line.split('\t', 3);
    const value = score === '' ? Number.NaN : Number(score);
    if (source === '' || target === '' || !(Math.abs(value) <= 1)) {
      return `network.txt line ${number} is no edge: ${JSON.stringify(line.slice(0, 60))}`;
    }
    genes.add(source).add(target);
    counts.edges += 1;
    counts[value < 0 ? 'negative' : 'positive'] += 1;
    counts.weakest = Math.min(counts.weakest, Math.abs(value));
    counts.strongest = Math.max(counts.strongest, Math.abs(value));
  }
  const { weakest, strongest, ...sums } = counts;
  return { ...sums, nodes: genes.size, ...(sums.edges === 0 ? {} : { weakest, strongest }) };
}

function* linesOf(text: string, start: number): Generator<{ line: string; number: number }> {
  let number = 2;
  for (let at = start; at < text.length; number += 1) {
    const end = text.indexOf('\n', at);
    const stop = end < 0 ? text.length : end;
    yield { line: text.slice(at, stop), number };
    at = stop + 1;
  }
}

/**
 * The threshold that KINC's `rmt` found: the last line of its log, a number alone; the lines before
 * have a threshold, the size of the matrix, its distinct eigenvalues and χ² (`rmt.cpp` of
 * github.com/SystemsGenetics/KINC). Undefined where it is not what it should be.
 */
export function readRmtThreshold(log: string): number | undefined {
  const last = log.trimEnd().split('\n').at(-1) ?? '';
  const value = /^\d[\d.e+-]*$/.test(last) ? Number(last) : Number.NaN;
  return value > 0 && value <= 1 ? value : undefined;
}
