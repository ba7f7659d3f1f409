import { CrossflockError } from '../../errors/crossflock-error.js';
import { asRoot } from '../../ports/host.js';
import type { Host, RunOptions, RunResult } from '../../ports/host.js';
import type { NetworkMember } from '../../ports/virtual-network.js';
import { createArgv } from '../docker-network.js';
import { commandFailed, createFailed } from '../docker-network-refusals.js';

import type { Action, WireguardChange } from './change.js';
import { fields, listOf } from './fields.js';
import { must } from './job.js';
import type { Job } from './job.js';
import { removeNetwork } from './remove.js';
import { agentArgv, NETWORK_IMAGE, runArgv } from './settings.js';
import type { WireguardSettings } from './settings.js';

/** The agent's own deadlines are shorter. */
const AGENT_MS = 60_000;

/** Makes one change of a plan. */
export async function applyChange(
  settings: WireguardSettings,
  { host }: NetworkMember,
  { action }: WireguardChange,
  signal: AbortSignal,
): Promise<void> {
  await perform({ settings, host: asRoot(host), signal }, action);
}

function perform(job: Job, action: Action): Promise<void> {
  switch (action.type) {
    case 'create-network':
      return createNetwork(job, action);
    case 'run-agent':
      return runAgent(job, action);
    case 'start-agent':
      return startAgent(job);
    case 'repair':
      return agentIsWell(job);
    case 'add-peers':
      return addPeers(job, action);
    case 'forget-peer':
      return forgetPeer(job, action);
    case 'leave':
      return removeNetwork(job);
  }
}

type Of<Type extends Action['type']> = Extract<Action, { type: Type }>;

async function createNetwork(job: Job, { network }: Of<'create-network'>): Promise<void> {
  const argv = createArgv(network);
  const result = await job.host.run(argv, { signal: job.signal });
  if (result.exitCode !== 0) throw createFailed(result, { argv, wanted: network, host: job.host });
}

/** Resolves when the agent has brought everything up, and so has a key to show. */
async function runAgent(job: Job, action: Of<'run-agent'>): Promise<void> {
  const { settings, host, signal } = job;
  if (action.replaces) {
    await must(job, ['docker', 'rm', '--force', settings.names.container]);
  }
  const argv = runArgv(settings, action.place, action.hasTun);
  const result = await host.run(argv, { signal });
  if (result.exitCode !== 0) throw runFailed(result, argv, host);
  await agentIsWell(job);
}

function runFailed(result: RunResult, argv: readonly string[], host: Host): CrossflockError {
  if (!/no such image/i.test(result.stderr))
    return commandFailed(result, argv.slice(0, 3), host.name);
  return new CrossflockError(`${host.name} has no image ${NETWORK_IMAGE}`, {
    code: 'not-found',
    hint: 'run "crossflock provision", which sends the images',
    cause: new Error(result.stderr),
  });
}

async function startAgent(job: Job): Promise<void> {
  await must(job, ['docker', 'start', job.settings.names.container]);
  await agentIsWell(job);
}

/** Waits until the agent is through with its start. Throws `command-failed` with its problems. */
async function agentIsWell(job: Job): Promise<void> {
  await askAgent(job, ['status']);
}

async function addPeers(job: Job, { peers, unknown }: Of<'add-peers'>): Promise<void> {
  if (unknown.length > 0) {
    throw new CrossflockError(`${unknown.join(', ')} cannot be connected yet: launch it first`, {
      code: 'unexpected',
    });
  }
  await askAgent(job, ['add'], JSON.stringify(peers));
}

async function forgetPeer(job: Job, { peers }: Of<'forget-peer'>): Promise<void> {
  for (const peer of peers) await askAgent(job, ['forget', peer]);
}

/** Has the agent do something; what it answers is its status, in which problems are named. */
async function askAgent(job: Job, command: readonly string[], stdin?: string): Promise<void> {
  const { settings, host, signal } = job;
  const argv = agentArgv(settings, command, stdin !== undefined);
  const options: RunOptions = {
    signal,
    timeoutMs: AGENT_MS,
    ...(stdin !== undefined && { stdin }),
  };
  const result = await host.run(argv, options);
  if (result.exitCode !== 0) throw await agentFailed(job, result);
  const problems = problemsIn(result.stdout);
  if (problems.length === 0) return;
  throw new CrossflockError(`the network on ${host.name}: ${problems.join('; ')}`, {
    code: 'command-failed',
    hint: `see "docker logs ${settings.names.container}" on the host`,
    retryable: true,
  });
}

function problemsIn(stdout: string): readonly string[] {
  try {
    return listOf(fields(JSON.parse(stdout))['problems']).map(String);
  } catch (cause) {
    throw new CrossflockError(`cannot read the agent's answer: ${stdout.slice(0, 80)}`, {
      code: 'unexpected',
      cause,
    });
  }
}

/** An agent that ended right after its start says why in its log. */
async function agentFailed(job: Job, result: RunResult): Promise<CrossflockError> {
  const { settings, host, signal } = job;
  const { container } = settings.names;
  const said =
    result.stderr
      .trim()
      .split('\n')[0]
      ?.replace(/^crossflock-network: /, '') ?? '';
  const log = await host.run(['docker', 'logs', '--tail', '3', container], { signal });
  const last = /not running|is restarting|No such container/i.test(said)
    ? ` (its log ends: ${(log.stderr || log.stdout).trim().replace(/\s+/g, ' ')})`
    : '';
  return new CrossflockError(`the network on ${host.name}: ${said}${last}`, {
    code: 'command-failed',
    hint: `see "docker logs ${container}" on the host`,
    cause: new Error(result.stderr),
  });
}
