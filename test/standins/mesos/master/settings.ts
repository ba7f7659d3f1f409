/** The master's flags, refused as mesos-master does. */
import { hostname } from 'node:os';
import { readCredentials, type Credential } from '../common/credentials.js';
import { parseDuration } from '../common/duration.js';
import { FlagError, readFlags } from '../common/flags.js';
import { exitWith, glog } from '../common/log.js';
import { parseZkUrl, valueOrFile, type ZkUrl } from '../common/zk-url.js';
import { MASTER_FLAGS } from './flag-table.js';

/** Defaults, as the flags of a running master show them. */
const DEFAULTS: Readonly<Record<string, string>> = {
  agent_ping_timeout: '15secs',
  agent_reregister_timeout: '10mins',
  allocation_interval: '1secs',
  allocator: 'hierarchical',
  authenticate_agents: 'false',
  authenticate_frameworks: 'false',
  authenticate_http_frameworks: 'false',
  authenticate_http_readonly: 'false',
  authenticate_http_readwrite: 'false',
  authenticators: 'crammd5',
  authorizers: 'local',
  hostname_lookup: 'true',
  log_auto_initialize: 'true',
  logging_level: 'INFO',
  max_agent_ping_timeouts: '5',
  max_completed_frameworks: '50',
  max_completed_tasks_per_framework: '1000',
  port: '5050',
  quiet: 'false',
  registry: 'replicated_log',
  registry_fetch_timeout: '1mins',
  registry_store_timeout: '20secs',
  registry_strict: 'false',
  root_submissions: 'true',
  version: 'false',
  zk_session_timeout: '10secs',
};

export interface MasterSettings {
  readonly flags: ReadonlyMap<string, string>;
  readonly ip: string;
  readonly port: number;
  readonly hostname: string;
  readonly cluster: string | undefined;
  /** Undefined: alone, without ZooKeeper. */
  readonly zk: ZkUrl | undefined;
  readonly zkTimeoutMs: number;
  readonly quorum: number;
  /** Undefined: the registry is in memory. */
  readonly workDir: string | undefined;
  readonly credentials: readonly Credential[];
  readonly authenticateAgents: boolean;
  readonly authenticateFrameworks: boolean;
  readonly fetchTimeoutMs: number;
  /** Of an agent that does not answer. */
  readonly agentTimeoutMs: number;
}

/** Ends the process, as a master does, on flags that are no good. */
export function readMasterSettings(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): MasterSettings {
  const flags = loadFlags(argv, env);
  const value = (name: string): string => flags.get(name) ?? '';
  if (!['replicated_log', 'in_memory'].includes(value('registry'))) {
    exitWith(1, `'${value('registry')}' is not a supported option for registry persistence`);
  }
  const inMemory = value('registry') === 'in_memory';
  if (!inMemory && !flags.has('work_dir')) {
    exitWith(1, '--work_dir needed for replicated log based registry');
  }
  const zkText = flags.get('zk');
  if (zkText !== undefined && !inMemory && !flags.has('quorum')) {
    exitWith(1, 'Need to specify --quorum for replicated log based registry when using ZooKeeper');
  }
  const agentPing = milliseconds(flags, 'agent_ping_timeout');
  return {
    flags,
    ip: flags.get('ip') ?? '0.0.0.0',
    port: Number(value('port')),
    hostname: flags.get('hostname') ?? flags.get('ip') ?? hostname(),
    cluster: flags.get('cluster'),
    zk: zkText === undefined ? undefined : zkOf(zkText),
    zkTimeoutMs: milliseconds(flags, 'zk_session_timeout'),
    quorum: quorumOf(flags.get('quorum')),
    workDir: inMemory ? undefined : value('work_dir'),
    credentials: credentialsOf(flags),
    authenticateAgents: value('authenticate_agents') === 'true',
    authenticateFrameworks: value('authenticate_frameworks') === 'true',
    fetchTimeoutMs: milliseconds(flags, 'registry_fetch_timeout'),
    agentTimeoutMs: agentPing * Number(value('max_agent_ping_timeouts')),
  };
}

function loadFlags(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ReadonlyMap<string, string> {
  try {
    return new Map([...Object.entries(DEFAULTS), ...readFlags(MASTER_FLAGS, argv, env)]);
  } catch (thrown) {
    if (!(thrown instanceof FlagError)) throw thrown;
    process.stderr.write(
      `${thrown.message}\n\nSee \`mesos-master --help\` for a list of supported flags.\n`,
    );
    process.exit(1);
  }
}

function milliseconds(flags: ReadonlyMap<string, string>, name: string): number {
  const text = flags.get(name) ?? '';
  const value = parseDuration(text);
  if (value !== undefined) return value;
  process.stderr.write(
    `Failed to load flag '${name}': Failed to load value '${text}': Invalid duration '${text}'\n\n` +
      'See `mesos-master --help` for a list of supported flags.\n',
  );
  process.exit(1);
}

function zkOf(text: string): ZkUrl {
  try {
    const url = parseZkUrl(valueOrFile(text));
    if (url.path === '') {
      const words =
        "Failed to create a master contender: Expecting a (chroot) path for ZooKeeper ('/' is not supported)";
      exitWith(1, words);
    }
    return url;
  } catch (thrown) {
    exitWith(1, `Error parsing ZooKeeper URL: ${(thrown as Error).message}`);
  }
}

function quorumOf(text: string | undefined): number {
  const quorum = Number(text ?? 1);
  if (Number.isInteger(quorum) && quorum >= 1) return quorum;
  exitWith(1, `Failed to load flag 'quorum': Failed to load value '${text ?? ''}'`);
}

function credentialsOf(flags: ReadonlyMap<string, string>): readonly Credential[] {
  const file = flags.get('credentials');
  if (file === undefined) {
    if (
      flags.get('authenticate_agents') === 'true' ||
      flags.get('authenticate_frameworks') === 'true'
    ) {
      glog.warn('No credentials provided, authentication requests will be refused');
    }
    return [];
  }
  glog.info(`Loading credentials for authentication from '${file}'`);
  try {
    return readCredentials(file);
  } catch (thrown) {
    exitWith(1, `${(thrown as Error).message} (see --credentials flag)`);
  }
}
