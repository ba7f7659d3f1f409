import { stripVTControlCharacters } from 'node:util';

/**
 * Rows in aligned columns, the header first, two spaces between columns, numbers to the right.
 * @returns lines without line ends
 */
export function textTable(
  columns: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string[] {
  const cells = rows.map((row) => columns.map((_, index) => String(row[index] ?? '')));
  const right = columns.map((_, index) =>
    rows.every((row) => typeof row[index] === 'number' || row[index] === undefined),
  );
  const widths = columns.map((column, index) =>
    Math.max(column.length, ...cells.map((row) => visibleLength(row[index] ?? ''))),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, index) => {
        const gap = ' '.repeat((widths[index] ?? 0) - visibleLength(cell));
        return right[index] === true && rows.length > 0 ? gap + cell : cell + gap;
      })
      .join('  ')
      .trimEnd();
  return [line(columns), ...cells.map(line)];
}

function visibleLength(text: string): number {
  return stripVTControlCharacters(text).length;
}
