import type { HostProbe, HttpAnswer, HttpAnswers } from '../../ports/host-probe.js';
import { dockerProbe } from '../docker/docker-state.js';
import { parseListeners } from '../facts/listeners.js';
import { linesOf, sectionsOf } from '../facts/sections.js';
import { bodyOf, textOf } from './json.js';
import { marathonAnswers } from './marathon-answers.js';
import { readAgent, readMaster } from './mesos-answers.js';
import { mesosServiceName } from './paths.js';
import { PROBE_SCRIPT } from './probe-script.js';
import { MESOS_SECRETS } from './secrets.js';
import type { AgentPast, MesosProcess, MesosSeen, SeenFile, SeenService } from './seen.js';
import { readCgroup } from './cgroup.js';
import { sourceMarker } from './source.js';
import type { WantedMesosHost } from './types.js';
import { readZooKeeper } from './zookeeper-answer.js';

/** Containers that a Mesos agent has started are called `mesos-<uuid>`. */
const TASKS = `/containers/json?all=true&filters=${encodeURIComponent('{"name":["^/mesos-"]}')}`;

/** Looks at a host that has, or is to have, parts of the engine; as root. */
export function mesosProbe(wanted: WantedMesosHost): HostProbe<MesosSeen> {
  const { deployment, clusterId, paths, address, engine } = wanted;
  const docker = dockerProbe(deployment);
  const asks = requests(wanted);
  return {
    id: 'mesos',
    script: PROBE_SCRIPT,
    env: {
      CROSSFLOCK_MESOS_SETTINGS: paths.settings,
      CROSSFLOCK_MESOS_WORK: paths.work,
      CROSSFLOCK_MESOS_RUNTIME: paths.runtime,
      CROSSFLOCK_MESOS_ROOT: paths.currentRoot,
      CROSSFLOCK_MESOS_FILES: [...wanted.files, ...markers(wanted)]
        .map(({ path }) => path)
        .join('\n'),
      CROSSFLOCK_MESOS_SERVICES: (['agent', 'master'] as const)
        .map((part) => mesosServiceName(deployment, clusterId, part))
        .join('\n'),
      CROSSFLOCK_MESOS_ZOOKEEPER: wanted.parts.includes('zookeeper')
        ? `${address}:${engine.ports.zookeeper}`
        : '',
    },
    get: [...(docker.get ?? []), TASKS, ...wanted.images.map(imagePath), ...Object.values(asks)],
    parse: (answer, got) => ({
      ...readScript(answer),
      docker: docker.parse('', got),
      taskContainers: containerNames(got?.(TASKS)),
      images: imageIds(wanted.images, got),
      master: readMaster(at(asks.state, got), at(asks.metrics, got)),
      agent: readAgent(at(asks.agent, got)),
      marathonAnswers: marathonAnswers(at(asks.ping, got)),
    }),
  };
}

/** What tells that Mesos was compiled on the host, where it is to be. */
function markers({ engine, paths }: WantedMesosHost): readonly { readonly path: string }[] {
  return engine.install === 'source' ? [sourceMarker(paths)] : [];
}

type Asks = Partial<Record<'state' | 'metrics' | 'agent' | 'ping', string>>;

function requests({ parts, address, engine: { ports } }: WantedMesosHost): Asks {
  const base = `http://${address}`;
  return {
    ...(parts.includes('master')
      ? {
          state: `${base}:${ports.master}/master/state`,
          metrics: `${base}:${ports.master}/metrics/snapshot`,
          ping: `${base}:${ports.marathon}/ping`,
        }
      : {}),
    ...(parts.includes('agent') ? { agent: `${base}:${ports.agent}/state` } : {}),
  };
}

function at(ask: string | undefined, got: HttpAnswers | undefined): HttpAnswer | undefined {
  return ask === undefined ? undefined : got?.(ask);
}

function imagePath(reference: string): string {
  const hasTag = /[:@][^/]*$/.test(reference);
  return `/images/${hasTag ? reference : `${reference}:latest`}/json`;
}

function imageIds(
  references: readonly string[],
  got: HttpAnswers | undefined,
): MesosSeen['images'] {
  const found = references.flatMap((reference) => {
    const id = textOf(bodyOf(got?.(imagePath(reference)), 'docker')?.['Id']);
    return id === undefined ? [] : [[reference, id] as const];
  });
  return new Map(found);
}

