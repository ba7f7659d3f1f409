import { readdirSync, rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { extract } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { CrossflockError } from '../../../src/errors/crossflock-error.js';
import { planImages, type ImageChange } from '../../../src/images/plan-images.js';
import { ImageSender } from '../../../src/images/send/image-sender.js';
import { layersToSend } from '../../../src/images/send/load.js';
import { SavedImagesStore } from '../../../src/images/saved/saved-images-store.js';
import type { Forward, RunOptions } from '../../../src/ports/host.js';
import { FakeHost } from '../../fakes/fake-host.js';
import { factsOf, folder, saved, saveTar } from './fixtures.js';

const { signal } = new AbortController();
const FIRST = 'crossflock/first:latest';
const SECOND = 'crossflock/second:latest';

/** A machine whose docker saves the two images. */
function here(): FakeHost {
  return new FakeHost('here').on(['docker', 'save', /.*/, /.*/], (_argv, options) =>
    written(options, saveTar('20.10')),
  );
}

function written({ stdoutTo }: RunOptions, bytes: Uint8Array) {
  stdoutTo?.end(bytes);
  return {};
}

/** A host whose SSH server forwards ports or does not. */
class RemoteHost extends FakeHost {
  readonly forwarded: number[] = [];
  open = 0;
  readonly #forwards: boolean;

  constructor(forwards: boolean) {
    super('azure-1');
    this.#forwards = forwards;
  }

  override reverseForward(port: number): Promise<Forward> {
    if (!this.#forwards) {
      return Promise.reject(new CrossflockError('not permitted', { code: 'refused' }));
    }
    this.forwarded.push(port);
    this.open += 1;
    const close = (): Promise<void> => {
      this.open -= 1;
      return Promise.resolve();
    };
    return Promise.resolve({ host: '127.0.0.1', port: 40_000, close });
  }
}

function changes(has: Partial<Record<string, ReturnType<typeof factsOf>>> = {}) {
  const names = [FIRST, SECOND];
  const available = new Map(
    names.map(
      (name, at) => [name, { from: 'here', image: factsOf('20.10', at as 0 | 1) }] as const,
    ),
  );
  const images = new Map(
    Object.entries(has).flatMap(([name, facts]) => (facts ? [[name, facts]] : [])),
  );
  return planImages({ host: 'azure-1', names, available, seen: { architecture: 'amd64', images } });
}

/** The files of an archive, by name, with their sizes. */
async function contents(bytes: Buffer): Promise<Map<string, Buffer>> {
  const entries = extract();
  Readable.from([bytes]).pipe(entries);
  const files = new Map<string, Buffer>();
  for await (const entry of entries) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry as AsyncIterable<Buffer>) chunks.push(chunk);
    files.set(entry.header.name, Buffer.concat(chunks));
  }
  return files;
}

