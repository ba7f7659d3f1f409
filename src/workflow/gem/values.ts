import type { Spread } from './scale.js';

/** Values kept to tell the scale from: their quantiles are right to about 1 in 200. */
const SAMPLE_SIZE = 1 << 16;

/** What was counted of one gene. */
export interface GeneValues {
  readonly present: number;
  /** All values are the same. */
  readonly constant: boolean;
}

/** Counts over the cells of a GEM, one at a time, in memory for one number a sample. */
export class ValueCounts {
  readonly #missingOf: Uint32Array;
  readonly #sample = new Float64Array(SAMPLE_SIZE);
  #sampleSize = 0;
  /** Every how many values one is kept. */
  #stride = 1;
  #untilNext = 1;
  #random = 1;
  #least = Number.POSITIVE_INFINITY;
  #greatest = Number.NEGATIVE_INFINITY;
  #whole = true;
  #present = 0;
  #first = 0;
  #varies = false;
  missing = 0;
  negative = 0;
  genesWithMissing = 0;

  constructor(samples: number) {
    this.#missingOf = new Uint32Array(samples);
  }

  number(value: number): void {
    if (this.#present === 0) this.#first = value;
    else if (value !== this.#first) this.#varies = true;
    this.#present += 1;
    if (value < this.#least) this.#least = value;
    if (value > this.#greatest) this.#greatest = value;
    if (value < 0) this.negative += 1;
    if (this.#whole && !Number.isInteger(value)) this.#whole = false;
    this.#untilNext -= 1;
    if (this.#untilNext === 0) this.#keep(value);
  }

  /** @param sample counted from 0 */
  lack(sample: number): void {
    this.missing += 1;
    if (sample < this.#missingOf.length) this.#missingOf[sample] = this.missingOf(sample) + 1;
  }

  /** Ends a row. @param missing its missing cells */
  endGene(missing: number): GeneValues {
    if (missing > 0) this.genesWithMissing += 1;
    const present = this.#present;
    const constant = !this.#varies;
    this.#present = 0;
    this.#varies = false;
    return { present, constant };
  }

  missingOf(sample: number): number {
    return this.#missingOf[sample] ?? 0;
  }

  spread(): Spread {
    const sample = this.#sample.slice(0, this.#sampleSize).sort();
    return { least: this.#least, greatest: this.#greatest, whole: this.#whole, sample };
  }

  /** When the sample is full, one of every two values goes and half as many come from then on. */
  #keep(value: number): void {
    if (this.#sampleSize === SAMPLE_SIZE) {
      for (let at = 0; at < SAMPLE_SIZE / 2; at += 1) {
        this.#sample[at] = this.#sample[2 * at + (this.#nextRandom() & 1)] as number;
      }
      this.#sampleSize = SAMPLE_SIZE / 2;
      this.#stride *= 2;
    }
    this.#sample[this.#sampleSize] = value;
    this.#sampleSize += 1;
    this.#untilNext = 1 + (this.#nextRandom() % (2 * this.#stride - 1));
  }

  /** Steps of one length would fall on the same few samples again and again. */
  #nextRandom(): number {
    // The "quick and dirty" generator of Numerical Recipes, of which the upper bits are good.
    this.#random = (Math.imul(this.#random, 1664525) + 1013904223) >>> 0;
    return this.#random >>> 8;
  }
}
