import { describe, expect, it } from 'vitest';

import { advise, usableSlots, worthMeasuring } from '../../../../src/workflow/advice/advise.js';
import { fewestByOutput, RULES } from '../../../../src/workflow/advice/rules.js';
import type {
  Advice,
  AdviceInput,
  MatrixShape,
  Speed,
} from '../../../../src/workflow/advice/types.js';
import { pairsOf } from '../../../../src/workflow/gem/types.js';

/** 1,000 genes are 499,500 pairs. */
const MATRIX: MatrixShape = { genes: 1000, samples: 50, genesWithMissing: 0, bytes: 350_000 };

function speed(pairsPerSecond: number, more: Partial<Speed> = {}): Speed {
  return {
    source: { kind: 'measured', executors: 2 },
    pairsPerSecond,
    slowest: pairsPerSecond,
    fastest: pairsPerSecond,
    setupSeconds: 1,
    bytesPerPair: 4,
    memoryMb: 200,
    ...more,
  };
}

function input(pairsPerSecond: number, more: Partial<AdviceInput> = {}): AdviceInput {
  return {
    matrix: MATRIX,
    executors: [
      { cpus: 4, memoryMb: 8192 },
      { cpus: 4, memoryMb: 8192 },
    ],
    speed: speed(pairsPerSecond),
    requestMemoryMb: 1024,
    threshold: 0.8,
    ...more,
  };
}

const large: MatrixShape = { genes: 50_000, samples: 200, genesWithMissing: 0, bytes: 80e6 };

describe('the number of jobs', () => {
  it('is one for each slot where half a minute of work is not there for all', () => {
    const advice = advise(input(500_000));
    expect(advice.jobs).toBe(8);
    expect(advice.reasons).toEqual([
      '499500 pairs at 500000 pairs/s (measured on 2 executors) are 999 ms of work for one slot',
      '8 jobs, one for each slot: jobs of half a minute would be 1 and leave slots idle',
    ]);
  });

  it('is four for each slot where all of them take half a minute', () => {
    // 29 s of correlating and 1 s of reading for each of 32 jobs.
    const advice = advise(input(499_500 / (32 * 29)));
    expect(advice.jobs).toBe(32);
    expect(advice.secondsPerJob).toBeCloseTo(30, 1);
    expect(advice.reasons[1]).toBe(
      '32 jobs: 4 for each of 8 slots, so that all are busy to the end',
    );
  });

  it('is fewer rounds where four for each slot would be too short', () => {
    const advice = advise(input(499_500 / (31 * 29)));
    expect(advice.jobs).toBe(24);
    expect(advice.secondsPerJob).toBeGreaterThanOrEqual(30);
    expect(advice.reasons[1]).toContain('with more, each would be done in under half a minute');
  });

  it('counts reading the matrix as part of a job, but not as all of it', () => {
    const slow = { speed: speed(499_500 / 800, { setupSeconds: 100 }) };
    const advice = advise(input(0, slow));
    expect(advice.jobs).toBe(8);
    expect(advice.secondsPerJob).toBeCloseTo(200, 0);
    const more = advise(input(0, { speed: speed(499_500 / 799, { setupSeconds: 20 }) }));
    expect(more.jobs).toBe(32);
    const reading = advise(input(0, { speed: speed(499_500 / 800, { setupSeconds: 40 }) }));
    expect(reading.jobs).toBe(16);
    expect(reading.reasons[1]).toContain('busier reading the matrix than correlating');
  });

  it('is more where one would take over four hours on a busy executor', () => {
    // 400 hours of work, and 2.5 times as much where all slots are busy: 250 jobs, in full rounds.
    const advice = advise(
      input(499_500 / (400 * 3600), {
        speed: speed(499_500 / (400 * 3600), { setupSeconds: 0.001 }),
      }),
    );
    expect(advice.jobs).toBe(256);
    expect(advice.reasons[1]).toBe('256 jobs: with fewer, one might take more than 4 hours');
  });

  it('goes by the slowest executor for that', () => {
    const rate = 499_500 / (400 * 3600);
    const uneven = { ...speed(rate), slowest: rate / 2, fastest: 1.5 * rate };
    expect(advise(input(rate, { speed: uneven })).jobs).toBeGreaterThanOrEqual(500);
  });

  it('is more where the output of one would be 1 GB, however short the jobs are', () => {
    const advice = advise(input(1e9, { matrix: large }));
    // 1.25 thousand million pairs of 4 bytes are 5 GB.
    expect(advice.jobs).toBe(8);
    const few = advise(input(1e9, { matrix: large, executors: [{ cpus: 1 }] }));
    expect(few.jobs).toBe(5);
    expect(few.outputBytesPerJob).toBeLessThan(1e9);
    expect(few.reasons[1]).toBe('5 jobs: with fewer, each would have 1 GB of output or more');
  });

  it('keeps each output below 1 GB, not at it', () => {
    expect(fewestByOutput(249_999_999, 4)).toBe(1);
    expect(fewestByOutput(250_000_000, 4)).toBe(2);
  });

  it('is never more than there are pairs', () => {
    const matrix = { ...MATRIX, genes: 3 };
    expect(advise(input(10, { matrix })).jobs).toBe(3);
    expect(advise(input(10, { matrix: { ...MATRIX, genes: 2 } })).jobs).toBe(1);
  });

  it('is the one that was asked for', () => {
    const advice = advise(input(500_000, { jobs: 200 }));
    expect(advice.jobs).toBe(200);
    expect(advice.reasons[1]).toBe('200 jobs, as asked for');
    expect(advice.warnings).toEqual([]);
  });
});

