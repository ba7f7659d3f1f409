import { distance } from 'fastest-levenshtein';

/** The known word that `word` was most likely meant to be; undefined when none is near. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  // A third of the letters may differ, as in "memory" for "mem" they all but do.
  let least = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const far = distance(word.toLowerCase(), candidate.toLowerCase());
    if (far < least) [best, least] = [candidate, far];
  }
  return best;
}

/** `did you mean "azure"`, or else what there is to choose from. */
export function didYouMean(word: string, known: readonly string[], otherwise: string): string {
  const best = nearest(word, known);
  return best === undefined ? otherwise : `did you mean "${best}"?`;
}

/** `a, b or c` */
export function orList(words: readonly string[]): string {
  if (words.length <= 1) return words.join('');
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;
}
