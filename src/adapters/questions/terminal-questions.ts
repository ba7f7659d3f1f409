import { createInterface } from 'node:readline/promises';
import { toCrossflockError } from '../../errors/crossflock-error.js';
import type { Questions } from '../../ports/questions.js';
import type { Suspendable } from '../reporters/suspendable.js';

export interface TerminalQuestionsOptions {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  readonly view: Suspendable;
  /** With `--json` nobody is asked: standard output is for a program. */
  readonly json: boolean;
}

const YES = /^y(es)?$/i;

/** What was typed before a question could be read is no answer to it. */
async function discardTyped(input: NodeJS.ReadStream): Promise<void> {
  const ignore = (): void => undefined;
  input.on('data', ignore);
  // The kernel has it ready: it comes with the first turn of the event loop that polls the terminal.
  await turn();
  await turn();
  input.off('data', ignore);
  input.pause();
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Asks the person at the terminal, one question at a time, while the view holds still. */
export class TerminalQuestions implements Questions {
  readonly possible: boolean;
  readonly #options: TerminalQuestionsOptions;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: TerminalQuestionsOptions) {
    this.#options = options;
    this.possible = options.input.isTTY && options.output.isTTY && !options.json;
  }

  /** @throws CrossflockError `aborted` when the signal fires before there is an answer */
  confirm(lines: readonly string[], question: string, signal: AbortSignal): Promise<boolean> {
    if (!this.possible) return Promise.resolve(false);
    const { view } = this.#options;
    const answered = this.#turn.then(() => view.suspend(() => this.#ask(lines, question, signal)));
    this.#turn = answered.catch(() => undefined);
    return answered;
  }

  async #ask(lines: readonly string[], question: string, signal: AbortSignal): Promise<boolean> {
    const { input, output } = this.#options;
    if (signal.aborted) throw toCrossflockError(signal.reason);
    await discardTyped(input);
    for (const line of lines) output.write(`${line}\n`);
    // Not a terminal to readline: the line is edited by the terminal itself, and Ctrl-C stays a
    // signal to the process.
    const reader = createInterface({ input, output, terminal: false });
    // Ctrl-D closes it without an answer.
    const closed = new Promise<string>((resolve) => {
      reader.once('close', () => {
        resolve('');
      });
    });
    try {
      const answer = reader.question(`${question} [y/N] `, { signal });
      return YES.test((await Promise.race([answer, closed])).trim());
    } catch (error) {
      output.write('\n');
      throw toCrossflockError(error);
    } finally {
      reader.close();
      // Otherwise the process would wait for more.
      input.pause();
    }
  }
}