describe('measuring', () => {
  it('is worth it only where the answer depends on it', () => {
    const rate = 499_500 / (20 * 29);
    expect(worthMeasuring(input(rate))).toBe(true);
    expect(worthMeasuring(input(rate, { jobs: 5 }))).toBe(false);
    expect(worthMeasuring(input(500_000))).toBe(false);
    expect(worthMeasuring(input(rate / 20, { speed: speed(rate / 20) }))).toBe(false);
  });
});

describe('memory', () => {
  it('limits the jobs that run at once', () => {
    const executors = [{ cpus: 8, memoryMb: 4096 }, { cpus: 2 }];
    expect(usableSlots({ executors, requestMemoryMb: 1024 })).toBe(6);
    const advice = advise(input(500_000, { executors }));
    expect(advice).toMatchObject({ jobs: 6, slots: 6 });
    expect(advice.warnings).toEqual([
      '4 CPUs of 10 will be idle: a job asks for 1024 MB, and the executors have less for each CPU',
    ]);
  });

  it('that a job asks too little of is warned of', () => {
    const advice = advise(input(500_000, { speed: speed(500_000, { memoryMb: 3000 }) }));
    expect(advice.memoryMbPerJob).toBe(3000);
    expect(advice.warnings[0]).toContain('a job may need 3000 MB and asks for 1024');
  });
});

describe('what was asked for and breaks a rule is warned of', () => {
  it('jobs that take days, or have too much output', () => {
    const long = advise(input(10, { jobs: 1 }));
    expect(long.warnings).toEqual([
      'a job may take 13 h 52 min, more than 4 hours: one that is lost costs as much again',
    ]);
    const fat = advise(input(1e9, { matrix: large, jobs: 2 }));
    expect(fat.warnings).toEqual([
      'a job has 2.5 GB of output, which takes long to transfer: more jobs have less',
    ]);
  });
});

