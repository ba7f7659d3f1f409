import type { NetworkModule } from '../../ports/run-report.js';
import { html, type Markup } from '../html/markup.js';
import type { ChartText } from './canvas.js';
import { chart, px } from './canvas.js';
import { layOut, type Placed } from './module-layout.js';
import { placeLabels } from './module-labels.js';

const WIDTH = 340;
const HEIGHT = 270;

/** One module: its genes as circles, larger with more edges, the best connected ones named. */
export function moduleDrawing(text: ChartText, module: NetworkModule, colour: string): Markup {
  const nodes = layOut(module, { width: WIDTH, height: HEIGHT });
  const labels = placeLabels(nodes, { width: WIDTH, height: HEIGHT });
  return chart(text, [WIDTH], () => ({
    height: HEIGHT,
    body: html`<path class="links" d="${linkPath(module, nodes, 1)}" /><path
        class="links negative"
        d="${linkPath(module, nodes, -1)}"
      />
      ${nodes.map((node) => circle(node, colour))}
      ${labels.map(
        ({ x, y, text: label }) =>
          html`<text class="gene halo" x="${px(x)}" y="${px(y)}">${label}</text>`,
      )}`,
  }));
}

function circle({ x, y, radius, gene, degree }: Placed, colour: string): Markup {
  const edges = degree === 1 ? '1 edge' : `${degree} edges`;
  return html`<circle class="node ${colour}" cx="${px(x)}" cy="${px(y)}" r="${px(radius)}"
    ><title>${gene}: ${edges}</title></circle
  >`;
}

/** All links of one sign as one path: a hundredth of the size of a line for each. */
function linkPath(module: NetworkModule, nodes: readonly Placed[], sign: 1 | -1): string {
  return module.links
    .filter(([, , r]) => (sign > 0 ? r > 0 : r <= 0))
    .map(([source, target]) => {
      const from = nodes[source];
      const to = nodes[target];
      if (from === undefined || to === undefined) return '';
      return `M${px(from.x)} ${px(from.y)}L${px(to.x)} ${px(to.y)}`;
    })
    .join('');
}
