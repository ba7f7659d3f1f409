import type { RunFinding } from '../../ports/run-finding.js';
import type { NodeRecord } from '../monitor/node.js';
import type { ClusterOfAddress } from '../monitor/snapshot.js';

/** So many failures in a row are more than bad luck. */
const LEAST_FAILURES = 3;

interface Tally {
  failed: number;
  succeeded: number;
  readonly nodes: Set<string>;
}

/**
 * Executors on which jobs fail that then succeed elsewhere, or on which nothing ever succeeds while
 * it does elsewhere.
 */
export function poisoned(
  nodes: readonly NodeRecord[],
  clusters: ClusterOfAddress,
): readonly RunFinding[] {
  const tallies = new Map<string, Tally>();
  for (const node of nodes) {
    for (const { address, outcome } of node.executions) {
      if (address === undefined) continue;
      const tally = tallies.get(address) ?? { failed: 0, succeeded: 0, nodes: new Set() };
      if (outcome === 'succeeded') tally.succeeded += 1;
      if (outcome === 'failed' || outcome === 'held') {
        tally.failed += 1;
        tally.nodes.add(node.name);
      }
      tallies.set(address, tally);
    }
  }
  const works = [...tallies.values()].some(({ succeeded }) => succeeded > 0);
  return [...tallies]
    .filter(([, { failed, succeeded }]) => works && succeeded === 0 && failed >= LEAST_FAILURES)
    .map(([address, { failed, nodes: names }]) => ({
      kind: 'failed',
      severity: 'warning',
      nodes: [...names],
      what: `every job fails on the executor ${address} of ${clusters.get(address) ?? 'no cluster'} (${failed} of ${failed}), and not elsewhere`,
      said: [],
      advice: `look at that executor; jobs that failed there are tried elsewhere first`,
    }));
}
