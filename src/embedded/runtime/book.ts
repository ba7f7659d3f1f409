import type { AppVersion } from '../orchestrator.js';
import type { Store } from './store.js';

/** All versions of all apps, in memory and in the store. */
export class AppBook {
  readonly #store: Store;
  readonly #maxVersions: number;
  /** Newest first. */
  readonly #apps = new Map<string, AppVersion[]>();
  /** Deleted, but their tasks still run. */
  readonly #hidden = new Set<string>();

  constructor(store: Store, maxVersions: number) {
    this.#store = store;
    this.#maxVersions = maxVersions;
  }

  /** Takes a version that is stored already. */
  load(version: AppVersion): void {
    const { id } = version.definition;
    const known = this.#apps.get(id) ?? [];
    if (known.some((other) => other.version === version.version)) return;
    known.push(version);
    known.sort((a, b) => (a.version < b.version ? 1 : -1));
    this.#apps.set(id, known);
  }

  /** Adds a version and makes it the current one; resolves when it is stored. */
  async put(version: AppVersion): Promise<void> {
    const { id } = version.definition;
    this.#hidden.delete(id);
    this.load(version);
    const surplus = (this.#apps.get(id) ?? []).splice(this.#maxVersions);
    await Promise.all([
      this.#store.put({ kind: 'version', key: keyOf(version), data: version }),
      ...surplus.map((old) => this.#store.remove('version', keyOf(old))),
    ]);
  }

  /** The app is deleted, but not gone yet. */
  hide(id: string): void {
    if (this.#apps.has(id)) this.#hidden.add(id);
  }

  isHidden(id: string): boolean {
    return this.#hidden.has(id);
  }

  /** Forgets the app altogether. */
  async drop(id: string): Promise<void> {
    const versions = this.#apps.get(id) ?? [];
    this.#apps.delete(id);
    this.#hidden.delete(id);
    await Promise.all([
      ...versions.map((version) => this.#store.remove('version', keyOf(version))),
      this.#store.remove('failure', id),
    ]);
  }

  current(id: string): AppVersion | undefined {
    return this.#hidden.has(id) ? undefined : this.#apps.get(id)?.[0];
  }

  all(): ReadonlyMap<string, AppVersion> {
    const all = new Map<string, AppVersion>();
    for (const [id, [first]] of this.#apps) {
      if (first !== undefined && !this.#hidden.has(id)) all.set(id, first);
    }
    return all;
  }

  history(id: string): readonly AppVersion[] {
    return this.#hidden.has(id) ? [] : [...(this.#apps.get(id) ?? [])];
  }

  /** Any stored version, also of an app that is being deleted. */
  find(id: string, version: string): AppVersion | undefined {
    return this.#apps.get(id)?.find((candidate) => candidate.version === version);
  }

  /** The newest timestamp of all, for the next one to be later; empty when there is none. */
  newest(): string {
    let newest = '';
    for (const [first] of this.#apps.values()) {
      if (first !== undefined && first.version > newest) newest = first.version;
    }
    return newest;
  }
}

function keyOf(version: AppVersion): string {
  return `${version.definition.id}@${version.version}`;
}
