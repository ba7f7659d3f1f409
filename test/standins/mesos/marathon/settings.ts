/** Marathon's options: `--name value`, and variables `MARATHON_<NAME>`, refused as Scallop does. */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Credential } from '../common/credentials.js';
import type { Endpoint } from '../common/channel.js';
import { parseZkUrl, valueOrFile, type ZkUrl } from '../common/zk-url.js';

/** Options with a value that this stand-in knows; those with a number are marked. */
const VALUES: Readonly<Record<string, 'text' | 'number'>> = {
  access_control_allow_origin: 'text',
  backup_location: 'text',
  decline_offer_duration: 'number',
  default_accepted_resource_roles: 'text',
  default_network_name: 'text',
  deprecated_features: 'text',
  enable_features: 'text',
  env_vars_prefix: 'text',
  executor: 'text',
  failover_timeout: 'number',
  framework_name: 'text',
  hostname: 'text',
  http_address: 'text',
  http_credentials: 'text',
  http_max_concurrent_requests: 'number',
  http_port: 'number',
  http_realm: 'text',
  https_address: 'text',
  https_port: 'number',
  kill_chunk_size: 'number',
  kill_retry_timeout: 'number',
  launch_tokens: 'number',
  launch_token_refresh_interval: 'number',
  leader_proxy_connection_timeout: 'number',
  leader_proxy_read_timeout: 'number',
  local_port_max: 'number',
  local_port_min: 'number',
  logging_level: 'text',
  master: 'text',
  max_apps: 'number',
  max_instances_per_offer: 'number',
  max_running_deployments: 'number',
  mesos_authentication_principal: 'text',
  mesos_authentication_secret: 'text',
  mesos_authentication_secret_file: 'text',
  mesos_leader_ui_url: 'text',
  mesos_role: 'text',
  mesos_user: 'text',
  min_revive_offers_interval: 'number',
  offer_matching_timeout: 'number',
  on_elected_prepare_timeout: 'number',
  reconciliation_initial_delay: 'number',
  reconciliation_interval: 'number',
  scale_apps_initial_delay: 'number',
  scale_apps_interval: 'number',
  task_launch_confirm_timeout: 'number',
  task_launch_timeout: 'number',
  task_lost_expunge_initial_delay: 'number',
  task_lost_expunge_interval: 'number',
  task_reservation_timeout: 'number',
  webui_url: 'text',
  zk: 'text',
  zk_compression_threshold: 'number',
  zk_connection_timeout: 'number',
  zk_max_node_size: 'number',
  zk_max_versions: 'number',
  zk_session_timeout: 'number',
  zk_timeout: 'number',
};

const TOGGLES = [
  'checkpoint',
  'ha',
  'http',
  'http_compression',
  'mesos_authentication',
  'maintenance_mode',
  'revive_offers_for_new_apps',
  'zk_compression',
  'metrics_prometheus',
  'metrics_datadog',
  'metrics_statsd',
];

export class OptionError extends Error {}

