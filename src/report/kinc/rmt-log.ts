import type { ThresholdChoice } from '../../ports/run-report.js';

/**
 * The log of the function `rmt` of KINC version 3: a line for each threshold tried, with the genes
 * that had an edge there, their distinct eigenvalues and chi-square, −1 where it could not be
 * computed; then what was found, alone (`rmt.cpp` of github.com/SystemsGenetics/KINC). Undefined
 * for a log that has not come to its end.
 */
export function readRmtLog(text: string): ThresholdChoice | undefined {
  const rows = text
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t').map(Number));
  const last = rows.pop() ?? [];
  const [value = Number.NaN] = last;
  if (last.length !== 1 || !(value > 0 && value <= 1)) return undefined;
  const curve = rows
    .map(([threshold = 0, genes = 0, , chiSquare = -1]) => ({ threshold, chiSquare, genes }))
    .filter(({ chiSquare }) => chiSquare >= 0);
  return { value, mode: 'rmt', curve };
}
