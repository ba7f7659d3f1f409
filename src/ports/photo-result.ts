/** What a run of `photodemo` found, as its `photos.json` has it. */
export interface PhotoResult {
  /** By year, then by luminance, from 0 to 1. */
  readonly points: readonly {
    readonly year: number;
    readonly luminance: number;
    readonly url: string;
  }[];
  /** Photos without a luminance, and why. */
  readonly failures: readonly {
    readonly url: string;
    readonly year: number;
    readonly reason: string;
  }[];
  /** Time that the jobs took for fetching and analyzing, summed up. */
  readonly seconds: number;
  /** Photos a second; a job has one core. */
  readonly rate: number;
  readonly formula: string;
  /** Jobs, in the manifest's order. */
  readonly jobs: readonly {
    readonly first: number;
    readonly count: number;
    readonly photos: number;
    readonly seconds: number;
    readonly cpuSeconds: number;
    readonly host: string;
  }[];
}
