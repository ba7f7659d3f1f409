import type Docker from 'dockerode';
import { PassThrough } from 'node:stream';
import { createOptions } from './docker-create.js';
import { openEvents } from './docker-events.js';
import { EngineError } from './engine.js';
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
} from './engine.js';

const MAX_OUTPUT = 4096;

/** `ContainerEngine` on the Docker Engine API, through dockerode. */
export class DockerEngine implements ContainerEngine {
  readonly #docker: Docker;
  readonly #creator: Docker;

  /**
   * @param creator what containers are created and started through, where that is not the engine
   *   itself: a proxy, such as Weave Net's, which gives each container its address on the way. All
   *   else goes to the engine: such proxies garble logs and the output of commands.
   */
  constructor(docker: Docker, creator: Docker = docker) {
    this.#docker = docker;
    this.#creator = creator;
  }

  async info(): Promise<EngineInfo> {
    const info = (await guarded(this.#docker.info())) as { NCPU: number; MemTotal: number };
    return { cpus: info.NCPU, memory: Math.floor(info.MemTotal / 1024 / 1024) };
  }

  async hasImage(image: string): Promise<boolean> {
    return (await unlessMissing(this.#docker.getImage(image).inspect())) !== undefined;
  }

  async pull(image: string): Promise<void> {
    const stream = await guarded(this.#docker.pull(withTag(image)));
    await guarded(
      new Promise<void>((resolve, reject) => {
        this.#docker.modem.followProgress(stream, (error) => {
          if (error === null) resolve();
          else reject(error);
        });
      }),
    );
  }

  async create(spec: ContainerSpec): Promise<string> {
    return (await this.#created(this.#creator.createContainer(createOptions(spec)))).id;
  }

  async start(id: string): Promise<void> {
    await this.#created(this.#creator.getContainer(id).start());
  }

  /**
   * A proxy that does not answer while the engine does is a failure of this one launch: nothing
   * would tell when it is back, as the engine's events do for the engine.
   */
  async #created<T>(call: Promise<T>): Promise<T> {
    try {
      return await guarded(call);
    } catch (thrown) {
      const error = toEngineError(thrown);
      if (error.kind !== 'unreachable' || this.#creator === this.#docker) throw error;
      await guarded(this.#docker.ping());
      const text = error.message.replace(/^docker engine does not answer: /, '');
      throw new EngineError(
        `the socket for new containers does not answer: ${text}`,
        'refused',
        error,
      );
    }
  }

  async stop(id: string, graceSeconds: number): Promise<void> {
    await unlessMissing(this.#docker.getContainer(id).stop({ t: graceSeconds }), [304, 404]);
  }

  async remove(id: string): Promise<void> {
    // 409: somebody else is removing it already.
    await unlessMissing(this.#docker.getContainer(id).remove({ force: true, v: true }), [404, 409]);
  }

  async rename(id: string, name: string): Promise<void> {
    await guarded(this.#docker.getContainer(id).rename({ name }));
  }

  async inspect(id: string): Promise<ContainerStatus | undefined> {
    const info = await unlessMissing(this.#docker.getContainer(id).inspect());
    return info === undefined ? undefined : statusOf(info);
  }

  async list(label: Label): Promise<readonly string[]> {
    const filters = { label: [`${label.key}=${label.value}`] };
    const found = await guarded(this.#docker.listContainers({ all: true, filters }));
    return found.map(({ Id }) => Id);
  }

  async logTail(id: string, lines: number): Promise<string> {
    const container = this.#docker.getContainer(id);
    const info = await guarded(container.inspect());
    const raw = await guarded(container.logs({ stdout: true, stderr: true, tail: lines }));
    return (info.Config.Tty ? raw.toString('utf8') : demultiplex(raw)).trimEnd();
  }

  async exec(id: string, argv: readonly string[], timeoutMs: number): Promise<ExecResult> {
    const exec = await guarded(
      this.#docker
        .getContainer(id)
        .exec({ Cmd: [...argv], AttachStdout: true, AttachStderr: true }),
    );
    const stream = await guarded(exec.start({ hijack: true, stdin: false }));
    const sink = new PassThrough();
    let output = '';
    sink.on('data', (chunk: Buffer) => {
      if (output.length < MAX_OUTPUT) output += chunk.toString('utf8');
    });
    this.#docker.modem.demuxStream(stream, sink, sink);
    const ended = await endedWithin(stream, timeoutMs);
    stream.destroy();
    if (!ended) return { exitCode: undefined, output };
    const state = await guarded(exec.inspect());
    return { exitCode: state.ExitCode ?? undefined, output };
  }

  async createVolume(name: string, labels: Readonly<Record<string, string>>): Promise<void> {
    await guarded(this.#docker.createVolume({ Name: name, Labels: { ...labels } }));
  }

  async removeVolume(name: string): Promise<void> {
    await unlessMissing(this.#docker.getVolume(name).remove());
  }

  async listVolumes(label: Label): Promise<readonly VolumeRecord[]> {
    const filters = JSON.stringify({ label: [`${label.key}=${label.value}`] });
    const answer = await guarded(this.#docker.listVolumes({ filters }));
    const volumes = answer.Volumes as typeof answer.Volumes | null;
    // The engine shows the labels of a volume as null when it has none.
    return (volumes ?? []).map(({ Name, Labels }) => ({
      name: Name,
      labels: (Labels as typeof Labels | null) ?? {},
    }));
  }

  async events(onEvent: (event: EngineEvent) => void, signal: AbortSignal): Promise<EventStream> {
    return guarded(openEvents(this.#docker, onEvent, signal));
  }
}

/** Docker takes the latest tag when none is given, but its API pulls all tags. */
function withTag(image: string): string {
  return /[:@][^/]*$/.test(image) ? image : `${image}:latest`;
}

function statusOf(info: Docker.ContainerInspectInfo): ContainerStatus {
  const state = info.State as typeof info.State & { OOMKilled: boolean; Error: string };
  const networks = Object.values(info.NetworkSettings.Networks);
  return {
    id: info.Id,
    name: info.Name.replace(/^\//, ''),
    labels: info.Config.Labels,
    phase: phaseOf(state.Status),
    exitCode: state.ExitCode,
    oomKilled: state.OOMKilled,
    error: state.Error,
    startedAt: isoOrUndefined(state.StartedAt),
    finishedAt: isoOrUndefined(state.FinishedAt),
    ipAddresses: networks.map(({ IPAddress }) => IPAddress).filter((ip) => ip !== ''),
  };
}

function phaseOf(status: string): ContainerStatus['phase'] {
  if (status === 'created') return 'created';
  return status === 'running' || status === 'paused' || status === 'restarting'
    ? 'running'
    : 'exited';
}

/** Docker writes year 1 for never, and nanoseconds. */
function isoOrUndefined(text: string): string | undefined {
  return text.startsWith('0001-') ? undefined : new Date(text).toISOString();
}

/** Without a terminal each piece of output has a header of 8 bytes, the length in the last four. */
export function demultiplex(raw: Buffer): string {
  const parts: Buffer[] = [];
  let at = 0;
  while (at + 8 <= raw.length) {
    const end = at + 8 + raw.readUInt32BE(at + 4);
    parts.push(raw.subarray(at + 8, end));
    at = end;
  }
  return Buffer.concat(parts).toString('utf8');
}

async function endedWithin(stream: NodeJS.EventEmitter, timeoutMs: number): Promise<boolean> {
  return new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => {
      resolve(false);
    }, timeoutMs);
    const done = (): void => {
      clearTimeout(timer);
      resolve(true);
    };
    stream.once('end', done);
    stream.once('close', done);
    stream.once('error', done);
  });
}

async function guarded<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (thrown) {
    throw toEngineError(thrown);
  }
}

/** Undefined when the engine answers with one of `statuses`. */
async function unlessMissing<T>(
  call: Promise<T>,
  statuses: readonly number[] = [404],
): Promise<T | undefined> {
  try {
    return await call;
  } catch (thrown) {
    const status = (thrown as { statusCode?: number }).statusCode;
    if (status !== undefined && statuses.includes(status)) return undefined;
    throw toEngineError(thrown);
  }
}

/** What dockerode throws, as an `EngineError`: the engine's own words without the HTTP wrapping. */
export function toEngineError(thrown: unknown): EngineError {
  if (thrown instanceof EngineError) return thrown;
  const error = thrown as { statusCode?: number; json?: { message?: string }; message?: string };
  const wrapped = error.json?.message ?? error.message ?? String(thrown);
  const text = wrapped.replace(/^\(HTTP code \d+\) [^-]* - /, '').trim();
  if (error.statusCode === undefined && isConnectionFailure(thrown)) {
    return new EngineError(`docker engine does not answer: ${text}`, 'unreachable', thrown);
  }
  if (error.statusCode === 404) return new EngineError(text, 'missing', thrown);
  const inUse = /already in use|already allocated|address already in use/i;
  const kind = error.statusCode === 409 || inUse.test(text) ? 'conflict' : 'refused';
  return new EngineError(text, kind, thrown);
}

function isConnectionFailure(thrown: unknown): boolean {
  const code = (thrown as { code?: unknown }).code;
  return typeof code === 'string' && /^E[A-Z]+$/.test(code);
}
