/** What is said of a finding; the same as `Finding` of the workflow, which this may not import. */
export interface FindingView {
  readonly severity: 'error' | 'warning' | 'info';
  readonly nodes: readonly string[];
  readonly what: string;
  readonly said: readonly string[];
  readonly advice?: string;
}

const NODES_SHOWN = 5;

/** Findings as lines of text for a terminal, an empty line between two of them. */
export function findingLines(findings: readonly FindingView[]): readonly string[] {
  return findings.flatMap((finding, index) => [...(index === 0 ? [] : ['']), ...linesOf(finding)]);
}

function linesOf({ severity, nodes, what, said, advice }: FindingView): string[] {
  const who = whoOf(nodes);
  return [
    `${severity}: ${who === '' ? '' : `${who}: `}${what}`,
    ...said.map((line) => `  | ${line}`),
    ...(advice === undefined ? [] : [`  → ${advice}`]),
  ];
}

function whoOf(nodes: readonly string[]): string {
  const more = nodes.length - NODES_SHOWN;
  const shown = nodes.slice(0, NODES_SHOWN).join(', ');
  return more > 0 ? `${shown} and ${more} more` : shown;
}
