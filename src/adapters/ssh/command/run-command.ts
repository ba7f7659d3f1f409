import { randomBytes } from 'node:crypto';
import { CrossflockError } from '../../../errors/crossflock-error.js';
import type { Clock } from '../../../ports/clock.js';
import type { RunOptions, RunResult } from '../../../ports/host.js';
import { pasteable } from '../../../util/quote.js';
import type { ClientChannel } from 'ssh2';
import type { Connection } from '../connection/connection.js';
import { lostError } from '../errors.js';
import { BOOT, remoteCommand, type RemoteCommand, type SudoWay } from './remote-command.js';
import { RemoteRun, type RunEnd } from './remote-run.js';
import { sudoError, sudoMissing, wrongPassword } from './sudo-errors.js';

/** Where and as whom commands run. */
export interface Runner {
  readonly connection: Connection;
  readonly user: string;
  readonly sudo: SudoWay;
  readonly clock: Clock;
}

/** A command that is told to end gets this long before it is killed; killing gets it as well. */
const GRACE_MS = 2000;

/**
 * Runs a command to its end.
 * @throws CrossflockError as `Host.run` says; `ConnectionGone` when nothing was started
 */
export async function runCommand(
  runner: Runner,
  argv: readonly string[],
  options: RunOptions,
): Promise<RunResult> {
  const command = prepare(argv, options.env ?? {}, runner.sudo);
  const stop = new Stop(options, () => timeoutError(runner, argv, options.timeoutMs ?? 0));
  try {
    const channel = await openChannel(runner, stop);
    const run = new RemoteRun(channel, command, options);
    const reason = await Promise.race([stop.reason, run.end.then(() => undefined)]);
    if (reason !== undefined) {
      await endOnHost(runner, run);
      throw reason;
    }
    return outcome(runner, command, await run.end);
  } finally {
    stop.done();
  }
}

/** The session of a command; the command itself waits for what is written to it. */
async function openChannel({ connection }: Runner, stop: Stop): Promise<ClientChannel> {
  const opening = connection.exec(BOOT, stop.signal);
  try {
    const first = await Promise.race([opening, stop.reason]);
    if (!(first instanceof CrossflockError)) return first;
    opening.then(
      (channel) => {
        channel.close();
      },
      () => undefined,
    );
    throw first;
  } catch (error) {
    throw connection.goneError(error);
  }
}

/** Why a command is not to go on: it is aborted, or its time is over. */
class Stop {
  /** Resolves when it is not to go on. */
  readonly reason: Promise<CrossflockError>;
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #outer: AbortSignal | undefined;
  readonly #onAbort: () => void;

  constructor({ signal, timeoutMs }: RunOptions, late: () => CrossflockError) {
    const { promise, resolve } = Promise.withResolvers<CrossflockError>();
    const stop = (reason: CrossflockError): void => {
      resolve(reason);
      this.#controller.abort(reason);
    };
    this.reason = promise;
    this.#outer = signal;
    this.#onAbort = () => {
      stop(new CrossflockError('interrupted', { code: 'aborted', cause: signal?.reason }));
    };
    signal?.addEventListener('abort', this.#onAbort, { once: true });
    if (signal?.aborted === true) this.#onAbort();
    if (timeoutMs !== undefined) {
      this.#timer = setTimeout(() => {
        stop(late());
      }, timeoutMs);
    }
  }

  /** Fires with the reason. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  done(): void {
    clearTimeout(this.#timer);
    this.#outer?.removeEventListener('abort', this.#onAbort);
  }
}

function prepare(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  sudo: SudoWay,
): RemoteCommand {
  return remoteCommand({ argv, env, sudo, nonce: `cf${randomBytes(9).toString('hex')}` });
}

function timeoutError(
  { connection }: Runner,
  argv: readonly string[],
  timeoutMs: number,
): CrossflockError {
  return new CrossflockError(
    `${pasteable(argv)} on ${connection.label} did not end within ${timeoutMs / 1000} s`,
    { code: 'timeout', retryable: true },
  );
}

/**
 * Ends a command and all that belongs to it. Closing its channel does not: without a terminal
 * nothing on the host hears of it. So the process group, of which the login shell is the first, is
 * told to end, and is killed where it does not.
 */
async function endOnHost(runner: Runner, run: RemoteRun): Promise<void> {
  const { clock } = runner;
  const patience = new AbortController();
  const ended = run.end.then(() => true);
  const within = async (work: Promise<unknown>): Promise<boolean> => {
    const late = clock.sleep(GRACE_MS, patience.signal).then(() => false);
    late.catch(() => undefined);
    return Promise.race([work.then(() => true), late]);
  };
  try {
    await within(run.started);
    for (const name of ['TERM', 'KILL']) {
      if (!(await within(signalGroup(runner, run.pid, name)))) break;
      if (await within(ended)) return;
    }
  } finally {
    patience.abort();
    run.close();
  }
}

/** Sends a signal to a process group of the host; a group that is gone is fine. */
async function signalGroup(runner: Runner, pid: number | undefined, name: string): Promise<void> {
  if (pid === undefined || !runner.connection.alive) return;
  try {
    const kill = ['sh', '-c', 'kill -s "$1" -- "-$2"', 'sh', name, String(pid)];
    const channel = await runner.connection.execAtOnce(BOOT);
    await new RemoteRun(channel, prepare(kill, {}, runner.sudo), {}).end;
  } catch {
    // The connection went away meanwhile, and there is nothing more to do.
  }
}

/** Reads what came of it. */
function outcome(runner: Runner, command: RemoteCommand, end: RunEnd): RunResult {
  const { head, result } = end;
  if (end.inputError !== undefined) {
    throw new CrossflockError(`the input of ${pasteable(command.argv)} cannot be read`, {
      code: 'unexpected',
      cause: end.inputError,
    });
  }
  if (result === undefined) {
    const { label, cause } = runner.connection;
    throw lostError(label, `${pasteable(command.argv)} ran there`, cause);
  }
  if (!head.has('run')) throw notStarted(runner, command, end, result);
  return result;
}

function notStarted(
  { connection, user }: Runner,
  command: RemoteCommand,
  { head, wrongPassword: isWrong }: RunEnd,
  result: RunResult,
): CrossflockError {
  const { label } = connection;
  const program = command.argv[0] ?? '';
  if (head.has('missing')) {
    return new CrossflockError(`${program} is not installed on ${label}`, {
      code: 'not-found',
      hint: `install ${program} there`,
    });
  }
  if (head.has('no-sudo')) return sudoMissing(label, user);
  if (head.pid === undefined) return noShell(label, user, `${head.noise}${result.stderr}`);
  if (isWrong) return wrongPassword(label, user);
  if (command.second !== undefined && !head.has('root')) {
    return sudoError({ label, user, stderr: result.stderr });
  }
  return new CrossflockError(
    `${program} could not be started on ${label}: ${result.stderr.trim()}`,
    {
      code: 'unexpected',
      cause: result,
    },
  );
}

/** The login shell ran nothing: an account without one, or one that answers in its own way. */
function noShell(label: string, user: string, said: string): CrossflockError {
  const words = said.trim().split('\n')[0] ?? '';
  return new CrossflockError(
    `${label} runs no commands for ${user}${words === '' ? '' : `: ${words}`}`,
    {
      code: 'refused',
      hint: `look at the login shell of ${user} and at ForceCommand in the sshd_config there`,
      cause: said,
    },
  );
}
