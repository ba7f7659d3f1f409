import type { ExtraSettings } from './engine.js';

export interface DockerParameter {
  readonly key: string;
  readonly value: string;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer U)[] ? U[] : T[K] };

/** What the `docker.parameters` of an app say, beside the app's own properties. */
export interface ParsedParameters {
  readonly extra: ExtraSettings;
  readonly network: string | undefined;
  readonly binds: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly privileged: boolean;
  /** Bytes, or -1 for no limit. */
  readonly memorySwap: number | undefined;
  readonly user: string | undefined;
  readonly entrypoint: string | undefined;
  /** One sentence for each parameter that cannot be used. */
  readonly problems: readonly string[];
}

interface Draft {
  readonly extra: Omit<Mutable<ExtraSettings>, 'tmpfs' | 'sysctls' | 'logOptions'> & {
    tmpfs: Record<string, string>;
    sysctls: Record<string, string>;
    logOptions: Record<string, string>;
  };
  network: string | undefined;
  binds: string[];
  env: Record<string, string>;
  labels: Record<string, string>;
  privileged: boolean;
  memorySwap: number | undefined;
  user: string | undefined;
  entrypoint: string | undefined;
}

type Setter = (draft: Draft, value: string) => void;

/** Options of `docker run` by their long names; each sets what it sets there. */
const SETTERS: Readonly<Record<string, Setter>> = {
  network: (d, v) => void (d.network = v),
  net: (d, v) => void (d.network = v),
  'network-alias': (d, v) => void d.extra.networkAliases.push(v),
  'net-alias': (d, v) => void d.extra.networkAliases.push(v),
  ip: (d, v) => void (d.extra.ip = v),
  'mac-address': (d, v) => void (d.extra.macAddress = v),
  volume: (d, v) => void d.binds.push(v),
  env: (d, v) => {
    const [name, text] = pair(v);
    d.env[name] = text;
  },
  label: (d, v) => {
    const [name, text] = pair(v);
    d.labels[name] = text;
  },
  hostname: (d, v) => void (d.extra.hostname = v),
  'cap-add': (d, v) => void d.extra.capAdd.push(v),
  'cap-drop': (d, v) => void d.extra.capDrop.push(v),
  device: (d, v) => void d.extra.devices.push(v),
  tmpfs: (d, v) => {
    const [path, options] = pair(v, ':');
    d.extra.tmpfs[path] = options;
  },
  'security-opt': (d, v) => void d.extra.securityOpt.push(v),
  dns: (d, v) => void d.extra.dns.push(v),
  'dns-search': (d, v) => void d.extra.dnsSearch.push(v),
  'add-host': (d, v) => void d.extra.extraHosts.push(v),
  'group-add': (d, v) => void d.extra.groupAdd.push(v),
  ulimit: (d, v) => void d.extra.ulimits.push(ulimit(v)),
  sysctl: (d, v) => {
    const [name, text] = pair(v);
    d.extra.sysctls[name] = text;
  },
  'shm-size': (d, v) => void (d.extra.shmSize = bytes(v)),
  'memory-swap': (d, v) => void (d.memorySwap = v === '-1' ? -1 : bytes(v)),
  'pids-limit': (d, v) => void (d.extra.pidsLimit = integer(v)),
  privileged: (d, v) => void (d.privileged = flag(v)),
  init: (d, v) => void (d.extra.init = flag(v)),
  'read-only': (d, v) => void (d.extra.readOnly = flag(v)),
  ipc: (d, v) => void (d.extra.ipcMode = v),
  pid: (d, v) => void (d.extra.pidMode = v),
  user: (d, v) => void (d.user = v),
  workdir: (d, v) => void (d.extra.workdir = v),
  entrypoint: (d, v) => void (d.entrypoint = v),
  'stop-signal': (d, v) => void (d.extra.stopSignal = v),
  'log-driver': (d, v) => void (d.extra.logDriver = v),
  'log-opt': (d, v) => {
    const [name, text] = pair(v);
    d.extra.logOptions[name] = text;
  },
};

/** Reads the `docker.parameters` of an app: options of `docker run` as key and value. Pure. */
export function parseParameters(parameters: readonly DockerParameter[]): ParsedParameters {
  const draft = emptyDraft();
  const problems: string[] = [];
  for (const { key, value } of parameters) {
    const name = key.replace(/^--?/, '');
    const setter = Object.hasOwn(SETTERS, name) ? SETTERS[name] : undefined;
    if (setter === undefined) {
      problems.push(`docker parameter "${key}" is not supported`);
      continue;
    }
    try {
      setter(draft, value);
    } catch (thrown) {
      problems.push(`docker parameter "${key}": ${(thrown as Error).message}`);
    }
  }
  return { ...draft, problems };
}

function emptyDraft(): Draft {
  return {
    extra: {
      networkAliases: [],
      capAdd: [],
      capDrop: [],
      devices: [],
      tmpfs: {},
      securityOpt: [],
      dns: [],
      dnsSearch: [],
      extraHosts: [],
      groupAdd: [],
      ulimits: [],
      sysctls: {},
      logOptions: {},
    },
    network: undefined,
    binds: [],
    env: {},
    labels: {},
    privileged: false,
    memorySwap: undefined,
    user: undefined,
    entrypoint: undefined,
  };
}

function pair(text: string, separator = '='): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

/** `64m`, `1g`, `512` as in `docker run --shm-size`. */
function bytes(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?$/i.exec(text);
  if (match === null) throw new Error(`"${text}" is no size such as 64m`);
  const power = ['', 'k', 'm', 'g', 't'].indexOf((match[2] ?? '').toLowerCase());
  return Math.floor(Number(match[1]) * 1024 ** power);
}

function integer(text: string): number {
  if (!/^-?\d+$/.test(text)) throw new Error(`"${text}" is no whole number`);
  return Number(text);
}

function flag(text: string): boolean {
  if (text === '' || text === 'true') return true;
  if (text === 'false') return false;
  throw new Error(`"${text}" is neither true nor false`);
}

/** `nofile=1024` or `nofile=1024:2048`. */
function ulimit(text: string): { name: string; soft: number; hard: number } {
  const match = /^([a-z]+)=(-?\d+)(?::(-?\d+))?$/.exec(text);
  if (match?.[1] === undefined) throw new Error(`"${text}" is no limit such as nofile=1024:2048`);
  return { name: match[1], soft: Number(match[2]), hard: Number(match[3] ?? match[2]) };
}
