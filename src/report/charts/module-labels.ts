import type { Placed, Size } from './module-layout.js';

export interface Label {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const LABELS = 14;
const LETTER = 6.7;
const LINE = 12;
const LONGEST = 18;

/**
 * Names for the genes with the most edges, as many as fit without one covering another or leaving
 * the drawing. `nodes` have the best connected first.
 */
export function placeLabels(nodes: readonly Placed[], size: Size): Label[] {
  const labels: Label[] = [];
  // A name may cover a small circle, never one of a gene that is named, too.
  const taken: Box[] = [];
  for (const node of nodes) {
    if (labels.length === LABELS) break;
    const text = shortened(node.gene);
    const [box] = positions(node, text.length * LETTER)
      .filter((one) => isInside(one, size) && !taken.some((other) => overlap(one, other)))
      .sort((a, b) => covered(a, nodes) - covered(b, nodes));
    if (box === undefined) continue;
    taken.push(box, around(node));
    labels.push({ x: box.left, y: box.bottom - 3, text });
  }
  return labels;
}

function shortened(gene: string): string {
  const letters = Array.from(gene);
  return letters.length <= LONGEST ? gene : `${letters.slice(0, LONGEST - 1).join('')}…`;
}

/** Right of the circle, left of it, below, above. */
function positions({ x, y, radius }: Placed, width: number): Box[] {
  const at = (left: number, top: number): Box => ({
    left,
    right: left + width,
    top,
    bottom: top + LINE,
  });
  return [
    at(x + radius + 3, y - LINE / 2),
    at(x - radius - 3 - width, y - LINE / 2),
    at(x - width / 2, y + radius + 1),
    at(x - width / 2, y - radius - 1 - LINE),
  ];
}

function covered(box: Box, nodes: readonly Placed[]): number {
  return nodes.filter((node) => overlap(box, around(node))).length;
}

function around({ x, y, radius }: Placed): Box {
  return { left: x - radius, right: x + radius, top: y - radius, bottom: y + radius };
}

function isInside({ left, right, top, bottom }: Box, { width, height }: Size): boolean {
  return left >= 2 && right <= width - 2 && top >= 2 && bottom <= height - 2;
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
