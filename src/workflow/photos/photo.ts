/** A photo of a manifest. */
export interface Photo {
  /** `http` or `https`; of a local photo the address within the run's file service. */
  readonly url: string;
  readonly year: number;
}

/** A photo on this machine. */
export interface LocalPhoto extends Photo {
  /** Relative to the folder of the photos, with slashes. */
  readonly name: string;
  readonly path: string;
}

/** The first photograph that is left is of 1826 or 1827. */
const FIRST_YEAR = 1800;
const LAST_YEAR = 2100;
export const YEARS = `${FIRST_YEAR} to ${LAST_YEAR}`;

/** The year that a text is; undefined where it is none that a photo can have. */
export function yearOf(text: string): number | undefined {
  const year = /^\d{4}$/.test(text) ? Number(text) : Number.NaN;
  return year >= FIRST_YEAR && year <= LAST_YEAR ? year : undefined;
}
