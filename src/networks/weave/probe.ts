import { CrossflockError } from '../../errors/crossflock-error.js';
import type { HostProbe } from '../../ports/host-probe.js';
import type { EngineVersion } from './engine-fit.js';
import type { CommandContext } from './command.js';
import { weaveEnv } from './command.js';
import { parseReport } from './report.js';
import { weaveImages } from './settings.js';
import type { Presence, WeaveContainer, WeaveState } from './state.js';

/**
 * Sections of raw answers, each after a line `@@ <name>`. Docker is asked through its socket, since
 * its command line costs 30-40 ms of CPU a call; the container list of its API, unlike an
 * inspection, does not contain the environment and so no password. No `weave` command is run where
 * curl is there, as each of them starts a container.
 */
const SCRIPT = String.raw`
section() { printf '\n@@ %s\n' "$1"; }
engine() { curl -s -f -g --max-time 5 --unix-socket /var/run/docker.sock "http://localhost$1"; }
with=none
section engine
if command -v curl >/dev/null 2>&1 && engine /version 2>/dev/null; then with=curl
elif command -v docker >/dev/null 2>&1 && docker version --format '{{json .Server}}' 2>/dev/null; then with=docker
fi
section container
case $with in
curl) container=$(engine '/containers/json?all=true&filters=%7B%22name%22%3A%5B%22%5E%2Fweave%24%22%5D%7D') ;;
docker) container=$(docker ps --all --no-trunc --filter 'name=^/weave$' --format '{{json .}}') ;;
none)
  container=
  command -v docker >/dev/null 2>&1 || {
    section candidate
    apt-cache policy docker.io 2>/dev/null | sed -n 's/^ *Candidate: *//p'
    section container
  } ;;
esac
printf '%s\n' "$container"
case $container in
*'"running"'*)
  section report
  curl -s -f -g --noproxy '*' --max-time 5 -H 'Accept: application/json' http://127.0.0.1:6784/report 2>/dev/null ||
    "$CROSSFLOCK_WEAVE_SCRIPT" report 2>/dev/null ;;
*)
  section missing
  for image in $CROSSFLOCK_WEAVE_IMAGES; do
    case $with in
    curl) engine "/images/$image/json" >/dev/null 2>&1 || printf '%s\n' "$image" ;;
    docker) docker image inspect "$image" >/dev/null 2>&1 || printf '%s\n' "$image" ;;
    none) printf '%s\n' "$image" ;;
    esac
  done
  for module in openvswitch dummy; do
    section "module-$module"
    if modprobe -n -q "$module" 2>/dev/null; then echo yes
    elif command -v modprobe >/dev/null 2>&1 && [ -d "/lib/modules/$(uname -r)" ]; then echo no
    else echo unknown
    fi
  done
  section iptables
  iptables -V 2>/dev/null ;;
esac
section script
if [ -x "$CROSSFLOCK_WEAVE_SCRIPT" ]; then echo yes; else echo no; fi
section link
ip -o link show dev weave 2>/dev/null
section datapath
ip -o link show dev datapath 2>/dev/null
section addresses
ip -o -4 addr show dev weave 2>/dev/null
`;

/** Looks at Weave Net on a host; changes nothing. */
export function weaveProbe(context: CommandContext): HostProbe<WeaveState> {
  return {
    id: 'weave',
    script: SCRIPT,
    env: {
      ...weaveEnv(context),
      CROSSFLOCK_WEAVE_SCRIPT: context.script,
      CROSSFLOCK_WEAVE_IMAGES: weaveImages(context.settings).join(' '),
    },
    parse: parseWeaveState,
  };
}