function containerNames(answer: HttpAnswer | undefined): readonly string[] {
  if (answer?.status !== 200) return [];
  const list = JSON.parse(answer.body) as readonly { readonly Names: readonly string[] }[];
  return list.map(({ Names }) => (Names[0] ?? '').replace(/^\//, ''));
}

type FromScript = Omit<
  MesosSeen,
  'docker' | 'taskContainers' | 'images' | 'master' | 'agent' | 'marathonAnswers'
>;

/** Reads what the probe's script printed. */
export function readScript(answer: string): FromScript {
  const sections = sectionsOf(answer);
  const section = (name: string): string => sections.get(name) ?? '';
  const lines = (name: string): readonly string[] => linesOf(sections.get(name));
  const init = lines('init');
  const root = section('root');
  return {
    files: readFiles(lines('files'), lines('modes')),
    manifest: readManifest(lines('manifest')),
    secrets: readSecrets(lines('secrets')),
    services: lines('services').flatMap(readService),
    specs: new Map(lines('specs').map((line) => pairOf(line))),
    agentRoot: root === '' ? undefined : (root.split('/').at(-1) ?? root),
    system: {
      processOne: init.find((line) => line.startsWith('process '))?.slice(8) ?? '',
      hasSystemd: init.includes('systemd'),
      hasSysv: init.includes('sysv'),
      hasUnshare: init.includes('unshare'),
      cgroup: readCgroup(section('cgroup'), section('kernel')),
    },
    past: readPast(lines('past')),
    processes: lines('processes').flatMap(readProcess),
    machine: /^[0-9a-f]{64}/.exec(section('machine'))?.[0],
    dockerClient: /version (\d+\.\d+[^\s,]*)/.exec(section('client'))?.[1],
    listeners: parseListeners(section('listeners')),
    zookeeper: readZooKeeper(section('zookeeper')),
  };
}

/** `<hash>  <path>`, and `<mode> <path>`. */
function readFiles(
  hashes: readonly string[],
  modes: readonly string[],
): ReadonlyMap<string, SeenFile> {
  const modeOf = new Map(modes.map((line) => pairOf(line)).map(([mode, path]) => [path, mode]));
  return new Map(
    hashes.map((line) => {
      const [sha256, path] = pairOf(line);
      const mode = modeOf.get(path);
      return [path, { sha256, mode: mode === undefined ? undefined : parseInt(mode, 8) }];
    }),
  );
}

/** `<spec> <hash> <path>` */
function readManifest(lines: readonly string[]): MesosSeen['manifest'] {
  const entries = lines.map((line) => {
    const [spec = '', sha256 = '', path = ''] = line.split(' ');
    return [path, { spec, sha256 }] as const;
  });
  return new Map(entries);
}

function readSecrets(lines: readonly string[]): MesosSeen['secrets'] {
  const found = lines.flatMap((line) => {
    const [hash, path] = pairOf(line);
    const name = MESOS_SECRETS.find((secret) => path.endsWith(`/${secret}`));
    return name === undefined ? [] : [[name, hash] as const];
  });
  return Object.fromEntries(found);
}

/** `systemd <name> ActiveState=active SubState=running UnitFileState=enabled` */
function readService(line: string): readonly SeenService[] {
  const [init, name = '', ...fields] = line.split(' ');
  if (init !== 'systemd' && init !== 'sysv') return [];
  const isRunning = fields.includes('ActiveState=active');
  const isEnabled = init === 'sysv' || fields.includes('UnitFileState=enabled');
  return [{ name, init, isRunning, isEnabled }];
}

function readPast(lines: readonly string[]): AgentPast | undefined {
  if (!lines.includes('ran')) return undefined;
  const value = (name: string): string | undefined =>
    lines.find((line) => line.startsWith(`MESOS_${name}=`))?.slice(name.length + 7);
  return {
    resources: value('RESOURCES'),
    attributes: value('ATTRIBUTES'),
    hostname: value('HOSTNAME'),
    port: value('PORT'),
  };
}

function readProcess(line: string): readonly MesosProcess[] {
  const [pid, name = '', ...folder] = line.split(' ');
  return [{ pid: Number(pid), name, workFolder: folder.join(' ') }];
}

/** What is before the first blanks, and what comes after. */
function pairOf(line: string): readonly [string, string] {
  const found = /^(\S+)\s+(.*)$/.exec(line);
  return [found?.[1] ?? line, found?.[2] ?? ''];
}
