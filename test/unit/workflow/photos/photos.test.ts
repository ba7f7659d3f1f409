import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dateTimeOriginal } from '../../../../src/workflow/photos/exif.js';
import { readPhotoFolder } from '../../../../src/workflow/photos/photo-folder.js';
import {
  photoManifestText,
  readPhotoManifest,
} from '../../../../src/workflow/photos/photo-manifest.js';
import { readPhotoResult } from '../../../../src/workflow/photos/photo-result.js';
import { yearOfName } from '../../../../src/workflow/photos/year-of-name.js';
import { readYearsTable } from '../../../../src/workflow/photos/years-table.js';
import { jpegOf } from './jpeg.js';

describe('a manifest of photos', () => {
  it('has a URL and a year in each line, as the tutorial’s', () => {
    const text =
      '\uFEFF# archive\r\nhttp://stash.example/@Train/apf1-00001r.jpg 1880\r\n\n  https://a/b.jpg\t1919 \n';
    const { photos, problems } = readPhotoManifest(text);
    expect(problems).toEqual([]);
    expect(photos).toEqual([
      { url: 'http://stash.example/@Train/apf1-00001r.jpg', year: 1880 },
      { url: 'https://a/b.jpg', year: 1919 },
    ]);
    expect(readPhotoManifest(photoManifestText(photos)).photos).toEqual(photos);
  });

  it('names every wrong line', () => {
    const lines = [
      'http://a/1.jpg 1900',
      'http://a/2.jpg',
      'http://a/3 4.jpg 1900',
      'file:///etc/passwd 1900',
      'http:// 1900',
      'http://a/5.jpg 190',
      'http://a/6.jpg 3000',
    ];
    const { problems } = readPhotoManifest(lines.join('\n'));
    expect(
      problems.map(({ path, message }) => `${path.split(' ').at(-1) ?? ''} ${message}`),
    ).toEqual([
      '2 is not a URL and a year with a space between',
      '3 is not a URL and a year with a space between',
      '4 has no http or https URL',
      '5 has no http or https URL',
      '6 has no year from 1800 to 2100',
      '7 has no year from 1800 to 2100',
    ]);
  });

  it('has photos', () => {
    expect(readPhotoManifest('# none\n').problems).toMatchObject([{ message: 'has no photos' }]);
  });
});

describe('the year of a photo by its name', () => {
  it.each([
    ['1919.jpg', 1919],
    ['apf1-00001r 1880.jpg', 1880],
    ['19190503_parade.jpg', 1919],
    ['IMG_20190503_1234.jpg', 2019],
    ['archive/1936/a.jpg', 1936],
    ['1936/1940-a.jpg', 1940],
    ['1936-08-01 1936.jpg', 1936],
    ['1945/DSC_1950.jpg', 1945],
  ])('%s: %d', (name, year) => {
    expect(yearOfName(name)).toBe(year);
  });

  it.each([
    'a.jpg',
    'apf1-00001r.jpg',
    'DSC_1945.jpg',
    'IMG_1945 (1).jpg',
    '119191.jpg',
    '1919-1920.jpg',
    '19191399.jpg',
  ])('%s: none', (name) => {
    expect(yearOfName(name)).toBeUndefined();
  });
});

describe('the date in EXIF data', () => {
  it.each(['II', 'MM'] as const)('is found in both byte orders: %s', (order) => {
    expect(dateTimeOriginal(jpegOf({ order, date: '1967:07:01 10:00:00' }))).toBe(
      '1967:07:01 10:00:00',
    );
  });

  it('is not there, or makes no sense', () => {
    const jpeg = jpegOf({ order: 'II', date: '1967:07:01 10:00:00' });
    expect(dateTimeOriginal(jpegOf({}))).toBeUndefined();
    for (let length = 0; length < jpeg.length - 2; length += 1) {
      expect(dateTimeOriginal(jpeg.subarray(0, length))?.length ?? 0).toBeLessThan(20);
    }
    expect(dateTimeOriginal(Buffer.from('no picture'))).toBeUndefined();
  });
});

