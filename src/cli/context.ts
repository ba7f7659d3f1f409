import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { LocalHost } from '../adapters/local-host.js';
import { TerminalQuestions } from '../adapters/questions/terminal-questions.js';
import { createReporter } from '../adapters/reporters/create-reporter.js';
import { SshConnector } from '../adapters/ssh/index.js';
import { systemClock } from '../adapters/system-clock.js';
import type { ActionContext } from '../actions/context.js';
import { Redactor } from '../util/redact.js';
import { version } from './version.js';
import { HtcondorPool } from '../workflow/htcondor-pool.js';

/** What the process edge hands in; nothing else in the program touches `process`. */
export interface Edge {
  readonly scriptName: string;
  readonly signal: AbortSignal;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface GlobalFlags {
  readonly json: boolean;
  readonly debug: boolean;
  /** Trust hosts that are met for the first time without a question. */
  readonly acceptNewHostKeys?: boolean;
  /** Absent when the arguments were refused before there was one. */
  readonly command?: string;
}

/** The only place that constructs adapters and the pool. */
export function createContext(edge: Edge, flags: GlobalFlags): ActionContext {
  const redactor = new Redactor();
  const host = new LocalHost();
  const reporter = createReporter({
    json: flags.json,
    stream: edge.stdout,
    errorStream: edge.stderr,
    env: edge.env,
    redactor,
  });
  return {
    reporter,
    clock: systemClock,
    signal: edge.signal,
    host,
    hosts: new SshConnector({
      env: edge.env,
      homedir: edge.env['HOME'] ?? homedir(),
      clock: systemClock,
      questions: new TerminalQuestions({
        input: edge.stdin,
        output: edge.stdout,
        view: reporter,
        json: flags.json,
      }),
      acceptNewHostKeys: flags.acceptNewHostKeys ?? false,
      onNotice: (level, message) => {
        reporter.emit({ type: 'notice', level, message });
      },
    }),
    env: edge.env,
    readFile: (path) => readFile(path),
    openPool: (on, deployment) => new HtcondorPool(on, { deployment }, systemClock),
    version: version(),
    keepSecret: (value) => {
      redactor.add(value);
    },
  };
}
