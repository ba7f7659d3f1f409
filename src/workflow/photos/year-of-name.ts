import { yearOf } from './photo.js';

/** Four digits on their own, or the first of a date as `19190503`. */
const YEAR = /(?<!\d)((?:1[89]|20)\d\d)(?=(?:(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))?(?!\d))/g;
/** Names that cameras make, whose four digits are a number: `DSC_1945`, `IMG_1945`, `P1011945`. */
const OF_A_CAMERA = /^_?[A-Z]{1,4}_?\d{4}(?:[-_ (].*)?$/i;

/**
 * The year in a photo's name, or in that of the nearest folder that has one; undefined where there
 * is none, or more than one.
 * @param name relative to the folder of the photos, with slashes
 */
export function yearOfName(name: string): number | undefined {
  const [file = '', ...folders] = name.split('/').reverse();
  const stem = file.replace(/\.[^.]*$/, '');
  const parts = OF_A_CAMERA.test(stem) ? folders : [stem, ...folders];
  for (const part of parts) {
    const years = new Set([...part.matchAll(YEAR)].map(([, year = '']) => yearOf(year)));
    if (years.size === 1) return [...years][0];
    if (years.size > 1) return undefined;
  }
  return undefined;
}
