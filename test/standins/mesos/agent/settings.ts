/** The agent's flags, refused as mesos-agent does. */
import { statfsSync } from 'node:fs';
import { cpus, hostname, totalmem } from 'node:os';
import { readCredential, type Credential } from '../common/credentials.js';
import { parseDuration } from '../common/duration.js';
import { FlagError, readFlags } from '../common/flags.js';
import { exitWith, glog } from '../common/log.js';
import type { AgentInfo, Attributes, Resources } from '../common/mesos.js';
import { parseAttributes, parseResources } from '../common/resources.js';
import { parseZkUrl, valueOrFile, type ZkUrl } from '../common/zk-url.js';
import { AGENT_FLAGS } from './flag-table.js';

/** Defaults, as the flags of a running agent show them. */
const DEFAULTS: Readonly<Record<string, string>> = {
  authenticatee: 'crammd5',
  cgroups_hierarchy: '/sys/fs/cgroup',
  containerizers: 'mesos',
  default_role: '*',
  docker: 'docker',
  docker_kill_orphans: 'true',
  docker_remove_delay: '6hrs',
  docker_socket: '/var/run/docker.sock',
  docker_stop_timeout: '0ns',
  executor_registration_timeout: '1mins',
  executor_reregistration_timeout: '2secs',
  executor_shutdown_grace_period: '5secs',
  hostname_lookup: 'true',
  isolation: 'posix/cpu,posix/mem',
  launcher: 'linux',
  logging_level: 'INFO',
  port: '5051',
  quiet: 'false',
  reconfiguration_policy: 'equal',
  recover: 'reconnect',
  recovery_timeout: '15mins',
  registration_backoff_factor: '1secs',
  runtime_dir: '/var/run/mesos',
  sandbox_directory: '/mnt/mesos/sandbox',
  strict: 'true',
  switch_user: 'true',
  systemd_enable_support: 'true',
  systemd_runtime_directory: '/run/systemd/system',
  version: 'false',
  zk_session_timeout: '10secs',
};

export type MasterAddress =
  { readonly zk: ZkUrl } | { readonly host: string; readonly port: number };

export interface AgentSettings {
  readonly flags: ReadonlyMap<string, string>;
  readonly master: MasterAddress;
  readonly ip: string;
  readonly workDir: string;
  readonly info: AgentInfo;
  readonly credential: Credential | undefined;
  readonly docker: string;
  readonly dockerSocket: string;
  readonly killOrphans: boolean;
  readonly policy: string;
  /** Milliseconds. */
  readonly reregistrationMs: number;
  readonly registrationMs: number;
  readonly recoveryMs: number;
  readonly removeDelayMs: number;
}

/** Ends the process, as an agent does, on flags that are no good. */
export function readAgentSettings(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): AgentSettings {
  const flags = loadFlags(argv, env);
  const value = (name: string): string => flags.get(name) ?? '';
  const master = flags.get('master');
  if (master === undefined) {
    exitWith(1, 'Missing required option `--master` or `--master_detector`');
  }
  const ip = flags.get('ip') ?? '0.0.0.0';
  return {
    flags,
    master: masterOf(master),
    ip,
    workDir: value('work_dir'),
    info: {
      hostname: flags.get('hostname') ?? flags.get('ip') ?? hostname(),
      ip,
      port: Number(value('port')),
      resources: resourcesOf(flags),
      attributes: attributesOf(flags),
    },
    credential: credentialOf(flags.get('credential')),
    docker: value('docker'),
    dockerSocket: value('docker_socket'),
    killOrphans: value('docker_kill_orphans') === 'true',
    policy: policyOf(value('reconfiguration_policy')),
    reregistrationMs: milliseconds(flags, 'executor_reregistration_timeout'),
    registrationMs: milliseconds(flags, 'executor_registration_timeout'),
    recoveryMs: milliseconds(flags, 'recovery_timeout'),
    removeDelayMs: milliseconds(flags, 'docker_remove_delay'),
  };
}

function refuse(message: string): never {
  process.stderr.write(`${message}\n\nSee \`mesos-agent --help\` for a list of supported flags.\n`);
  process.exit(1);
}

function loadFlags(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ReadonlyMap<string, string> {
  try {
    const given = readFlags(AGENT_FLAGS, argv, env);
    if (!given.has('work_dir')) refuse("Flag 'work_dir' is required, but it was not provided");
    return new Map([...Object.entries(DEFAULTS), ...given]);
  } catch (thrown) {
    if (thrown instanceof FlagError) refuse(thrown.message);
    throw thrown;
  }
}

function milliseconds(flags: ReadonlyMap<string, string>, name: string): number {
  const text = flags.get(name) ?? '';
  return (
    parseDuration(text) ??
    refuse(
      `Failed to load flag '${name}': Failed to load value '${text}': Invalid duration '${text}'`,
    )
  );
}

function policyOf(text: string): string {
  if (['equal', 'additive', 'any'].includes(text)) return text;
  return refuse(
    `Failed to load flag 'reconfiguration_policy': Unknown option for \`reconfiguration_policy\` flag ${text}. Please run \`mesos-agent --help\` to see the valid options.`,
  );
}

function masterOf(text: string): MasterAddress {
  try {
    const value = valueOrFile(text);
    if (value.startsWith('zk://')) return { zk: parseZkUrl(value) };
    const [, host = '', port] = /^([^:]+):(\d+)$/.exec(value) ?? [];
    if (host === '') throw new Error(`Failed to parse '${value}'`);
    return { host, port: Number(port) };
  } catch (thrown) {
    exitWith(1, `Failed to create a master detector: ${(thrown as Error).message}`);
  }
}

function resourcesOf(flags: ReadonlyMap<string, string>): Resources {
  try {
    return {
      ...hostResources(flags.get('work_dir') ?? '/'),
      ...parseResources(flags.get('resources') ?? ''),
    };
  } catch (thrown) {
    exitWith(1, `Failed to determine agent resources: ${(thrown as Error).message}`);
  }
}

/** What an agent finds by itself (containerizer.cpp): some memory and disk is left to the host. */
function hostResources(workDir: string): Resources {
  const memory = Math.floor(totalmem() / 1024 / 1024);
  const disk = diskMb(workDir);
  return {
    cpus: cpus().length,
    mem: memory > 2048 ? memory - 1024 : Math.floor(memory / 2),
    disk: disk > 10_240 ? disk - 5120 : Math.floor(disk / 2),
    ports: [{ begin: 31_000, end: 32_000 }],
  };
}

function diskMb(path: string): number {
  for (const folder of [path, '/']) {
    try {
      const { blocks, bsize } = statfsSync(folder);
      return Math.floor((blocks * bsize) / 1024 / 1024);
    } catch {
      // The work directory may not be there yet.
    }
  }
  return 0;
}

function attributesOf(flags: ReadonlyMap<string, string>): Attributes {
  try {
    return parseAttributes(flags.get('attributes') ?? '');
  } catch (thrown) {
    exitWith(1, (thrown as Error).message);
  }
}

function credentialOf(file: string | undefined): Credential | undefined {
  if (file === undefined) return undefined;
  glog.info(`Loading credential for authentication from '${file}'`);
  try {
    return readCredential(file);
  } catch (thrown) {
    exitWith(1, (thrown as Error).message);
  }
}
