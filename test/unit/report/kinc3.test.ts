import { expect, it } from 'vitest';

import { kincFindings } from '../../../src/report/kinc/findings.js';
import { readRmtLog } from '../../../src/report/kinc/rmt-log.js';

/** In the form of `rmt.cpp` of KINC 3.4.2. */
const LOG = '0.990\t0\t0\t-1\n0.989\t12\t10\t-1\n0.988\t60\t58\t71.5\n0.987\t80\t75\t240\n0.988\n';
const NETWORK =
  'Source\tTarget\tSimilarity_Score\tInteraction\tCluster_Index\tCluster_Size\tSamples\n' +
  'b\ta\t0.995\tco\t1\t3\t111\nc\ta\t-0.99\tco\t1\t3\t111\n';

it('tells the thresholds that KINC 3 tried, as far as it could judge them', () => {
  expect(readRmtLog(LOG)).toEqual({
    value: 0.988,
    mode: 'rmt',
    curve: [
      { threshold: 0.988, chiSquare: 71.5, genes: 60 },
      { threshold: 0.987, chiSquare: 240, genes: 80 },
    ],
  });
});

it('tells nothing of a search that has not come to its end', () => {
  for (const log of ['', '0.990\t0\t0\t-1\n', '0\n', 'x\n']) {
    expect(readRmtLog(log), log).toBeUndefined();
  }
});

it('describes the network of KINC 3 like any', () => {
  const { threshold, network, correlations } = kincFindings({ threshold: LOG, network: NETWORK });
  expect(threshold?.value).toBe(0.988);
  expect(network?.modules).toMatchObject([{ genes: 3, edges: 2 }]);
  expect(correlations).toBeUndefined();
  expect(kincFindings({ threshold: '', network: NETWORK })).not.toHaveProperty('threshold');
});
