import { describe, expect, it } from 'vitest';

import { layOut } from '../../../src/report/charts/module-layout.js';
import { placeLabels } from '../../../src/report/charts/module-labels.js';
import { correlationBins } from '../../../src/report/kinc/correlation-bins.js';
import { describeNetwork } from '../../../src/report/network/describe.js';
import { readNetwork } from '../../../src/report/network/edges.js';
import { POISSON_CHI_SQUARE, thresholdReason } from '../../../src/report/words/threshold.js';
import { COUNTS, CURVE, plantedNetwork } from './fixture.js';

const HEADER = 'gene1\tgene2\tsimilarity\tinteraction\n';

describe('reading a network', () => {
  it('takes KINC’s columns', () => {
    const text = `${HEADER}A/1_at\tB\t0.95491850\tco\r\nB\tC d\t-0.81\tco`;
    expect(readNetwork(text)).toEqual({
      genes: ['A/1_at', 'B', 'C d'],
      source: [0, 1],
      target: [1, 2],
      r: [0.9549185, -0.81],
    });
  });

  it.each(['A\tB', 'A\tB\t\tco', 'A\tB\tx\tco', 'A\tB\t1.2\tco', 'A'])(
    'names the line that is no edge: %j',
    (line) => {
      const text = `${HEADER}A\tB\t0.9\tco\n${line}\n`;
      expect(() => readNetwork(text)).toThrow('line 3 of the network is not an edge');
    },
  );

  it('of no edge gives none', () => {
    expect(describeNetwork(readNetwork(HEADER))).toMatchObject({ genes: 0, edges: 0, modules: [] });
  });
});

describe('describing a network', () => {
  const network = plantedNetwork();
  const found = describeNetwork(network);

  it('counts genes, edges and degrees', () => {
    expect(found.genes).toBe(148);
    expect(found.edges).toBe(network.r.length);
    expect(found.positive + found.negative).toBe(found.edges);
    const ends = found.degrees.reduce((sum, { degree, genes }) => sum + degree * genes, 0);
    expect(ends).toBe(2 * found.edges);
    expect(found.degrees.reduce((sum, { genes }) => sum + genes, 0)).toBe(148);
    expect(found.hubs[0]?.degree).toBe(found.degrees.at(-1)?.degree);
  });

  it('finds the connected parts', () => {
    // The planted modules of 40 and 25 genes hang on the one of 60.
    expect(found.components).toEqual({ count: 5, largest: 125 });
  });

  it('finds two cliques that one edge joins', () => {
    const clique = (first: number): [number, number][] =>
      [0, 1, 2, 3, 4].flatMap((a) =>
        [0, 1, 2, 3, 4].filter((b) => b > a).map((b): [number, number] => [first + a, first + b]),
      );
    const pairs = [...clique(0), ...clique(5), [0, 5] as const];
    const { modules, moduleCount } = describeNetwork({
      genes: Array.from({ length: 10 }, (_, index) => `g${index}`),
      source: pairs.map(([a]) => a),
      target: pairs.map(([, b]) => b),
      r: pairs.map(() => 0.9),
    });
    expect(moduleCount).toBe(2);
    expect(modules.map(({ genes, edges }) => [genes, edges])).toEqual([
      [5, 10],
      [5, 10],
    ]);
    expect(modules[0]?.drawn.map(({ gene }) => gene).sort()).toEqual([
      'g0',
      'g1',
      'g2',
      'g3',
      'g4',
    ]);
  });

  it('draws of a large module the genes with the most edges, and says how many there are', () => {
    const star = 300;
    const { modules } = describeNetwork({
      genes: Array.from({ length: star + 1 }, (_, index) => `g${index}`),
      source: Array.from({ length: star }, () => 0),
      target: Array.from({ length: star }, (_, index) => index + 1),
      r: Array.from({ length: star }, () => 0.9),
    });
    expect(modules[0]).toMatchObject({ genes: 301, edges: 300 });
    expect(modules[0]?.drawn).toHaveLength(80);
    expect(modules[0]?.drawn[0]).toEqual({ gene: 'g0', degree: 300 });
    expect(modules[0]?.links).toHaveLength(79);
  });

  it('says the same when asked again', () => {
    expect(describeNetwork(plantedNetwork())).toEqual(found);
  });

  it('is laid out inside the drawing, the names apart from each other', () => {
    const size = { width: 340, height: 270 };
    for (const module of found.modules) {
      const nodes = layOut(module, size);
      expect(layOut(module, size)).toEqual(nodes);
      for (const { x, y } of nodes) {
        expect(x).toBeGreaterThan(0);
        expect(x).toBeLessThan(size.width);
        expect(y).toBeGreaterThan(0);
        expect(y).toBeLessThan(size.height);
      }
      const labels = placeLabels(nodes, size);
      expect(labels.length).toBeGreaterThanOrEqual(Math.min(3, nodes.length));
      for (const [index, a] of labels.entries()) {
        for (const b of labels.slice(index + 1)) {
          const apart = a.x + a.text.length * 5 < b.x || b.x + b.text.length * 5 < a.x;
          expect(apart || Math.abs(a.y - b.y) >= 12).toBe(true);
        }
      }
    }
  });
});

describe('the distribution of correlations', () => {
  const { bins, withoutCorrelation } = correlationBins(COUNTS, {
    pairs: 4_652_775,
    withCorrelation: 4_650_000,
  });

  it('has every pair once', () => {
    expect(bins.reduce((sum, { pairs }) => sum + pairs, 0)).toBe(4_650_000);
    expect(withoutCorrelation).toBe(2775);
  });

  it('has neighbouring bins from -1 to 1', () => {
    expect(bins.map(({ from }) => from)).toEqual([-1, ...bins.slice(0, -1).map(({ to }) => to)]);
    expect(bins.at(-1)).toEqual({ from: 0.95, to: 1, pairs: 66 });
    expect(bins.find(({ from }) => from === -0.85)).toEqual({ from: -0.85, to: -0.8, pairs: 27 });
    expect(bins.find(({ from }) => from === -0.5)?.pairs).toBe(4_650_000 - 161_640);
  });

  it('without levels is one bin', () => {
    const one = correlationBins([], { pairs: 3, withCorrelation: 3 });
    expect(one.bins).toEqual([{ from: -1, to: 1, pairs: 3 }]);
  });
});

describe('the reason for the threshold', () => {
  it('names the test at the threshold that was chosen and where noise begins', () => {
    const lowest = CURVE.filter(({ chiSquare }) => chiSquare < POISSON_CHI_SQUARE).at(-1);
    const reason = thresholdReason({ value: 0.8603, mode: 'rmt', curve: CURVE });
    expect(reason).toContain('150 thresholds from 0.99 down to 0.841 were tried');
    expect(reason).toContain('0.8603 is the lowest with χ² below 99.607');
    expect(reason).toContain(`with ${lowest?.genes ?? ''} genes`);
  });

  it('says that it was given', () => {
    expect(thresholdReason({ value: 0.8, mode: 'value', curve: [] })).toBe(
      'The threshold 0.8 was given with the run; it was not derived from the data.',
    );
  });

  it('does not invent a curve', () => {
    const reason = thresholdReason({ value: 0.8, mode: 'rmt', curve: [] });
    expect(reason).not.toMatch(/tried|χ²/);
  });
});
