import { toCrossflockError } from '../../errors/crossflock-error.js';
import type { Forward, Host } from '../../ports/host.js';
import type { ImageChange } from '../plan-images.js';
import type { SavedImage } from '../saved/saved-image.js';
import { SavedImagesStore } from '../saved/saved-images-store.js';
import { fanOut } from '../../util/fan-out.js';
import { repositoryOf } from '../reference.js';
import { SENT_TAG, serveImages, tagToServe, type ImageServer } from '../serve/image-server.js';
import { loadImages } from './load.js';
import { dockerFailure, pull, pullFromRegistry, tidyImages } from './pull.js';

/** Layers that two images share cross once also when both are pulled at the same time. */
const PULLS_AT_ONCE = 2;

export interface SendOptions {
  readonly signal: AbortSignal;
  /** Receives the bytes that have gone to the host so far. */
  readonly onProgress?: (bytes: number) => void;
  /** Called when an image has arrived. */
  readonly onArrived?: (change: ImageChange) => void;
}

/** How images got to a host. */
export interface Delivery {
  /** Bytes of layers and documents that this machine sent. */
  readonly bytes: number;
  /** `served`: the host pulled them from here; `loaded`: its SSH server lets no port through. */
  readonly way: 'registry' | 'served' | 'loaded';
}

/**
 * Brings images to hosts, side by side: from the registry in the configuration, or from this
 * machine, where they are taken out of Docker once for all hosts.
 */
export class ImageSender {
  readonly #store: SavedImagesStore;

  /**
   * @param here the machine whose Docker Engine has the images
   * @param folder where layers can be kept until `close`, made where it is not there; they take
   *   about a third of the images' size
   */
  constructor(here: Host, folder: string) {
    this.#store = new SavedImagesStore(here, folder);
  }

  /**
   * Takes images out of this machine's Docker Engine in one go. Sending does the same for what is
   * missing then: calling it first is for those who know all that will be wanted.
   */
  async prepare(changes: readonly ImageChange[], signal: AbortSignal): Promise<void> {
    const names = changes.filter(({ source }) => source.from === 'here').map(({ name }) => name);
    if (names.length > 0) await this.#store.get([...new Set(names)], signal);
  }

  /**
   * Makes the changes of one host.
   * @param host everything on it runs as root, where the host permits it
   */
  async sendTo(
    host: Host,
    changes: readonly ImageChange[],
    options: SendOptions,
  ): Promise<Delivery> {
    const { signal, onArrived } = options;
    const pulled = changes.filter(({ source }) => source.from === 'registry');
    for (const change of pulled) {
      if (change.source.from !== 'registry') continue;
      const { reference } = change.source;
      await pullFromRegistry(host, { reference, name: change.name }, signal);
      onArrived?.(change);
    }
    const sent = changes.filter(({ source }) => source.from === 'here');
    const delivery = sent.length === 0 ? REGISTRY : await this.#send(host, sent, options);
    if (changes.some(({ view }) => view.action === 'update')) await tidyImages(host, signal);
    return delivery;
  }

  /** Removes what was kept. */
  async close(): Promise<void> {
    await this.#store.close();
  }

  async #send(
    host: Host,
    changes: readonly ImageChange[],
    { signal, onProgress, onArrived }: SendOptions,
  ): Promise<Delivery> {
    const names = changes.map(({ name }) => name);
    const images = await this.#store.get(names, signal);
    let bytes = 0;
    const onBytes = (count: number): void => {
      bytes += count;
      onProgress?.(bytes);
    };
    const server = await serveImages(images, onBytes);
    try {
      const forward = await forwardUnlessRefused(host, server);
      if (forward === undefined) {
        const there = changes.flatMap((change) => change.there);
        await loadImages(host, { images, there, onBytes, signal });
        for (const change of changes) onArrived?.(change);
        return { bytes, way: 'loaded' };
      }
      try {
        await pullServed(host, forward, images, {
          signal,
          onArrived: (name) => {
            for (const change of changes) if (change.name === name) onArrived?.(change);
          },
        });
        return { bytes, way: 'served' };
      } finally {
        await forward.close();
      }
    } finally {
      await server.close();
    }
  }
}

const REGISTRY: Delivery = { bytes: 0, way: 'registry' };

/** The server as the host sees it; undefined where its SSH server lets no port through. */
async function forwardUnlessRefused(
  host: Host,
  { port }: ImageServer,
): Promise<Forward | undefined> {
  try {
    return await host.reverseForward(port);
  } catch (error) {
    if (toCrossflockError(error).code === 'refused') return undefined;
    throw error;
  }
}

async function pullServed(
  host: Host,
  forward: Forward,
  images: readonly SavedImage[],
  { signal, onArrived }: { signal: AbortSignal; onArrived: (name: string) => void },
): Promise<void> {
  const registry = `127.0.0.1:${forward.port}`;
  const { failed } = await fanOut(images, PULLS_AT_ONCE, async (image) => {
    signal.throwIfAborted();
    const { name } = image;
    const repository = repositoryOf(name);
    const reference = `${registry}/${repository}:${tagToServe(image)}`;
    // Whatever port an earlier try had.
    const passing = `127.0.0.1:*/${repository}:${SENT_TAG}*`;
    const { exitCode, stderr } = await pull(host, { reference, name, passing }, signal);
    if (exitCode !== 0) throw dockerFailure(host, `docker pull of ${name}`, stderr);
    onArrived(name);
  });
  if (failed[0] !== undefined) throw failed[0].error;
}
