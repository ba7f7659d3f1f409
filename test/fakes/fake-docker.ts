import { EngineError } from '../../src/embedded/runtime/engine.js';
import type {
  ContainerEngine,
  ContainerSpec,
  ContainerStatus,
  EngineEvent,
  EngineInfo,
  EventStream,
  ExecResult,
  Label,
  VolumeRecord,
} from '../../src/embedded/runtime/engine.js';
import { type FakeContainer, checkName, checkNetwork } from './fake-docker-rules.js';

interface Listener {
  readonly onEvent: (event: EngineEvent) => void;
  readonly close: () => void;
}

/**
 * A container engine in memory that is as strict as Docker: names, host ports and pinned addresses
 * are used once; images and networks must be there; volumes never change. It outlives the servers
 * that a test starts on it, as Docker does.
 */
export class FakeDocker implements ContainerEngine {
  readonly images = new Set<string>();
  readonly networks = new Set<string>(['bridge', 'host', 'none']);
  /** Images that `pull` brings, or the reason why it cannot. */
  readonly registry = new Map<string, true | string>();
  /** Ignores the request to end: it is killed after the grace period, which a test lets pass. */
  stopsAtOnce = true;
  /** All calls but reads, as `create app`, in order. */
  readonly calls: string[] = [];
  execResult: ExecResult = { exitCode: 0, output: '' };
  readonly #containers = new Map<string, FakeContainer>();
  readonly #volumes = new Map<string, Readonly<Record<string, string>>>();
  readonly #listeners = new Set<Listener>();
  readonly #stopping = new Map<string, () => void>();
  readonly #pulling: (() => void)[] = [];
  #down = false;
  #holdPulls = false;
  #next = 1;
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
  }

  // --- what tests do ---

  /** The engine goes away: streams break, calls fail. */
  disconnect(): void {
    this.#down = true;
    this.breakStreams();
  }

  connect(): void {
    this.#down = false;
  }

  breakStreams(): void {
    for (const listener of [...this.#listeners]) listener.close();
  }

  /** Pulls wait until `releasePulls`. */
  holdPulls(): void {
    this.#holdPulls = true;
  }

  releasePulls(): void {
    this.#holdPulls = false;
    for (const release of this.#pulling.splice(0)) release();
  }

  /** The container's process ends by itself. */
  exit(id: string, exitCode: number, end: { oomKilled?: boolean; log?: string } = {}): void {
    const container = this.#get(id);
    if (container.phase !== 'running') throw new Error(`${container.name} does not run`);
    container.oomKilled = end.oomKilled ?? false;
    container.log = end.log ?? '';
    this.#end(container, exitCode);
  }

  /** The event of a container's start comes now, to whoever listens. */
  tellStart(id: string): void {
    this.#report(this.#get(id), 'start');
  }

  /** Lets a container end that was asked to and ignored it. */
  killNow(id: string): void {
    const release = this.#stopping.get(id);
    if (release === undefined) throw new Error(`${id} was not asked to stop`);
    release();
  }

  containers(): readonly (ContainerStatus & { readonly spec: ContainerSpec })[] {
    return [...this.#containers.values()].map((c) => ({ ...this.#status(c), spec: c.spec }));
  }

  running(): readonly (ContainerStatus & { readonly spec: ContainerSpec })[] {
    return this.containers().filter(({ phase }) => phase === 'running');
  }

  volumes(): readonly VolumeRecord[] {
    return [...this.#volumes].map(([name, labels]) => ({ name, labels }));
  }

  /** Somebody removes a volume by hand. */
  prune(name: string): void {
    this.#volumes.delete(name);
    this.#emit({ type: 'volume', action: 'destroy', id: name, labels: {} });
  }

  // --- ContainerEngine ---

  info(): Promise<EngineInfo> {
    return this.#call(() => ({ cpus: 2, memory: 4096 }));
  }

  hasImage(image: string): Promise<boolean> {
    return this.#call(() => this.images.has(image));
  }

  async pull(image: string): Promise<void> {
    if (this.#holdPulls) {
      await new Promise<void>((resolve) => {
        this.#pulling.push(resolve);
      });
    }
    await this.#call(() => {
      this.calls.push(`pull ${image}`);
      const answer = this.registry.get(image) ?? `manifest for ${image} not found`;
      if (answer !== true) throw new EngineError(answer, 'missing');
      this.images.add(image);
    });
  }

  create(spec: ContainerSpec): Promise<string> {
    return this.#call(() => {
      this.calls.push(`create ${spec.name}`);
      if (!this.images.has(spec.image)) {
        throw new EngineError(`No such image: ${spec.image}`, 'missing');
      }
      checkName(spec.name, this.#containers.values());
      const id = `c${String(this.#next++).padStart(4, '0')}`;
      this.#containers.set(id, {
        id,
        spec,
        name: spec.name,
        phase: 'created',
        exitCode: 0,
        oomKilled: false,
        startedAt: undefined,
        finishedAt: undefined,
        log: '',
      });
      return id;
    });
  }

  start(id: string): Promise<void> {
    return this.#call(() => {
      const container = this.#get(id);
      this.calls.push(`start ${container.name}`);
      checkNetwork(container, this.#containers.values(), this.networks);
      container.phase = 'running';
      container.startedAt = this.#now().toISOString();
      this.#report(container, 'start');
    });
  }

  async stop(id: string, graceSeconds: number): Promise<void> {
    const container = await this.#call(() => this.#containers.get(id));
    if (container?.phase !== 'running') return;
    this.calls.push(`stop ${container.name} ${graceSeconds}`);
    if (!this.stopsAtOnce) {
      await new Promise<void>((resolve) => {
        this.#stopping.set(id, resolve);
      });
      this.#stopping.delete(id);
    }
    await this.#call(() => {
      this.#end(container, 137);
    });
  }

  remove(id: string): Promise<void> {
    return this.#call(() => {
      const container = this.#containers.get(id);
      if (container === undefined) return;
      this.calls.push(`remove ${container.name}`);
      if (container.phase === 'running') this.#end(container, 137);
      this.#containers.delete(id);
      this.#report(container, 'destroy');
    });
  }

  rename(id: string, name: string): Promise<void> {
    return this.#call(() => {
      checkName(name, this.#containers.values());
      this.#get(id).name = name;
    });
  }

  inspect(id: string): Promise<ContainerStatus | undefined> {
    return this.#call(() => {
      const container = this.#containers.get(id);
      return container === undefined ? undefined : this.#status(container);
    });
  }

  list({ key, value }: Label): Promise<readonly string[]> {
    return this.#call(() =>
      [...this.#containers.values()]
        .filter(({ spec }) => spec.labels[key] === value)
        .map(({ id }) => id),
    );
  }

  logTail(id: string): Promise<string> {
    return this.#call(() => this.#get(id).log);
  }

  exec(id: string): Promise<ExecResult> {
    return this.#call(() => {
      if (this.#get(id).phase !== 'running') throw new EngineError('not running', 'conflict');
      return this.execResult;
    });
  }

  createVolume(name: string, labels: Readonly<Record<string, string>>): Promise<void> {
    return this.#call(() => {
      // Docker answers with the volume that is there, its labels unchanged.
      if (!this.#volumes.has(name)) this.#volumes.set(name, { ...labels });
    });
  }

  removeVolume(name: string): Promise<void> {
    return this.#call(() => {
      if (!this.#volumes.delete(name)) return;
      this.#emit({ type: 'volume', action: 'destroy', id: name, labels: {} });
    });
  }

  listVolumes({ key, value }: Label): Promise<readonly VolumeRecord[]> {
    return this.#call(() => this.volumes().filter(({ labels }) => labels[key] === value));
  }

  events(onEvent: (event: EngineEvent) => void, signal: AbortSignal): Promise<EventStream> {
    return this.#call(() => {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      const listener: Listener = {
        onEvent,
        close: () => {
          this.#listeners.delete(listener);
          resolve(undefined);
        },
      };
      this.#listeners.add(listener);
      signal.addEventListener('abort', listener.close, { once: true });
      return { closed: promise };
    });
  }

  // --- inside ---

  async #call<T>(work: () => T): Promise<T> {
    await Promise.resolve();
    if (this.#down) throw new EngineError('docker engine does not answer', 'unreachable');
    return work();
  }

  #get(id: string): FakeContainer {
    const container = this.#containers.get(id);
    if (container === undefined) throw new EngineError(`No such container: ${id}`, 'missing');
    return container;
  }

  #end(container: FakeContainer, exitCode: number): void {
    if (container.phase !== 'running') return;
    container.phase = 'exited';
    container.exitCode = exitCode;
    container.finishedAt = this.#now().toISOString();
    this.#report(container, 'die');
  }

  #status(container: FakeContainer): ContainerStatus {
    const { spec, id, name, phase, exitCode, oomKilled, startedAt, finishedAt } = container;
    const address =
      spec.extra.ip ??
      (spec.network === 'host' ? undefined : `172.17.0.${Number(id.slice(1)) + 1}`);
    const ipAddresses = phase === 'running' && address !== undefined ? [address] : [];
    const { labels } = spec;
    return {
      id,
      name,
      labels,
      phase,
      exitCode,
      oomKilled,
      error: '',
      startedAt,
      finishedAt,
      ipAddresses,
    };
  }

  #report({ id, spec }: FakeContainer, action: string): void {
    this.#emit({ type: 'container', action, id, labels: spec.labels });
  }

  #emit(event: EngineEvent): void {
    for (const { onEvent } of [...this.#listeners]) onEvent(event);
  }
}
