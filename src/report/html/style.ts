import { Markup } from './markup.js';

const LIGHT = `
  --page: #f4f6f8; --card: #ffffff; --ink: #17212b; --soft: #586675; --line: #dde3e9;
  --grid: #e6ebf0; --accent: #1f5fc4; --shade: #eef2f6; --halo: #ffffff;
  --good: #1d7f55; --bad: #bf3529; --warn: #a86400;
  --c0: #3b78d8; --c1: #e08524; --c2: #1f9d7d; --c3: #b653a0; --c4: #7b62cf; --c5: #b99a12;
  --c6: #23a3c2; --c7: #768394;
  --done: #2f9e6e; --failed: #d0463a; --running: #3b78d8; --idle: #c3ccd6;
  --rest: #c3ccd6; --mean: #dfe5eb;`;

const DARK = `
  --page: #0f151b; --card: #182029; --ink: #e5ebf1; --soft: #98a7b6; --line: #2a3541;
  --grid: #25303b; --accent: #7fb0ff; --shade: #202a34; --halo: #182029;
  --good: #5cc796; --bad: #f08478; --warn: #e5ad52;
  --c0: #6ea3f2; --c1: #f0a453; --c2: #4cc3a3; --c3: #d983c4; --c4: #a48ff0; --c5: #d9bd4a;
  --c6: #58c8e3; --c7: #93a1b1;
  --done: #4fb98a; --failed: #ec6f62; --running: #6ea3f2; --idle: #465462;
  --rest: #4d5b69; --mean: #313d49;`;

const TEXT = `
* { box-sizing: border-box; }
html { scroll-behavior: smooth; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; }
.page { max-width: 1160px; margin: 0 auto; padding: 0 20px; }
header.page { padding-top: 36px; }
.brand { margin: 0; color: var(--soft); font-size: 13px; letter-spacing: .02em; }
h1 { margin: 4px 0 8px; font-size: clamp(22px, 4vw, 32px); line-height: 1.2; font-weight: 650;
  letter-spacing: -.01em; overflow-wrap: anywhere; }
h2 { margin: 44px 0 14px; font-size: 21px; line-height: 1.3; font-weight: 650; }
h3 { margin: 0 0 6px; font-size: 16px; line-height: 1.35; font-weight: 620; }
h4 { margin: 0; font-size: 14px; overflow-wrap: anywhere; }
.headline { margin: 0; max-width: 68ch; font-size: 17px; overflow-wrap: anywhere; }
.when { margin: 6px 0 0; color: var(--soft); font-size: 13.5px; font-variant-numeric: tabular-nums; }
.lead { margin: 0 0 12px; max-width: 82ch; color: var(--soft); font-size: 14px; overflow-wrap: anywhere; }
.absent { margin: 8px 0; color: var(--soft); font-size: 14px; font-style: italic; }
.badge { display: inline-block; padding: 3px 11px; border-radius: 99px; font-size: 13px;
  font-weight: 620; letter-spacing: 0; vertical-align: .3em; white-space: nowrap;
  color: var(--warn); box-shadow: inset 0 0 0 1.5px currentColor; }
.badge.succeeded { color: var(--good); }
.badge.failed { color: var(--bad); }
.badge.running { color: var(--accent); }
code, pre { font: 12.5px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
code { overflow-wrap: anywhere; }
pre { margin: 8px 0 0; padding: 10px 12px; max-height: 420px; overflow: auto; border-radius: 6px;
  background: var(--shade); white-space: pre-wrap; overflow-wrap: anywhere; }
a { color: var(--accent); }
footer.page { margin-top: 40px; padding-bottom: 40px; color: var(--soft); font-size: 13px; }
nav { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 22px 0 0; padding: 10px 0;
  border-block: 1px solid var(--line); font-size: 14px; }
nav a { text-decoration: none; }
nav a:hover { text-decoration: underline; }
summary { cursor: pointer; color: var(--accent); font-size: 13.5px; }
summary:focus-visible, a:focus-visible, .scroll:focus-visible {
  outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }`;

