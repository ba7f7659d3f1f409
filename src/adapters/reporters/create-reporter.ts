import type { Redactor } from '../../util/redact.js';
import { JsonReporter } from './json-reporter.js';
import { ansiPaint, noPaint } from './paint.js';
import { PlainReporter } from './plain-reporter.js';
import type { SuspendableReporter } from './suspendable.js';
import { TerminalReporter } from './terminal-reporter.js';

export interface ReporterOptions {
  readonly json: boolean;
  readonly stream: NodeJS.WriteStream;
  readonly errorStream: NodeJS.WriteStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly redactor: Redactor;
}

/** Picks the view: `--json`, a terminal that can redraw, or plain lines. */
export function createReporter(options: ReporterOptions): SuspendableReporter {
  const { stream, redactor, env } = options;
  const now = () => new Date();
  const write = (line: string) => {
    stream.write(line);
  };
  if (options.json) return new JsonReporter(write, now, redactor);
  // NO_COLOR: https://no-color.org; TERM=dumb: a terminal without cursor movement.
  const plainTerminal = env['TERM'] === 'dumb' || (env['NO_COLOR'] ?? '') !== '';
  if (stream.isTTY && !plainTerminal && env['CI'] === undefined) {
    return new TerminalReporter(stream, redactor);
  }
  const paint = stream.isTTY && !plainTerminal ? ansiPaint : noPaint;
  const writeError = (line: string) => {
    options.errorStream.write(line);
  };
  return new PlainReporter({ write, writeError }, { now, redactor, paint });
}
