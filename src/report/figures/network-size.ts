import type { RunReport } from '../../ports/run-report.js';

export interface NetworkSize {
  readonly edges: number;
  readonly genes: number;
  readonly threshold?: number;
}

/** From the network itself, else from the summary; undefined where there is no network. */
export function networkSize({ kinc, summary }: RunReport): NetworkSize | undefined {
  const threshold = kinc?.threshold?.value ?? summary.network?.threshold;
  const size = kinc?.network ?? renamed(summary.network);
  if (size === undefined) return undefined;
  const { edges, genes } = size;
  return { edges, genes, ...(threshold === undefined ? {} : { threshold }) };
}

function renamed(network: RunReport['summary']['network']): NetworkSize | undefined {
  return network === undefined ? undefined : { edges: network.edges, genes: network.nodes };
}
