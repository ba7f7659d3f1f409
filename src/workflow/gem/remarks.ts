import type { Problem } from '../../errors/problem.js';
import type { Findings } from './findings.js';
import { shown } from './names.js';
import { judgeScale, type Scale } from './scale.js';
import type { GemUse } from './types.js';
import type { ValueCounts } from './values.js';

/** Share of missing values from which on a sample is remarked on. */
const MANY_MISSING = 0.5;

/** A gene that no pair can count, however well formed its row is. */
export function weakGene(
  name: string,
  line: number,
  what: { readonly present: number; readonly samples: number; readonly minObs?: number },
): Problem {
  const { present, samples, minObs } = what;
  const message =
    minObs === undefined
      ? 'has the same value in all samples: it correlates with nothing'
      : `has ${present} values in ${samples} samples, fewer than the ${minObs} that a pair needs (min_obs)`;
  const fix = 'leave the gene out, or accept that it gets no edge';
  return { severity: 'warning', path: `line ${line}`, value: shown(name), message, fix };
}

/** Samples of which most is missing. */
export function remarkOnSamples(
  findings: Findings,
  samples: readonly string[],
  counts: ValueCounts,
  genes: number,
): void {
  samples.forEach((name, index) => {
    const missing = counts.missingOf(index);
    if (missing <= MANY_MISSING * genes) return;
    findings.add('sample-missing', {
      severity: 'warning',
      path: `line 1, column ${index + 1}`,
      value: shown(name),
      message: `is a sample without a value in ${percent(missing, genes)} of the genes`,
      fix: 'leave the sample out',
    });
  });
}

/** The scale, and what it means for the method. */
export function remarkOnScale(findings: Findings, counts: ValueCounts, use: GemUse): Scale {
  const scale = judgeScale(counts.spread());
  const warn = (message: string, fix: string): void => {
    findings.add('scale', { severity: 'warning', path: 'values', message, fix });
  };
  if (scale.kind !== 'raw') return scale;
  if (use.method === 'pc') {
    warn(
      `are on the raw scale (${scale.reason}): the largest ones decide Pearson's correlation`,
      "take logarithms, log2(x + 1) say, or use Spearman's (method sc), which is the same for both",
    );
  }
  if (counts.negative > 0) {
    warn(
      `are on the raw scale and ${counts.negative} of them are negative: they have no logarithm`,
      'were backgrounds subtracted? take a table without, or raise all values first',
    );
  }
  return scale;
}

/** What the line ends are, where they are not plain LF. */
export function remarkOnLineEnds(findings: Findings, crLf: number, lines: number): void {
  if (crLf === 0) return;
  const isMixed = crLf < lines - 1;
  findings.add('line-ends', {
    severity: 'warning',
    path: 'line ends',
    message: isMixed
      ? `are CR LF in ${crLf} of ${lines} lines: the file was put together from several`
      : 'are CR LF, as on Windows: other programs may take the CR for a part of the last field',
    fix: 'save the file with line ends of Unix (LF)',
  });
}

/** `12 %`, and never `0 %` for something that is there. */
export function percent(part: number, whole: number): string {
  const share = whole === 0 ? 0 : (100 * part) / whole;
  if (part > 0 && share < 0.1) return 'under 0.1 %';
  return `${share < 10 ? Number(share.toFixed(1)) : Math.round(share)} %`;
}
