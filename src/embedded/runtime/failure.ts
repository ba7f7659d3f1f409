import { EngineError } from './engine.js';
import type { ContainerStatus } from './engine.js';

/** How many lines of a container's output a failure message ends with. */
export const LOG_LINES = 20;
const MAX_LOG = 4000;

/** Why a container ended, in words, with the end of its output. */
export function exitMessage(status: ContainerStatus, memoryMb: number, log: string): string {
  return withLog(exitReason(status, memoryMb), log);
}

function exitReason({ exitCode, oomKilled, error }: ContainerStatus, memoryMb: number): string {
  if (oomKilled) {
    return `Container was killed: out of memory (limit ${memoryMb} MB), exit status ${exitCode}`;
  }
  if (error !== '') return `Container exited with status ${exitCode}: ${error}`;
  // Not every kernel tells the engine that it was memory that ran out.
  if (exitCode === 128 + 9) {
    return `Container was killed (SIGKILL), out of memory perhaps (limit ${memoryMb} MB), exit status 137`;
  }
  const signal = SIGNALS[exitCode - 128];
  const ended = signal === undefined ? '' : ` (${signal})`;
  return `Container exited with status ${exitCode}${ended}`;
}

const SIGNALS: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  6: 'SIGABRT',
  11: 'SIGSEGV',
  15: 'SIGTERM',
};

function withLog(reason: string, log: string): string {
  if (log === '') return reason;
  const end = log.length > MAX_LOG ? `…${log.slice(-MAX_LOG)}` : log;
  return `${reason}\nend of its output:\n${end}`;
}

/** Why an image could not be pulled. */
export function pullMessage(image: string, thrown: unknown): string {
  return `image ${image} could not be pulled: ${engineText(thrown)}`;
}

/** Why a container could not be created or started: the engine's words, with the cause up front. */
export function startMessage(thrown: unknown): string {
  const text = engineText(thrown);
  if (/port is already allocated|address already in use.*:\d+|bind for .* failed/i.test(text)) {
    return `port conflict: ${text}`;
  }
  // The second is what Weave Net says.
  if (/address already in use|unable to claim: address/i.test(text))
    return `IP address in use: ${text}`;
  if (/network .* not found/i.test(text)) return `network missing: ${text}`;
  if (/unable to apply caps/i.test(text)) {
    return `this host refuses the capabilities that the app asks for (privileged, cap-add): ${text}`;
  }
  return `container could not be started: ${text}`;
}

/** True when another host port may help. */
export function isPortConflict(thrown: unknown): boolean {
  return startMessage(thrown).startsWith('port conflict');
}

function engineText(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return thrown instanceof EngineError ? text.replace(/^Error response from daemon: /, '') : text;
}
