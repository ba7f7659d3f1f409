import { expect, it } from 'vitest';

import { calibrationJobs, readCalibrations } from '../../../src/workflow/calibration-job.js';

const REQUEST = {
  stagedGem: '/tmp/crossflock-stage.abc/gem.txt.gz',
  addresses: ['172.23.77.2', '10.0.0.13'],
  jobsEach: 4,
  naValue: 'NA',
  method: 'sc',
  minObs: 30,
  requestMemoryMb: 1024,
  seconds: 2,
  deadlineSeconds: 12,
} as const;

it('each executor gets its jobs', () => {
  const text = calibrationJobs(REQUEST);
  expect(text).toContain(
    'arguments = "calibrate --ematrix gem --headers --omit_na --na_val NA --method sc --min_obs 30 --seconds 2"',
  );
  expect(text).toContain('request_memory = 1024\n');
  // The lengths are those of `<172.23.77.2:` and `<10.0.0.13:`.
  expect(text).toMatch(
    /queue 4 address, length from \(\n172\.23\.77\.2, 13\n10\.0\.0\.13, 11\n\)\n$/,
  );
});

it('a missing value may be written with blanks and quotes', () => {
  const text = calibrationJobs({ ...REQUEST, naValue: `not "there" isn't` });
  expect(text).toContain(`--na_val 'not ""there"" isn''t' --method`);
});

it('what the jobs printed is told apart by executor', () => {
  const text = [
    'out.172.23.77.2.3:{"step": "calibrate", "pairs": 5}',
    'out.10.0.0.13.0:{"a": "b:{c}"}',
    'grep: out.1: No such file',
    '',
  ].join('\n');
  expect(readCalibrations(text)).toEqual([
    { address: '172.23.77.2', output: '{"step": "calibrate", "pairs": 5}' },
    { address: '10.0.0.13', output: '{"a": "b:{c}"}' },
  ]);
  expect(readCalibrations('')).toEqual([]);
});
