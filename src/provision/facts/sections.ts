/** The texts after each line `@@ <name>`, without blank edges; the last of two of one name. */
export function sectionsOf(answer: string): ReadonlyMap<string, string> {
  const parts = answer.split(/^@@ (\S+)$/m);
  const sections = new Map<string, string>();
  for (let at = 1; at < parts.length; at += 2) {
    sections.set(parts[at] ?? '', (parts[at + 1] ?? '').trim());
  }
  return sections;
}

/** The lines of a section that are not empty. */
export function linesOf(section: string | undefined): readonly string[] {
  return (section ?? '').split('\n').filter((line) => line.trim() !== '');
}