const LAYOUT = `
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(225px, 46%), 1fr)); gap: 12px;
  margin: 24px 0 0; }
.tile { padding: 12px 15px 13px; background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.tile dt { color: var(--soft); font-size: 13px; }
.tile dd { margin: 0; }
.figure { display: block; font-size: clamp(18px, 5.2vw, 24px); line-height: 1.3; font-weight: 640; white-space: nowrap;
  font-variant-numeric: tabular-nums; letter-spacing: -.01em; }
.tile .note { display: block; color: var(--soft); font-size: 12.5px; line-height: 1.4; }
.grid { display: grid; grid-template-columns: minmax(0, 1fr); gap: 16px; }
.card { min-width: 0; padding: 16px 18px 16px; background: var(--card); border: 1px solid var(--line);
  border-radius: 10px; }
.grid + .card { margin-top: 16px; }
.card details { margin-top: 10px; }
@media (min-width: 860px) {
  .grid { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .card.wide { grid-column: 1 / -1; }
}
.facts { margin: 0; font-size: 14px; }
.facts > div { display: grid; grid-template-columns: minmax(110px, 36%) minmax(0, 1fr); gap: 12px;
  padding: 5px 0; border-top: 1px solid var(--line); }
.facts > div:first-child { border-top: 0; }
.facts dt { color: var(--soft); overflow-wrap: anywhere; }
.facts dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
.beside { display: grid; gap: 16px; grid-template-columns: minmax(0, 1fr); }
@media (min-width: 860px) {
  .beside { grid-template-columns: minmax(0, 1.5fr) minmax(0, 1fr); align-items: center; }
}
.scroll { overflow-x: auto; background:
  linear-gradient(90deg, var(--card) 20px, transparent) 0 0 / 40px 100% no-repeat local,
  linear-gradient(270deg, var(--card) 20px, transparent) 100% 0 / 40px 100% no-repeat local,
  linear-gradient(90deg, var(--line), transparent) 0 0 / 12px 100% no-repeat,
  linear-gradient(270deg, var(--line), transparent) 100% 0 / 12px 100% no-repeat; }
table { width: 100%; border-collapse: collapse; font-size: 13.5px; font-variant-numeric: tabular-nums; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
th, td { padding: 6px 10px; text-align: left; vertical-align: top; border-top: 1px solid var(--line); }
th:first-child, td:first-child { padding-left: 0; }
th:last-child, td:last-child { padding-right: 0; }
thead th { border-top: 0; color: var(--soft); font-size: 12.5px; font-weight: 550; white-space: nowrap; }
tbody th { font-weight: 550; white-space: nowrap; }
.number { text-align: right; white-space: nowrap; }
tr.sub th { padding-left: 18px; font-weight: 400; color: var(--soft); }
tr.sub td, tr.sub th { border-top-color: transparent; padding-block: 3px; color: var(--soft); }
tr.total th, tr.total td { border-top: 2px solid var(--line); font-weight: 620; }
.address { margin-left: 6px; color: var(--soft); font-weight: 400; }
.reason { display: block; min-width: 150px; max-width: 60ch; overflow-wrap: anywhere; }
td:has(> .bar) { white-space: nowrap; }
td > .bar { display: inline-block; vertical-align: -1px; width: clamp(60px, 14vw, 190px); height: 12px;
  margin-right: 10px; border-radius: 2px; background: var(--shade); }
@media (max-width: 600px) {
  tbody th { white-space: normal; }
  th, td { padding-inline: 7px; }
  td > .bar { width: 44px; margin-right: 6px; }
}
.count { font-weight: 550; white-space: nowrap; }
.names { margin: 6px 0 0; color: var(--soft); font-size: 13px; overflow-wrap: anywhere; }
.failure { padding: 10px 0 12px; border-top: 1px solid var(--line); }
.failure:first-of-type { border-top: 0; padding-top: 2px; }
.failure p { margin: 2px 0 0; font-size: 14px; overflow-wrap: anywhere; }
.stderr { border-left: 3px solid var(--bad); border-radius: 0 6px 6px 0; }
.problem { color: var(--bad); }
.value { margin: 0 0 8px; font-size: 19px; }
.hubs { margin: 0; padding: 0; list-style: none; font-size: 13px; }
.hubs li { display: grid; grid-template-columns: minmax(0, 1.3fr) minmax(0, 1fr) 44px; gap: 10px;
  align-items: center; padding: 1.5px 0; }
.hubs .bar { width: 100%; height: 9px; }
.hubs .count { text-align: right; font-variant-numeric: tabular-nums; }
.gene-name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.modules { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 310px), 1fr)); gap: 14px; }
.module { min-width: 0; margin: 0; padding: 10px 12px 12px; border: 1px solid var(--line); border-radius: 8px; }
.module figcaption { color: var(--soft); font-size: 13px; }
.module figcaption strong { margin-right: 6px; color: var(--ink); }
.module details { margin-top: 4px; }`;

