/**
 * The list of agents, which masters keep in a replicated log: here a file of each, of which the
 * leader takes the newest of a quorum and writes to a quorum.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentInfo } from '../common/mesos.js';

export interface Registered {
  readonly id: string;
  readonly info: AgentInfo;
  /** Seconds. */
  readonly registeredTime: number;
}

export interface RegistryState {
  readonly version: number;
  readonly agents: readonly Registered[];
}

const EMPTY: RegistryState = { version: 0, agents: [] };

export class Registry {
  readonly #file: string | undefined;
  state: RegistryState;

  /** @param workDir undefined keeps it in memory */
  constructor(workDir: string | undefined) {
    this.#file =
      workDir === undefined ? undefined : join(workDir, 'replicated_log', 'stand-in.json');
    if (workDir !== undefined) mkdirSync(join(workDir, 'replicated_log'), { recursive: true });
    this.state =
      this.#file !== undefined && existsSync(this.#file)
        ? (JSON.parse(readFileSync(this.#file, 'utf8')) as RegistryState)
        : EMPTY;
  }

  /** Takes a state that is not older. */
  take(state: RegistryState): void {
    if (state.version < this.state.version) return;
    this.state = state;
    if (this.#file === undefined) return;
    writeFileSync(`${this.#file}.new`, JSON.stringify(state));
    renameSync(`${this.#file}.new`, this.#file);
  }

  /** The next state, with these agents. */
  next(agents: readonly Registered[]): RegistryState {
    return { version: this.state.version + 1, agents };
  }
}
