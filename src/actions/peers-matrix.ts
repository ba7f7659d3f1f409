import type { Cell } from '../ports/reporter.js';
import type { PairReport } from '../ports/virtual-network.js';
import { ago } from './peers-look.js';

/** With more hosts than this a matrix is wider than a terminal of 80 columns. */
export const MATRIX_HOSTS = 10;
/** Columns of a host's id in a matrix of that size. */
const LABEL = 14;

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** Latencies from each host (row) to each other one (column), in milliseconds. Pure. */
export function matrixTable(ids: readonly string[], pairs: readonly PairReport[]): Table {
  const numbers = ids.map((_, index) => String(index + 1));
  const byPair = new Map(pairs.map((pair) => [`${pair.from}\n${pair.to}`, pair]));
  const rows = ids.map((from, index) => [
    `${String(index + 1)} ${shortened(from)}`,
    ...ids.map((to) => (from === to ? '·' : cell(byPair.get(`${from}\n${to}`)))),
  ]);
  return { title: 'latency in ms, from row to column', columns: ['from', ...numbers], rows };
}

function cell(pair: PairReport | undefined): string {
  if (pair?.reachable !== true) return '✖';
  return milliseconds(pair.latencyMs) || 'ok';
}

/** Four characters at most: `0.4`, `12`, `1200`. */
function milliseconds(latency: number | undefined): string {
  if (latency === undefined) return '';
  return latency < 9.95 ? latency.toFixed(1) : String(Math.round(latency));
}

function shortened(id: string): string {
  return id.length <= LABEL ? id : `${id.slice(0, LABEL - 1)}…`;
}

/** What the ways from each host come to. Pure. */
export function summaryTable(ids: readonly string[], pairs: readonly PairReport[]): Table {
  const rows = ids.map((id) => {
    const own = pairs.filter(({ from }) => from === id);
    const good = own.filter(({ reachable }) => reachable);
    const latencies = numbersOf(good, 'latencyMs');
    const mtus = numbersOf(good, 'mtu');
    const oldest = numbersOf(own, 'handshakeSeconds').at(-1);
    return [
      id,
      `${String(good.length)}/${String(own.length)}`,
      milliseconds(latencies[Math.floor(latencies.length / 2)]),
      milliseconds(latencies.at(-1)),
      String(mtus[0] ?? ''),
      ago(oldest),
    ];
  });
  const columns = ['host', 'reaches', 'median ms', 'max ms', 'mtu', 'handshake'];
  return { title: '', columns, rows };
}

/** The values that are there, the smallest first. */
function numbersOf(
  pairs: readonly PairReport[],
  key: 'latencyMs' | 'mtu' | 'handshakeSeconds',
): readonly number[] {
  return pairs.flatMap((pair) => pair[key] ?? []).toSorted((a, b) => a - b);
}

/**
 * Why ways do not work, or what is odd about them, each reason once: a host that reaches nobody for
 * one reason is one line. Pure.
 */
export function reasons(ids: readonly string[], pairs: readonly PairReport[]): readonly string[] {
  return ids.flatMap((id) => {
    const odd = pairs.filter(({ from, reachable, why }) => from === id && !(reachable && !why));
    const byReason = Map.groupBy(odd, ({ why }) => why ?? 'no answer, for no reason that is known');
    return [...byReason].map(([why, ways]) => {
      const isAll = ways.length > 1 && ways.length === ids.length - 1;
      const to = isAll ? 'all others' : ways.map((way) => way.to).join(', ');
      return `${id} → ${to}: ${why}`;
    });
  });
}
