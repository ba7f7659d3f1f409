import { basename } from 'node:path';

import type { PhotodemoPlan } from '../../plan/types.js';
import type { RunSummary } from '../../ports/run-summary.js';
import { adOf, numberOf, textOf } from '../htcondor/fields.js';
import { PHOTOS_RESULT, readPhotoResult } from '../photos/photo-result.js';
import { PHOTOS_FOLDER } from '../photos/photo-folder.js';
import type { Examination, ReadResult, Recipe } from './recipe.js';
import { parallelNode } from '../run-shape.js';
import type { RunRecord } from '../run-record.js';

/** Folder of the submitter's image with the programs of the jobs. */
const PROGRAMS = '/usr/local/lib/crossflock/photodemo';
/** Pillow and its libraries, which the executors do not have. */
const BUNDLE = '/usr/local/share/crossflock/pillow.tar.gz';
const PREFIX = 'luminance_';
const GATHER = 'gather';
const MOST_NAMED = 3;

/** Luminance of photos over the years, after the OSG tutorial of that name. */
export const photodemo: Recipe = {
  name: 'photodemo',
  inputOf: ({ details }) => {
    const told = adOf(details, 'photodemo') ?? {};
    const source = textOf(told, 'source') ?? 'unknown';
    return {
      highlights: [
        { label: 'photos', text: `${source}, ${numberOf(told, 'photos') ?? '?'} photos` },
        { label: 'luminance', text: textOf(told, 'luminance') ?? 'unknown' },
      ],
    };
  },
  examine,
  measuredCpu: async (read) => {
    const result = readPhotoResult((await read(PHOTOS_RESULT)) ?? '');
    const jobs = result?.jobs ?? [];
    return new Map(jobs.map(({ cpuSeconds }, index) => [parallelNode(PREFIX, index), cpuSeconds]));
  },
};

export interface PhotodemoSpecInput {
  readonly plan: PhotodemoPlan;
  /** Photos of the manifest. */
  readonly count: number;
  /** Path in the submitter of the manifest. */
  readonly stagedManifest: string;
  /** Path in the submitter of the folder of the photos, where they are local. */
  readonly stagedPhotos?: string;
  /** CPUs of all executors. */
  readonly slots: number;
}

/** The specification for `crossflock-submit`; its fields are in docs/recipes.md. */
export function photodemoSpec(input: PhotodemoSpecInput): object {
  const { plan, count, stagedManifest, stagedPhotos, slots } = input;
  return {
    workflow: photodemo.name,
    retries: plan.retries,
    request_memory_mb: plan.requestMemoryMb,
    slots,
    results: [PHOTOS_RESULT],
    before: [],
    parallel: {
      prefix: PREFIX,
      phase: 'analyzing photos',
      variables: Array.from({ length: photoJobs(plan, count) }, (_, index) => ({
        first: String(index * plan.chunk),
        count: String(Math.min(plan.chunk, count - index * plan.chunk)),
      })),
    },
    after: [{ node: GATHER, phase: 'gathering' }],
    jobs: {
      [PREFIX]: {
        argv: [
          'run.sh',
          ...['--manifest', 'manifest.txt', '--service', 'service.json'],
          ...['--first', '$(first)', '--count', '$(count)', '--formula', plan.luminance],
          ...['--output', 'out/results/results-$(first).json'],
          ...['--try', '$(try)', '--retries', String(plan.retries)],
        ],
        inputs: ['manifest.txt', 'service.json', 'luminance.py', 'pillow.tar.gz'],
        outputs: ['results/results-$(first).json'],
        transfer_executable: true,
      },
      [GATHER]: {
        argv: ['aggregate.py', '--rows', String(count), 'results'],
        inputs: ['results'],
        outputs: [`results/${PHOTOS_RESULT}`],
        transfer_executable: true,
      },
    },
    files: {
      'manifest.txt': stagedManifest,
      'pillow.tar.gz': BUNDLE,
      ...Object.fromEntries(
        ['run.sh', 'luminance.py', 'aggregate.py'].map((name) => [name, `${PROGRAMS}/${name}`]),
      ),
    },
    executables: ['run.sh', 'aggregate.py'],
    ...(stagedPhotos === undefined ? {} : { folders: { [PHOTOS_FOLDER]: stagedPhotos } }),
    serve: [...(stagedPhotos === undefined ? [] : [PHOTOS_FOLDER]), 'results'],
    ...(plan.test === 0 ? {} : { test: { first: '0', count: String(Math.min(plan.test, count)) } }),
    details: {
      photodemo: {
        source: basename(plan.photos ?? plan.manifest ?? ''),
        photos: count,
        luminance: plan.luminance,
      },
    },
  };
}

export function photoJobs({ chunk }: Pick<PhotodemoPlan, 'chunk'>, count: number): number {
  return Math.ceil(count / chunk);
}

async function examine({ details }: RunRecord, read: ReadResult): Promise<Examination> {
  const result = readPhotoResult((await read(PHOTOS_RESULT)) ?? '');
  if (result === undefined) {
    return { problems: [`${PHOTOS_RESULT} is not what the last step writes`] };
  }
  const wanted = numberOf(adOf(details, 'photodemo') ?? {}, 'photos');
  const found = result.points.length + result.failures.length;
  const problems = [
    ...(found === wanted
      ? []
      : [`${PHOTOS_RESULT} accounts for ${found} photos, expected ${wanted ?? 'another number'}`]),
    ...(result.points.length > 0 ? [] : ['no photo could be analyzed']),
  ];
  return { problems, highlights: highlightsOf(result) };
}

/**
 * What the tutorial printed for its five photos. Its program divides the seconds by the photos: the
 * rate of 5 photos in 6.94 s is 0.72 photos/s.
 */
export const TUTORIAL_RATE = '1.39/s for 5 photos in 6.94 s, which are 0.72 photos/s';

function highlightsOf({
  points,
  failures,
  rate,
}: NonNullable<ReturnType<typeof readPhotoResult>>): NonNullable<RunSummary['highlights']> {
  const first = failures.slice(0, MOST_NAMED).map(({ url, reason }) => `${url}: ${reason}`);
  const more = failures.length - first.length;
  return [
    { label: 'analyzed', text: `${points.length} photos` },
    ...(failures.length === 0
      ? []
      : [
          {
            label: 'not analyzed',
            text: `${failures.length}: ${[...first, ...(more > 0 ? [`${more} more`] : [])].join('; ')}`,
          },
        ]),
    {
      label: 'rate',
      text: `${rate.toFixed(2)} photos/s a core (the tutorial: ${TUTORIAL_RATE})`,
    },
  ];
}