describe('sending by a port', () => {
  it('makes the host pull each image under a passing name', async () => {
    const remote = new RemoteHost(true).on(['sh', '-c', /docker pull/, 'pull', /./, /./, /./], {});
    const sender = new ImageSender(here(), await folder());
    const arrived: string[] = [];
    const onArrived = ({ name }: ImageChange) => arrived.push(name);
    const delivery = await sender.sendTo(remote, changes(), { signal, onArrived });
    expect(delivery.way).toBe('served');
    expect(arrived.sort()).toEqual([FIRST, SECOND]);
    const orders = remote.runs.map(({ argv }) => argv.slice(4));
    expect(orders).toEqual([
      [
        '127.0.0.1:40000/crossflock/first:crossflock-sent-c0dd31170c69',
        FIRST,
        '127.0.0.1:*/crossflock/first:crossflock-sent-*',
      ],
      [
        '127.0.0.1:40000/crossflock/second:crossflock-sent-a2247021f2db',
        SECOND,
        '127.0.0.1:*/crossflock/second:crossflock-sent-*',
      ],
    ]);
    expect(remote.open).toBe(0);
    await sender.close();
  });

  it('tidies up after images that were replaced', async () => {
    const remote = new RemoteHost(true)
      .on(['sh', '-c', /docker pull/, 'pull', /./, /./, /./], {})
      .once(['docker', 'image', 'prune', '--force', '--filter', 'label=crossflock.inputs'], {});
    const sender = new ImageSender(here(), await folder());
    await sender.sendTo(remote, changes({ [FIRST]: factsOf('20.10', 1) }), { signal });
    await sender.close();
    remote.verify();
  });

  it('takes the images out of docker once for all hosts', async () => {
    const local = here();
    const sender = new ImageSender(local, await folder());
    const hosts = [1, 2, 3].map(() =>
      new RemoteHost(true).on(['sh', '-c', /docker pull/, 'pull', /./, /./, /./], {}),
    );
    await Promise.all(hosts.map((host) => sender.sendTo(host, changes(), { signal })));
    expect(local.commandLines).toEqual([`docker save ${FIRST} ${SECOND}`]);
    await sender.close();
  });

  it('says what the engine said, and gives the port back', async () => {
    const remote = new RemoteHost(true).on(() => true, {
      exitCode: 1,
      stderr: 'failed to register layer: write /usr/lib/x: no space left on device\n',
    });
    const sender = new ImageSender(here(), await folder());
    await expect(sender.sendTo(remote, changes(), { signal })).rejects.toMatchObject({
      code: 'command-failed',
      message: expect.stringMatching(/azure-1: docker pull of .* no space left/) as string,
      hint: expect.stringContaining('free disk space on azure-1') as string,
    });
    expect(remote.open).toBe(0);
    await sender.close();
  });

  it('leaves no file, and no folder that it made', async () => {
    const parent = await folder();
    const sender = new ImageSender(here(), join(parent, 'deep', 'images'));
    await sender.prepare(changes(), signal);
    expect(await readdir(parent)).toEqual(['deep']);
    await sender.close();
    expect(await readdir(parent)).toEqual([]);
  });
});

describe('sending without a port', () => {
  it('loads one archive with each layer once, of which the engine can make the images', async () => {
    const remote = new RemoteHost(false);
    let stdin = Buffer.alloc(0);
    remote.run = async (argv, options) => {
      expect(argv).toEqual(['docker', 'load', '--quiet']);
      const chunks: Buffer[] = [];
      for await (const chunk of options?.stdin as Readable) chunks.push(chunk as Buffer);
      stdin = Buffer.concat(chunks);
      return { exitCode: 0, stdout: '', stderr: '' };
    };
    const sender = new ImageSender(here(), await folder());
    const delivery = await sender.sendTo(remote, changes(), { signal });
    await sender.close();
    expect(delivery).toEqual({ way: 'loaded', bytes: stdin.length });
    const files = await contents(stdin);
    // a, b and c; two configurations; the manifest.
    expect([...files.keys()].filter((name) => name.endsWith('/layer.tar'))).toHaveLength(3);
    const manifest = JSON.parse(files.get('manifest.json')!.toString()) as {
      Config: string;
      RepoTags: string[];
      Layers: string[];
    }[];
    expect(manifest.map(({ RepoTags }) => RepoTags)).toEqual([[FIRST], [SECOND]]);
    for (const { Config, Layers } of manifest) {
      for (const name of [Config, ...Layers]) expect(files.has(name)).toBe(true);
    }
  });

  it('leaves out what the host has, and sends all to an engine that wants all', async () => {
    const images = [...(await saved('20.10')).values()];
    const [first, second] = images;
    const ids = (there: readonly (readonly string[])[]) =>
      [...layersToSend(images, there).values()].map(({ diffId }) => diffId);
    const [a, b] = first!.diffIds;
    const c = second!.diffIds[1];
    expect(ids([])).toEqual([a, b, c]);
    // The layer b on top of a and c is another one to an engine than that on top of a.
    expect(ids([first!.diffIds])).toEqual([c, b]);
    expect(ids([first!.diffIds, second!.diffIds])).toEqual([]);
    // A layer alone, without what is below, is of no use.
    expect(ids([[b!]])).toEqual([a, b, c]);
  });

  it('sends all of it when the engine refuses the shorter archive', async () => {
    const remote = new RemoteHost(false)
      .once(['docker', 'load', '--quiet'], { exitCode: 1, stderr: 'content digest: not found' })
      .once(['docker', 'load', '--quiet'], {})
      .on(['docker', 'image', 'prune', /./, /./, /./], {});
    const sender = new ImageSender(here(), await folder());
    await sender.sendTo(remote, changes({ [SECOND]: factsOf('20.10', 0) }), { signal });
    await sender.close();
    const [short, full] = remote.runs.map(({ stdin }) => stdin.length);
    expect(full).toBeGreaterThan(short!);
    remote.verify();
  });
});