const CHARTS = `
.chart { container-type: inline-size; margin: 4px 0; }
.drawing { display: none; width: 100%; height: auto; overflow: visible; }
.widths-1 .drawing { display: block; }
.widths-2 .at-340, .widths-3 .at-340 { display: block; }
@container (min-width: 470px) {
  .widths-2 .at-340, .widths-3 .at-340 { display: none; }
  .widths-2 .at-560, .widths-3 .at-560 { display: block; }
}
@container (min-width: 840px) {
  .widths-3 .at-560 { display: none; }
  .widths-3 .at-1040 { display: block; }
}
.drawing text { font-family: inherit; fill: var(--ink); }
.drawing .tick, .drawing .axis { font-size: 12px; fill: var(--soft); font-variant-numeric: tabular-nums; }
.drawing .note { font-size: 12px; font-weight: 600; }
.drawing .gene { font-size: 10.5px; pointer-events: none; }
.halo { paint-order: stroke; stroke: var(--halo); stroke-width: 3px; stroke-linejoin: round; }
.gridline { stroke: var(--grid); }
.base { stroke: var(--soft); }
.limit { stroke: var(--ink); stroke-width: 1.4; stroke-dasharray: 5 4; }
.limit.faint { stroke: var(--soft); }
.curve { fill: none; stroke: var(--c0); stroke-width: 2; stroke-linejoin: round; }
.dot { fill: var(--c0); }
.point { fill-opacity: .75; }
.links { fill: none; stroke: var(--soft); stroke-opacity: .38; stroke-width: .8; }
.links.negative { stroke-dasharray: 3 2; stroke: var(--bad); stroke-opacity: .7; }
.node { stroke: var(--card); stroke-width: 1; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 0 0 8px; padding: 0; list-style: none; font-size: 13px; }
.key { width: 12px; height: 12px; margin-right: 6px; vertical-align: -1px; }
.c0 { fill: var(--c0); } .c1 { fill: var(--c1); } .c2 { fill: var(--c2); } .c3 { fill: var(--c3); }
.c4 { fill: var(--c4); } .c5 { fill: var(--c5); } .c6 { fill: var(--c6); } .c7 { fill: var(--c7); }
.area.done { fill: var(--done); } .area.failed { fill: var(--failed); }
.area.running { fill: var(--running); } .area.idle { fill: var(--idle); }
.area.kept { fill: var(--c0); } .area.rest { fill: var(--rest); } .area.mean { fill: var(--mean); }`;

const PRINT = `
@page { margin: 14mm; }
@media print {
  body { font-size: 11pt; background: none; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  .page { max-width: none; padding: 0; }
  header.page { padding-top: 0; }
  nav, details:not([open]) { display: none; }
  h2 { break-after: avoid; margin-top: 24px; }
  .card, .tile, .module { break-inside: avoid; }
  .card { padding: 10px 12px; }
  .tiles { grid-template-columns: repeat(4, 1fr); gap: 8px; margin-top: 14px; }
  .tile { padding: 8px 10px; }
  .figure { font-size: 15pt; }
  .grid { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 10px; }
  .card.wide { grid-column: 1 / -1; }
  .lead, .facts, .absent { font-size: 9.5pt; }
  table, pre { font-size: 8.5pt; }
  th, td { padding: 4px 5px; }
  .reason { min-width: 0; }
  td > .bar { width: 70px; }
  .modules { grid-template-columns: repeat(3, 1fr); gap: 8px; }
  .module { padding: 6px; }
  .beside { grid-template-columns: minmax(0, 2fr) minmax(0, 1fr); }
  pre { max-height: none; }
  .scroll { background: none; }
  .drawing { max-height: 64mm; }
}`;

/** The document's whole style sheet: light and dark, narrow and wide, screen and paper. */
export const STYLE = new Markup(`
:root { color-scheme: light dark; ${LIGHT} }
@media screen and (prefers-color-scheme: dark) { :root { ${DARK} } }
${TEXT}
${LAYOUT}
${CHARTS}
${PRINT}`);
