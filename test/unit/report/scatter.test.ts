import { describe, expect, it } from 'vitest';
import type { PhotoResult } from '../../../src/ports/photo-result.js';
import { dotsOf, nameOf } from '../../../src/report/charts/scatter-chart.js';
import { renderScatter } from '../../../src/report/photos/scatter-page.js';

const RESULT: PhotoResult = {
  points: [
    { year: 1880, luminance: 0, url: 'photos/a%20%3Cb%3E.jpg' },
    { year: 1900, luminance: 0.5, url: 'http://x/y.jpg?z' },
    { year: 1920, luminance: 1, url: 'photos/c.jpg' },
  ],
  failures: [{ url: 'photos/d.jpg', year: 1921, reason: 'HTTP status 404 <none>' }],
  jobs: [{ first: 0, count: 4, photos: 3, seconds: 1.5, cpuSeconds: 1, host: 'h' }],
  ...{ seconds: 1.5, rate: 2, formula: 'bt601' },
};

const circles = (page: string) =>
  [...page.matchAll(/cx="([\d.]+)"\s+cy="([\d.]+)"\s+r="[\d.]+"\s*><title>([^<]*)</g)].map(
    ([, x, y, title]) => ({ x: Number(x), y: Number(y), title }),
  );

describe('the scatter plot', () => {
  it('has a dot for each photo where its year and luminance are, in every width', () => {
    const found = circles(renderScatter('p1', RESULT));
    expect(found).toHaveLength(9);
    expect(found.slice(0, 3).map(({ title }) => title)).toEqual([
      '1880: 0, a &lt;b&gt;.jpg',
      '1900: 0.5, y.jpg',
      '1920: 1, c.jpg',
    ]);
    for (const drawing of [found.slice(0, 3), found.slice(3, 6), found.slice(6)]) {
      const [x1 = 0, x2 = 0, x3 = 0] = drawing.map(({ x }) => x);
      const [y1 = 0, y2 = 0, y3 = 0] = drawing.map(({ y }) => y);
      expect([x1 < x3, y1 > y3]).toEqual([true, true]);
      expect(x2).toBeCloseTo((x1 + x3) / 2, 0);
      expect(y2).toBeCloseTo((y1 + y3) / 2, 0);
    }
  });

  it('needs nothing else, and says its numbers', () => {
    const page = renderScatter('p1', RESULT);
    expect(page).not.toMatch(/<script|@import|url\(|(?:src|href)="(?!#)/);
    expect(page).toMatch(/data-fact="photos" data-value="3"/);
    expect(page).toMatch(/data-fact="rate" data-value="2"/);
    expect(page).toContain('1.39/s for 5 photos in 6.94 s, which are 0.72 photos/s');
    expect(page).toContain('HTTP status 404 &lt;none&gt;');
    expect(page).toContain('3 photos from 1880 to 1920');
    expect(renderScatter('p1', RESULT)).toBe(page);
  });

  it('is there for one year, and for none', () => {
    const [point] = RESULT.points;
    const one = renderScatter('p1', { ...RESULT, points: point === undefined ? [] : [point] });
    expect(circles(one)).toHaveLength(3);
    expect(one).toContain('1 photo of 1880');
    expect(renderScatter('p1', { ...RESULT, points: [] })).toContain('No photo could be analyzed');
  });

  it('puts photos that are nearly alike together when there are very many', () => {
    const points = Array.from({ length: 50_000 }, (_, index) => ({
      ...{ year: 1900 + (index % 10), luminance: (index % 1000) / 1000, url: `${index}` },
    }));
    const dots = dotsOf(points);
    expect(dots.length).toBeLessThanOrEqual(10 * 201);
    expect(dots.reduce((sum, dot) => sum + dot.points.length, 0)).toBe(50_000);
    for (const { year, luminance, points: own } of dots) {
      expect(own.every((point) => point.year === year)).toBe(true);
      expect(Math.max(...own.map((point) => Math.abs(point.luminance - luminance)))).toBeLessThan(
        0.0026,
      );
    }
  });

  it('shows the file’s name', () => {
    expect(nameOf('http://a/b/c%20d.jpg#e')).toBe('c d.jpg');
    expect(nameOf('photos/%E0%A4%A.jpg')).toBe('%E0%A4%A.jpg');
  });
});
