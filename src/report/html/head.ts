import { html, Markup } from './markup.js';
import { STYLE } from './style.js';

const NONE = new Markup('');

/** The head of a document that needs nothing else: no script, no network, no other file. */
export function pageHead(title: string, style: Markup = NONE): Markup {
  return html`<head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <meta
      http-equiv="Content-Security-Policy"
      content="default-src 'none'; style-src 'unsafe-inline'"
    />
    <title>${title}</title>
    <style>
      ${STYLE} ${style}
    </style>
  </head>`;
}
