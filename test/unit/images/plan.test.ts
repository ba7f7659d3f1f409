import { describe, expect, it } from 'vitest';
import type { AvailableImages, ImageSource } from '../../../src/images/available-images.js';
import type { ImageFacts } from '../../../src/images/image-facts.js';
import { formatBytes, planImages } from '../../../src/images/plan-images.js';
import { factsOf } from './fixtures.js';

const first = factsOf('20.10', 0);
const second = factsOf('20.10', 1);
const NAME = 'crossflock/first:latest';

function available(entries: Record<string, ImageSource>): AvailableImages {
  return new Map(Object.entries(entries));
}

function planned(
  source: ImageSource,
  has: ImageFacts | undefined,
  { name = NAME, architecture = 'amd64' } = {},
) {
  const images = new Map(has === undefined ? [] : [[name, has]]);
  const seen = { architecture, images };
  return planImages({
    host: 'azure-1',
    names: [name],
    available: available({ [name]: source }),
    seen,
  });
}

describe('images from this machine', () => {
  const here: ImageSource = { from: 'here', image: first };

  it('one that is missing is created', () => {
    expect(planned(here, undefined).map(({ view }) => view)).toEqual([
      {
        action: 'create',
        kind: 'image',
        target: 'crossflock/first:latest on azure-1',
        detail: '12 B unpacked, sent from this machine',
      },
    ]);
  });

  it('another one is updated, and what its layers are is kept', () => {
    const [change] = planned(here, second);
    expect(change?.view.action).toBe('update');
    expect(change?.there).toEqual([second.layers]);
  });

  it('the same one, on whatever store, is left alone', () => {
    expect(planned(here, first)).toEqual([]);
    expect(planned(here, factsOf('26.1-containerd', 0))).toEqual([]);
  });

  it("somebody else's image only has to be there", () => {
    const name = 'debian:trixie';
    expect(planned(here, second, { name })).toEqual([]);
    expect(planned(here, undefined, { name })).toHaveLength(1);
  });

  it('an image that can be had nowhere is left to the engine', () => {
    const seen = { architecture: 'amd64', images: new Map() };
    const names = ['weaveworks/weave:2.8.1'];
    expect(planImages({ host: 'h', names, available: new Map(), seen })).toEqual([]);
  });

  it('a host without an engine needs all', () => {
    const wanted = available({ [NAME]: here });
    expect(
      planImages({
        host: 'h',
        names: [NAME, 'crossflock/first'],
        available: wanted,
        seen: undefined,
      }),
    ).toHaveLength(1);
  });

  it('refuses a host of another architecture, with the way out', () => {
    expect(() => planned(here, undefined, { architecture: 'arm64' })).toThrow(
      expect.objectContaining({
        code: 'refused',
        message:
          'azure-1 is a machine of arm64, and crossflock/first:latest here can run on amd64 only',
        hint: expect.stringContaining('images.registry') as string,
      }),
    );
  });

  it('what is there already is not refused', () => {
    expect(planned(here, first, { architecture: 'arm64' })).toEqual([]);
  });
});

describe('images from a registry', () => {
  const reference = 'registry:5000/crossflock/first:latest';
  const served = (digests?: readonly string[]): ImageSource => ({
    from: 'registry',
    reference,
    ...(digests === undefined ? {} : { digests }),
  });

  it('a host that has what the registry has is left alone: by id, or by the manifest', () => {
    expect(planned(served([first.id]), first)).toEqual([]);
    const pulled = { ...first, digests: ['registry:5000/crossflock/first@sha256:manifest'] };
    expect(planned(served(['sha256:manifest']), pulled)).toEqual([]);
  });

  it('one that has another pulls', () => {
    const [change] = planned(served([second.id]), first);
    expect(change?.view).toMatchObject({ action: 'update', detail: `from ${reference}` });
  });

  it('a registry that cannot be asked does not make anybody pull again', () => {
    expect(planned(served(), first)).toEqual([]);
    expect(planned(served(), undefined)).toHaveLength(1);
  });

  it('may have it for another architecture', () => {
    expect(planned(served(), undefined, { architecture: 'arm64' })).toHaveLength(1);
  });
});

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [337_315, '337 kB'],
    [415_673_729, '416 MB'],
    [9_940_000, '9.9 MB'],
    [2_100_000_000, '2.1 GB'],
  ])('%i is %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});
