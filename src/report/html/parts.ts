import { html, type Markup, type Part } from './markup.js';

export interface Section {
  /** Anchor in the document. */
  readonly id: string;
  readonly title: string;
  readonly body: Part;
}

/** A framed part of a section. `wide`: as wide as the page. */
export function card(title: string, body: Part, wide = false): Markup {
  return html`<article class="card${wide ? ' wide' : ''}">
    <h3>${title}</h3>
    ${body}
  </article>`;
}

/** Why a part is not there. */
export function absent(why: string): Markup {
  return html`<p class="absent">${why}</p>`;
}

export function lead(text: string): Markup {
  return html`<p class="lead">${text}</p>`;
}

export interface Fact {
  readonly label: string;
  readonly text: Part;
  /** The exact number, for tests and tools: `data-fact` and `data-value`. */
  readonly fact?: readonly [name: string, value: number];
  readonly note?: Part;
}

/** Labels with what they say, one below the other. */
export function facts(list: readonly Fact[]): Markup {
  return html`<dl class="facts">
    ${list.map(
      ({ label, text, fact, note }) =>
        html`<div><dt>${label}</dt><dd${dataOf(fact)}>${text}${noteOf(note)}</dd></div>`,
    )}
  </dl>`;
}

/** The numbers that count, large. */
export function tiles(list: readonly Fact[]): Markup {
  return html`<dl class="tiles">
    ${list.map(
      ({ label, text, fact, note }) =>
        html`<div class="tile">
          <dt>${label}</dt>
          <dd><span class="figure" ${dataOf(fact)}>${text}</span>${noteOf(note)}</dd>
        </div>`,
    )}
  </dl>`;
}

function dataOf(fact: Fact['fact']): Markup | undefined {
  if (fact === undefined) return undefined;
  return html` data-fact="${fact[0]}" data-value="${fact[1]}"`;
}

function noteOf(note: Part): Markup | undefined {
  return note === undefined ? undefined : html`<span class="note">${note}</span>`;
}

export function legend(
  entries: readonly { readonly name: string; readonly colour: string }[],
): Markup {
  return html`<ul class="legend">
    ${entries.map(
      ({ name, colour }) =>
        html`<li>
          <svg class="key" aria-hidden="true">
            <rect class="area ${colour}" width="100%" height="100%" rx="2" /></svg
          >${name}
        </li>`,
    )}
  </ul>`;
}

const COLOURS = 8;

/** Class of the colour of the cluster number `index`; they repeat after the eighth. */
export function colourOf(index: number): string {
  return `c${index % COLOURS}`;
}