describe('a table of years', () => {
  it('may have a header and quotes', () => {
    const { years, problems } = readYearsTable(
      'years.csv',
      'file,year\na.jpg,1900\n"b, ""c"".jpg",1901\n\nsub/d.jpg, 1902\n',
    );
    expect(problems).toEqual([]);
    expect([...years]).toEqual([
      ['a.jpg', 1900],
      ['b, "c".jpg', 1901],
      ['sub/d.jpg', 1902],
    ]);
  });

  it('names every wrong line', () => {
    const { problems } = readYearsTable(
      'years.tsv',
      'a.jpg\t1900\nb.jpg,1901\nc.jpg\t19\na.jpg\t1900\n',
    );
    expect(problems.map(({ path, message }) => [path.split(' ').at(-1), message])).toEqual([
      ['2', 'is not a name and a year (1800 to 2100)'],
      ['3', 'is not a name and a year (1800 to 2100)'],
      ['4', 'names a photo twice'],
    ]);
  });
});

describe('a folder of photos', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'crossflock-photos-'));
    await mkdir(join(folder, '1936'));
    await mkdir(join(folder, '.cache'));
    await writeFile(join(folder, '1936/x y#.JPG'), jpegOf({}));
    await writeFile(join(folder, 'b.jpeg'), jpegOf({ order: 'MM', date: '1967:07:01 10:00:00' }));
    await writeFile(join(folder, '.cache/1900.jpg'), jpegOf({}));
    await writeFile(join(folder, 'notes-1900.txt'), '');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('has the years of names and of EXIF data', async () => {
    expect(await readPhotoFolder(folder)).toEqual({
      problems: [],
      photos: [
        {
          name: '1936/x y#.JPG',
          year: 1936,
          path: join(folder, '1936/x y#.JPG'),
          url: 'photos/1936/x%20y%23.JPG',
        },
        { name: 'b.jpeg', year: 1967, path: join(folder, 'b.jpeg'), url: 'photos/b.jpeg' },
      ],
    });
  });

  it('takes the table beside them first', async () => {
    await writeFile(join(folder, 'years.csv'), 'b.jpeg,1968\n1936/x y#.JPG,1937\nnone.jpg,1900\n');
    const { photos, problems } = await readPhotoFolder(folder);
    expect(photos.map(({ year }) => year)).toEqual([1937, 1968]);
    expect(problems).toMatchObject([{ value: '"none.jpg"' }]);
  });

  it('says which have no year, the first by name', async () => {
    for (let index = 0; index < 7; index += 1) await writeFile(join(folder, `c${index}.jpg`), '');
    const { problems } = await readPhotoFolder(folder);
    expect(problems.map(({ value }) => value)).toEqual([
      ...[0, 1, 2, 3, 4].map((index) => `"c${index}.jpg"`),
      '2 more',
    ]);
    expect(problems[0]?.fix).toContain('years.csv');
  });

  it('is there, and has photos', async () => {
    expect((await readPhotoFolder(join(folder, 'none'))).problems).toHaveLength(1);
    expect((await readPhotoFolder(join(folder, '.cache'))).problems).toEqual([]);
    await mkdir(join(folder, 'empty'));
    const { problems } = await readPhotoFolder(join(folder, 'empty'));
    expect(problems[0]?.message).toContain('no JPEG files');
  });
});

describe('the result', () => {
  const whole = {
    ...{ rows: 2, photos: 1, seconds: 2, rate: 0.5, formula: 'bt601' },
    points: [[1900, 0.5]],
    urls: ['photos/a.jpg'],
    failures: [{ url: 'b', year: 1901, reason: 'HTTP status 404' }],
    jobs: [{ first: 0, count: 2, photos: 1, seconds: 2, cpu_seconds: 1, rate: 0.5, host: 'h' }],
  };

  it('is read', () => {
    expect(readPhotoResult(JSON.stringify(whole))).toEqual({
      points: [{ year: 1900, luminance: 0.5, url: 'photos/a.jpg' }],
      failures: whole.failures,
      jobs: [{ first: 0, count: 2, photos: 1, seconds: 2, cpuSeconds: 1, host: 'h' }],
      ...{ seconds: 2, rate: 0.5, formula: 'bt601' },
    });
  });

  it.each([
    { points: [[1900, 1.5]] },
    { points: [[1900]] },
    { points: 'x' },
    { urls: [] },
    { failures: [{}] },
    { jobs: [{ first: 0 }] },
    { rate: null },
  ])('is refused with %j', (change) => {
    expect(readPhotoResult(JSON.stringify({ ...whole, ...change }))).toBeUndefined();
  });

  it('is JSON', () => {
    expect(readPhotoResult('{')).toBeUndefined();
    expect(readPhotoResult('[]')).toBeUndefined();
  });
});
