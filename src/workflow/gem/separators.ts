const SEPARATORS = [
  { name: 'commas', pattern: /,/g },
  { name: 'semicolons', pattern: /;/g },
  { name: 'spaces', pattern: / +/g },
] as const;

/** The separator that header and first row use in place of tabs, if they do. */
export function wrongSeparator(header: string, row: string): string | undefined {
  if (header.includes('\t') || row.includes('\t')) return undefined;
  const fitting = SEPARATORS.find(({ pattern }) => {
    const inHeader = count(header, pattern);
    const inRow = count(row, pattern);
    return inHeader > 0 && (inRow === inHeader || inRow === inHeader + 1);
  });
  return fitting?.name;
}

/** The separator that a single row without tabs uses, where it makes as many fields as wanted. */
export function rowSeparator(row: string, width: number): string | undefined {
  return SEPARATORS.find(({ pattern }) => count(row, pattern) === width - 1)?.name;
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
