import { percent } from './remarks.js';
import type { GemFacts, GemProfile } from './types.js';

const SCALES = { log: 'logarithmic', raw: 'raw', unknown: 'cannot be told' } as const;

/** A GEM in a few lines for people. */
export function gemLines(facts: GemFacts, profile: GemProfile): readonly string[] {
  const { genes, samples, pairs, missing } = facts;
  const cells = genes * samples;
  const where =
    missing === 0
      ? 'none'
      : `${missing} (${percent(missing, cells)}), in ${profile.genesWithMissing} genes`;
  return [
    `shape: ${genes} genes × ${samples} samples, ${pairs} pairs`,
    `missing values: ${where}`,
    `genes without variation: ${profile.constantGenes || 'none'}`,
    `negative values: ${profile.negative || 'none'}`,
    `scale: ${SCALES[profile.scale.kind]} (${profile.scale.reason})`,
  ];
}

/** `3 errors, 1 warning`; empty where there is neither. */
export function countWords(errors: number, warnings: number): string {
  const words = [
    ...(errors > 0 ? [`${errors} error${errors === 1 ? '' : 's'}`] : []),
    ...(warnings > 0 ? [`${warnings} warning${warnings === 1 ? '' : 's'}`] : []),
  ];
  return words.join(', ');
}
