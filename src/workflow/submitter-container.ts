import { CrossflockError } from '../errors/crossflock-error.js';
import type { Host, RunOptions, RunResult } from '../ports/host.js';
import { fanOut } from '../util/fan-out.js';
import { pasteable } from '../util/quote.js';
import {
  asRootInSubmitter,
  findSubmitter,
  imageOf,
  inSubmitter,
  type SubmitterLabels,
} from './commands.js';

/** Where the container is now. */
interface Found {
  readonly host: Host;
  readonly id: string;
}

/** Hosts asked at the same time. */
const HOSTS_AT_ONCE = 16;

/**
 * The submitter's container: looked up by its labels, and again whenever it is gone, since an app
 * that restarts is a new container.
 */
export class SubmitterContainer {
  readonly #hosts: readonly Host[];
  readonly #labels: SubmitterLabels;
  #found: Found | undefined;

  /** @param hosts those of its cluster: which of them runs it may change */
  constructor(hosts: readonly Host[], labels: SubmitterLabels) {
    this.#hosts = hosts;
    this.#labels = labels;
  }

  /**
   * Runs a command in it, whatever the exit code.
   * @throws CrossflockError, retryable: `not-found` when there is no such container, `unavailable`
   * when it went away while the command ran
   */
  async run(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    const found = await this.#find(options.signal);
    return this.#run(found, inSubmitter(found.id, argv, options.stdin !== undefined), options);
  }

  /** The same as root in the container; standard input is empty. */
  async runAsRoot(
    argv: readonly string[],
    options: Omit<RunOptions, 'stdin'> = {},
  ): Promise<RunResult> {
    const found = await this.#find(options.signal);
    return this.#run(found, asRootInSubmitter(found.id, argv), options);
  }

  /** Name of the image it was made of; undefined where Docker does not say. */
  async image(options: RunOptions = {}): Promise<string | undefined> {
    const { host, id } = await this.#find(options.signal);
    const { exitCode, stdout } = await host.run(imageOf(id), options);
    return exitCode === 0 && stdout.trim() !== '' ? stdout.trim() : undefined;
  }

  async #run(
    { host, id }: Found,
    line: readonly string[],
    options: RunOptions,
  ): Promise<RunResult> {
    const result = await host.run(line, options);
    if (!isContainerGone(result)) return result;
    this.#found = undefined;
    throw new CrossflockError(`the submitter's container ${id} went away`, {
      code: 'unavailable',
      retryable: true,
      cause: result.stderr,
    });
  }

  /**
   * Runs a command in it that must succeed.
   * @returns its standard output
   */
  async must(argv: readonly string[], options: RunOptions = {}): Promise<string> {
    const result = await this.run(argv, options);
    if (result.exitCode === 0) return result.stdout;
    throw commandFailed(argv, result);
  }

  async #find(signal: AbortSignal | undefined): Promise<Found> {
    if (this.#found !== undefined) return this.#found;
    const line = findSubmitter(this.#labels);
    const { done, failed } = await fanOut(this.#hosts, HOSTS_AT_ONCE, async (host) => {
      const result = await host.run(line, signal === undefined ? {} : { signal });
      if (result.exitCode !== 0) throw commandFailed(line, result);
      return result.stdout.split('\n').filter((id) => id !== '');
    });
    const all = done.flatMap(({ target, value }) => value.map((id) => ({ host: target, id })));
    const [found] = all;
    if (found === undefined) {
      // A host that does not answer may be the one.
      if (failed[0] !== undefined) throw failed[0].error;
      throw noSubmitter(this.#labels, this.#hosts.map(({ name }) => name).join(', '));
    }
    if (all.length > 1) {
      const ids = all.map(({ id }) => id).join(', ');
      throw new CrossflockError(
        `${all.length} containers are submitters of ${this.#labels.deployment}: ${ids}`,
        { code: 'refused', hint: 'give one container of the configuration the flock list (-f)' },
      );
    }
    this.#found = found;
    return found;
  }
}

/** Docker's own words for a container that stopped, or exit code 137 for one that was killed. */
function isContainerGone(result: RunResult): boolean {
  if (result.exitCode === 0) return false;
  return (
    result.exitCode === 137 ||
    /no such container|is not running|is restarting|is paused/i.test(result.stderr)
  );
}

function noSubmitter(labels: SubmitterLabels, host: string): CrossflockError {
  return new CrossflockError(`no submitter of ${labels.deployment} runs on ${host}`, {
    code: 'not-found',
    retryable: true,
    hint: 'run create-containers first',
  });
}

/** What a shell and Docker end with for a program that is not there. */
const NO_SUCH_COMMAND: ReadonlySet<number> = new Set([126, 127]);

/** An error that says so where the image of the submitter has no `command`. */
export function missingCommand(command: string, result: RunResult): CrossflockError | undefined {
  const { exitCode, stdout, stderr } = result;
  const said = `${stdout}${stderr}`;
  if (!NO_SUCH_COMMAND.has(exitCode) || !/not found|no such file/i.test(said)) return undefined;
  return new CrossflockError(`the image of the submitter has no ${command}`, {
    code: 'refused',
    hint: 'take an image of the version that crossflock has, and run create-containers',
    cause: said,
  });
}

/** One readable line: the last thing the command said, with the whole of it as the cause. */
export function commandFailed(argv: readonly string[], result: RunResult): CrossflockError {
  const said = `${result.stderr}\n${result.stdout}`.trim().split('\n');
  const first = result.stderr.trim() === '' ? said.at(-1) : said[0];
  const reason = first === undefined || first === '' ? `exit code ${result.exitCode}` : first;
  return new CrossflockError(`${argv[0] ?? 'the command'} failed: ${reason}`, {
    code: 'command-failed',
    cause: { commandLine: pasteable(argv), exitCode: result.exitCode, stderr: result.stderr },
  });
}
