import { html, type Markup, type Part } from './markup.js';

/** A number with how it is written; `value` goes into the document, too, exactly. */
export interface Cell {
  readonly text: Part;
  readonly value?: number;
  /** Draws a bar behind it, a share (0 to 1) of the cell's width, in the colour of a class. */
  readonly bar?: { readonly share: number; readonly colour: string };
}

export interface Column {
  readonly title: string;
  readonly number?: boolean;
}

export interface Row {
  readonly cells: readonly (Cell | string)[];
  /** Looks: `sub` for a part of the row above, `total` for a sum. */
  readonly kind?: 'sub' | 'total';
}

export interface Table {
  /** For tests and tools that read the report: `data-table`. */
  readonly name: string;
  readonly caption?: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

/** A table that scrolls sideways by itself where it does not fit. */
export function table({ name, caption, columns, rows }: Table): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption ?? name}">
    <table data-table="${name}">
      ${
        caption === undefined
          ? ''
          : html`<caption>
              ${caption}
            </caption>`
      }
      <thead>
        <tr>
          ${columns.map(
            ({ title, number }) =>
              html`<th scope="col" ${number === true ? html` class="number"` : ''}>${title}</th>`,
          )}
        </tr>
      </thead>
      <tbody>
        ${rows.map((row) => tableRow(row, columns))}
      </tbody>
    </table>
  </div>`;
}

function tableRow({ cells, kind }: Row, columns: readonly Column[]): Markup {
  return html`<tr${kind === undefined ? '' : html` class="${kind}"`}>
    ${cells.map((cell, index) => tableCell(cell, columns[index]?.number === true, index === 0))}
  </tr>`;
}

function tableCell(cell: Cell | string, number: boolean, first: boolean): Markup {
  const { text, value, bar } = typeof cell === 'string' ? { text: cell } : cell;
  const looks = html`${number ? html` class="number"` : ''}${value === undefined ? '' : html` data-value="${value}"`}`;
  if (first) return html`<th scope="row" ${looks}>${text}</th>`;
  return html`<td${looks}>${bar === undefined ? '' : barOf(bar)}${text}</td>`;
}

function barOf({ share, colour }: NonNullable<Cell['bar']>): Markup {
  const width = Math.round(Math.min(1, Math.max(0, share)) * 1000) / 10;
  return html`<svg class="bar" aria-hidden="true">
    <rect class="area ${colour}" width="${width}%" height="100%" rx="2" />
  </svg>`;
}

/** The data behind a chart, folded away. */
export function behind(parts: Table): Markup {
  return html`<details>
    <summary>The data as a table</summary>
    ${table(parts)}
  </details>`;
}
