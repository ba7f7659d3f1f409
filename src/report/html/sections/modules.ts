import type { NetworkDescription, NetworkModule } from '../../../ports/run-report.js';
import { moduleDrawing } from '../../charts/module-drawing.js';
import { counted, grouped } from '../../numbers.js';
import { html, type Markup, type Part } from '../markup.js';
import { absent, colourOf, lead } from '../parts.js';

/** The largest communities of the network, each in a drawing of its own. */
export function modules(found: NetworkDescription | undefined, why: string): Part {
  if (found === undefined) return absent(`There is no network to draw: ${why}.`);
  if (found.modules.length === 0) {
    return absent('No three genes of the network belong together: there is no module to draw.');
  }
  const { moduleCount, modularity, components, edges, edgesUsed } = found;
  const used = edgesUsed < edges ? ` of the ${grouped(edgesUsed)} strongest edges` : '';
  return html`${lead(
      `${counted(moduleCount, 'module')}${used}, found by the Louvain method (modularity ${modularity.toFixed(2)}); ` +
        `the network has ${counted(components.count, 'connected part')}, the largest of ${counted(components.largest, 'gene')}. ` +
        'Larger circles have more edges in their module; dashed lines are negative correlations.',
    )}
    <div class="modules">${found.modules.map(moduleCard)}</div>`;
}

function moduleCard(module: NetworkModule, index: number): Markup {
  const { genes, edges, drawn, links } = module;
  const all = `${counted(genes, 'gene')}, ${counted(edges, 'edge')}`;
  const partly = drawn.length < genes || links.length < edges;
  const part = partly
    ? `; drawn: ${counted(drawn.length, 'gene')}, ${counted(links.length, 'edge')}`
    : '';
  const names = drawn.map(({ gene }) => gene);
  const most = names.slice(0, 3).join(', ');
  return html`<figure class="module" data-genes="${genes}" data-edges="${edges}">
    <figcaption><strong>Module ${index + 1}</strong> ${all}${part}</figcaption>
    ${moduleDrawing(
      {
        id: `module-${index + 1}`,
        title: `Module ${index + 1} of the network`,
        description: `${all}. Most edges: ${most}.`,
      },
      module,
      colourOf(index),
    )}
    <details>
      <summary>${partly ? 'The genes drawn' : 'All genes'}</summary>
      <p class="names">${names.join(', ')}</p>
    </details>
  </figure>`;
}
