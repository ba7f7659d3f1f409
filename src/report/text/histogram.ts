import type { RunReport } from '../../ports/run-report.js';
import { bar } from '../../util/bar.js';
import { clusterFigures } from '../figures/clusters.js';
import { spanOf } from '../figures/spans.js';

const BAR_WIDTH = 40;

/**
 * Where the jobs that are done ran, and where others run now: a bar for each cloud, or for each
 * executor, the most first.
 * @returns lines for a terminal, without colours and line ends
 */
export function histogramLines(report: RunReport, by: 'cluster' | 'host'): string[] {
  const rows = countsOf(report, by).sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
  const total = rows.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return ['no job has run yet'];
  const most = Math.max(1, ...rows.map(({ count }) => count));
  const cells = rows.map(({ name, count }) => ({
    name,
    count: String(count),
    share: `(${((100 * count) / total).toFixed(1)} %)`,
    bar: bar(count / most, BAR_WIDTH),
  }));
  const header = {
    name: by === 'cluster' ? 'cloud' : 'executor',
    count: 'jobs',
    share: '',
    bar: '',
  };
  const all = [header, ...cells];
  const width = (part: 'name' | 'count' | 'share'): number =>
    Math.max(...all.map((cell) => cell[part].length));
  return all.map((cell) =>
    [
      cell.name.padEnd(width('name')),
      cell.count.padStart(width('count')),
      cell.share.padStart(width('share')),
      cell.bar,
    ]
      .join('  ')
      .trimEnd(),
  );
}

function countsOf(
  report: RunReport,
  by: 'cluster' | 'host',
): { readonly name: string; readonly count: number }[] {
  const active = Map.groupBy(
    report.executions.filter(({ outcome }) => outcome === 'running'),
    ({ cluster, address }) => (by === 'cluster' ? cluster : (address ?? cluster)),
  );
  const clusters = clusterFigures(report, spanOf(report));
  const places =
    by === 'cluster'
      ? clusters.map(({ cluster, jobs }) => ({ name: cluster, key: cluster, jobs }))
      : clusters.flatMap(({ cluster, executors }) =>
          executors.map(({ address, jobs }) => ({
            name: address === cluster ? address : `${cluster} ${address}`,
            key: address,
            jobs,
          })),
        );
  return places.map(({ name, key, jobs }) => ({
    name,
    count: jobs + (active.get(key)?.length ?? 0),
  }));
}
