import { constants } from 'node:os';
import { Readable } from 'node:stream';
import type { ClientChannel } from 'ssh2';
import type { RunOptions, RunResult } from '../../../ports/host.js';
import { CommandHead } from './command-head.js';
import type { RemoteCommand } from './remote-command.js';
import { TailBuffer } from './tail-buffer.js';

/** How a command's channel came to its end. */
export interface RunEnd {
  readonly head: CommandHead;
  /** Undefined when the connection was lost before the host told. */
  readonly result: RunResult | undefined;
  /** sudo asked a second time. */
  readonly wrongPassword: boolean;
  /** What the source of standard input threw. */
  readonly inputError: Error | undefined;
}

type Io = Pick<RunOptions, 'stdin' | 'onStdout' | 'onStderr'>;

/** Standard error is kept up to this. */
const STDERR_BYTES = 1024 * 1024;
/** What a question looks like that is not in the words it was given (by a PAM module, say). */
const QUESTION = /[:?]\s?$/;

/** One command on an open channel: starts it, feeds it, and collects what it says. */
export class RemoteRun {
  /** Resolves when the command and its output have ended. */
  readonly end: Promise<RunEnd>;
  readonly #channel: ClientChannel;
  readonly #command: RemoteCommand;
  readonly #io: Io;
  readonly #head: CommandHead;
  readonly #stdout: Buffer[] = [];
  readonly #stderr = new TailBuffer(STDERR_BYTES);
  readonly #started = Promise.withResolvers<undefined>();
  #asked = '';
  #questions = 0;
  #fed = false;
  #exit: { readonly code: number | null; readonly signal: string | undefined } | undefined;
  #inputError: Error | undefined;

  constructor(channel: ClientChannel, command: RemoteCommand, io: Io) {
    this.#channel = channel;
    this.#command = command;
    this.#io = io;
    this.#head = new CommandHead(command.nonce);
    this.end = this.#listen();
    this.#start();
  }

  /** Resolves when the host has told the process group, or everything is over. */
  get started(): Promise<undefined> {
    return this.#started.promise;
  }

  get pid(): number | undefined {
    return this.#head.pid;
  }

  /** Lets go of the channel, whatever the command does. */
  close(): void {
    this.#channel.close();
  }

  async #listen(): Promise<RunEnd> {
    const channel = this.#channel;
    channel.on('data', (chunk: Buffer) => {
      this.#onStdout(chunk);
    });
    channel.stderr.on('data', (chunk: Buffer) => {
      this.#onStderr(chunk);
    });
    channel.on('exit', (code: number | null, signal?: string) => {
      this.#exit = { code, signal };
    });
    // Writing to a command that has ended fails, which is the command's business.
    channel.on('error', () => undefined);
    const closed = (stream: NodeJS.EventEmitter): Promise<void> =>
      new Promise((resolve) => stream.once('close', resolve));
    await Promise.all([closed(channel), closed(channel.stderr)]);
    this.#started.resolve(undefined);
    if (this.#io.stdin instanceof Readable) this.#io.stdin.destroy();
    return {
      head: this.#head,
      result: this.#result(),
      wrongPassword: this.#questions > 1,
      inputError: this.#inputError,
    };
  }

  #start(): void {
    const { first, second, password } = this.#command;
    if (password === undefined) this.#feed(first + (second ?? ''));
    else this.#channel.write(first);
  }

  /** Sends the rest of the start, then standard input. */
  #feed(start: string): void {
    this.#fed = true;
    const { stdin } = this.#io;
    if (stdin === undefined || typeof stdin === 'string') {
      this.#channel.end(start + (stdin ?? ''));
      return;
    }
    this.#channel.write(start);
    if (!(stdin instanceof Readable)) {
      this.#channel.end(stdin);
      return;
    }
    stdin.once('error', (error) => {
      this.#inputError = error;
      this.#channel.end();
    });
    stdin.pipe(this.#channel);
  }

  #onStdout(chunk: Buffer): void {
    const own = this.#head.feed(chunk);
    if (this.#head.pid !== undefined) this.#started.resolve(undefined);
    if (!this.#fed && this.#head.has('root')) this.#feed(this.#command.second ?? '');
    if (own === undefined) return;
    if (this.#io.onStdout === undefined) this.#stdout.push(own);
    else this.#io.onStdout(own);
  }

  #onStderr(chunk: Buffer): void {
    if (!this.#fed && this.#command.password !== undefined) {
      this.#onQuestion(chunk.toString());
      return;
    }
    this.#stderr.push(chunk);
    this.#io.onStderr?.(chunk);
  }

  /** What sudo says before it lets in: perhaps a lecture, then its question. */
  #onQuestion(text: string): void {
    const { prompt, password = '' } = this.#command;
    this.#asked += text;
    if (!this.#asked.endsWith(prompt) && !QUESTION.test(this.#asked)) return;
    const said = this.#asked.replaceAll(prompt, '').replace(/[^\n]+$/, '');
    this.#asked = '';
    this.#stderr.push(Buffer.from(said));
    this.#questions += 1;
    // Once is enough: with a wrong password each try delays, and some count them.
    if (this.#questions === 1) this.#channel.write(`${password}\n`);
    else this.#channel.end();
  }

  #result(): RunResult | undefined {
    if (this.#exit === undefined) return undefined;
    if (this.#asked !== '') this.#stderr.push(Buffer.from(this.#asked));
    const { code, signal } = this.#exit;
    return {
      exitCode: code ?? 128 + (signalNumber(signal) ?? 0),
      stdout: Buffer.concat(this.#stdout).toString(),
      stderr: this.#stderr.toString(),
      ...(signal === undefined ? {} : { signal }),
    };
  }
}

function signalNumber(name: string | undefined): number | undefined {
  return (constants.signals as Readonly<Record<string, number>>)[name ?? ''];
}
