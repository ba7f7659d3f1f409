import { readFile } from 'node:fs/promises';
import { LocalHost } from '../adapters/local-host.js';
import { createReporter } from '../adapters/reporters/create-reporter.js';
import { systemClock } from '../adapters/system-clock.js';
import type { ActionContext } from '../actions/context.js';
import { Redactor } from '../util/redact.js';
import { HtcondorPool } from '../workflow/htcondor-pool.js';

/** What the process edge hands in; nothing else in the program touches `process`. */
export interface Edge {
  readonly scriptName: string;
  readonly signal: AbortSignal;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface GlobalFlags {
  readonly json: boolean;
  readonly debug: boolean;
  /** Absent when the arguments were refused before there was one. */
  readonly command?: string;
}

/** The only place that constructs adapters and the pool. */
export function createContext(edge: Edge, flags: GlobalFlags): ActionContext {
  const redactor = new Redactor();
  const host = new LocalHost();
  return {
    reporter: createReporter({
      json: flags.json,
      stream: edge.stdout,
      errorStream: edge.stderr,
      env: edge.env,
      redactor,
    }),
    clock: systemClock,
    signal: edge.signal,
    host,
    hosts: noConnector,
    env: edge.env,
    readFile: (path) => readFile(path),
    openPool: (on, deployment) => new HtcondorPool(on, { deployment }, systemClock),
    keepSecret: (value) => {
      redactor.add(value);
    },
  };
}

/** Until the connector is wired. */
const noConnector = {
  connections: 0,
  open: () => {
    throw new Error('not wired yet');
  },
  close: () => Promise.resolve(),
};
