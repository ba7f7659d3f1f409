import { CrossflockError } from '../../errors/crossflock-error.js';
import { asRoot } from '../../ports/host.js';
import type { Host, RunResult } from '../../ports/host.js';
import type { NetworkMember } from '../../ports/virtual-network.js';
import type { WeaveAction, WeaveChange } from './change.js';
import * as commands from './command.js';
import type { CommandContext, WeaveCommand } from './command.js';
import { weaveFailure } from './failures.js';
import { obstaclesOf } from './obstacles.js';
import { weaveProbe } from './probe.js';
import { scriptUrl } from './settings.js';

/** `weave launch` and `stop` wait up to 45 s for a Docker plugin that is no longer there. */
const WEAVE_TIMEOUT_MS = 120_000;
const DOWNLOAD_TIMEOUT_MS = 600_000;

interface Execution {
  readonly host: Host;
  readonly context: CommandContext;
  readonly signal: AbortSignal;
}

/** Makes one change on the host of a member. Throws `CrossflockError`. */
export async function applyChange(
  member: NetworkMember,
  change: WeaveChange,
  base: CommandContext,
  signal: AbortSignal,
): Promise<void> {
  const context = { ...base, engine: change.engine };
  const execution = { host: asRoot(member.host), context, signal };
  const { action } = change;
  if (action.kind === 'install') await install(execution);
  else if (action.kind === 'pull') await pull(execution, action.images);
  else if (action.kind === 'launch') await launch(execution, member, action);
  else await run(execution, commandOf(context, action));
}

function commandOf(
  context: CommandContext,
  action: Exclude<WeaveAction, { kind: 'install' | 'pull' | 'launch' }>,
): WeaveCommand {
  switch (action.kind) {
    case 'expose':
      return commands.exposeCommand(context, action.address);
    case 'hide':
      return commands.hideCommand(context, action.address);
    case 'connect':
      return commands.connectCommand(context, action.peers);
    case 'forget':
      return commands.forgetCommand(context, action.peers);
    case 'reset':
      return commands.resetCommand(context, action.running);
    case 'remove-peer':
      return commands.removePeerCommand(context, action.peer);
  }
}

async function launch(
  execution: Execution,
  member: NetworkMember,
  action: Extract<WeaveAction, { kind: 'launch' }>,
): Promise<void> {
  const { host, context } = execution;
  await checkVersions(execution);
  const command = commands.launchCommand(context, member.id, action.facts);
  const result = await execute(execution, command);
  if (result.exitCode === 0) return;
  // Somebody was faster: fine, if it is what would have been launched.
  if (result.exitCode === 3 && (await isAsWanted(execution, member))) return;
  const isDead = /weave container has died/i.test(result.stdout + result.stderr);
  const log = isDead ? await logOf(execution) : undefined;
  throw weaveFailure({
    host: host.name,
    command: 'weave launch',
    result,
    ...(log === undefined ? {} : { log }),
  });
}

/**
 * Throws `refused` where the script on the host is of another version, as one that people put there
 * before may be. The fork's own says `unreleased` where its release did not write the version in.
 */
async function checkVersions(execution: Execution): Promise<void> {
  const { host, context } = execution;
  const command = commands.versionCommand(context);
  const result = await execute(execution, command);
  if (result.exitCode !== 0) throw failureOf(host, command, result);
  const wanted = context.settings.version;
  const script = /^weave script (\S+)$/m.exec(result.stdout)?.[1];
  const router = /^weave (\S+)$/m.exec(result.stdout)?.[1];
  const isFine = router === wanted && (script === wanted || script === 'unreleased');
  if (isFine) return;
  throw new CrossflockError(
    `weave on ${host.name} is not ${wanted}: its script says ${script ?? 'nothing'}, its image ${router ?? 'nothing'}`,
    {
      code: 'refused',
      hint: `remove ${context.script} and the images of weave on the host, then run "crossflock provision", which brings those of ${wanted}`,
    },
  );
}

async function isAsWanted({ host, context, signal }: Execution, member: NetworkMember) {
  const { script, env, parse } = weaveProbe(context);
  const seen = await host.run(['sh', '-s'], { stdin: script, signal, ...(env && { env }) });
  return obstaclesOf(context.settings, member, parse(seen.stdout)).length === 0;
}

/** The last lines that the router wrote; Docker gives both of its streams. */
async function logOf({ host, signal }: Execution): Promise<string> {
  const argv = ['docker', 'logs', '--tail', '20', 'weave'];
  const { stdout, stderr } = await host.run(argv, { signal, timeoutMs: WEAVE_TIMEOUT_MS });
  return `${stdout}\n${stderr}`;
}

/** Standard input is not needed; a constant, as the URL comes through the environment. */
const DOWNLOAD = String.raw`
set -e
draft=$(mktemp "$CROSSFLOCK_WEAVE_SCRIPT.XXXXXX")
trap 'rm -f "$draft"' EXIT
curl -fsSL --retry 2 -o "$draft" "$CROSSFLOCK_WEAVE_URL"
# A page that says "not found" is no script.
head -n 1 "$draft" | grep -q '^#!/bin/sh' || { echo "what $CROSSFLOCK_WEAVE_URL serves is no shell script" >&2; exit 65; }
chmod 755 "$draft"
mv "$draft" "$CROSSFLOCK_WEAVE_SCRIPT"
`;

/**
 * Fetches Weave's script to the host, from the release's page. Nobody publishes a checksum of it,
 * so what can be checked is: it came over TLS, and it is a shell script.
 */
async function install({ host, context, signal }: Execution): Promise<void> {
  const url = scriptUrl(context.settings.version);
  const env = { CROSSFLOCK_WEAVE_SCRIPT: context.script, CROSSFLOCK_WEAVE_URL: url };
  const timeoutMs = DOWNLOAD_TIMEOUT_MS;
  const result = await host.run(['sh', '-s'], { stdin: DOWNLOAD, env, signal, timeoutMs });
  if (result.exitCode === 0) return;
  const said = result.stderr.trim().split('\n').at(-1) ?? '';
  throw new CrossflockError(`weave's script could not be fetched on ${host.name}: ${said}`, {
    code: 'command-failed',
    hint: `fetch ${url} elsewhere, put it to ${context.script} on the host and make it executable`,
    retryable: true,
    cause: new Error(result.stderr),
  });
}

async function pull({ host, signal }: Execution, images: readonly string[]): Promise<void> {
  for (const image of images) {
    const argv = ['docker', 'pull', '--quiet', image];
    const result = await host.run(argv, { signal, timeoutMs: DOWNLOAD_TIMEOUT_MS });
    if (result.exitCode === 0) continue;
    const said = result.stderr.trim().split('\n').at(-1) ?? '';
    throw new CrossflockError(`the image ${image} could not be pulled on ${host.name}: ${said}`, {
      code: 'command-failed',
      hint: 'let the host reach the registry, name another one in "network.weave.image_prefix", or bring the image with "docker load"',
      retryable: true,
      cause: new Error(result.stderr),
    });
  }
}

async function run(execution: Execution, command: WeaveCommand): Promise<void> {
  const result = await execute(execution, command);
  if (result.exitCode === 0) return;
  throw failureOf(execution.host, command, result);
}

function execute({ host, signal }: Execution, { argv, env }: WeaveCommand): Promise<RunResult> {
  return host.run(argv, { env, signal, timeoutMs: WEAVE_TIMEOUT_MS });
}

export function failureOf(host: Host, { argv }: WeaveCommand, result: RunResult): CrossflockError {
  return weaveFailure({ host: host.name, command: `weave ${argv[1] ?? ''}`, result });
}
