import type { RunReport } from '../../../ports/run-report.js';
import type { ClusterCost, Cost } from '../../figures/cost.js';
import type { Figures } from '../../figures/figures.js';
import { brief, moneyText } from '../../numbers.js';
import { html, type Part } from '../markup.js';
import { absent, card, lead, type Section } from '../parts.js';
import { type Row, table } from '../table.js';

export function cost({ currency }: RunReport, { cost: priced }: Figures): Section {
  return {
    id: 'cost',
    title: 'Cost',
    body: html`<div class="grid">${card('Cost by cloud', body(priced, currency), true)}</div>`,
  };
}

function body(priced: Cost | undefined, currency: string | undefined): Part {
  if (priced === undefined) {
    return absent(
      'No cloud has a price: give clusters[].price_per_core_hour in the configuration to see what a run costs.',
    );
  }
  return html`${lead('Used is what the core hours of all executions cost, wasted the part of it that came to nothing; idle is what the slots cost between submission and end while nothing ran on them.')}
  ${table({
    name: 'cost',
    caption: currency === undefined ? 'Cost, in the unit of the prices' : `Cost in ${currency}`,
    columns: [
      { title: 'Cloud' },
      ...['Used', 'Wasted', 'Idle', 'Core hours', 'Price per core hour'].map((title) => ({
        title,
        number: true,
      })),
    ],
    rows: [...priced.clusters.map((one) => clusterRow(one, priced.digits)), totalRow(priced)],
  })}
  ${
    priced.unpriced.length === 0
      ? ''
      : absent(`Not in it, since no price is given: ${priced.unpriced.join(', ')}.`)
  }`;
}

function clusterRow(one: ClusterCost, digits: number): Row {
  return {
    cells: [
      one.cluster,
      ...amounts(one, digits),
      { text: brief(one.coreHours), value: one.coreHours },
      { text: brief(one.pricePerCoreHour), value: one.pricePerCoreHour },
    ],
  };
}

function totalRow(priced: Cost): Row {
  return {
    kind: 'total',
    cells: [
      'all',
      ...amounts(priced, priced.digits),
      { text: brief(priced.coreHours), value: priced.coreHours },
      '',
    ],
  };
}

function amounts(
  { used, wasted, idle }: Pick<Cost, 'used' | 'wasted' | 'idle'>,
  digits: number,
): Row['cells'] {
  return [
    { text: moneyText(used, digits), value: used },
    { text: moneyText(wasted, digits), value: wasted },
    idle === undefined ? '–' : { text: moneyText(idle, digits), value: idle },
  ];
}
