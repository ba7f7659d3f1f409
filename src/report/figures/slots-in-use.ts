import type { RunReport } from '../../ports/run-report.js';
import { type Change, type Levels, levelsOver, type Span } from './levels.js';
import { coresOf } from './spans.js';

/** Cores at work over time, one series a cluster in the order of `names`. */
export function slotsInUse(report: RunReport, names: readonly string[], span: Span): Levels {
  const series = new Map(names.map((name, index) => [name, index]));
  const changes = report.executions.flatMap((execution): Change[] => {
    const own = series.get(execution.cluster) ?? 0;
    const cores = coresOf(execution);
    return [
      { at: execution.startedAt, series: own, by: cores },
      { at: execution.endedAt ?? span.to, series: own, by: -cores },
    ];
  });
  return levelsOver(changes, names.length, span);
}
