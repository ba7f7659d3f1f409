import { distance } from 'fastest-levenshtein';

/**
 * The known word that `word` was most likely meant to be; undefined when none is near. A third of
 * the letters may differ, or one word may begin or end with the other, as "memory" does with "mem".
 */
export function nearest(word: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.max(1, Math.ceil(word.length / 3)) + 1;
  for (const candidate of known) {
    const far = distance(word.toLowerCase(), candidate.toLowerCase());
    if (far < least) [best, least] = [candidate, far];
  }
  return best ?? known.find((candidate) => isPart(word, candidate) || isPart(candidate, word));
}

function isPart(short: string, long: string): boolean {
  return short.length >= 3 && (long.startsWith(short) || long.endsWith(short));
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