describe('from a registry', () => {
  it('the host pulls, and nothing is taken out of docker here', async () => {
    const reference = 'registry:5000/crossflock/first:latest';
    const source = { from: 'registry', reference } as const;
    const seen = { architecture: 'amd64', images: new Map() };
    const wanted = planImages({
      host: 'azure-1',
      names: [FIRST],
      available: new Map([[FIRST, source]]),
      seen,
    });
    const remote = new RemoteHost(true).once(
      ['sh', '-c', /docker pull/, 'pull', reference, FIRST, ''],
      { exitCode: 1, stderr: 'Error response from daemon: manifest unknown: manifest unknown' },
    );
    const sender = new ImageSender(new FakeHost('here'), await folder());
    await expect(sender.sendTo(remote, wanted, { signal })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining(`the registry registry:5000 has no ${reference}`) as string,
    });
    await sender.close();
  });
});

describe('taking images out of docker', () => {
  it('says which one is not there', async () => {
    const local = new FakeHost().on(
      () => true,
      (_argv, options) => {
        written(options, Buffer.alloc(0));
        return { exitCode: 1, stderr: 'Error response from daemon: reference does not exist\n' };
      },
    );
    const store = new SavedImagesStore(local, await folder());
    await expect(store.get([FIRST], signal)).rejects.toMatchObject({
      code: 'not-found',
      hint: 'crossflock images build makes the images',
    });
    await store.close();
  });

  it('an archive that breaks off is a failure, and the next try starts anew', async () => {
    const to = await folder();
    let tries = 0;
    const local = new FakeHost().on(['docker', 'save', /.*/], (_argv, options) => {
      tries += 1;
      const tar = saveTar('20.10');
      return written(options, tries === 1 ? tar.subarray(0, 20_000) : tar);
    });
    const store = new SavedImagesStore(local, to);
    await expect(store.get([FIRST], signal)).rejects.toMatchObject({ code: 'unexpected' });
    const [image] = await store.get([FIRST], signal);
    expect(image?.config.digest).toBe(factsOf('20.10', 0).id);
    await store.close();
    expect(await readdir(to)).toEqual([]);
  });

  it('lets docker go, and says so, when there is no way to keep the layers', async () => {
    const to = await folder();
    const local = new FakeHost().on(['docker', 'save', /.*/], async (_argv, { stdoutTo }) => {
      for (const name of readdirSync(to)) rmSync(join(to, name), { recursive: true });
      const gone = new Promise((resolve) => stdoutTo?.once('close', resolve));
      stdoutTo?.write(saveTar('20.10'));
      await gone;
      return { exitCode: 1, stderr: 'write /dev/stdout: connection reset by peer\n' };
    });
    const store = new SavedImagesStore(local, to);
    await expect(store.get([FIRST], signal)).rejects.toMatchObject({
      code: 'unexpected',
      message: expect.stringMatching(/^the images could not be taken out.*ENOENT/) as string,
    });
    await store.close();
  });

  it('ends when it is interrupted', async () => {
    const to = await folder();
    const stop = new AbortController();
    const local = new FakeHost().on(['docker', 'save', /.*/], (_argv, { stdoutTo }) => {
      stdoutTo?.write(saveTar('20.10').subarray(0, 8000));
      stop.abort();
      return { hangs: true };
    });
    const store = new SavedImagesStore(local, to);
    await expect(store.get([FIRST], stop.signal)).rejects.toMatchObject({ code: 'aborted' });
    await store.close();
    expect(await readdir(to)).toEqual([]);
  });
});
