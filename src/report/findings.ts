import type { RunFinding } from '../ports/run-finding.js';

const NODES_SHOWN = 5;

/** Findings as lines of text for a terminal, an empty line between two of them. */
export function findingLines(findings: readonly RunFinding[]): readonly string[] {
  return findings.flatMap((finding, index) => [...(index === 0 ? [] : ['']), ...linesOf(finding)]);
}

function linesOf({ severity, nodes, what, said, advice }: RunFinding): string[] {
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
