import { PassThrough } from 'node:stream';
import { runCli } from '../../../src/cli/run-cli.js';

type Fields = Readonly<Record<string, unknown>>;

export interface Outcome {
  readonly exitCode: number;
  /** All events of the command. */
  readonly events: readonly Fields[];
  /** What the last event says. */
  readonly message: string;
  /** The data of the summary. */
  readonly data: Fields;
}

/** A summary, or a failure. */
interface LastEvent {
  readonly message?: string;
  readonly error?: { readonly message: string };
  readonly data?: Fields;
}

/** Runs `crossflock … --json` with a state folder of its own; answers what it told. */
export function labCli(stateHome: string) {
  return async (...args: readonly string[]): Promise<Outcome> => {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    // `--json` goes before what is meant for a host.
    const at = args.indexOf('--');
    const own = at === -1 ? args : args.slice(0, at);
    const exitCode = await runCli([...own, '--json', ...args.slice(own.length)], {
      scriptName: 'crossflock',
      signal: new AbortController().signal,
      stdin: process.stdin,
      stdout: stdout as unknown as NodeJS.WriteStream,
      stderr: stderr as unknown as NodeJS.WriteStream,
      env: { ...process.env, XDG_STATE_HOME: stateHome },
    });
    const text = (stdout.read() as Buffer | null)?.toString() ?? '';
    const events = text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Fields);
    const last = (events.at(-1) ?? {}) as Fields & LastEvent;
    return {
      exitCode,
      events,
      message: last.message ?? last.error?.message ?? '',
      data: last.data ?? {},
    };
  };
}

/** The changes that were made, as `action kind target`. */
export function madeChanges({ events }: Outcome): readonly string[] {
  return events
    .filter(({ type, state }) => type === 'change' && state === 'applied')
    .map(({ change }) => change as Readonly<Record<'action' | 'kind' | 'target', string>>)
    .map(({ action, kind, target }) => `${action} ${kind} ${target}`)
    .sort();
}