/** Reads what the probe's script printed. Throws `unexpected`. */
export function parseWeaveState(answer: string): WeaveState {
  const sections = sectionsOf(answer);
  const section = (name: string): string => sections.get(name) ?? '';
  const addresses = section('addresses').matchAll(/\binet (\d+\.\d+\.\d+\.\d+\/\d+)/g);
  const mtu = /\bmtu (\d+)/.exec(section('link'))?.[1];
  const report = section('report');
  const candidate = section('candidate');
  return {
    engine: engineOf(section('engine')),
    engineCandidate: candidate === '' || candidate === '(none)' ? undefined : candidate,
    container: containerOf(section('container')),
    report: report === '' ? undefined : parseReport(report),
    hasScript: section('script') === 'yes',
    missingImages: section('missing')
      .split('\n')
      .filter((line) => line !== ''),
    modules: {
      openvswitch: presence(section('module-openvswitch')),
      dummy: presence(section('module-dummy')),
    },
    bridge: bridgeOf(section('link'), section('datapath')),
    mtu: mtu === undefined ? undefined : Number(mtu),
    exposed: [...addresses].map(([, address = '']) => address),
    iptables: backendOf(section('iptables')),
  };
}

/** The texts after each line `@@ <name>`; of two sections of one name the last counts. */
export function sectionsOf(answer: string): ReadonlyMap<string, string> {
  const parts = answer.replaceAll('\r', '').split(/^@@ (\S+)$/m);
  const sections = new Map<string, string>();
  for (let at = 1; at < parts.length; at += 2) {
    sections.set(parts[at] ?? '', (parts[at + 1] ?? '').trim());
  }
  return sections;
}

function bridgeOf(link: string, datapath: string): WeaveState['bridge'] {
  if (link === '') return 'none';
  return datapath === '' ? 'bridge' : 'fastdp';
}

function backendOf(version: string): WeaveState['iptables'] {
  if (version.includes('nf_tables')) return 'nft';
  return version.includes('legacy') ? 'legacy' : 'unknown';
}

function presence(word: string): Presence {
  return word === 'yes' || word === 'no' ? word : 'unknown';
}

/** `GET /version`, or the part of `docker version` about the server, which has the same names. */
function engineOf(json: string): EngineVersion | undefined {
  const [fields] = objectsIn(json);
  if (fields === undefined) return undefined;
  const { Version: version, ApiVersion: api, MinAPIVersion: minApi } = fields;
  if (typeof version !== 'string' || typeof api !== 'string') return undefined;
  return { version, api, minApi: typeof minApi === 'string' ? minApi : '1.12' };
}

/** `GET /containers/json` (a list), or the lines of `docker ps --format '{{json .}}'`. */
function containerOf(json: string): WeaveContainer | undefined {
  const found = objectsIn(json).find((fields) => {
    const names = fields['Names'];
    return Array.isArray(names) ? names.includes('/weave') : names === 'weave';
  });
  if (found === undefined) return undefined;
  const { Image: image, State: state, Labels: labels } = found;
  return {
    image: typeof image === 'string' ? image : '',
    state: typeof state === 'string' ? state : '',
    labels: typeof labels === 'string' ? labelsOf(labels) : stringsOf(labels),
  };
}

/** `a=1,b=2`, as the command line prints labels. */
function labelsOf(text: string): Readonly<Record<string, string>> {
  const pairs = text.split(',').map((pair) => {
    const at = pair.indexOf('=');
    return at === -1 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
  });
  return Object.fromEntries(pairs) as Record<string, string>;
}

function stringsOf(value: unknown): Readonly<Record<string, string>> {
  if (value === null || typeof value !== 'object') return {};
  const entries = Object.entries(value).filter((entry) => typeof entry[1] === 'string');
  return Object.fromEntries(entries);
}

type Fields = Readonly<Record<string, unknown>>;

function objectsIn(json: string): readonly Fields[] {
  if (json === '' || json === 'null') return [];
  try {
    const documents = json.startsWith('[') ? [json] : json.split('\n');
    const values = documents.flatMap((line) => JSON.parse(line) as unknown);
    return values.filter((value): value is Fields => value !== null && typeof value === 'object');
  } catch (cause) {
    throw new CrossflockError(`cannot read what docker answered: ${json.slice(0, 80)}`, {
      code: 'unexpected',
      cause,
    });
  }
}
