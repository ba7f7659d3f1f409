const FULL = '█';
/** Eighths of a cell, from none to seven. */
const PARTS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/**
 * A horizontal bar, `share` (0 to 1) of `width` cells long, drawn in eighths of a cell. Something
 * that is not nothing is always seen. `rest` fills the cells that the bar leaves.
 */
export function bar(share: number, width: number, rest = ''): string {
  const bounded = Math.min(1, Math.max(0, share));
  const eighths = Math.max(bounded > 0 ? 1 : 0, Math.round(bounded * width * 8));
  const drawn = FULL.repeat(Math.floor(eighths / 8)) + (PARTS[eighths % 8] ?? '');
  return drawn + rest.repeat(width - drawn.length);
}
