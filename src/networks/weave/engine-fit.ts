import { isFork } from './settings.js';

/** What a Docker Engine says about itself in `GET /version`. */
export interface EngineVersion {
  /** Such as `26.1.5+dfsg1`. */
  readonly version: string;
  /** The newest API it speaks, such as `1.45`. */
  readonly api: string;
  /** The oldest API it accepts, such as `1.24`. */
  readonly minApi: string;
}

export type EngineFit =
  | {
      readonly fits: true;
      /** What `DOCKER_API_VERSION` must be; undefined: what Weave's script takes by itself is fine. */
      readonly apiVersion: string | undefined;
    }
  | { readonly fits: false; readonly why: string; readonly wayOut: string };

/** The API that Weave Net 2.8.1 asks for, fixed in the program. */
const ORIGINAL_API = '1.18';
/** The API that the fork asks for where `DOCKER_API_VERSION` does not say another one. */
const FORK_API = '1.24';

/**
 * Whether a version of Weave Net can talk to a Docker Engine. 2.8.1 speaks API 1.18 and nothing
 * else: engines that ask for 1.24 at least (26 and later always, 25 unless told otherwise) refuse
 * it. The fork speaks what `DOCKER_API_VERSION` says. Pure.
 */
export function engineFit(engine: EngineVersion, weaveVersion: string): EngineFit {
  if (isFork(weaveVersion)) {
    const isEnough = !isNewer(engine.minApi, FORK_API);
    return { fits: true, apiVersion: isEnough ? undefined : engine.minApi };
  }
  if (!isNewer(engine.minApi, ORIGINAL_API)) return { fits: true, apiVersion: undefined };
  return {
    fits: false,
    why: `weave net ${weaveVersion} speaks docker api ${ORIGINAL_API}, and docker ${engine.version} accepts ${engine.minApi} and later`,
    wayOut: wayOut(engine.version),
  };
}

/**
 * The same for a Docker Engine that would be installed, known by its version alone. Undefined where
 * nothing can be said.
 */
export function candidateFit(candidate: string, weaveVersion: string): EngineFit | undefined {
  const major = Number(/(?:^|:)(\d+)\./.exec(candidate)?.[1]);
  if (!Number.isInteger(major)) return undefined;
  const minApi = major >= 29 ? '1.44' : major >= 25 ? '1.24' : '1.12';
  const version = candidate.replace(/^\d+:/, '');
  return engineFit({ version, api: '', minApi }, weaveVersion);
}

function wayOut(version: string): string {
  const ways = [
    'write "network.weave.version": "2.9.0" (the maintained fork, which needs nothing else)',
    '"network.driver": "wireguard"',
    'or have docker engine 20.10 to 24 on the host',
  ];
  // Docker 26 took the variable's lower values away.
  if (version.startsWith('25.')) {
    ways.push(`or start docker 25 with DOCKER_MIN_API_VERSION=${ORIGINAL_API} in its environment`);
  }
  return ways.join(', ');
}

/** Whether API version `a` is above `b`; both as `<major>.<minor>`. */
function isNewer(a: string, b: string): boolean {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number);
  const [majorB = 0, minorB = 0] = b.split('.').map(Number);
  return majorA === majorB ? minorA > minorB : majorA > majorB;
}
