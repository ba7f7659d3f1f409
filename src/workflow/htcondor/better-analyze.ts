/** `[5]           0  TARGET.Memory >= RequestMemory` */
const CONDITION = /^\[\d+\]\s+(\d+)\s+(\S.*)$/;
const MACHINES = /Of (\d+) machines/;
const REJECTED = /^\s*(\d+) are rejected by your job's requirements/;
const UNWILLING = /^\s*(\d+) reject your job because of their own requirements/;
const BUSY = /^\s*(\d+) match (?:and are already running your jobs|but are serving other users)/;
const ABLE = /^\s*(\d+) are able to run your job/;

/**
 * The gist of what `condor_q -better-analyze` prints for one job: how many machines would take it,
 * and the condition that the fewest fulfil. At most two lines; none where it says nothing.
 */
export function gistOf(text: string): readonly string[] {
  const lines = text.split('\n');
  const machines = numberIn(lines, MACHINES);
  if (machines === undefined) return [];
  const counts = [
    [numberIn(lines, ABLE), 'could run it now'],
    [sumIn(lines, BUSY), 'are busy'],
    [numberIn(lines, REJECTED), 'do not fulfil its requirements'],
    [numberIn(lines, UNWILLING), 'do not want it'],
  ] as const;
  const said = counts
    .filter(([count]) => (count ?? 0) > 0)
    .map(([count, what]) => `${count} ${what}`);
  const tightest = tightestOf(lines);
  return [
    `of ${machines} machines, ${said.join(', ') || 'none is known'}`,
    ...(tightest?.matched === 0 ? [`no slot fulfils ${tightest.condition}`] : []),
  ];
}

interface Condition {
  readonly matched: number;
  readonly condition: string;
}

function tightestOf(lines: readonly string[]): Condition | undefined {
  const found = lines
    .map((line) => CONDITION.exec(line))
    .filter((match) => match !== null)
    .map((match) => ({ matched: Number(match[1]), condition: (match[2] ?? '').trim() }));
  return found.sort((a, b) => a.matched - b.matched)[0];
}

function numberIn(lines: readonly string[], pattern: RegExp): number | undefined {
  const found = lines.map((line) => pattern.exec(line)).find((match) => match !== null);
  return found === undefined ? undefined : Number(found[1]);
}

function sumIn(lines: readonly string[], pattern: RegExp): number {
  return lines.reduce((sum, line) => sum + Number(pattern.exec(line)?.[1] ?? 0), 0);
}
