import { describe, expect, it } from 'vitest';
import { byName, imageFacts, isSameImage } from '../../../src/images/image-facts.js';
import { imagesProbe } from '../../../src/images/images-probe.js';
import { repositoryOf, withTag } from '../../../src/images/reference.js';
import type { HttpAnswer } from '../../../src/ports/host-probe.js';
import { ENGINES, factsOf, inspected } from './fixtures.js';

describe('names of images', () => {
  it.each([
    ['crossflock/executor', 'crossflock/executor:latest'],
    ['crossflock/executor:v2', 'crossflock/executor:v2'],
    ['registry:5000/crossflock/executor', 'registry:5000/crossflock/executor:latest'],
    ['docker.io/library/debian:trixie', 'debian:trixie'],
    ['docker.io/rajchaudhuri/weave', 'rajchaudhuri/weave:latest'],
    [`debian@sha256:${'0'.repeat(64)}`, `debian@sha256:${'0'.repeat(64)}`],
  ])('%s is listed as %s', (name, listed) => {
    expect(withTag(name)).toBe(listed);
  });

  it.each(['', 'a b', '$(reboot)', "x'y", '-rf', 'a;b', 'a\nb'])('refuses %j', (name) => {
    expect(() => withTag(name)).toThrow(/is no name of an image/);
  });

  it('a port is no tag', () => {
    expect(repositoryOf('registry:5000/crossflock/executor')).toBe(
      'registry:5000/crossflock/executor',
    );
    expect(repositoryOf('registry:5000/crossflock/executor:v2')).toBe(
      'registry:5000/crossflock/executor',
    );
  });
});

describe('facts about images', () => {
  it.each(ENGINES)('docker %s tells all of them', (engine) => {
    expect(factsOf(engine, 0)).toMatchObject({
      tags: ['crossflock/first:latest'],
      architecture: 'amd64',
      created: '2026-11-21T15:47:05.505920286Z',
    });
    expect(factsOf(engine, 0).layers).toHaveLength(3);
    expect(factsOf(engine, 0).size).toBeGreaterThan(0);
  });

  it('the containerd store has another id for the same image, which is the same all the same', () => {
    const [old, store] = [factsOf('20.10', 0), factsOf('26.1-containerd', 0)];
    expect(old.id).not.toBe(store.id);
    expect(isSameImage(old, store)).toBe(true);
    expect(isSameImage(old, factsOf('26.1', 0))).toBe(true);
  });

  it('two images are two', () => {
    for (const a of ENGINES) {
      for (const b of ENGINES) expect(isSameImage(factsOf(a, 0), factsOf(b, 1))).toBe(false);
    }
  });

  it.each([
    ['Env', { Env: ['X=2'] }],
    ['Labels', { Labels: { 'crossflock.inputs': '2' } }],
    ['Cmd', { Cmd: ['/b'] }],
  ])('another %s makes another image, though the layers are the same', (_name, setting) => {
    const [image] = inspected('26.1-containerd') as readonly { Config: object }[];
    const other = { ...image, Id: 'sha256:other', Config: { ...image!.Config, ...setting } };
    expect(isSameImage(imageFacts(other)!, factsOf('20.10', 0))).toBe(false);
  });

  it('are found by any of their names', () => {
    const all = [factsOf('20.10', 0), factsOf('20.10', 1)];
    const found = byName(['crossflock/second', 'crossflock/none'], all);
    expect([...found.keys()]).toEqual(['crossflock/second:latest']);
    expect(found.get('crossflock/second:latest')).toBe(all[1]);
  });

  it('a message of docker is no image', () => {
    expect(imageFacts({ message: 'No such image: nope:latest' })).toBeUndefined();
  });
});

describe('the probe', () => {
  const probe = imagesProbe(['crossflock/first', 'crossflock/none']);
  const answers: Record<string, HttpAnswer> = {
    '/images/crossflock/first:latest/json': {
      status: 200,
      headers: {},
      body: JSON.stringify(inspected('20.10')[0]),
    },
    '/images/crossflock/none:latest/json': {
      status: 404,
      headers: {},
      body: '{"message":"No such image: crossflock/none:latest"}',
    },
  };

  it('asks docker for each image once', () => {
    expect(probe.get).toEqual(Object.keys(answers));
    expect(imagesProbe(['a', 'a:latest']).get).toEqual(['/images/a:latest/json']);
  });

  it('reads what there is', () => {
    const seen = probe.parse('x86_64\n', (address) => answers[address]);
    expect(seen.architecture).toBe('amd64');
    expect([...seen.images.keys()]).toEqual(['crossflock/first:latest']);
  });

  it('a host without docker has none', () => {
    const seen = probe.parse('aarch64\n', () => undefined);
    expect(seen).toEqual({ architecture: 'arm64', images: new Map() });
  });

  it('says so when docker talks gibberish', () => {
    const broken = { status: 200, headers: {}, body: '<html>' };
    expect(() => probe.parse('x86_64\n', () => broken)).toThrow(
      /docker tells about crossflock\/first:latest what nothing here can read/,
    );
  });
});