describe('the wall time', () => {
  it('is a range around what simple arithmetic says', () => {
    // 8 hours of work on 8 slots.
    const { wallSeconds } = advise(input(499_500 / (8 * 3600)));
    expect(wallSeconds.low).toBeGreaterThan(3600);
    expect(wallSeconds.low).toBeLessThan(3700);
    expect(wallSeconds.high).toBeGreaterThan(2.5 * 3600);
    expect(wallSeconds.high).toBeLessThan(3 * 3600);
  });

  it('goes by the fastest executor at its low end, by the slowest at its high end', () => {
    const rate = 499_500 / (8 * 3600);
    const even = advise(input(rate)).wallSeconds;
    const uneven = { ...speed(rate), slowest: rate / 2, fastest: 2 * rate };
    const { low, high } = advise(input(rate, { speed: uneven, jobs: 32 })).wallSeconds;
    expect(low).toBeLessThan(0.6 * even.low);
    expect(high).toBeGreaterThan(1.9 * even.high);
  });

  it('knows of jobs that are made longer', () => {
    const { low, high } = advise(input(500_000, { minJobSeconds: 600, jobs: 16 })).wallSeconds;
    expect(low).toBeGreaterThan(1200);
    expect(high).toBeLessThan(1400);
  });

  it('is wider where the speed was not measured, and where random matrix theory follows', () => {
    const width = (more: Partial<AdviceInput>) => {
      const { low, high } = advise(input(50, more)).wallSeconds;
      return high / low;
    };
    const assumed: Speed = { ...speed(50), source: { kind: 'default' } };
    expect(width({ speed: assumed })).toBeGreaterThan(2 * width({}));
    const rmt = advise(input(50, { threshold: 'rmt' })).wallSeconds;
    expect(rmt.high).toBeGreaterThan(advise(input(50)).wallSeconds.high);
  });

  it('covers the demo on two cores: 11.2 s were seen', () => {
    const matrix = { genes: 3051, samples: 38, genesWithMissing: 0, bytes: 1_010_129 };
    const { wallSeconds } = advise(input(20e6, { matrix, jobs: 32 }));
    expect(wallSeconds.low).toBeLessThan(11.2);
    expect(wallSeconds.high).toBeGreaterThan(11.2);
  });
});

describe('for any shape', () => {
  /** Numbers from 0 up to 1, always the same. */
  function* numbers(): Generator<number, never> {
    let state = 20_261_121;
    for (;;) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      yield (state >>> 8) / 2 ** 24;
    }
  }

  /** Names of the rules that the advice breaks. */
  function broken({ matrix, speed: { slowest } }: AdviceInput, advice: Advice): string[] {
    const { jobs, slots, secondsPerJob, outputBytesPerJob, wallSeconds } = advice;
    const pairs = pairsOf(matrix.genes);
    const capped = jobs === RULES.mostJobs;
    const longest = (pairs / jobs / slowest) * RULES.slowdown;
    // Below half a minute only with one for each slot, or where the size of outputs asks for it:
    // at most one round more than that takes.
    const fewestOutputs = Math.ceil(pairs / (RULES.mostOutputBytes / 4 - 1));
    const mayBeShort = jobs <= slots || capped || jobs < fewestOutputs + slots;
    const rules = {
      whole: Number.isInteger(jobs),
      pairs: jobs >= 1 && jobs <= pairs,
      most: jobs <= RULES.mostJobs,
      output: capped || outputBytesPerJob < RULES.mostOutputBytes,
      fourHours: capped || longest <= RULES.mostSeconds,
      halfAMinute: mayBeShort || secondsPerJob >= RULES.leastSeconds * 0.999,
      allSlots: jobs === pairs || capped || jobs >= slots,
      range: wallSeconds.low > 0 && wallSeconds.high > wallSeconds.low,
    };
    return Object.entries(rules)
      .filter(([, holds]) => !holds)
      .map(([name]) => name);
  }

  it('the rules hold', () => {
    const random = numbers();
    const between = (low: number, high: number): number =>
      low * (high / low) ** random.next().value;
    const whole = (low: number, high: number): number => Math.round(between(low, high));
    const seen = { tiny: 0, busy: 0, bounded: 0 };
    for (let turn = 0; turn < 5000; turn += 1) {
      const rate = between(1e3, 1e8);
      const spread = between(1, 3);
      const asked: AdviceInput = {
        matrix: {
          genes: whole(2, 80_000),
          samples: whole(2, 5000),
          genesWithMissing: 0,
          bytes: 1e6,
        },
        executors: Array.from({ length: whole(1, 60) }, () => ({ cpus: whole(1, 64) })),
        speed: {
          ...speed(rate, { setupSeconds: between(0.1, 300) }),
          slowest: rate / spread,
          fastest: rate * spread,
        },
        requestMemoryMb: 1024,
        threshold: 0.8,
      };
      const advice = advise(asked);
      expect(broken(asked, advice), JSON.stringify({ asked, advice })).toEqual([]);
      const { jobs, slots } = advice;
      if (jobs === slots) seen.tiny += 1;
      else if (jobs === RULES.jobsPerSlot * slots) seen.busy += 1;
      else seen.bounded += 1;
    }
    for (const times of Object.values(seen)) expect(times).toBeGreaterThan(50);
  });
});
