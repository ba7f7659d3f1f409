import type { HostProbe, HttpAnswer, HttpAnswers } from '../../ports/host-probe.js';

/** A Docker Engine that answers. */
export interface EngineState {
  /** Such as `26.1.5+dfsg1`. */
  readonly version: string;
  /** The newest API it speaks, and the oldest it accepts, such as `1.45`. */
  readonly api: string;
  readonly minApi: string;
}

/** A container of the deployment, as Docker lists it. */
export interface ListedContainer {
  readonly name: string;
  readonly running: boolean;
  readonly imageId: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface DockerState {
  /** Undefined where no engine answers to this user. */
  readonly engine: EngineState | undefined;
  readonly containers: readonly ListedContainer[];
}

/**
 * A version below all that exist: the refusal names the oldest one that is accepted, its headers
 * the engine. `GET /version` tells the same, but starts three programs for it.
 */
const VERSIONS = '/v1.1/_ping';

/** Whether an engine answers, and what of a deployment is on it. */
export function dockerProbe(deployment: string): HostProbe<DockerState> {
  const filters = JSON.stringify({ label: [`crossflock.deployment=${deployment}`] });
  const containers = `/containers/json?all=true&filters=${encodeURIComponent(filters)}`;
  return {
    id: 'docker',
    script: '',
    get: [VERSIONS, containers],
    parse: (_, got) => ({
      engine: parseEngine(got?.(VERSIONS)),
      containers: parseContainers(got?.(containers)),
    }),
  };
}

/** Reads `Server: Docker/20.10.24+dfsg1 (linux)` and the sentence about versions. */
export function parseEngine(answer: HttpAnswer | undefined): EngineState | undefined {
  if (answer === undefined) return undefined;
  const { headers, body } = answer;
  const version = /^Docker\/(\S+)/.exec(headers['server'] ?? '')?.[1];
  const api = headers['api-version'];
  if (version === undefined || api === undefined) return undefined;
  return { version, api, minApi: /API version is (\d+\.\d+)/.exec(body)?.[1] ?? api };
}

interface ContainerEntry {
  readonly Names: readonly string[];
  readonly State: string;
  readonly ImageID: string;
  readonly Labels: Readonly<Record<string, string>> | null;
}

function parseContainers(answer: HttpAnswer | undefined): readonly ListedContainer[] {
  if (answer?.status !== 200) return [];
  const list = JSON.parse(answer.body) as readonly ContainerEntry[];
  return list.map(({ Names, State, ImageID, Labels }) => ({
    name: (Names[0] ?? '').replace(/^\//, ''),
    running: State === 'running',
    imageId: ImageID,
    labels: Labels ?? {},
  }));
}

/** Whether the embedded Marathon on that port answers; 401 is an answer. */
export function marathonProbe(port: number | undefined): HostProbe<boolean> {
  const address = `http://127.0.0.1:${String(port)}/ping`;
  const parse = (_: string, got?: HttpAnswers): boolean =>
    [200, 401].includes(got?.(address)?.status ?? 0);
  return { id: 'marathon', script: '', get: port === undefined ? [] : [address], parse };
}
