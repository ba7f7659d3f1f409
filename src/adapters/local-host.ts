import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { execa, type Options } from 'execa';
import { CrossflockError } from '../errors/crossflock-error.js';
import type { Forward, Host, RunOptions, RunResult } from '../ports/host.js';
import { pasteable } from '../util/quote.js';
import { rootCommand } from './local-sudo.js';
import { putFile } from './ssh/put-file.js';

/** What this adapter reads of execa's result, whatever the options made of its type. */
interface Outcome {
  readonly failed: boolean;
  readonly exitCode?: number;
  readonly signal?: string;
  readonly stdout?: unknown;
  readonly stderr?: unknown;
  readonly timedOut: boolean;
  readonly isCanceled: boolean;
  readonly code?: string;
  readonly originalMessage?: string;
}

/** The machine that crossflock itself runs on. */
export class LocalHost implements Host {
  readonly name = 'localhost';

  async run(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    if (argv.length === 0) throw new CrossflockError('no command to run', { code: 'unexpected' });
    const command =
      options.sudo === true && !isRoot()
        ? rootCommand(argv, options)
        : { argv, stdin: options.stdin ?? '' };
    const [file = '', ...args] = command.argv;
    const child = execa(file, args, execaOptions(options, command.stdin));
    const { onStdout, onStderr, stdoutTo } = options;
    // Whoever made the stream hears of its failure; the command then ends by itself.
    if (stdoutTo !== undefined) pipeline(child.stdout, stdoutTo).catch(() => undefined);
    if (onStdout !== undefined) {
      child.stdout.on('data', (chunk: Uint8Array) => {
        onStdout(chunk);
      });
    }
    if (onStderr !== undefined) {
      child.stderr.on('data', (chunk: Uint8Array) => {
        onStderr(chunk);
      });
    }
    return toResult((await child) as Outcome, { argv, program: file }, options);
  }

  async put(
    content: string | Uint8Array,
    path: string,
    mode: number,
    options: Pick<RunOptions, 'sudo' | 'signal'> = {},
  ): Promise<void> {
    if (options.sudo === true && !isRoot()) {
      const run: Host['run'] = (argv, given) => this.run(argv, given);
      await putFile(run, 'this machine', { content, path, mode }, options);
      return;
    }
    await mkdir(dirname(path), { recursive: true });
    const draft = `${path}.${process.pid}.tmp`;
    await writeFile(draft, content, { mode });
    await rename(draft, path);
  }

  forward(host: string, port: number): Promise<Forward> {
    return Promise.resolve({ host, port, close: () => Promise.resolve() });
  }

  reverseForward(port: number): Promise<Forward> {
    return this.forward('127.0.0.1', port);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function execaOptions(options: RunOptions, stdin: NonNullable<RunOptions['stdin']>) {
  return {
    reject: false,
    stripFinalNewline: false,
    // Nothing here may read the terminal: a command that asks a question gets an end of file.
    input: stdin,
    buffer: {
      stdout: options.onStdout === undefined && options.stdoutTo === undefined,
      stderr: true,
    },
    forceKillAfterDelay: 2000,
    // Ctrl-C is the controller's to handle: in the foreground's process group the child would get
    // it as well, and a command would end behind the controller's back.
    detached: true,
    ...(options.env === undefined ? {} : { env: options.env }),
    ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
  } as const satisfies Options;
}

/** What was to be run, and the program that was started for it. */
interface Command {
  readonly argv: readonly string[];
  readonly program: string;
}

function toResult(outcome: Outcome, command: Command, options: RunOptions): RunResult {
  const failure = whyNotRun(outcome, command, options);
  if (failure !== undefined) throw failure;
  return {
    exitCode: outcome.exitCode ?? 128,
    stdout: textOf(outcome.stdout),
    stderr: textOf(outcome.stderr),
    ...(outcome.signal === undefined ? {} : { signal: outcome.signal }),
  };
}

function textOf(output: unknown): string {
  return typeof output === 'string' ? output : '';
}

/** The error for a command that did not run to its end; undefined for one that did. */
function whyNotRun(
  outcome: Outcome,
  { argv, program }: Command,
  options: RunOptions,
): CrossflockError | undefined {
  if (outcome.isCanceled) return new CrossflockError('interrupted', { code: 'aborted' });
  if (outcome.timedOut) {
    const limit = (options.timeoutMs ?? 0) / 1000;
    return new CrossflockError(`${pasteable(argv)} did not end within ${limit} s`, {
      code: 'timeout',
      retryable: true,
    });
  }
  if (outcome.code === 'ENOENT') {
    return new CrossflockError(`${program} is not installed on this machine`, {
      code: 'not-found',
      hint: `install ${program}, or run scripts/demo, which brings what is missing`,
    });
  }
  if (outcome.exitCode !== undefined || outcome.signal !== undefined) return undefined;
  const reason = outcome.originalMessage ?? 'unknown reason';
  return new CrossflockError(`${program} could not be started: ${reason}`, {
    code: 'unexpected',
    cause: outcome,
  });
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}
