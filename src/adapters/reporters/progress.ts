import type { WorkflowSnapshot } from '../../ports/reporter.js';
import { bar } from '../../util/bar.js';
import { formatDuration } from '../../util/duration.js';

const BAR_WIDTH = 24;
const SHORT_BAR_WIDTH = 10;
const BAR_REST = '░';

/** What a narrow line can do without. */
type Extra = 'rate' | 'idle';

/** From everything to the least; the first that fits is shown. */
const VIEWS: readonly { readonly barWidth: number; readonly without: readonly Extra[] }[] = [
  { barWidth: BAR_WIDTH, without: [] },
  { barWidth: SHORT_BAR_WIDTH, without: [] },
  { barWidth: SHORT_BAR_WIDTH, without: ['rate'] },
  { barWidth: SHORT_BAR_WIDTH, without: ['rate', 'idle'] },
  { barWidth: 0, without: ['rate', 'idle'] },
];

/** A bar and the counts in at most `width` columns; cut with `…` where nothing less would do. */
export function progressView(snapshot: WorkflowSnapshot, width: number): string {
  const share = snapshot.total === 0 ? 0 : snapshot.done / snapshot.total;
  let text = '';
  for (const { barWidth, without } of VIEWS) {
    const line = progressLine(snapshot, without);
    text = barWidth === 0 ? line : `${bar(share, barWidth, BAR_REST)} ${line}`;
    if (text.length <= width) return text;
  }
  return `${text.slice(0, Math.max(0, width - 1))}…`;
}

/** `similarity 12/40 · running 8 (azure 4, chameleon 4) · idle 20 · 38 jobs/min · 45 s left` */
export function progressLine(snapshot: WorkflowSnapshot, without: readonly Extra[] = []): string {
  const { jobsPerMinute, secondsLeft } = snapshot;
  const parts = [`${snapshot.phase} ${snapshot.done}/${snapshot.total}`, running(snapshot)];
  if (!without.includes('idle')) parts.push(`idle ${snapshot.idle}`);
  if (snapshot.held > 0) parts.push(`held ${snapshot.held}`);
  if (snapshot.failed > 0) parts.push(`failed ${snapshot.failed}`);
  if (jobsPerMinute !== undefined && !without.includes('rate')) {
    parts.push(`${jobsPerMinute.toFixed(jobsPerMinute < 10 ? 1 : 0)} jobs/min`);
  }
  if (secondsLeft !== undefined) parts.push(`${formatDuration(secondsLeft * 1000)} left`);
  return parts.join(' · ');
}

function running({ running: count, runningByCluster }: WorkflowSnapshot): string {
  const where = Object.entries(runningByCluster)
    .filter(([, here]) => here > 0)
    .map(([cluster, here]) => `${cluster} ${here}`)
    .join(', ');
  return `running ${count}${where === '' ? '' : ` (${where})`}`;
}
