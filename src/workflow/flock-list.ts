import { CrossflockError } from '../errors/crossflock-error.js';
import type { Host, RunResult } from '../ports/host.js';
import { optional } from '../util/optional.js';
import { commandFailed, SubmitterContainer } from './submitter-container.js';

/** The submitter's command; it waits up to 30 s for the schedd to take a list. */
const COMMAND = 'crossflock-flock';
const TIMEOUT_MS = 60_000;
/** What a shell and Docker end with for a program that is not there. */
const NO_SUCH_COMMAND = new Set([126, 127]);

/** The pools that a submitter sends jobs to, by virtual IP. */
export interface FlockList {
  readonly pools: readonly string[];
  /** `arguments`: from `-f`, for good; `stored`: told while it ran; `none`: never told. */
  readonly origin: 'arguments' | 'stored' | 'none';
}

export interface FlockChange {
  readonly pools: readonly string[];
  /** Whether the list was another one before. */
  readonly changed: boolean;
}

/** Whether two lists name the same pools; their order means nothing. */
export function isSameFlockList(a: readonly string[], b: readonly string[]): boolean {
  const [left, right] = [new Set(a), new Set(b)];
  return left.size === right.size && [...left].every((pool) => right.has(pool));
}

/** The argv, inside the container and as root, that sends jobs to these pools and no others. */
export function setCommand(pools: readonly string[]): string[] {
  return [COMMAND, 'set', pools.join(',')];
}

/** The argv that makes the jobs in pools that are off the list run again elsewhere. */
export function vacateCommand(pools: readonly string[]): string[] {
  return [COMMAND, 'vacate', pools.join(',')];
}

/** Reads what `crossflock-flock get` printed. */
export function parseFlockList(stdout: string): FlockList {
  const { pools, origin } = answerOf(stdout);
  if (isTexts(pools) && (origin === 'arguments' || origin === 'stored' || origin === 'none')) {
    return { pools, origin };
  }
  throw strange(stdout);
}

/** Reads what `crossflock-flock set` printed. */
export function parseFlockChange(stdout: string): FlockChange {
  const { pools, changed } = answerOf(stdout);
  if (isTexts(pools) && typeof changed === 'boolean') return { pools, changed };
  throw strange(stdout);
}

/**
 * The list that the deployment's submitter has.
 *
 * @param hosts those of the submitter's cluster, as somebody who may use Docker there
 * @throws CrossflockError `refused` for an image without the command, `not-found` and `unavailable`
 * (retryable) where no submitter runs
 */
export async function readFlockList(
  hosts: readonly Host[],
  deployment: string,
  signal: AbortSignal,
): Promise<FlockList> {
  return parseFlockList(await ask({ hosts, deployment, signal }, [COMMAND, 'get']));
}

/**
 * Makes the submitter send jobs to these pools and no others, while its jobs run; it remembers them.
 * Running jobs in a pool that is not listed any more go on to their end, and it gets no new ones.
 *
 * @throws CrossflockError as `readFlockList`, and `refused` where the submitter was started with
 * another list (`-f`)
 */
export async function setFlockList(
  hosts: readonly Host[],
  deployment: string,
  pools: readonly string[],
  signal: AbortSignal,
): Promise<FlockChange> {
  return parseFlockChange(await ask({ hosts, deployment, signal }, setCommand(pools)));
}

/**
 * Makes the jobs in these pools go back to the queue at once, to run elsewhere. Those of an executor
 * that does not answer come back by themselves when their lease ends, within a minute.
 *
 * @returns how many jobs that were
 */
export async function vacatePools(
  hosts: readonly Host[],
  deployment: string,
  pools: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  const stdout = await ask({ hosts, deployment, signal }, vacateCommand(pools));
  const { vacated } = answerOf(stdout);
  if (typeof vacated === 'number') return vacated;
  throw strange(stdout);
}

interface Where {
  readonly hosts: readonly Host[];
  readonly deployment: string;
  readonly signal: AbortSignal;
}

async function ask({ hosts, deployment, signal }: Where, argv: readonly string[]): Promise<string> {
  const submitter = new SubmitterContainer(hosts, { deployment });
  const options = { signal, timeoutMs: TIMEOUT_MS };
  const result = await submitter.runAsRoot(argv, options);
  if (result.exitCode === 0) return result.stdout;
  if (!isMissing(result)) throw refusal(argv, result);
  const image = await submitter.image(options);
  throw new CrossflockError(
    `the image ${image ?? 'of the submitter'} has no ${COMMAND}, so it cannot be told of its executors while it runs`,
    {
      code: 'refused',
      hint: 'take an image of this version, or write the list into the submitter\'s args: ["-f", "IP,IP"]',
      ...optional('cause', result.stderr || result.stdout || undefined),
    },
  );
}

function isMissing({ exitCode, stdout, stderr }: RunResult): boolean {
  return NO_SUCH_COMMAND.has(exitCode) && /not found|no such file/i.test(`${stdout}${stderr}`);
}

/** It says what is wrong in one line; exit code 2 is for what a person has to put right. */
function refusal(argv: readonly string[], result: RunResult): CrossflockError {
  const prefix = `${COMMAND}: `;
  const own = result.stderr.split('\n').findLast((line) => line.startsWith(prefix));
  if (own === undefined) return commandFailed(argv, result);
  return new CrossflockError(`the submitter's flock list: ${own.slice(prefix.length)}`, {
    code: result.exitCode === 2 ? 'refused' : 'command-failed',
    retryable: result.exitCode !== 2,
    cause: result.stderr,
  });
}

function answerOf(stdout: string): Readonly<Record<string, unknown>> {
  try {
    const answer = JSON.parse(stdout) as unknown;
    if (typeof answer === 'object' && answer !== null) return answer as Record<string, unknown>;
  } catch {
    // Told below, with the text itself.
  }
  throw strange(stdout);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function strange(stdout: string): CrossflockError {
  const text = stdout.trim();
  return new CrossflockError(`${COMMAND} answered ${JSON.stringify(text.slice(0, 200))}`, {
    code: 'unexpected',
    hint: 'is the image of the submitter of the same version as crossflock?',
    cause: stdout,
  });
}
