import type { PhotoResult } from '../../ports/photo-result.js';
import { type Ad, isAd, numberOf, textOf } from '../htcondor/fields.js';

/** Name of the file that the last step of `photodemo` leaves. */
export const PHOTOS_RESULT = 'photos.json';

/** Reads what images/submitter/photodemo/aggregate.py wrote; undefined where it is not that. */
export function readPhotoResult(text: string): PhotoResult | undefined {
  const ad = objectIn(text);
  if (ad === undefined) return undefined;
  const points = pointsOf(listOf(ad, 'points'), listOf(ad, 'urls'));
  const failures = listOf(ad, 'failures').map((item) => failureOf(item));
  const jobs = listOf(ad, 'jobs').map((item) => jobOf(item));
  const [seconds, rate, formula] = [
    numberOf(ad, 'seconds'),
    numberOf(ad, 'rate'),
    textOf(ad, 'formula'),
  ];
  if (seconds === undefined || rate === undefined || formula === undefined) return undefined;
  if (!areAll(points) || !areAll(failures) || !areAll(jobs)) return undefined;
  return { points, failures, jobs, seconds, rate, formula };
}

function pointsOf(
  points: readonly unknown[],
  urls: readonly unknown[],
): readonly (PhotoResult['points'][number] | undefined)[] {
  return points.map((point, index) => {
    const [year, luminance] = Array.isArray(point) ? (point as unknown[]) : [];
    const url = urls[index];
    if (typeof year !== 'number' || typeof luminance !== 'number') return undefined;
    if (luminance < 0 || luminance > 1 || typeof url !== 'string') return undefined;
    return { year, luminance, url };
  });
}

function failureOf(item: unknown): PhotoResult['failures'][number] | undefined {
  if (!isAd(item)) return undefined;
  const [url, year, reason] = [textOf(item, 'url'), numberOf(item, 'year'), textOf(item, 'reason')];
  if (url === undefined || year === undefined || reason === undefined) return undefined;
  return { url, year, reason };
}

function jobOf(item: unknown): PhotoResult['jobs'][number] | undefined {
  if (!isAd(item)) return undefined;
  const numbers = ['first', 'count', 'photos', 'seconds', 'cpu_seconds'].map((name) =>
    numberOf(item, name),
  );
  const host = textOf(item, 'host');
  if (!areAll(numbers) || host === undefined) return undefined;
  const [first = 0, count = 0, photos = 0, seconds = 0, cpuSeconds = 0] = numbers;
  return { first, count, photos, seconds, cpuSeconds, host };
}

function areAll<T>(items: readonly (T | undefined)[]): items is readonly T[] {
  return items.every((item) => item !== undefined);
}

function listOf(ad: Ad, name: string): readonly unknown[] {
  const value = ad[name];
  return Array.isArray(value) ? (value as unknown[]) : [undefined];
}

function objectIn(text: string): Ad | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isAd(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
