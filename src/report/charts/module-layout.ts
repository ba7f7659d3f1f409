import {
  forceCollide,
  forceLink,
  forceManyBody,
  forceSimulation,
  forceX,
  forceY,
  type SimulationLinkDatum,
  type SimulationNodeDatum,
} from 'd3-force';

import type { NetworkModule } from '../../ports/run-report.js';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A gene with its place and radius, in pixels. */
export interface Placed {
  readonly gene: string;
  readonly degree: number;
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

interface Node extends SimulationNodeDatum {
  readonly radius: number;
}

const TICKS = 260;
const MARGIN = 14;

/**
 * Places of a module's genes by forces between them. The same module gives the same places: d3-force
 * starts from a spiral and has a random source of its own with a fixed seed.
 */
export function layOut({ drawn, links }: NetworkModule, size: Size): Placed[] {
  const most = drawn.reduce((found, { degree }) => Math.max(found, degree), 1);
  const nodes = drawn.map(({ degree }): Node => ({ radius: 2.5 + 5.5 * Math.sqrt(degree / most) }));
  const edges = links.map(([source, target]): SimulationLinkDatum<Node> => ({ source, target }));
  forceSimulation(nodes)
    .force('link', forceLink(edges).distance(30))
    .force('charge', forceManyBody().strength(-90).distanceMax(200))
    .force(
      'collide',
      forceCollide<Node>((node) => node.radius + 2),
    )
    .force('x', forceX(0).strength(0.05))
    .force('y', forceY(0).strength(0.08))
    .stop()
    .tick(TICKS);
  const place = fit(nodes, size);
  return drawn.map((gene, index) => ({
    ...gene,
    ...place(nodes[index]),
    radius: nodes[index]?.radius ?? 0,
  }));
}

/** Shrinks and moves, never stretches to more than twice, to fill the drawing. */
function fit(
  nodes: readonly Node[],
  { width, height }: Size,
): (node: Node | undefined) => { x: number; y: number } {
  const xs = nodes.map(({ x }) => x ?? 0);
  const ys = nodes.map(({ y }) => y ?? 0);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
  const scale = (room: number, extent: number): number =>
    Math.min(1.9, (room - 2 * MARGIN) / Math.max(1, extent));
  const [sx, sy] = [scale(width, right - left), scale(height, bottom - top)];
  return (node) => ({
    x: width / 2 + ((node?.x ?? 0) - (left + right) / 2) * sx,
    y: height / 2 + ((node?.y ?? 0) - (top + bottom) / 2) * sy,
  });
}