export interface MarathonSettings {
  readonly address: string;
  readonly port: number;
  readonly hostname: string;
  readonly credentials: { readonly username: string; readonly password: string } | undefined;
  readonly realm: string | undefined;
  readonly zk: ZkUrl;
  readonly master: { readonly zk: ZkUrl } | Endpoint;
  readonly frameworkName: string;
  readonly failoverSeconds: number;
  readonly user: string;
  /** Undefined: no authentication. */
  readonly authentication:
    Credential | { readonly principal: string; readonly secret: undefined } | undefined;
  readonly taskLaunchTimeoutMs: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables become options in front of those of the command line; empty ones have no value. */
export function environmentArguments(env: Environment): readonly string[] {
  return Object.entries(env).flatMap(([name, value = '']) => {
    if (!name.startsWith('MARATHON_') || name.startsWith('MARATHON_APP_')) return [];
    const option = `--${name.slice('MARATHON_'.length).toLowerCase()}`;
    return value === '' ? [option] : [option, value];
  });
}

/** @throws OptionError in Scallop's words */
export function parseOptions(args: readonly string[]): ReadonlyMap<string, string> {
  const options = new Map<string, string>();
  const rest = args.flatMap((arg) => splitEquals(arg));
  for (let at = 0; at < rest.length; at++) {
    const word = rest[at] ?? '';
    const name = word.replace(/^--/, '');
    if (!word.startsWith('--')) throw new OptionError(`Excess arguments provided: '${word}'`);
    if (isToggle(name)) {
      set(options, name.replace(/^disable_/, ''), name.startsWith('disable_') ? 'false' : 'true');
      continue;
    }
    const kind = VALUES[name];
    if (kind === undefined) throw new OptionError(`Unknown option '${name}'`);
    const value = rest[at + 1];
    if (value === undefined || value.startsWith('--')) {
      throw new OptionError(
        `Bad arguments for option '${name}': '' - you should provide exactly one argument for this option`,
      );
    }
    if (kind === 'number' && !/^\d+$/.test(value)) {
      throw new OptionError(
        `Bad arguments for option '${name}': '${value}' - wrong arguments format`,
      );
    }
    set(options, name, value);
    at += 1;
  }
  return options;
}

const splitEquals = (arg: string): string[] => {
  const [, name, value] = /^(--[a-z_]+)=(.*)$/s.exec(arg) ?? [];
  return name === undefined ? [arg] : [name, value ?? ''];
};

const isToggle = (name: string): boolean => TOGGLES.includes(name.replace(/^disable_/, ''));

function set(options: Map<string, string>, name: string, value: string): void {
  const former = options.get(name);
  if (former !== undefined) {
    throw new OptionError(
      `Bad arguments for option '${name}': '${former} ${value}' - you should provide exactly one argument for this option`,
    );
  }
  options.set(name, value);
}

/** @throws OptionError for whatever Marathon would not start with */
export function readMarathonSettings(argv: readonly string[], env: Environment): MarathonSettings {
  const options = parseOptions([...environmentArguments(env), ...argv]);
  const text = (name: string): string | undefined => options.get(name);
  const master = text('master');
  if (master === undefined) throw new OptionError("Required option 'master' not found");
  return {
    address: text('http_address') ?? '0.0.0.0',
    port: Number(text('http_port') ?? 8080),
    hostname: text('hostname') ?? hostname(),
    credentials: httpCredentials(text('http_credentials') ?? env['MESOSPHERE_HTTP_CREDENTIALS']),
    realm: text('http_realm'),
    zk: zkOf(text('zk') ?? 'zk://localhost:2181/marathon'),
    master: masterOf(valueOrFile(master)),
    frameworkName: text('framework_name') ?? 'marathon',
    failoverSeconds: Number(text('failover_timeout') ?? 604_800),
    user: text('mesos_user') ?? 'root',
    authentication: authenticationOf(options),
    taskLaunchTimeoutMs: Number(text('task_launch_timeout') ?? 300_000),
  };
}

/** Unlike Mesos, Marathon knows no `file://` here. */
function zkOf(text: string): ZkUrl {
  try {
    const url = parseZkUrl(text);
    if (url.path !== '') return url;
  } catch {
    // Said below.
  }
  throw new OptionError(
    `Bad arguments for option 'zk': '${text.replace(/:[^:@/]*@/, ':***@')}' - wrong arguments format`,
  );
}

function masterOf(text: string): MarathonSettings['master'] {
  if (text.startsWith('zk://')) return { zk: parseZkUrl(text) };
  const [, host = '', port = '5050'] = /^(?:https?:\/\/)?([^:/]+)(?::(\d+))?/.exec(text) ?? [];
  return { host, port: Number(port) };
}

function httpCredentials(text: string | undefined): MarathonSettings['credentials'] {
  if (text === undefined) return undefined;
  const at = text.indexOf(':');
  if (at < 1)
    throw new OptionError(
      "Bad arguments for option 'http_credentials': a user and a password separated by ':'",
    );
  return { username: text.slice(0, at), password: text.slice(at + 1) };
}

function authenticationOf(
  options: ReadonlyMap<string, string>,
): MarathonSettings['authentication'] {
  const principal = options.get('mesos_authentication_principal');
  const secret = options.get('mesos_authentication_secret');
  const file = options.get('mesos_authentication_secret_file');
  if (secret !== undefined && file !== undefined) {
    throw new OptionError(
      'There should be only one or zero of the following options: mesos_authentication_secret, mesos_authentication_secret_file',
    );
  }
  if (options.get('mesos_authentication') !== 'true') return undefined;
  if (principal === undefined) {
    throw new OptionError(
      "When specifying 'mesos_authentication', at least 'mesos_authentication_principal' must be specified",
    );
  }
  if (secret !== undefined) return { principal, secret };
  if (file === undefined) return { principal, secret: undefined };
  return { principal, secret: secretOf(file) };
}

/** The whole file is the secret, a newline at its end too. */
function secretOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (thrown) {
    throw new OptionError(
      `cannot read mesos_authentication_secret_file: ${(thrown as Error).message}`,
    );
  }
}
