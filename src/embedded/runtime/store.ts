import { shortHash } from './ids.js';
import type { ContainerEngine, VolumeRecord } from './engine.js';
import type { Logger } from './context.js';

/** Kinds of records; each is one labelled, empty Docker volume. */
export type RecordKind = 'version' | 'deployment' | 'failure' | 'group';

export interface StoredRecord {
  readonly kind: RecordKind;
  readonly key: string;
  readonly data: unknown;
}

export const CLUSTER_LABEL = 'crossflock.cluster';
export const APP_LABEL = 'crossflock.app';
const KIND_LABEL = 'crossflock.record';
const KEY_LABEL = 'crossflock.key';
const DATA_LABEL = 'crossflock.data';
const KINDS: readonly string[] = ['version', 'deployment', 'failure', 'group'];

type Labels = Readonly<Record<string, string>>;

/**
 * Records that survive this process: volumes with everything in their labels, which Docker writes
 * atomically and never changes. The store knows what should be there and what is there, and brings
 * the second to the first; whatever fails or is pruned by somebody is done again at the next resync.
 */
export class Store {
  readonly #engine: ContainerEngine;
  readonly #scope: string;
  readonly #log: Logger;
  readonly #wanted = new Map<string, Labels>();
  readonly #there = new Set<string>();
  /** Records that this program cannot read, of a later one perhaps: never touched. */
  readonly #foreign = new Set<string>();
  /** The last operation on each volume: operations on one volume follow one another. */
  readonly #busy = new Map<string, Promise<void>>();

  constructor(engine: ContainerEngine, scope: string, log: Logger) {
    this.#engine = engine;
    this.#scope = scope;
    this.#log = log;
  }

  /** Reads all records, as far as they can be read. */
  async load(): Promise<readonly StoredRecord[]> {
    const records: StoredRecord[] = [];
    for (const volume of await this.#list()) {
      const record = readRecord(volume);
      if (record === undefined) {
        this.#foreign.add(volume.name);
        this.#log.warn({ volume: volume.name }, 'record cannot be read and is left alone');
        continue;
      }
      this.#wanted.set(volume.name, volume.labels);
      this.#there.add(volume.name);
      records.push(record);
    }
    return records;
  }

  /** Resolves when the record is stored; rejects with `EngineError`, and is then not wanted. */
  async commit(record: StoredRecord): Promise<void> {
    const name = this.#want(record);
    try {
      await this.#converge(name);
    } catch (thrown) {
      this.#wanted.delete(name);
      throw thrown;
    }
  }

  /** Wants the record stored; resolves when it is, or when it could not be yet. */
  async put(record: StoredRecord): Promise<void> {
    await this.#try(this.#want(record));
  }

  async remove(kind: RecordKind, key: string): Promise<void> {
    const name = this.#name(kind, key);
    this.#wanted.delete(name);
    await this.#try(name);
  }

  /** A volume has gone; a record that is still wanted is written again. */
  lost(volume: string): void {
    if (!this.#there.delete(volume) || !this.#wanted.has(volume)) return;
    if (this.#busy.has(volume)) return;
    this.#log.warn({ volume }, 'a record was removed by somebody and is written again');
    void this.#try(volume);
  }

  /** Compares with what is really there and makes up the difference. */
  async resync(): Promise<void> {
    const names = (await this.#list()).map(({ name }) => name);
    this.#there.clear();
    for (const name of names) this.#there.add(name);
    const missing = [...this.#wanted.keys()].filter((name) => !this.#there.has(name));
    const left = names.filter((name) => !this.#wanted.has(name) && !this.#foreign.has(name));
    await Promise.all([...missing, ...left].map((name) => this.#try(name)));
  }

  #list(): Promise<readonly VolumeRecord[]> {
    return this.#engine
      .listVolumes({ key: CLUSTER_LABEL, value: this.#scope })
      .then((volumes) => volumes.filter(({ labels }) => labels[KIND_LABEL] !== undefined));
  }

  #name(kind: RecordKind, key: string): string {
    return `${this.#scope}.${kind}.${shortHash(key)}`;
  }

  #want({ kind, key, data }: StoredRecord): string {
    const name = this.#name(kind, key);
    this.#wanted.set(name, {
      [CLUSTER_LABEL]: this.#scope,
      [KIND_LABEL]: kind,
      [KEY_LABEL]: key,
      ...appOf(key),
      [DATA_LABEL]: JSON.stringify(data),
    });
    return name;
  }

  async #try(name: string): Promise<void> {
    try {
      await this.#converge(name);
    } catch (thrown) {
      this.#log.warn({ volume: name, reason: String(thrown) }, 'record not written yet');
    }
  }

  async #converge(name: string): Promise<void> {
    const before = this.#busy.get(name) ?? Promise.resolve();
    const work = before.catch(() => undefined).then(() => this.#apply(name));
    this.#busy.set(name, work);
    try {
      await work;
    } finally {
      if (this.#busy.get(name) === work) this.#busy.delete(name);
    }
  }

  async #apply(name: string): Promise<void> {
    const labels = this.#wanted.get(name);
    if (labels !== undefined && !this.#there.has(name)) {
      await this.#engine.createVolume(name, labels);
      this.#there.add(name);
    } else if (labels === undefined && this.#there.has(name)) {
      // Out of the set first, so that the engine's own event is not taken for a loss.
      this.#there.delete(name);
      await this.#engine.removeVolume(name);
    }
  }
}

/** For people who look at volumes: which app a record is about. */
function appOf(key: string): Labels {
  return key.startsWith('/') ? { [APP_LABEL]: key.split('@')[0] ?? key } : {};
}

function readRecord({ labels }: VolumeRecord): StoredRecord | undefined {
  const kind = labels[KIND_LABEL];
  const key = labels[KEY_LABEL];
  const data = labels[DATA_LABEL];
  if (kind === undefined || key === undefined || data === undefined) return undefined;
  if (!KINDS.includes(kind)) return undefined;
  try {
    return { kind: kind as RecordKind, key, data: JSON.parse(data) as unknown };
  } catch {
    return undefined;
  }
}
