import { Buffer } from 'node:buffer';

import { CrossflockError } from '../../src/errors/crossflock-error.js';
import type { Forward, Host, RunOptions, RunResult } from '../../src/ports/host.js';

/** What a scripted command does. A function sees the argv and the options as they were given. */
export type Answer =
  | {
      readonly exitCode?: number;
      readonly signal?: string;
      /** Given to `onStdout` in these pieces when the caller listens, joined in the result if not. */
      readonly stdout?: string | readonly string[];
      readonly stderr?: string;
      /** Answers while standard input is still open, as a command may that does not read it. */
      readonly ignoresStdin?: boolean;
    }
  | { readonly throws: Error }
  /** Runs until the caller's signal fires, then throws `aborted`; `stdout` is given first. */
  | { readonly hangs: true; readonly stdout?: string | readonly string[] }
  | ((argv: readonly string[], options: RunOptions) => Answer | Promise<Answer>);

/** Exact arguments, or a test on them. */
export type Matcher = readonly (string | RegExp)[] | ((argv: readonly string[]) => boolean);

export interface RecordedRun {
  readonly argv: readonly string[];
  readonly options: RunOptions;
  /** All of standard input, read to its end; empty for a command that ignores it. */
  readonly stdin: string;
}

export interface RecordedPut {
  readonly path: string;
  readonly content: string;
  readonly mode: number;
  /** There when it was written as root. */
  readonly sudo?: true;
}

interface Rule {
  readonly matcher: Matcher;
  readonly answer: Answer;
  /** How often it may still be used; undefined: for ever. */
  left: number | undefined;
}

/**
 * A host with a script. It knows only the commands it was told about: any other one makes `run`
 * reject with `unexpected`, naming the argv, and is kept in `strays` so that a test can also assert
 * that there were none. The specification, checked by fake-host.test.ts:
 *
 * - `on(matcher, answer)` answers every time; `once(matcher, answer)` answers one time and goes
 *   before `on`; several `once` for the same command answer in the order they were added.
 * - exit codes do not throw; `throws` and `hangs` do what a real host does.
 * - an already aborted signal throws `aborted` before anything is recorded.
 * - `verify()` throws when a `once` was never used or a stray command was seen.
 */
export class FakeHost implements Host {
  readonly name: string;
  readonly runs: RecordedRun[] = [];
  readonly puts: RecordedPut[] = [];
  readonly strays: string[] = [];
  closed = false;
  readonly #rules: Rule[] = [];
  readonly #forwards = new Map<string, Forward>();

  constructor(name = 'fake') {
    this.name = name;
  }

  on(matcher: Matcher, answer: Answer): this {
    this.#rules.push({ matcher, answer, left: undefined });
    return this;
  }

  once(matcher: Matcher, answer: Answer): this {
    this.#rules.push({ matcher, answer, left: 1 });
    return this;
  }

  /**
   * Makes `forward(host, port)` answer, and `reverseForward(port)` where the host is `here`; without
   * it every forward is refused.
   */
  onForward(target: { host: string; port: number }, forward: Forward): this {
    this.#forwards.set(`${target.host}:${target.port}`, forward);
    return this;
  }

  /** The command lines that were run, in order, each joined by spaces. */
  get commandLines(): string[] {
    return this.runs.map((run) => run.argv.join(' '));
  }

  verify(): void {
    const unused = this.#rules.filter((rule) => rule.left !== undefined && rule.left > 0);
    const problems = [
      ...this.strays.map((stray) => `not told about: ${stray}`),
      ...unused.map((rule) => `never run: ${describe(rule.matcher)}`),
    ];
    if (problems.length > 0) throw new Error(`fake host ${this.name}: ${problems.join('; ')}`);
  }

  async run(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    refuseAborted(options.signal);
    const rule = this.#find(argv);
    const stdin = leavesStdin(rule?.answer) ? '' : await readAll(options.stdin);
    this.runs.push({ argv, options, stdin });
    if (rule === undefined) {
      const line = argv.join(' ');
      this.strays.push(line);
      throw new CrossflockError(`fake host ${this.name} was not told about: ${line}`, {
        code: 'unexpected',
      });
    }
    if (rule.left !== undefined) rule.left -= 1;
    return perform(rule.answer, argv, options);
  }

  put(
    content: string | Uint8Array,
    path: string,
    mode: number,
    options: Pick<RunOptions, 'sudo' | 'signal'> = {},
  ): Promise<void> {
    refuseAborted(options.signal);
    const asRoot = options.sudo === true ? ({ sudo: true } as const) : {};
    this.puts.push({ path, content: Buffer.from(content).toString('utf8'), mode, ...asRoot });
    return Promise.resolve();
  }

  forward(host: string, port: number): Promise<Forward> {
    const found = this.#forwards.get(`${host}:${port}`);
    if (found !== undefined) return Promise.resolve(found);
    return Promise.reject(
      new CrossflockError(`fake host ${this.name} was not told about port ${host}:${port}`, {
        code: 'unexpected',
      }),
    );
  }

  reverseForward(port: number): Promise<Forward> {
    return this.forward('here', port);
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }

  #find(argv: readonly string[]): Rule | undefined {
    const fitting = this.#rules.filter((rule) => rule.left !== 0 && matches(rule.matcher, argv));
    return fitting.find((rule) => rule.left !== undefined) ?? fitting[0];
  }
}

function matches(matcher: Matcher, argv: readonly string[]): boolean {
  if (typeof matcher === 'function') return matcher(argv);
  return (
    matcher.length === argv.length &&
    matcher.every((part, index) => {
      const given = argv[index] ?? '';
      return typeof part === 'string' ? part === given : part.test(given);
    })
  );
}

function leavesStdin(answer: Answer | undefined): boolean {
  return typeof answer === 'object' && 'ignoresStdin' in answer && answer.ignoresStdin;
}

function describe(matcher: Matcher): string {
  return typeof matcher === 'function' ? matcher.toString() : matcher.map(String).join(' ');
}

async function perform(
  answer: Answer,
  argv: readonly string[],
  options: RunOptions,
): Promise<RunResult> {
  if (typeof answer === 'function') return perform(await answer(argv, options), argv, options);
  if ('throws' in answer) throw answer.throws;
  const pieces = piecesOf(answer.stdout);
  for (const piece of pieces) options.onStdout?.(Buffer.from(piece));
  if ('hangs' in answer) return untilAborted(options.signal);
  return {
    exitCode: answer.exitCode ?? 0,
    stdout: options.onStdout === undefined ? pieces.join('') : '',
    stderr: answer.stderr ?? '',
    ...(answer.signal === undefined ? {} : { signal: answer.signal }),
  };
}

function piecesOf(stdout: string | readonly string[] | undefined): readonly string[] {
  if (stdout === undefined) return [];
  return typeof stdout === 'string' ? [stdout] : stdout;
}

function aborted(): CrossflockError {
  return new CrossflockError('interrupted', { code: 'aborted' });
}

function refuseAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw aborted();
}

function untilAborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal === undefined) {
      reject(new Error('a command that hangs was run without a signal: it would hang for ever'));
      return;
    }
    if (signal.aborted) {
      reject(aborted());
      return;
    }
    signal.addEventListener(
      'abort',
      () => {
        reject(aborted());
      },
      { once: true },
    );
  });
}

async function readAll(stdin: RunOptions['stdin']): Promise<string> {
  if (stdin === undefined) return '';
  if (typeof stdin === 'string') return stdin;
  if (stdin instanceof Uint8Array) return Buffer.from(stdin).toString('utf8');
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk as Uint8Array | string));
  return Buffer.concat(chunks).toString('utf8');
}
